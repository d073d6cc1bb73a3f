#include "server/rpc/proto_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace payout {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MaskTest, AccountsKeepTheirLastFourFromNineCharactersOn) {
  EXPECT_EQ(MaskAccount("DE00123456780000000000"), "******************0000");
  EXPECT_EQ(MaskAccount("123456789"), "*****6789");
  EXPECT_EQ(MaskAccount("12345678"), "********");
  EXPECT_EQ(MaskAccount(""), "");
  EXPECT_EQ(MaskAccount("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"),
            "*****\u00e9\u00e9\u00e9\u00e9");
}

TEST(MaskTest, EmailAndPhoneKeepWhatASupportDeskNeeds) {
  EXPECT_EQ(MaskEmail("ada@example.com"), "*@example.com");
  EXPECT_EQ(MaskEmail(""), "");
  EXPECT_EQ(MaskPhone("+628113912103"), "***********03");
}

Intent BankIntent() {
  Intent intent;
  intent.method = BankTransfer{.account_name = "Ada Example",
                               .account_number = "DE00 1234 5678",
                               .email_address = "ada@example.com",
                               .remark = "rent for May"};
  return intent;
}

TEST(PayoutCodecTest, NoSensitiveFieldOfTheIntentLeavesUnmasked) {
  Payout payout;
  payout.intent = BankIntent();
  payout.intent.customer_ip = "192.0.2.77";
  payout.intent.customer_id = "customer-4711";
  payout.status.reasons = {{.code = "X",
                            .attribute = "account DE00-1234-5678",
                            .message = "Ada Example at 192.0.2.77, customer-4711"}};
  payout.status.platform_status = payout.status.processor_status = "CLOSED de0012345678";
  v1::Payout out;
  SetPayout(payout, out);
  const std::string text = out.DebugString();
  for (const char* value :
       {"Ada Example", "DE00 1234 5678", "ada@", "rent for May", "192.0.2.77", "customer-4711"}) {
    EXPECT_THAT(text, Not(HasSubstr(value)));
  }
  EXPECT_EQ(out.reasons(0).code(), "X");
}

TEST(TimeCodecTest, ImpossibleTimesAreNoTimes) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_nanos(-1);
  EXPECT_FALSE(ToTime(timestamp).has_value());
  timestamp.set_nanos(999'999'999);
  EXPECT_TRUE(ToTime(timestamp).has_value());
  timestamp.set_seconds(253'402'300'800);
  EXPECT_FALSE(ToTime(timestamp).has_value());
}

}  // namespace
}  // namespace payout
