#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace payout::simulation {
namespace {

// Wait modes, tries and tokens aside, nothing goes round in circles: so many steps are a violation.
constexpr int kStepsMax = 30'000;
// Turns of the loop, in which mostly nothing happens.
constexpr std::int64_t kTurnsMax = 3'000'000;
// What is still on its way when the faults end has arrived by then.
constexpr absl::Duration kSettleDown = absl::Minutes(10);

}  // namespace

World::World(std::uint64_t seed, std::size_t trace_lines)
    : seed_(seed),
      random_(seed * 0x9E3779B97F4A7C15U + 1),
      faults_(DrawFaults(random_)),
      settings_(DrawSettings(random_)),
      env_(seed),
      trace_(trace_lines),
      checker_(env_, trace_, probes_, settings_.requests_per_second, settings_.queued_max),
      platform_(env_, random_, faults_, checker_),
      store_(env_, random_, faults_, checker_),
      link_(env_, random_, faults_, checker_, probes_, trace_, platform_),
      callers_(env_, random_, faults_, checker_, trace_, wall_,
               [this] { return up_ ? process_.get() : nullptr; }),
      readers_(env_, random_, faults_, checker_, trace_, settings_,
               [this] { return up_ ? process_.get() : nullptr; }),
      operators_(env_, random_, faults_, checker_, trace_,
                 [this] { return up_ ? process_.get() : nullptr; }) {
  wall_.drift_per_million =
      random_.Below(2) == 0 ? faults_.drift_per_million : -faults_.drift_per_million;
  if (faults_.store_slow > 0) checker_.ForgiveBunching();
}

World::~World() {
  callers_.OnCrash();
  readers_.OnCrash();
  operators_.OnCrash();
  process_.reset();
  env_.Forget();
}

void World::PlanFaults() {
  const auto in_safety = [this] { return random_.Between(absl::ZeroDuration(), settings_.safety); };
  for (int i = 0; i < faults_.wall_jumps; ++i) {
    env_.StartTimer(in_safety(), [this] {
      if (healing_) return;
      const absl::Duration most = random_.Below(2) == 0 ? absl::Hours(1) : absl::Hours(72);
      wall_.offset += random_.Between(-most, most);
      checker_.OnWallJump();
      trace_.Add(Now(), "wall clock jumps", "", "", absl::ToInt64Seconds(wall_.offset));
      for (const auto& [key, known] : checker_.cases()) checker_.CountFault(Fault::kWallJump, key);
    });
  }
  for (int i = 0; i < faults_.outages; ++i) {
    env_.StartTimer(in_safety(), [this] {
      if (healing_) return;
      trace_.Add(Now(), "platform outage");
      platform_.GoAway(Now() + random_.Between(absl::Seconds(1), absl::Minutes(5)));
    });
  }
  for (int i = 0; i < faults_.store_outages; ++i) {
    env_.StartTimer(in_safety(), [this] {
      if (healing_) return;
      trace_.Add(Now(), "store outage");
      store_.GoAway(Now() + random_.Between(absl::Seconds(1), absl::Minutes(4)));
    });
  }
  for (int i = 0; i < faults_.forged; ++i) {
    env_.StartTimer(in_safety(), [this] { PlanForgery(); });
  }
  if (faults_.restored) {
    const absl::Duration at = random_.Between(absl::ZeroDuration(), settings_.safety / 2);
    env_.StartTimer(at, [this] {
      trace_.Add(Now(), "backup");
      backed_up_ = true;
      store_.Backup();
      checker_.OnBackup();
    });
    env_.StartTimer(random_.Between(at, settings_.safety),
                    [this] { restore_next_ = crash_now_ = backed_up_ && !healing_; });
  }
  for (int i = 0; i < faults_.crashes; ++i) {
    crash_steps_.push_back(random_.Between(1, i % 2 == 0 ? 400 : settings_.steps_max));
  }
  std::ranges::sort(crash_steps_, std::greater<>());
}

// Somebody who does not know the payout's URL.
void World::PlanForgery() {
  const Callers::Wish& wish = random_.Pick(callers_.wishes());
  const Callers::Wish& other = random_.Pick(callers_.wishes());
  std::string url = absl::StrCat("https://gateway.example/callbacks/v1/", wish.key.merchant.value(),
                                 "/k1/", std::string(43, 'A'));
  const auto paid = platform_.ledger().find(other.key);
  // The URL of another payout is none of this one.
  if (random_.Below(2) == 0 && other.key != wish.key && paid != platform_.ledger().end() &&
      !paid->second.callback_url.empty()) {
    url = paid->second.callback_url;
  }
  checker_.CountFault(Fault::kForgedCallback, wish.key);
  DeliverCallback(url, wish.key, /*genuine=*/false, 0);
}

Verdict World::Run() {
  // Some ids are taken before their callers ask for them.
  callers_.Begin(settings_.payouts,
                 std::min(settings_.safety / 2, absl::Minutes(random_.Pick(std::array{1, 5, 60}))));
  for (const Callers::Wish& wish : callers_.wishes()) {
    if (!random_.Chance(faults_.foreign)) continue;
    const Intent intent = ToIntent(wish.draft, wish.tenant);
    PlatformView view{.payout_id = wish.key.payout_id.value(),
                      .platform_reference = "FOREIGN",
                      .transaction_reference = "",
                      .method_code = std::string(MethodCode(intent.method)),
                      .money = intent.money,
                      .segment_code = intent.segment_code};
    // After a restore an equal one counts as ours; whose it is cannot be told then.
    if (faults_.restored || random_.Below(2) == 0) view.money.amount = *Decimal::Parse("5");
    platform_.OccupyId(wish.key, std::move(view));
  }
  readers_.Begin(callers_.wishes(), settings_.safety / 2);
  platform_.on_callback = [this](const std::string& url, const PayoutKey& key) {
    DeliverCallback(url, key, /*genuine=*/true, 0);
  };
  operators_.Begin(settings_.safety);
  PlanFaults();
  StartProcess();

  RunUntil([this] { return trace_.steps() >= settings_.steps_max; }, settings_.safety);
  if (!checker_.failed()) Heal();
  if (!checker_.failed()) Compare();

  Verdict verdict;
  verdict.seed = seed_;
  verdict.invariant = checker_.invariant();
  verdict.violation = checker_.violation();
  verdict.steps = trace_.steps();
  verdict.payments = static_cast<int>(platform_.ledger().size());
  verdict.lasted = Now();
  verdict.trace_hash = trace_.hash();
  verdict.probes = probes_;
  verdict.trace.assign(trace_.lines().begin(), trace_.lines().end());
  return verdict;
}

bool World::RunUntil(const std::function<bool()>& done, absl::Duration until) {
  const auto stops = [&] {
    while (!crash_steps_.empty() && trace_.steps() >= crash_steps_.back()) {
      crash_steps_.pop_back();
      if (!healing_) crash_now_ = true;
    }
    if (crash_now_) {
      crash_now_ = false;
      Crash();
    }
    if (++turns_ > kTurnsMax) checker_.Fail("progress", "spins without doing anything");
    if (trace_.steps() > kStepsMax) checker_.Fail("progress", "goes round in circles");
    return checker_.failed() || done();
  };
  return env_.RunUntil(stops, until - Now());
}

void World::StartProcess() {
  if (process_ != nullptr) return;
  if (!store_.quiet()) {
    env_.StartTimer(Now() + absl::Milliseconds(50), [this] { StartProcess(); });
    return;
  }
  if (std::exchange(restore_next_, false)) {
    trace_.Add(Now(), "RESTORE");
    store_.Restore(wall_.At(Now()));
    checker_.OnRestore();
    callers_.OnRestore();
    readers_.OnRestore();
  }
  ++processes_;
  const absl::Duration origin = absl::Seconds(random_.Below(1'000'000));
  process_ = std::make_unique<Process>(ProcessParts{env_, store_, link_, settings_, wall_},
                                       processes_, origin, random_.Next());
  checker_.OnStarted(process_->core.instance_number);
  trace_.Add(Now(), "process starts", "", "", processes_);
  process_->scope.Spawn(Boot(*process_));
}

Task<void> World::Boot(Process& process) {
  Task<absl::Status> start = process.gateway.Start();
  const absl::Status started = co_await start;
  up_ = started.ok();
  // A gateway that cannot start ends, and is started again.
  if (!up_) crash_now_ = true;
}

void World::Crash() {
  if (process_ == nullptr) return;
  trace_.Add(Now(), "CRASH");
  up_ = false;
  callers_.OnCrash();
  readers_.OnCrash();
  operators_.OnCrash();
  process_.reset();
  checker_.OnCrash();
  store_.OnCrash();
  env_.StartTimer(Now() + random_.Between(absl::Seconds(1), absl::Seconds(30)),
                  [this] { StartProcess(); });
}

void World::DeliverCallback(const std::string& url, const PayoutKey& key, bool genuine, int tries) {
  const absl::Duration again = Now() + absl::Minutes(2);
  if (!up_) {
    if (genuine && tries < 4) {
      env_.StartTimer(again, [this, url, key, tries] {
        DeliverCallback(url, key, /*genuine=*/true, tries + 1);
      });
    }
    return;
  }
  process_->scope.Spawn(HandleCallback(*process_, url, key, genuine, tries));
}

Task<void> World::HandleCallback(Process& process, std::string url, PayoutKey key, bool genuine,
                                 int tries) {
  const std::vector<std::string> parts = absl::StrSplit(url, '/');
  const std::size_t n = parts.size();
  CallbackCall call{.merchant = parts[n - 3],
                    .key_id = parts[n - 2],
                    .mac = parts[n - 1],
                    .payout_id = key.payout_id.value()};
  Task<CallbackVerdict> handle = process.accept.Handle(std::move(call));
  const CallbackVerdict verdict = co_await handle;
  trace_.Add(Now(), genuine ? "callback" : "forged callback", key.payout_id.value(),
             verdict == CallbackVerdict::kAccepted          ? "200"
             : verdict == CallbackVerdict::kWrongCapability ? "404"
                                                            : "503");
  const bool accepted = verdict == CallbackVerdict::kAccepted;
  checker_.OnCallbackTold(key, genuine, accepted);
  if (genuine && accepted) checker_.CountFault(Fault::kCallback, key);
  if (genuine && !accepted && tries < 4) {
    env_.StartTimer(Now() + absl::Minutes(2), [this, url, key, tries] {
      DeliverCallback(url, key, /*genuine=*/true, tries + 1);
    });
  }
}

void World::Heal() {
  trace_.Add(Now(), "HEALING");
  healing_ = true;
  faults_ = Healed(faults_);
  wall_.offset += Now() * wall_.drift_per_million / 1'000'000;
  wall_.drift_per_million = 0;
  platform_.Heal();
  store_.GoAway(-absl::InfiniteDuration());
  callers_.Heal();
  readers_.Heal();
  operators_.Heal();
  const absl::Duration began = Now();
  const auto done = [this, began] {
    return Now() - began >= kSettleDown && up_ && callers_.content() && IsSettled() &&
           readers_.content() && operators_.content();
  };
  if (!RunUntil(done, began + settings_.healing) && !checker_.failed()) {
    checker_.Fail("progress", WhatIsOpen());
  }
}

bool World::IsSettled() const {
  return std::ranges::all_of(checker_.cases(), [](const auto& entry) {
    const std::optional<Payout>& row = entry.second.row;
    return !row || payout::IsSettled(row->status.state) || !row->status.needs_review.empty();
  });
}

std::string World::WhatIsOpen() const {
  if (!callers_.content()) return "a caller was never told that its payout is recorded";
  for (const auto& [key, known] : checker_.cases()) {
    if (!known.row || payout::IsSettled(known.row->status.state) ||
        !known.row->status.needs_review.empty()) {
      continue;
    }
    return absl::StrCat(key.payout_id.value(), " is still ",
                        std::string(StateName(known.row->status.state)));
  }
  return "a reader does not see what was committed";
}

// At the end: the store, and the ledger, against what was seen.
void World::Compare() {
  for (const auto& [key, known] : checker_.cases()) {
    const auto found = env_.Await(store_.inner().Find(key), absl::Minutes(1));
    const bool stored = found && found->ok() && **found;
    if (stored != known.row.has_value()) {
      return checker_.Fail("acknowledged-means-durable", key, "the store lost a payout");
    }
    if (!stored) continue;
    const Payout& row = ***found;
    if (row.revision != known.row->revision || row.status != known.row->status ||
        row.intent != known.row->intent || row.hint_seq < known.hints_told) {
      return checker_.Fail("acknowledged-means-durable", key, "the store has something else");
    }
    probes_.CountEnd(row.status.state, !row.status.needs_review.empty());
  }
  for (const auto& [key, payment] : platform_.ledger()) {
    const Case& known = checker_.case_of(key);
    // Of what a restore lost, somebody may not be able to ask for it again.
    if (payment.ours && !known.row && !known.lost) {
      return checker_.Fail("one-intent-one-id", key, "a payment that no payout stands for");
    }
  }
}

}  // namespace payout::simulation
