#include "tests/support/core_fixture.h"

#include <utility>

#include <gtest/gtest.h>

#include "server/app/paced_budget.h"

namespace payout::testing {

IntentDraft BankDraft(std::string id) {
  IntentDraft draft;
  draft.payout_id = std::move(id);
  draft.has_money = true;
  draft.amount = "10.00";
  draft.currency = "EUR";
  draft.method = BankTransfer{.account_name = "Ada Example",
                              .account_number = "DE00123456780000000000",
                              .operator_code = "BNK_000"};
  return draft;
}

CoreFixture::Process::Process(CoreFixture& fixture, int number)
    : core{.env = fixture.env,
           .store = fixture.store,
           .provider = fixture.platform,
           .observer = observer,
           .instance = "process-" + std::to_string(number),
           .instance_number = static_cast<std::uint64_t>(number)},
      feed(core, fixture.options.tail_events),
      capability("http://127.0.0.1:1", {{"k1", SecretString("0123456789abcdef0123456789abcdef")}}),
      accept(core, capability, directory),
      create(core, feed, directory, capability, fixture.options.create),
      query(core, directory),
      gateway(core, feed, directory) {
  directory.AddMerchant(std::make_unique<MerchantDesk>(
      core, kMerchant, fixture.options.policy,
      std::make_unique<PacedBudget>(fixture.env, fixture.options.requests_per_second, nullptr),
      fixture.options.in_flight_max));
  directory.AddTenant({kTenant, {kMerchant}, ""});
}

CoreFixture::Process::~Process() = default;

CoreFixture::CoreFixture(Options wanted)
    : env(wanted.seed), platform(env), store(env), options(std::move(wanted)) {
  Restart();
}

CoreFixture::~CoreFixture() { Kill(); }

void CoreFixture::Kill() {
  env.Forget();
  process.reset();
}

void CoreFixture::RestartOn(const memory::Books& backup) {
  Kill();
  store.Restore(backup, env.Now());
  Restart();
}

void CoreFixture::Restart() {
  Kill();
  process = std::make_unique<Process>(*this, ++processes_);
  const std::optional<absl::Status> started = env.Await(process->gateway.Start());
  EXPECT_TRUE(started && started->ok());
}

CreateCommand CoreFixture::Command(std::string id) const {
  CreateCommand command;
  command.tenant = kTenant;
  command.draft = BankDraft(std::move(id));
  command.wait_until = absl::InfiniteDuration();
  return command;
}

absl::StatusOr<CreateOutcome> CoreFixture::TryCreate(CreateCommand command) {
  auto outcome = env.Await(process->create.Run(std::move(command)), absl::Hours(100));
  if (!outcome) return absl::DeadlineExceededError("the create did not end");
  return *std::move(outcome);
}

Payout CoreFixture::Create(IntentDraft draft) {
  CreateCommand command = Command("");
  command.draft = std::move(draft);
  absl::StatusOr<CreateOutcome> outcome = TryCreate(std::move(command));
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.ok() ? outcome->payout : Payout();
}

Payout CoreFixture::Get(const std::string& id) {
  auto found = env.Await(store.Find({kMerchant, PayoutId(id)}));
  EXPECT_TRUE(found && found->ok() && **found) << id;
  return found && found->ok() && **found ? ***found : Payout();
}

bool CoreFixture::RunUntilState(const std::string& id, State state, absl::Duration limit) {
  const absl::Duration end = env.Monotonic() + limit;
  while (Get(id).status.state != state) {
    if (env.Monotonic() >= end) return false;
    env.RunFor(absl::Milliseconds(100));
  }
  return true;
}

}  // namespace payout::testing
