#include "client/payoutctl/text.h"

#include <gtest/gtest.h>

namespace payout::payoutctl {
namespace {

v1::Payout Refused() {
  v1::Payout payout;
  payout.set_payout_id("p-1");
  payout.mutable_money()->set_amount("42.05");
  payout.mutable_money()->set_currency_code("EUR");
  payout.mutable_destination()->set_method(v1::PAYOUT_METHOD_BANK_TRANSFER);
  payout.mutable_destination()->set_masked_account("****3000");
  payout.mutable_destination()->set_payment_operator_code("SEPA");
  payout.set_state(v1::PAYOUT_STATE_REFUSED);
  payout.set_revision(3);
  auto* reason = payout.add_reasons();
  reason->set_code("BALANCE_INSUFFICIENT");
  reason->set_category(v1::REASON_CATEGORY_BALANCE);
  reason->set_message("not enough\033[2J");
  payout.add_needs_review(v1::REVIEW_REASON_CORRECTED);
  return payout;
}

TEST(TextTest, APayoutTellsMoneyStateDestinationAndReasons) {
  const std::string text = DescribePayout(Refused(), false);
  for (const char* part : {"p-1", "REFUSED: not paid", "42.05 EUR", "bank ****3000 via SEPA",
                           "BALANCE_INSUFFICIENT (BALANCE): not enough", "CORRECTED"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(TextTest, ControlCharactersOfTheServerDoNotReachTheTerminal) {
  EXPECT_EQ(DescribePayout(Refused(), false).find('\033'), std::string::npos);
  EXPECT_EQ(Clean("a\033[1mb\nc\x7f\xc2\x9b"
                  "d\xc3\xa9"),
            "a?[1mb?c???d\xc3\xa9");
}

TEST(TextTest, ColourIsThereOnlyWhenAskedFor) {
  EXPECT_NE(DescribePayout(Refused(), true).find("\033[31mREFUSED"), std::string::npos);
}

TEST(TextTest, StatesAreReadInAllTheirSpellings) {
  EXPECT_EQ(ParseState("processing"), v1::PAYOUT_STATE_PROCESSING);
  EXPECT_EQ(ParseState("outcome-unknown"), v1::PAYOUT_STATE_OUTCOME_UNKNOWN);
  EXPECT_EQ(ParseState("PAYOUT_STATE_FAILED"), v1::PAYOUT_STATE_FAILED);
  EXPECT_FALSE(ParseState("paid").has_value());
  EXPECT_FALSE(ParseState("unspecified").has_value());
}

TEST(TextTest, AStateOfTheFutureIsShownByNumberAndNotSettled) {
  const auto state = static_cast<v1::PayoutState>(42);
  EXPECT_EQ(StateName(state), "42");
  EXPECT_FALSE(IsSettled(state));
}

TEST(TableTest, ColumnsLineUpAcrossPagesAndLettersOfTwoBytes) {
  Table table(false);
  EXPECT_EQ(table.Format({{{"id"}, {"1.5", Ink::kPlain, true}, {"x"}},
                          {{"m\xc3\xbcller"}, {"100.25", Ink::kPlain, true}, {""}}}),
            "id         1.5  x\n"
            "m\xc3\xbcller  100.25\n");
  EXPECT_EQ(table.Format({{{"a"}, {"2", Ink::kPlain, true}, {"y"}}}), "a            2  y\n");
}

}  // namespace
}  // namespace payout::payoutctl
