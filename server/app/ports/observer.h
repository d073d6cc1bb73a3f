// Observer: what the core tells about itself, for metrics and logs.
//
// Used by: use cases. Implemented by: adapters/admin (metrics and log lines), fakes in tests. Every
// method has an empty default. No argument is personal data. Thread-safety: called on the core
// loop, OnRpcStarted and OnRpcHandled on any thread.

#ifndef PAYOUT_SERVER_APP_PORTS_OBSERVER_H_
#define PAYOUT_SERVER_APP_PORTS_OBSERVER_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "server/domain/decide.h"
#include "server/domain/operator_action.h"
#include "server/domain/outcome_table.h"
#include "server/domain/payout.h"

namespace payout {

class Observer {
 public:
  virtual ~Observer() = default;

  // An intent became durable (or, replayed, was asked for again).
  virtual void OnCreated(const Payout&, bool /*replayed*/) {}

  // A decision was committed. `from` is the state before.
  virtual void OnDecided(const Payout& /*after*/, State /*from*/, std::string_view /*rule*/) {}

  // One HTTP request to the platform has ended.
  virtual void OnPlatformCall(const MerchantName&, Call, std::string_view /*answer*/,
                              absl::Duration /*took*/) {}

  // Someone has to look. `key` is absent when it concerns the merchant as a whole.
  virtual void OnAlarm(Alarm, const MerchantName&, const PayoutKey* /*key*/) {}

  // Submission of a merchant rests (or goes on) because credentials or route are wrong.
  virtual void OnPaused(const MerchantName&, bool /*paused*/) {}

  // An operator stopped submission of a merchant, or let it go on; also told at start.
  virtual void OnOperatorPaused(const MerchantName&, bool /*paused*/) {}

  // An operator did something, durably.
  virtual void OnOperatorAction(const OperatorAction&) {}
  // A circuit breaker of a merchant opened or closed.
  virtual void OnBreaker(const MerchantName&, Call, bool /*open*/) {}

  // A permit of the request budget was granted after waiting.
  virtual void OnPermit(const MerchantName&, WorkClass, absl::Duration /*waited*/) {}

  // A callback with a valid capability: recorded, parked, or not durable (nullopt); or with a wrong
  // one.
  virtual void OnCallback(const MerchantName&, std::string_view /*outcome*/) {}

  // Audits of settled payouts ended.
  virtual void OnAudit(const MerchantName&, AuditResult, int /*count*/) {}

  // From the arrival of a callback until its effect was committed.
  virtual void OnHintServed(const MerchantName&, absl::Duration /*took*/) {}

  // The store refused or failed.
  virtual void OnStoreError(std::string_view /*operation*/, std::string_view /*message*/) {}

  // Streams that are open now.
  virtual void OnStreams(int /*open*/) {}

  // A call of our API began, and ended with a gRPC code such as "OK". `method` is "CreatePayout"
  // and the like.
  virtual void OnRpcStarted(std::string_view /*method*/) {}
  virtual void OnRpcHandled(std::string_view /*method*/, std::string_view /*code*/,
                            absl::Duration /*took*/) {}
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PORTS_OBSERVER_H_
