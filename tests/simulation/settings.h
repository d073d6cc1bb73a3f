// Settings: what a world is made of besides its faults: sizes, limits, timings. Drawn from the
// seed.
//
// Used by: world.h. A value.

#ifndef PAYOUT_TESTS_SIMULATION_SETTINGS_H_
#define PAYOUT_TESTS_SIMULATION_SETTINGS_H_

#include <array>
#include <cstdint>

#include "absl/time/time.h"
#include "server/domain/policy.h"
#include "tests/simulation/random.h"

namespace payout::simulation {

struct Settings {
  int payouts = 20;
  int steps_max = 2000;    // of the phase with faults
  absl::Duration safety;   // the phase with faults is no longer than this
  absl::Duration healing;  // everything settles within this once the faults are gone
  int requests_per_second = 5;
  int in_flight_max = 64;
  std::int64_t queued_max = 1'000'000;
  std::size_t tail_events = 1024;
  int stream_batch = 100;
  int readers = 4;
  Policy policy;
};

inline Settings DrawSettings(Random& random) {
  Settings settings;
  settings.safety = random.Pick(
      std::array{absl::Minutes(5), absl::Minutes(20), absl::Minutes(20), absl::Hours(4)});
  settings.requests_per_second = random.Pick(std::array{2, 5, 5, 20});
  settings.in_flight_max = random.Pick(std::array{1, 3, 64, 64});
  settings.queued_max = random.Pick(std::array<std::int64_t, 4>{3, 8, 1'000'000, 1'000'000});
  settings.tail_events = random.Pick(std::array<std::size_t, 3>{2, 16, 1024});
  settings.stream_batch = random.Pick(std::array{1, 3, 100});
  settings.healing = absl::Hours(40);
  // Most seeds ask more often than the defaults once a payout is old, so that the idle day between
  // two reads is not simulated each time.
  if (random.Below(8) != 0) {
    for (absl::Duration& wait : settings.policy.poll_unknown) {
      wait = std::min(wait, absl::Minutes(5));
    }
    settings.policy.poll_processing = {absl::Minutes(1), absl::Minutes(3), absl::Minutes(10)};
    settings.healing = absl::Hours(6);
  }
  // Audits days after the end are as good as audits minutes after it.
  if (random.Below(2) == 0) settings.policy.audits = {absl::Minutes(2), absl::Minutes(15)};
  return settings;
}

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_SETTINGS_H_
