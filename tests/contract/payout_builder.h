// Payouts for the tests of stores.
//
// NewPayout is the least that a store accepts; FullPayout has every field set, each to a value of
// its own.

#ifndef PAYOUT_TESTS_CONTRACT_PAYOUT_BUILDER_H_
#define PAYOUT_TESTS_CONTRACT_PAYOUT_BUILDER_H_

#include <ostream>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "server/app/ports/payout_store.h"
#include "server/domain/payout.h"

namespace payout {

inline void PrintTo(const PayoutKey& key, std::ostream* out) {
  *out << key.merchant.value() << "/" << key.payout_id.value();
}

}  // namespace payout

namespace payout::testing {

// A moment within the tests' day.
inline absl::Time At(double seconds) {
  return absl::FromUnixSeconds(1'700'000'000) + absl::Seconds(seconds);
}

inline PayoutKey Key(std::string id, std::string merchant = "shop") {
  return {MerchantName(std::move(merchant)), PayoutId(std::move(id))};
}

inline Payout NewPayout(PayoutKey key, std::string tenant = "alice",
                        absl::Time created_at = At(0)) {
  Payout payout;
  payout.intent.key = std::move(key);
  payout.intent.tenant = TenantName(std::move(tenant));
  payout.intent.money = {*Decimal::Parse("42.50"), "USD"};
  payout.intent.method = WalletTransfer{.account_number = "0123456789", .operator_code = "OP"};
  payout.fingerprint = "1;amount=00";
  payout.rendered.body = "{}";
  payout.created_at = created_at;
  payout.updated_at = created_at;
  payout.schedule = {WorkClass::kCreate, created_at, 0};
  return payout;
}

inline Payout NewPayout(const std::string& id) { return NewPayout(Key(id)); }

inline PayoutReason FullReason(std::string code) {
  return {std::move(code), ReasonCategory::kLimit, "money.amount", "too much", At(30.5)};
}

inline Status FullStatus() {
  Status status;
  status.state = State::kFailed;
  status.needs_review = {Review::kPlatformMismatch, Review::kCorrected};
  status.correction = Correction{State::kSucceeded, At(31)};
  status.reasons = {FullReason("LIMIT"), FullReason("OTHER")};
  status.platform_reference = "pay-1";
  status.transaction_reference = "ref-1";
  status.platform_status = "FAILED";
  status.processor_status =
      "declined \xff by bank";  // Not UTF-8: the platform's words are kept as they came.
  status.fee = Money{*Decimal::Parse("0.10"), "EUR"};
  status.is_test = false;
  status.platform_created_at = At(32);
  status.platform_processed_at = At(33);
  status.settled_at = At(34);
  return status;
}

inline Payout FullPayout(PayoutKey key = Key("full")) {
  Payout payout = NewPayout(std::move(key));
  payout.intent.method =
      BankTransfer{"name", "number",   "type",     "bank code", "bank name", "branch",
                   "city", "province", "operator", "a@b.c",     "remark"};
  payout.intent.segment_code = "segment";
  payout.intent.exchanged_to_currency = "THB";
  payout.intent.customer_ip = "192.0.2.1";
  payout.intent.customer_id = "customer";
  payout.intent.labels = {{"a", "1"}, {"b", ""}};
  payout.intent.submit_before = At(3600);
  payout.rendered = {std::string("{\"a\":\0}", 7), "header"};
  payout.status = FullStatus();
  Submission& submission = payout.submission;
  submission.creates = 3;
  submission.resubmits = 2;
  submission.maybe_applied = submission.refused = submission.refused_fast =
      submission.acknowledged = true;
  submission.conflict = submission.confirmed = submission.post_next = true;
  submission.unauthenticated = 4;
  submission.refusals = {FullReason("REFUSAL")};
  submission.first_claim_at = At(1);
  submission.last_post_closed_at = At(2);
  submission.resubmit_granted = submission.adoption_granted = true;
  payout.absence = {0xfedcba9876543210u, absl::Nanoseconds(1'234'567'891), 5, absl::Seconds(100),
                    true};
  payout.contradiction = Contradiction{State::kRefused, At(3)};
  payout.schedule = {WorkClass::kPoll, At(4), 6};
  payout.hint_read_seq = 7;
  payout.last_read_at = At(5);
  payout.last_answer_at = At(6);
  return payout;
}

// A change of `row` that sets its state and tells it.
inline Change To(State state, const Payout& row, absl::Time at) {
  Change change;
  change.after = row;
  change.after.status.state = state;
  change.expected_version = row.version;
  change.emits_event = true;
  change.at = at;
  change.hint_due_at = at + absl::Seconds(5);
  return change;
}

// A change that nobody sees, such as a read without news.
inline Change Quiet(const Payout& row) {
  Change change;
  change.after = row;
  change.expected_version = row.version;
  change.at = At(0);
  change.hint_due_at = At(0);
  return change;
}

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CONTRACT_PAYOUT_BUILDER_H_
