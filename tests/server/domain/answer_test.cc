#include "server/domain/answer.h"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace payout {
namespace {

TEST(AnswerTest, EveryCodeOfTheContractHasACategory) {
  // Contract, sections 4.4 and 4.5.
  for (const std::string_view code : {"CURRENCY_NOT_SUPPORTED",
                                      "CURRENCY_PRECISION_EXCEEDED",
                                      "PAYMENT_METHOD_NOT_FOUND",
                                      "PAYMENT_METHOD_ERROR",
                                      "PAYMENT_OPERATOR_NOT_FOUND",
                                      "PAYMENT_OPERATOR_INVALID",
                                      "PAYMENT_OPERATOR_REQUIRED",
                                      "PAYMENT_OPERATOR_UNAVAILABLE",
                                      "PAYMENT_CHANNEL_NO_ACTIVE_FOUND",
                                      "PAYMENT_CHANNEL_NO_OPENED_FOUND",
                                      "PAYMENT_CHANNEL_NO_SEGMENT_FOUND",
                                      "PAYMENT_CHANNEL_AMOUNT_LIMITS",
                                      "PAYMENT_CHANNEL_DAILY_LIMITS",
                                      "IP_DENIED",
                                      "CLIENT_IP_INVALID",
                                      "BALANCE_INSUFFICIENT",
                                      "BANK_CODE_REQUIRED",
                                      "SYSTEM",
                                      "PAYMENT_PROCESS_ERROR",
                                      "ENTITY_EXPIRED",
                                      "DIFFERENT_AMOUNT_CONFIRMED",
                                      "INVALID_ACCOUNT_NUMBER",
                                      "INVALID_ACCOUNT_NAME",
                                      "INCORRECT_CURRENCY"}) {
    EXPECT_NE(CategoryOf(code), ReasonCategory::kOther) << code;
  }
}

TEST(AnswerTest, CategoriesTellWhoCanHelp) {
  EXPECT_EQ(CategoryOf("BALANCE_INSUFFICIENT"), ReasonCategory::kBalance);
  EXPECT_EQ(CategoryOf("IP_DENIED"), ReasonCategory::kDenied);
  EXPECT_EQ(CategoryOf("PAYMENT_CHANNEL_DAILY_LIMITS"), ReasonCategory::kLimit);
  EXPECT_EQ(CategoryOf("PAYMENT_OPERATOR_UNAVAILABLE"), ReasonCategory::kUnavailable);
  EXPECT_EQ(CategoryOf("INVALID_ACCOUNT_NUMBER"), ReasonCategory::kRequest);
  EXPECT_EQ(CategoryOf("ENTITY_EXPIRED"), ReasonCategory::kExpired);
  EXPECT_EQ(CategoryOf("SYSTEM"), ReasonCategory::kPlatform);
  EXPECT_EQ(CategoryOf("CURRENCY_NOT_SUPPORTED"), ReasonCategory::kConfiguration);
}

TEST(AnswerTest, CodesOutsideOfTheContractAreOther) {
  for (const std::string_view code :
       {"", "A", "ZZZ", "balance_insufficient", "SYSTEM ", "SYSTE", "SYSTEMS"}) {
    EXPECT_EQ(CategoryOf(code), ReasonCategory::kOther) << code;
  }
}

template <class Kind>
void ExpectDistinctNames(int count, std::string_view (*name)(Kind)) {
  std::set<std::string_view> names;
  for (int i = 0; i < count; ++i) {
    const std::string_view text = name(static_cast<Kind>(i));
    EXPECT_NE(text, "?") << i;
    EXPECT_TRUE(names.insert(text).second) << text;
  }
  EXPECT_EQ(name(static_cast<Kind>(count)), "?") << "the count of kinds is too small";
}

TEST(AnswerTest, EveryKindHasItsOwnName) {
  ExpectDistinctNames(kCreateAnswerKinds, CreateAnswerName);
  ExpectDistinctNames(kReadAnswerKinds, ReadAnswerName);
  ExpectDistinctNames(kTokenAnswerKinds, TokenAnswerName);
}

}  // namespace
}  // namespace payout
