// The simulator's ledger: what the platform really accepted and paid, read over its control port.
//
// Used by: payout-demo, benchmarks. Thread-safety: values and free functions. Blocking.

#ifndef PAYOUT_TESTS_DEMO_PLATFORM_LEDGER_H_
#define PAYOUT_TESTS_DEMO_PLATFORM_LEDGER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/decimal.h"

namespace payout::demo {

struct PlatformPayment {
  std::string id;
  Decimal amount;
  std::string currency;
  std::string method;  // BANK_TRANSFER, CRYPTO_TRANSFER, WALLET_TRANSFER
  std::string status;  // SUCCESS, FAILED, PROCESSING, ...
  std::int64_t create_requests = 0;
  std::int64_t create_bodies = 0;  // different ones among them
};

struct PlatformLedger {
  std::vector<PlatformPayment> payments;  // accepted, in that order
  std::vector<std::string> not_accepted;  // ids that were tried and never accepted

  std::vector<PlatformPayment> Of(const std::string& id) const;
};

// `admin_url` as the simulator prints it. Errors: UNAVAILABLE when it does not answer within 10 s,
// DATA_LOSS when the answer is not a ledger.
absl::StatusOr<PlatformLedger> FetchLedger(const std::string& admin_url);

// The same for text that was fetched.
absl::StatusOr<PlatformLedger> ParseLedger(const std::string& json);

}  // namespace payout::demo

#endif  // PAYOUT_TESTS_DEMO_PLATFORM_LEDGER_H_
