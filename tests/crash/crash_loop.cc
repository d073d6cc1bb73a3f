#include "tests/crash/crash_loop.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <utility>

#include "client/status_stream.h"
#include "tests/crash/books.h"
#include "tests/crash/callers.h"
#include "tests/crash/stream_recorder.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSettleSeconds = 90;

// Until it has ended, or for so long.
void WaitForEnd(ChildProgram& gateway, int milliseconds) {
  const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
  Eventually([&] { return gateway.ended() || Clock::now() >= end; }, 30);
}

}  // namespace

int CrashCounts::total_kills() const {
  int total = 0;
  for (const auto& [point, kills_there] : kills) total += kills_there;
  return total;
}

CrashLoop::CrashLoop(CrashOptions options) : options_(std::move(options)), random_(options_.seed) {}

const CrashCounts& CrashLoop::Run() {
  for (int round = 1; counts_.total_kills() < options_.kills && counts_.violations.empty();
       ++round) {
    RunRound(round);
  }
  return counts_;
}

// Every point at one of its first visits, then every point at a later one; random moments in
// between.
void CrashLoop::Refill() {
  for (const int later : {0, 3}) {
    std::vector<Death> some;
    for (const FailPoint& point : FailPoints()) {
      if (!options_.point.empty() && options_.point != point.name) continue;
      if (point.birth) continue;  // At the beginning of rounds.
      const int visit = point.once ? 1 : later + 1 + static_cast<int>(random_() % 3);
      some.push_back({&point, visit});
    }
    if (options_.point.empty()) {
      const std::size_t points = some.size();
      for (std::size_t i = 0; i < points / 3; ++i) {
        some.push_back({.moment = i % 3 == 0   ? kWhileStarting
                                  : i % 3 == 1 ? kWhileDraining
                                               : kUnderLoad});
      }
    }
    std::shuffle(some.begin(), some.end(), random_);
    deaths_.insert(deaths_.end(), some.begin(), some.end());
  }
}

CrashLoop::Death CrashLoop::NextDeath(bool new_store) {
  if (new_store) {
    for (const FailPoint& point : FailPoints()) {
      if (point.birth && (options_.point.empty() || options_.point == point.name)) {
        return {&point, 1};
      }
    }
  }
  if (deaths_.empty()) Refill();
  if (deaths_.empty()) return {};
  const Death death = deaths_.front();
  deaths_.pop_front();
  return death;
}

void CrashLoop::RunRound(int number) {
  const std::string dir = options_.dir + "/round-" + std::to_string(number);
  std::filesystem::create_directories(dir);
  CrashWorld world({.bin = options_.bin, .dir = dir, .seed = random_() >> 33});
  book_ = std::make_unique<CallBook>();
  readers_.clear();
  for (const ReaderTarget target : {ReaderTarget::kFeedFromOldest, ReaderTarget::kFeedFromSnapshot,
                                    ReaderTarget::kIds, ReaderTarget::kSlowFeed}) {
    readers_.push_back(std::make_unique<Reader>(target, *book_, random_()));
  }

  const int until = std::min(options_.kills, counts_.total_kills() + options_.kills_per_round);
  bool checked = true;  // since the last death
  for (int life = 1; counts_.total_kills() < until && book_->violations().empty(); ++life) {
    const Death death = NextDeath(life == 1);
    const std::string prefix = "r" + std::to_string(number) + "l" + std::to_string(life) + "c";
    // A life that owes a check of the death before may not die before it is done.
    checked = Live(world, prefix, checked ? death : Death{}, !checked);
    if (life % 10 == 0) {
      std::cerr << "round " << number << ": " << counts_.total_kills() << " kills, "
                << book_->intents() << " payouts\n";
    }
  }
  Heal(world);

  counts_.payouts += book_->intents();
  counts_.replays += book_->replays();
  for (const auto& reader : readers_) {
    counts_.resumptions += reader->history().resumptions();
    counts_.stream_changes += static_cast<std::int64_t>(reader->history().events().size());
  }
  counts_.violations = book_->violations();
  readers_.clear();
  std::cerr << "round " << number << ": " << counts_.total_kills() << " kills, settled, "
            << counts_.violations.size() << " violations\n";
  if (counts_.violations.empty()) std::filesystem::remove_all(dir);
}

// Returns whether everything that was acknowledged before was looked at.
bool CrashLoop::Live(CrashWorld& world, const std::string& prefix, const Death& death, bool calm) {
  ++counts_.lives;
  std::vector<std::string> environment;
  if (!options_.bug.empty()) environment.push_back("PAYOUT_PLANTED_BUG=" + options_.bug);
  if (death.point != nullptr) {
    environment.push_back("PAYOUT_FAIL_POINT=" + std::string(death.point->name) + ":" +
                          std::to_string(death.visit));
  }
  const auto gateway = world.StartGateway(std::move(environment));
  if (death.moment == kWhileStarting) {
    WaitForEnd(*gateway, static_cast<int>(random_() % 60));
    gateway->Signal(SIGKILL);
  }
  bool checked = false;
  const std::shared_ptr<client::Channel> channel = world.Connect(*gateway);
  if (channel != nullptr) checked = LiveUnderLoad(*gateway, channel, prefix, death, calm);
  if (!gateway->AwaitEnd(10)) {
    book_->Violate("the gateway neither lives nor dies; see " + world.dir());
    return checked;
  }
  if (checked) ++counts_.checks;
  if (death.moment == kWhileDraining && gateway->exit_code() == 0) return checked;
  if (gateway->killed_by() != SIGKILL) {
    book_->Violate("the gateway ended by itself, with exit code " +
                   std::to_string(gateway->exit_code()) + " or signal " +
                   std::to_string(gateway->killed_by()) + "; see " + world.dir());
    return checked;
  }
  const bool at_point = death.point != nullptr && gateway->killed_itself();
  ++counts_.kills[at_point ? death.point->name : death.moment];
  if (death.point != nullptr && !at_point && death.visit > 1) deaths_.push_back({death.point, 1});
  return checked;
}

bool CrashLoop::LiveUnderLoad(ChildProgram& gateway,
                              const std::shared_ptr<client::Channel>& channel,
                              const std::string& prefix, const Death& death, bool calm) {
  for (const auto& reader : readers_) reader->Start(channel);
  Callers callers(channel, *book_, {.prefix = prefix, .seed = random_()});
  WaitForEnd(gateway,
             death.point != nullptr ? death.point->patience_ms : static_cast<int>(random_() % 400));
  if (calm) Eventually([&] { return gateway.ended() || callers.checked(); }, 30);
  if (death.moment == kWhileDraining) {
    gateway.Signal(SIGTERM);
    WaitForEnd(gateway, static_cast<int>(random_() % 150));
  }
  gateway.Signal(SIGKILL);
  gateway.AwaitEnd(10);
  callers.Stop();
  for (const auto& reader : readers_) reader->Stop();
  return callers.checked();
}

// Up to what the store has now, which is all there will be.
void CrashLoop::LetReadersFinish(const client::Channel& channel) {
  v1::StreamStatusRequest now;
  now.mutable_feed();
  now.set_start(v1::STREAM_START_NOW);
  client::StatusStream stream(channel, now);
  v1::StreamStatusResponse progress;
  if (stream.Wait(absl::Seconds(10), &progress) != client::StatusStream::Outcome::kMessage) {
    return book_->Violate("a stream does not begin");
  }
  for (const auto& reader : readers_) {
    reader->ReadUpTo(PositionOf(progress.token()).value_or(0));
  }
  const bool caught_up = Eventually(
      [&] {
        return std::all_of(readers_.begin(), readers_.end(),
                           [](const auto& reader) { return reader->CaughtUp(); });
      },
      30);
  if (!caught_up) book_->Violate("a reader does not get on");
  for (const auto& reader : readers_) reader->Stop();
}

void CrashLoop::Heal(CrashWorld& world) {
  const auto gateway = world.StartGateway({});
  const std::shared_ptr<client::Channel> channel = world.Connect(*gateway);
  if (channel == nullptr) return book_->Violate("the gateway does not start; see " + world.dir());
  for (const auto& reader : readers_) reader->Start(channel);
  std::map<std::string, v1::Payout> payouts;
  const client::PayoutClient client(channel);
  if (!SettleAll(client, *book_, kSettleSeconds, &payouts))
    book_->Violate("not all payouts settle");
  LetReadersFinish(*channel);
  gateway->Signal(SIGTERM);
  if (!gateway->AwaitEnd(10) || gateway->exit_code() != 0) {
    book_->Violate("the gateway does not end when it is told to");
  }
  const auto ledger = world.Ledger();
  if (!ledger.ok()) return book_->Violate(ledger.status().ToString());
  CompareWithLedger(payouts, *ledger, *book_);
  std::vector<Reader*> readers;
  for (const auto& reader : readers_) readers.push_back(reader.get());
  CompareWithStore(world.store_path(), readers, *book_);
}

}  // namespace payout::testing
