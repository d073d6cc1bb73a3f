#include "tests/crash/books.h"

#include <optional>

#include "server/domain/decimal.h"
#include "tests/crash/stream_recorder.h"

namespace payout::testing {
namespace {

// What the platform's ledger says of a payout in that state; empty: nothing.
std::optional<std::string> LedgerStatus(v1::PayoutState state) {
  switch (state) {
    case v1::PAYOUT_STATE_SUCCEEDED:
      return "SUCCESS";
    case v1::PAYOUT_STATE_FAILED:
      return "FAILED";
    case v1::PAYOUT_STATE_REFUSED:
    case v1::PAYOUT_STATE_CANCELLED:
      return "";
    default:
      return std::nullopt;
  }
}

void CompareOne(const v1::Payout& payout, const demo::PlatformPayment* payment, CallBook& book) {
  const std::string& id = payout.payout_id();
  const std::optional<std::string> expected = LedgerStatus(payout.state());
  if (!expected) return book.Violate(id + " is not settled: " + payout.ShortDebugString());
  if (payout.needs_review_size() > 0) {
    book.Violate(id + " needs review: " + payout.ShortDebugString());
  }
  if (payment == nullptr) {
    if (!expected->empty())
      book.Violate(id + " is not in the ledger: " + payout.ShortDebugString());
    return;
  }
  if (payment->status != *expected) {
    book.Violate(id + " is " + v1::PayoutState_Name(payout.state()) + ", the platform says " +
                 payment->status);
  }
  if (Decimal::Parse(payout.money().amount()) != payment->amount ||
      payout.money().currency_code() != payment->currency) {
    book.Violate(id + " was paid with another amount than " + payout.money().ShortDebugString());
  }
  if (payment->create_bodies != 1) {
    book.Violate(id + " was sent with " + std::to_string(payment->create_bodies) +
                 " different bodies");
  }
}

}  // namespace

void CompareWithLedger(const std::map<std::string, v1::Payout>& payouts,
                       const demo::PlatformLedger& ledger, CallBook& book) {
  std::map<std::string, const demo::PlatformPayment*> payments;
  for (const demo::PlatformPayment& payment : ledger.payments) {
    if (!payments.emplace(payment.id, &payment).second)
      book.Violate(payment.id + " was paid twice");
    if (!payouts.contains(payment.id)) book.Violate(payment.id + " was paid, and nobody knows it");
  }
  for (const auto& [id, payout] : payouts) {
    const auto payment = payments.find(id);
    CompareOne(payout, payment == payments.end() ? nullptr : payment->second, book);
  }
}

void CompareWithStore(const std::string& path, const std::vector<Reader*>& readers,
                      CallBook& book) {
  const StoredEvents stored = ReadStoredEvents(path);
  for (const std::string& violation : stored.violations) book.Violate(violation);
  for (Reader* reader : readers) {
    StreamHistory& history = reader->history();
    if (const auto expected = reader->Expected(stored)) history.ExpectEvents(*expected);
    for (const StreamViolation& violation : history.violations()) book.Violate(violation.text);
  }
}

}  // namespace payout::testing
