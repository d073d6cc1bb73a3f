// Process: one run of the gateway's core in a world: everything that a crash takes away.
//
// Used by: world.h. Built like the real one, from the same parts; only its edges are simulated. Its
// clock is its own: the wall clock jumps and drifts, the monotonic one begins anywhere.

#ifndef PAYOUT_TESTS_SIMULATION_PROCESS_H_
#define PAYOUT_TESTS_SIMULATION_PROCESS_H_

#include <cstdint>
#include <memory>

#include "server/app/accept_callback.h"
#include "server/app/create_payout.h"
#include "server/app/gateway.h"
#include "server/app/query_payouts.h"
#include "server/app/review_payout.h"
#include "server/app/status_stream.h"
#include "tests/simulation/platform_link.h"
#include "tests/simulation/settings.h"
#include "tests/support/simulated_environment.h"

namespace payout::simulation {

// The wall clock of the machine, beside the true time.
struct WallClock {
  absl::Duration offset;
  std::int64_t drift_per_million = 0;
  absl::Time At(absl::Duration world) const {
    return absl::FromUnixSeconds(1'790'000'000) + world + world * drift_per_million / 1'000'000 +
           offset;
  }
};

class ProcessEnvironment final : public Environment {
 public:
  ProcessEnvironment(testing::SimulatedEnvironment& world, const WallClock& wall,
                     absl::Duration origin, std::uint64_t seed)
      : world_(world), wall_(wall), origin_(origin), random_(seed) {}
  // Nothing runs any more.
  void Die() { *alive_ = false; }

  void Post(std::function<void()> work) override {
    world_.Post([alive = alive_, work = std::move(work)] {
      if (*alive) work();
    });
  }
  absl::Time Now() override { return wall_.At(world_.Monotonic()); }
  absl::Duration Monotonic() override { return world_.Monotonic() + origin_; }
  std::uint64_t Random() override { return random_.Next(); }
  TimerId StartTimer(absl::Duration at, std::function<void()> fire) override {
    return world_.StartTimer(at - origin_, std::move(fire));
  }
  void CancelTimer(const TimerId& id) override { world_.CancelTimer(id); }

 private:
  testing::SimulatedEnvironment& world_;
  const WallClock& wall_;
  const absl::Duration origin_;
  simulation::Random random_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// Who uses what: three tenants, two merchants, shared by some.
inline const MerchantName kMerchants[] = {MerchantName("north"), MerchantName("south")};
struct TenantRights {
  TenantName name;
  std::vector<MerchantName> merchants;
};
const std::vector<TenantRights>& Tenants();

// What a process is made with; everything outlives it.
struct ProcessParts {
  testing::SimulatedEnvironment& env;
  PayoutStore& store;
  PayoutProvider& provider;
  const Settings& settings;
  const WallClock& wall;
};

struct Process {
  Process(ProcessParts parts, int number, absl::Duration monotonic_origin, std::uint64_t seed);
  ~Process() { env.Die(); }

  ProcessEnvironment env;
  Observer observer;
  Core core;
  Directory directory;
  Feed feed;
  Capability capability;
  AcceptCallback accept;
  CreatePayout create;
  QueryPayouts query;
  ReviewPayout review;
  Gateway gateway;
  TaskScope scope;  // of what outside parties started and nobody waits for
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_PROCESS_H_
