#include "tests/demo/report.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>

#include "tests/demo/text.h"

namespace payout::demo {
namespace {

struct Row {
  std::string at_platform;
  std::string paid;
  bool paid_twice = false;
  bool lost = false;
  std::vector<std::string> wrong;
};

std::string MethodName(v1::PayoutMethod method) {
  switch (method) {
    case v1::PAYOUT_METHOD_BANK_TRANSFER:
      return "bank";
    case v1::PAYOUT_METHOD_CRYPTO_TRANSFER:
      return "crypto";
    case v1::PAYOUT_METHOD_WALLET_TRANSFER:
      return "wallet";
    default:
      return "?";
  }
}

// Revisions 1, 2, 3 and so on, the last one being the payout's.
bool EventsAreComplete(const Outcome& outcome) {
  int64_t revision = 0;
  for (const v1::PayoutEvent& event : outcome.events) {
    if (event.payout().revision() != ++revision) return false;
  }
  return revision == outcome.payout.revision();
}

bool SameMoney(const PlatformPayment& payment, const v1::Money& money) {
  const std::optional<Decimal> asked = Decimal::Parse(money.amount());
  return asked && payment.amount == *asked && payment.currency == money.currency_code();
}

Row Judge(const Outcome& outcome, const PlatformLedger& ledger) {
  Row row;
  const std::vector<PlatformPayment> found = ledger.Of(outcome.payout.payout_id());
  const auto paid = std::count_if(found.begin(), found.end(), [](const PlatformPayment& payment) {
    return payment.status == "SUCCESS";
  });
  const bool should_be_paid = outcome.asked.ends == v1::PAYOUT_STATE_SUCCEEDED;
  const bool should_be_known = outcome.asked.ends != v1::PAYOUT_STATE_REFUSED;
  row.at_platform = found.empty() ? "not there" : found[0].status;
  row.paid = std::to_string(paid) + "x";
  row.paid_twice = paid > 1 || found.size() > 1;
  row.lost = should_be_paid && paid == 0;
  if (row.paid_twice) row.wrong.push_back("paid twice");
  if (row.lost) row.wrong.push_back("lost");
  if (!should_be_paid && paid > 0) row.wrong.push_back("paid, but must not be");
  if (found.empty() == should_be_known) row.wrong.push_back("not as expected at the platform");
  if (!found.empty() && !SameMoney(found[0], outcome.asked.request.money())) {
    row.wrong.push_back("another amount");
  }
  if (outcome.payout.state() != outcome.asked.ends) {
    row.wrong.push_back("should be " + StateName(outcome.asked.ends));
  }
  const std::string code =
      outcome.payout.reasons_size() == 0 ? "" : outcome.payout.reasons(0).code();
  if (code != outcome.asked.reason) row.wrong.push_back("should say " + outcome.asked.reason);
  if (!EventsAreComplete(outcome)) row.wrong.push_back("events are missing");
  return row;
}

void PrintRow(const Outcome& outcome, const Row& row) {
  std::string verdict = row.wrong.empty() ? "ok" : "WRONG:";
  for (const std::string& what : row.wrong) verdict += " " + what + ";";
  std::cout << "  " << Pad(outcome.payout.payout_id(), 15)
            << Pad(MoneyText(outcome.payout.money()), 16)
            << Pad(MethodName(outcome.payout.destination().method()), 8)
            << Pad(StateName(outcome.payout.state()), 11)
            << Pad(std::to_string(outcome.events.size()), 8) << Pad(row.at_platform, 17)
            << Pad(row.paid, 6) << verdict << "\n";
}

}  // namespace

bool PrintReport(const std::vector<Outcome>& outcomes, const PlatformLedger& ledger) {
  std::cout << "  " << Pad("PAYOUT", 15) << Pad("AMOUNT", 16) << Pad("METHOD", 8)
            << Pad("RESULT", 11) << Pad("EVENTS", 8) << Pad("AT THE PLATFORM", 17) << Pad("PAID", 6)
            << "VERDICT\n";
  int twice = 0;
  int lost = 0;
  bool good = true;
  std::size_t expected_payments = 0;
  std::map<v1::PayoutState, int> by_state;
  for (const Outcome& outcome : outcomes) {
    const Row row = Judge(outcome, ledger);
    PrintRow(outcome, row);
    twice += row.paid_twice ? 1 : 0;
    lost += row.lost ? 1 : 0;
    good = good && row.wrong.empty();
    ++by_state[outcome.payout.state()];
    if (outcome.asked.ends != v1::PAYOUT_STATE_REFUSED) ++expected_payments;
  }
  const bool ledger_agrees = good && ledger.payments.size() == expected_payments;
  std::cout << "\n" << outcomes.size() << " payouts:";
  const char* separator = " ";
  for (const auto& [state, count] : by_state) {
    std::cout << separator << count << " " << StateName(state);
    separator = ", ";
  }
  std::cout << "; " << twice << " paid twice, " << lost << " lost, the ledger "
            << (ledger_agrees ? "agrees" : "DOES NOT AGREE") << "." << std::endl;
  if (ledger.payments.size() != expected_payments) {
    std::cout << "The ledger has " << ledger.payments.size() << " payments; " << expected_payments
              << " were expected.\n";
  }
  return ledger_agrees;
}

}  // namespace payout::demo
