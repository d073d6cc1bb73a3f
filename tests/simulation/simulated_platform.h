// SimulatedPlatform: the payment platform with its true ledger, and the network before it.
//
// Used by: world.h; a process reaches it through a PlatformLink. What is in the ledger is what was
// paid. Requests travel on when the process that sent them dies, may arrive late or twice, and are
// answered or not. Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_SIMULATED_PLATFORM_H_
#define PAYOUT_TESTS_SIMULATION_SIMULATED_PLATFORM_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/app/ports/payout_provider.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/fault_ranges.h"
#include "tests/simulation/random.h"
#include "tests/support/simulated_environment.h"

namespace payout::simulation {

// A payment as the platform made it.
struct Payment {
  PlatformView view;
  std::string callback_url;
  bool ours = true;
  absl::Time created_at;
  absl::Duration shown_at;    // monotonic; reads know nothing of it before
  absl::Duration settles_at;  // monotonic
  PlatformStatus outcome = PlatformStatus::kSuccess;
  std::optional<absl::Duration> reversed_at;
  absl::Duration hidden_until;        // reads no longer know what the platform had confirmed
  std::optional<PlatformView> wrong;  // what some reads show instead
};

class SimulatedPlatform {
 public:
  SimulatedPlatform(testing::SimulatedEnvironment& env, Random& random, const FaultRanges& faults,
                    Checker& checker);

  // Someone else's payment takes the id before we ask for it.
  void OccupyId(const PayoutKey& key, PlatformView view);
  // Everything answers 5xx until then (monotonic).
  void GoAway(absl::Duration until) { away_until_ = until; }
  // From now on every payment settles soon, and nothing is late.
  void Heal();
  // A callback is sent: URL and id of the body.
  std::function<void(const std::string& url, const PayoutKey& key)> on_callback;

  // ---- what arrives ----
  // One create request, however often it is delivered. What refuses it refuses all of its
  // deliveries.
  struct CreateRequest {
    PayoutKey key;
    RenderedRequest bytes;
    std::string token;
    CreateAnswerKind verdict = CreateAnswerKind::kAccepted;
    std::optional<int> access;  // 0, 401 or 403: decided at the first delivery
  };
  CreateAnswerKind DrawVerdict();
  CreateAnswer Create(CreateRequest& request);
  ReadAnswer Read(const PayoutKey& key, const std::string& token);
  TokenAnswer Token(const MerchantName& merchant, const std::vector<TokenSubject>& subjects);

  const std::map<PayoutKey, Payment>& ledger() const { return ledger_; }
  // Bodies as the gateway renders them here.
  static RenderedRequest Render(const Intent& intent, const std::string& callback_url);

 private:
  struct Grant {
    MerchantName merchant;
    std::map<std::string, Money> subjects;
    absl::Duration until;
  };
  // 0, 401 or 403.
  int CheckToken(const PayoutKey& key, const std::string& token, const Money* money);
  void Pay(const PayoutKey& key, const RenderedRequest& request);
  void Settle(const PayoutKey& key);
  void SendCallback(const PayoutKey& key, absl::Duration after);
  PlatformStatus StatusOf(const Payment& payment) const;
  std::optional<absl::Duration> DrawRetryAfter();

  testing::SimulatedEnvironment& env_;
  Random& random_;
  const FaultRanges& faults_;
  Checker& checker_;
  std::map<PayoutKey, Payment> ledger_;
  std::map<std::string, Grant> grants_;
  absl::Duration away_until_ = -absl::InfiniteDuration();
  bool healed_ = false;
};

// The time of the world; the gateway's own clock may differ.
inline absl::Time TrueTime(testing::SimulatedEnvironment& env) {
  return absl::FromUnixSeconds(1'790'000'000) + env.Monotonic();
}

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_SIMULATED_PLATFORM_H_
