// The core: what is decided about a payout, and how payouts get their tokens.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/memory/memory_store.h"
#include "server/app/merchant_desk.h"
#include "server/app/paced_budget.h"
#include "server/base/task_scope.h"
#include "server/domain/decide.h"
#include "server/domain/fingerprint.h"
#include "tests/bench/instruction_paths.h"
#include "tests/bench/instruction_samples.h"
#include "tests/support/model_platform.h"
#include "tests/support/simulated_environment.h"

namespace payout::bench {
namespace {

// One payout on its way through the decisions.
class Walk {
 public:
  Walk(const Payout& row, const Policy& policy, Checksum& sum)
      : row_(row), policy_(policy), sum_(sum) {}

  void Claim() {
    Expect(NextCallOf(row_, moment_.now) == NextCall::kCreate, "it is not to be sent");
    Take(DecideClaim(row_, moment_, policy_));
  }
  void Create(const CreateAnswer& answer) {
    Pass(absl::Milliseconds(80));
    Take(DecideCreate(row_, answer, moment_, policy_));
  }
  void Read(const ReadAnswer& answer) {
    Pass(absl::Seconds(10));
    Take(DecideRead(row_, answer, row_.hint_seq, moment_, policy_));
  }
  State state() const { return row_.status.state; }

 private:
  void Pass(absl::Duration time) {
    moment_.now += time;
    moment_.monotonic += time;
  }
  void Take(Decision decision) {
    row_ = std::move(decision.after);
    sum_.Add(decision.rule);
    sum_.Add(static_cast<std::uint64_t>(row_.status.state));
    if (row_.schedule.due_at) {
      sum_.Add(static_cast<std::uint64_t>(absl::ToUnixMicros(*row_.schedule.due_at)));
    }
  }

  Payout row_;
  const Policy& policy_;
  Checksum& sum_;
  Moment moment_{.now = kSampleTime, .monotonic = absl::Seconds(1000), .instance = 1};
};

// One payout is accepted at once; of another the answer is lost, and reads find it.
void Settle(int times, Checksum& sum) {
  const Payout queued = SamplePayout(1, kSampleTime);
  const CreateAnswer accepted = SampleAccepted(queued.intent);
  const CreateAnswer lost{.kind = CreateAnswerKind::kMaybeSent};
  const ReadAnswer processing = SampleFound(queued.intent, PlatformStatus::kProcessing);
  const ReadAnswer success = SampleFound(queued.intent, PlatformStatus::kSuccess);
  const Policy policy;
  for (int i = 0; i < times; ++i) {
    for (const CreateAnswer* answer : {&accepted, &lost}) {
      Walk walk(queued, policy, sum);
      walk.Claim();
      walk.Create(*answer);
      walk.Read(processing);
      walk.Read(success);
      Expect(walk.state() == State::kSucceeded, "the payout was not settled");
    }
  }
}

void Fingerprints(int times, Checksum& sum) {
  const HmacKey key("0123456789abcdef0123456789abcdef");
  const Intent intent = SampleIntent(1);
  const std::string kept = Fingerprint(SampleIntent(2), key);
  for (int i = 0; i < times; ++i) {
    const std::string fingerprint = Fingerprint(intent, key);
    sum.Add(fingerprint);
    sum.Add(DifferingFields(fingerprint, kept).size());
  }
}

Task<void> Obtain(TokenDesk& desk, const Payout& payout, std::size_t& granted, Checksum& sum) {
  const TokenOutcome outcome = co_await desk.Obtain(payout, WorkClass::kCreate);
  if (outcome.token == nullptr) co_return;
  ++granted;
  sum.Add(outcome.token->text.Reveal());
}

// Forty payouts ask at once, so that three have tokens of their own and the others share; each asks
// again, and is settled.
void Desk(int times, Checksum& sum) {
  testing::SimulatedEnvironment env;
  testing::ModelPlatform platform(env);
  MemoryStore store(env);
  Observer observer;
  Core core{.env = env,
            .store = store,
            .provider = platform,
            .observer = observer,
            .instance = "process-1",
            .instance_number = 1};
  MerchantDesk merchant(core, MerchantName("shop"), Policy(),
                        std::make_unique<PacedBudget>(env, 5, nullptr), 64);
  std::vector<Payout> payouts;
  for (int i = 0; i < 40; ++i) payouts.push_back(SamplePayout(i, kSampleTime));
  for (int i = 0; i < times; ++i) {
    std::size_t granted = 0;
    TaskScope scope;
    for (const bool again : {false, true}) {
      for (const Payout& payout : payouts) {
        scope.Spawn(Obtain(merchant.token_desk(), payout, granted, sum));
      }
      if (!again) env.RunFor(absl::Seconds(10));
    }
    Expect(granted == 2 * payouts.size(), "a payout got no token");
    for (const Payout& payout : payouts) merchant.tokens().Drop(payout.intent.key.payout_id);
  }
  sum.Add(platform.token_sets.size());
}

}  // namespace

std::vector<InstructionPath> TransitionPaths() {
  return {
      {"transition-settle", 100, "decides all steps of two payouts", Settle},
      {"transition-fingerprint", 100, "makes a fingerprint and compares it", Fingerprints},
  };
}

std::vector<InstructionPath> TokenPaths() {
  return {{"token-desk", 20, "gets tokens for forty payouts, and forty times from memory", Desk}};
}

}  // namespace payout::bench
