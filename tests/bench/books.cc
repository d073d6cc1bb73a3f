#include "tests/bench/books.h"

#include <set>

#include "absl/status/status.h"
#include "client/interrupt.h"
#include "tests/demo/platform_ledger.h"

namespace payout::bench {
namespace {

absl::Status AsStatus(const client::CallError& error) {
  return absl::UnavailableError(error.ToString());
}

}  // namespace

absl::Status WaitUntilSettled(const client::PayoutClient& client, std::chrono::seconds limit) {
  v1::ListPayoutsRequest open;
  open.add_states(v1::PAYOUT_STATE_QUEUED);
  open.add_states(v1::PAYOUT_STATE_SUBMITTING);
  open.add_states(v1::PAYOUT_STATE_OUTCOME_UNKNOWN);
  open.add_states(v1::PAYOUT_STATE_PROCESSING);
  open.set_page_size(1);
  client::Interrupt never;
  const auto end = std::chrono::steady_clock::now() + limit;
  do {
    const auto page = client.ListPayouts(open);
    if (!page.ok()) return AsStatus(page.error());
    if (page->payouts().empty()) return absl::OkStatus();
    never.WaitFor(absl::Milliseconds(20));
  } while (std::chrono::steady_clock::now() < end);
  return absl::DeadlineExceededError("some payouts are not settled");
}

absl::StatusOr<Books> ReadBooks(const client::PayoutClient& client, const std::string& admin_url) {
  Books books;
  v1::ListPayoutsRequest all;
  all.add_states(v1::PAYOUT_STATE_SUCCEEDED);
  all.set_page_size(1000);
  const auto error = client.ForEachPage(all, [&](const v1::ListPayoutsResponse& page) {
    books.succeeded += static_cast<std::size_t>(page.payouts_size());
    return true;
  });
  if (error) return AsStatus(*error);
  const absl::StatusOr<demo::PlatformLedger> ledger = demo::FetchLedger(admin_url);
  if (!ledger.ok()) return ledger.status();
  std::set<std::string> seen;
  for (const demo::PlatformPayment& payment : ledger->payments) {
    books.create_requests += static_cast<std::size_t>(payment.create_requests);
    if (!seen.insert(payment.id).second) {
      ++books.twice;
    } else if (payment.status == "SUCCESS") {
      ++books.paid;
    }
  }
  return books;
}

}  // namespace payout::bench
