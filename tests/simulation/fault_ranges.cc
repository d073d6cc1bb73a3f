#include "tests/simulation/fault_ranges.h"

#include <algorithm>

namespace payout::simulation {
namespace {

// On in so many of a hundred seeds, then up to `most`.
int Maybe(Random& random, int percent, int most) {
  if (random.Below(100) >= percent) return 0;
  // Small values more often than large ones.
  const int scale = random.Between(1, 4);
  return random.Between(1, most / scale + 1);
}

template <class List>
void DrawKinds(Random& random, List& list, int percent, int most) {
  for (int& rate : list) rate = Maybe(random, percent, most);
}

}  // namespace

FaultRanges DrawFaults(Random& random) {
  FaultRanges faults;
  faults.settle_max =
      random.Pick(std::array{absl::Seconds(5), absl::Minutes(2), absl::Minutes(30)});
  if (random.Below(12) == 0) return faults;

  faults.wall_jumps = Maybe(random, 20, 3);
  faults.drift_per_million = Maybe(random, 20, 50'000);
  faults.surely_not_sent = Maybe(random, 25, 200);
  const int network = random.Below(6) == 0 ? 950 : 300;
  faults.request_lost = Maybe(random, 35, network);
  faults.reply_lost = Maybe(random, 35, network);
  if (random.Below(12) == 0) faults.create_vanishes = 900;
  faults.connection_reset = Maybe(random, 25, 200);
  faults.request_late = Maybe(random, 25, 200);
  faults.delivered_twice = Maybe(random, 25, 200);
  faults.latency_max = random.Pick(std::array{absl::Milliseconds(60), absl::Milliseconds(400),
                                              absl::Seconds(5), absl::Seconds(20)});
  DrawKinds(random, faults.create, 22, 300);
  DrawKinds(random, faults.read, 18, 250);
  DrawKinds(random, faults.token, 12, 150);
  faults.outages = Maybe(random, 20, 3);
  faults.token_expires_early = Maybe(random, 20, 200);
  faults.retry_after = Maybe(random, 30, 1000);
  faults.read_lag =
      random.Below(3) == 0 ? random.Between(absl::Seconds(1), kReadLag) : absl::ZeroDuration();
  faults.stale_read = Maybe(random, 25, 200);
  faults.wrong_value = Maybe(random, 20, 60);
  faults.unknown_status = Maybe(random, 20, 100);
  faults.reversed = Maybe(random, 20, 100);
  faults.foreign = Maybe(random, 20, 150);
  faults.failed = random.Between(0, 400);
  faults.callback_lost = random.Pick(std::array{0, 0, 100, 500, 1000});
  faults.callback_repeated = Maybe(random, 25, 500);
  faults.callback_early = Maybe(random, 25, 500);
  faults.callback_on_settled = Maybe(random, 30, 500);
  faults.forged = Maybe(random, 40, 12);
  faults.store_refuses = Maybe(random, 25, 80);
  faults.store_ack_lost = Maybe(random, 25, 80);
  faults.store_slow = Maybe(random, 25, 200);
  faults.store_outages = Maybe(random, 15, 2);
  faults.crashes = Maybe(random, 45, 8);
  faults.restored = random.Below(4) == 0;
  faults.pauses = Maybe(random, 20, 3);
  faults.reviews = Maybe(random, 30, 6);
  faults.caller_disconnects = Maybe(random, 30, 300);
  faults.other_content = Maybe(random, 50, 300);
  faults.cancels = Maybe(random, 40, 300);
  faults.intruders = Maybe(random, 50, 300);
  faults.submit_before = Maybe(random, 30, 400);
  faults.reader_slow = Maybe(random, 40, 400);
  faults.reader_disconnects = Maybe(random, 50, 150);
  faults.reader_sent_away = Maybe(random, 30, 150);
  // Rare together, and of weight together: a platform that forgets what it acknowledged without
  // telling, and cancelling what a backup has forgotten.
  if (random.Below(12) == 0) {
    faults.create[static_cast<std::size_t>(CreateAnswerKind::kAcceptedUnreadable)] = 300;
    faults.read[static_cast<std::size_t>(ReadAnswerKind::kGone)] = 500;
  }
  if (faults.restored && random.Below(2) == 0) faults.cancels = std::max(faults.cancels, 200);
  return faults;
}

FaultRanges Healed(const FaultRanges& faults) {
  FaultRanges healed;
  healed.failed = faults.failed;
  healed.callback_lost = faults.callback_lost;
  healed.settle_max = absl::Seconds(30);
  return healed;
}

}  // namespace payout::simulation
