// Telemetry: the Observer that counts and logs: Prometheus metrics under the usual names, one log
// line per event that someone may look for later. No payout id is ever a label, no personal data is
// in either.
//
// Used by: server/main. The metrics are served by admin_endpoint.
// Thread-safety: observer methods on the core loop, those of RPCs and Text from any thread.

#ifndef PAYOUT_ADAPTERS_ADMIN_TELEMETRY_H_
#define PAYOUT_ADAPTERS_ADMIN_TELEMETRY_H_

#include <memory>
#include <string>
#include <vector>

#include "server/app/ports/observer.h"
#include "server/app/ports/payout_store.h"

namespace payout {

class Telemetry final : public Observer {
 public:
  // `version` becomes a label of payout_build_info.
  explicit Telemetry(const std::string& version);
  ~Telemetry() override;

  // The Prometheus text format, version 0.0.4.
  std::string Text() const;

  // Gauges that are measured from time to time.
  void SetOpen(const std::vector<MerchantCounts>& counts, absl::Time now);
  // Counts of one merchant add up; merchants that are not named have none.
  void SetReview(const std::vector<ReviewCount>& counts);
  void SetRecovering(bool recovering);
  // The counts only grow.
  void SetWrites(const WriteCounts& counts);
  void SetBudget(const MerchantName& merchant, int rate, int waiting);

  void OnCreated(const Payout& payout, bool replayed) override;
  void OnDecided(const Payout& after, State from, std::string_view rule) override;
  void OnPlatformCall(const MerchantName& merchant, Call call, std::string_view answer,
                      absl::Duration took) override;
  void OnAlarm(Alarm alarm, const MerchantName& merchant, const PayoutKey* key) override;
  void OnPaused(const MerchantName& merchant, bool paused) override;
  void OnOperatorPaused(const MerchantName& merchant, bool paused) override;
  void OnOperatorAction(const OperatorAction& action) override;
  void OnBreaker(const MerchantName& merchant, Call call, bool open) override;
  void OnPermit(const MerchantName& merchant, WorkClass work, absl::Duration waited) override;
  void OnCallback(const MerchantName& merchant, std::string_view outcome) override;
  void OnAudit(const MerchantName& merchant, AuditResult result, int count) override;
  void OnHintServed(const MerchantName& merchant, absl::Duration took) override;
  void OnStoreError(std::string_view operation, std::string_view message) override;
  void OnStreams(int open) override;
  void OnRpcStarted(std::string_view method) override;
  void OnRpcHandled(std::string_view method, std::string_view code, absl::Duration took) override;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace payout

#endif  // PAYOUT_ADAPTERS_ADMIN_TELEMETRY_H_
