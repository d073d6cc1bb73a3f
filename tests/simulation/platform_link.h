// PlatformLink: the platform as one process reaches it, over a network that loses, delays, repeats
// and resets.
//
// Used by: process.h. A request that has left goes on without the process; the process waits no
// longer than the timeouts of the real client. Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_PLATFORM_LINK_H_
#define PAYOUT_TESTS_SIMULATION_PLATFORM_LINK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/app/ports/payout_provider.h"
#include "tests/simulation/simulated_platform.h"

namespace payout::simulation {

class PlatformLink final : public PayoutProvider {
 public:
  PlatformLink(testing::SimulatedEnvironment& env, Random& random, const FaultRanges& faults,
               Checker& checker, Probes& probes, Trace& trace, SimulatedPlatform& platform)
      : env_(env),
        random_(random),
        faults_(faults),
        checker_(checker),
        probes_(probes),
        trace_(trace),
        platform_(platform) {}

  RenderedRequest Render(const Intent& intent, const std::string& callback_url) const override {
    return SimulatedPlatform::Render(intent, callback_url);
  }
  Task<TokenAnswer> Prepare(MerchantName merchant, std::vector<TokenSubject> subjects) override;
  Task<CreateAnswer> Create(const Payout& payout, const SecretString& token) override;
  Task<ReadAnswer> Read(const PayoutKey& key, const SecretString& token) override;

 private:
  // One exchange: whichever answer comes first counts.
  template <class Answer>
  struct Exchange;
  template <class Answer>
  class Awaiting;
  template <class Answer>
  using Arrive = std::function<Answer()>;

  // Sends a request on its way: `arrive` runs at the platform each time that it is delivered.
  template <class Answer>
  Task<Answer> Send(Arrive<Answer> arrive, Answer unanswered, absl::Duration timeout,
                    bool may_be_late);
  absl::Duration Latency() { return random_.Between(absl::Milliseconds(5), faults_.latency_max); }

  testing::SimulatedEnvironment& env_;
  Random& random_;
  const FaultRanges& faults_;
  Checker& checker_;
  Probes& probes_;
  Trace& trace_;
  SimulatedPlatform& platform_;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_PLATFORM_LINK_H_
