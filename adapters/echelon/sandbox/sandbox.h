// Sandbox: the simulated platform as a running server, on a thread of its own.
//
// Used by: the echelon-sandbox program, `payout-gateway dev`, integration tests. It serves two
// loopback ports, the platform's API and the control port (admin.h), and posts callbacks to
// loopback addresses. Thread-safety: every public method may be called from any thread but the
// sandbox's own; they wait for its loop, a few microseconds. The destructor stops and joins.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_SANDBOX_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_SANDBOX_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/echelon/sandbox/fault_set.h"
#include "adapters/echelon/sandbox/ledger.h"
#include "adapters/echelon/sandbox/options.h"
#include "adapters/echelon/sandbox/request_log.h"

namespace payout::sandbox {

class Sandbox {
 public:
  // InvalidArgument for contradictory options, a bad scenario or an address that is not loopback;
  // Unavailable when a port is taken.
  static absl::StatusOr<std::unique_ptr<Sandbox>> Start(Options options);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  std::uint16_t port() const;
  std::uint16_t admin_port() const;
  std::string base_url() const;   // "http://127.0.0.1:41234"
  std::string admin_url() const;  // the same for the control port

  LedgerSnapshot Ledger() const;
  std::vector<LoggedRequest> Requests() const;

  // InvalidArgument when the fault makes no sense.
  absl::Status AddFault(Fault fault);
  void ClearFaults();
  std::vector<FaultState> Faults() const;

  // Sends a forged callback; LedgerSnapshot::sent_by_hand shows what came of it. InvalidArgument
  // unless the URL is http and loopback.
  absl::Status SendCallback(const std::string& url, const std::string& id_entity);

  // A status change now. NotFound without such a payout; an empty merchant means any.
  absl::Status Settle(const std::string& id, const std::string& status,
                      const std::string& failure_reason = "", const std::string& merchant = "");

  // Forgets payments, faults, counters and the log.
  void Reset();

 private:
  class Impl;
  explicit Sandbox(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_SANDBOX_H_
