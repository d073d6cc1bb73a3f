// GatewayProcess: the composition root: every object of a running gateway, in the order of their
// lives, and the thread of the core loop.
//
// Used by: main (serve, dev), integration tests and benchmarks. The only place that knows
// everything. Thread-safety: one thread, never the core loop.

#ifndef PAYOUT_SERVER_MAIN_GATEWAY_PROCESS_H_
#define PAYOUT_SERVER_MAIN_GATEWAY_PROCESS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/main/config/config.h"
#include "server/main/config/secrets.h"

namespace payout {

class GatewayProcess {
 public:
  // Opens the store, recovers, listens. Ready when it returns. Errors say what to do, for people.
  // `restored`: the store is a backup that was put back.
  static absl::StatusOr<std::unique_ptr<GatewayProcess>> Start(const Config& config,
                                                               Secrets secrets,
                                                               bool restored = false);

  // Drains, if that has not happened, and ends everything.
  ~GatewayProcess();

  // Health flips, waits and streams end, calls in flight finish. Returns within
  // config.drain.deadline and a second. What is still in flight then is recovered by the next
  // start.
  void Drain();

  int grpc_port() const;
  int callback_port() const;
  int admin_port() const;

 private:
  struct Parts;
  explicit GatewayProcess(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_GATEWAY_PROCESS_H_
