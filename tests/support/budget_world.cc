#include "tests/support/budget_world.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "server/app/paced_budget.h"
#include "server/app/wait.h"
#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

constexpr absl::Duration kNaivePoll = absl::Seconds(10);
constexpr absl::Duration kLimit = absl::Hours(24);

std::string IdOf(int i) { return "P" + std::to_string(i); }

void SetUp(const BudgetWorld& world, ModelPlatform& platform) {
  platform.latency = world.latency;
  platform.settle_after = world.settle_after;
  platform.calls_back_on_accept = world.every_change;
}

void TakeBooks(const ModelPlatform& platform, BudgetResult& result) {
  const std::vector<ModelPlatform::Request>& requests = platform.requests;
  result.requests = static_cast<int>(requests.size());
  for (std::size_t first = 0, last = 0; last < requests.size(); ++last) {
    while (requests[last].at - requests[first].at >= absl::Seconds(1)) ++first;
    result.most_in_a_second = std::max(result.most_in_a_second, static_cast<int>(last - first) + 1);
  }
  result.paid_once = static_cast<int>(std::ranges::count_if(
      platform.ledger, [](const auto& entry) { return entry.second.accepted == 1; }));
  std::ranges::sort(result.settle_times);
  result.settled = static_cast<int>(result.settle_times.size());
}

Task<void> DeliverCallback(CoreFixture& fixture, CallbackCall call) {
  [[maybe_unused]] const CallbackVerdict verdict =
      co_await fixture.process->accept.Handle(std::move(call));
}

Task<void> SettleNaively(SimulatedEnvironment& env, ModelPlatform& platform, PacedBudget& budget,
                         Payout payout, std::vector<absl::Duration>& settle_times) {
  const absl::Duration began = env.Monotonic();
  const PayoutKey& key = payout.intent.key;
  const TenantName tenant = payout.intent.tenant;
  const std::vector<TokenSubject> subjects = {{key.payout_id, payout.intent.money}};
  co_await budget.Acquire(WorkClass::kCreate, tenant, Turn::kBegins);
  const TokenAnswer token = co_await platform.Prepare(key.merchant, subjects);
  co_await budget.Acquire(WorkClass::kCreate, tenant, Turn::kBegins);
  const CreateAnswer created = co_await platform.Create(payout, token.token);
  if (created.kind != CreateAnswerKind::kAccepted) co_return;
  for (;;) {
    co_await SleepFor(env, kNaivePoll);
    co_await budget.Acquire(WorkClass::kCreate, tenant, Turn::kBegins);
    const ReadAnswer read = co_await platform.Read(key, token.token);
    if (read.observation && read.observation->status == PlatformStatus::kSuccess) break;
  }
  settle_times.push_back(env.Monotonic() - began);
}

}  // namespace

BudgetResult RunGateway(const BudgetWorld& world) {
  CoreFixture fixture({.requests_per_second = world.requests_per_second, .seed = world.seed});
  SetUp(world, fixture.platform);
  fixture.platform.callback = [&fixture](const std::string& url, const std::string& id) {
    // …/{merchant}/{key_id}/{mac}
    const std::vector<std::string> parts = absl::StrSplit(url, '/');
    const std::size_t n = parts.size();
    fixture.process->scope.Spawn(
        DeliverCallback(fixture, {parts[n - 3], parts[n - 2], parts[n - 1], id}));
  };
  BudgetResult result;
  fixture.process->feed.OnEvent([&result](const Event& event) {
    if (IsSettled(event.status.state)) result.settle_times.push_back(event.at - event.created_at);
  });
  const absl::Duration began = fixture.env.Monotonic();
  for (int i = 0; i < world.payouts; ++i) {
    fixture.Create(IdOf(i));
    if (i + 1 < world.payouts) fixture.env.RunFor(world.apart);
  }
  const auto all = static_cast<std::size_t>(world.payouts);
  fixture.env.RunUntil([&] { return result.settle_times.size() == all; }, kLimit);
  result.took = fixture.env.Monotonic() - began;
  TakeBooks(fixture.platform, result);
  return result;
}

BudgetResult RunNaive(const BudgetWorld& world) {
  SimulatedEnvironment env(world.seed);
  ModelPlatform platform(env);
  SetUp(world, platform);
  PacedBudget budget(env, world.requests_per_second, nullptr);
  BudgetResult result;
  TaskScope scope;
  const absl::Duration began = env.Monotonic();
  for (int i = 0; i < world.payouts; ++i) {
    const Intent intent = ToIntent(BankDraft(IdOf(i)), CoreFixture::kTenant);
    Payout payout =
        NewPayout(intent, "", platform.Render(intent, "http://127.0.0.1:1/none"), env.Now());
    scope.Spawn(SettleNaively(env, platform, budget, std::move(payout), result.settle_times));
    if (i + 1 < world.payouts) env.RunFor(world.apart);
  }
  const auto all = static_cast<std::size_t>(world.payouts);
  env.RunUntil([&] { return result.settle_times.size() == all; }, kLimit);
  result.took = env.Monotonic() - began;
  TakeBooks(platform, result);
  return result;
}

}  // namespace payout::testing
