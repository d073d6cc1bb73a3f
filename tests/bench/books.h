// Books: are all payouts of a run settled, and do the gateway and the platform agree about them?
//
// Used by: create-bench. Free functions, blocking.

#ifndef PAYOUT_TESTS_BENCH_BOOKS_H_
#define PAYOUT_TESTS_BENCH_BOOKS_H_

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "client/payout_client.h"

namespace payout::bench {

struct Books {
  std::size_t succeeded = 0;  // at the gateway
  std::size_t paid = 0;       // ids that the platform's ledger has with SUCCESS, each counted once
  std::size_t twice = 0;      // ids that the ledger has more than once
  std::size_t create_requests = 0;

  bool Prove(std::size_t payouts) const {
    return succeeded == payouts && paid == payouts && twice == 0;
  }
};

// DEADLINE_EXCEEDED when some are still open after `limit`.
absl::Status WaitUntilSettled(const client::PayoutClient& client, std::chrono::seconds limit);

absl::StatusOr<Books> ReadBooks(const client::PayoutClient& client, const std::string& admin_url);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_BOOKS_H_
