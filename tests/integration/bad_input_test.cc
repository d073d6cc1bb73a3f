// What a caller may get wrong: the code, the reason, the fields; nothing is stored or sent.

#include <functional>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/error_details.pb.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/raw_call.h"
#include "tests/integration/requests.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAreArray;

struct BadCase {
  const char* name;
  std::function<void(v1::CreatePayoutRequest&)> spoil;
  const char* reason;
  std::vector<std::string> fields;
  friend void PrintTo(const BadCase& bad, std::ostream* out) { *out << bad.name; }
};

BadCase BadAmount(const char* name, const char* amount, const char* reason) {
  return {name,
          [amount](v1::CreatePayoutRequest& r) { r.mutable_money()->set_amount(amount); },
          reason,
          {"money.amount"}};
}

void InYen(v1::CreatePayoutRequest& request) {
  request.mutable_money()->set_amount("100");
  request.mutable_money()->set_currency_code("JPY");
  request.mutable_bank_transfer()->set_bank_branch("001");
}

std::vector<BadCase> BadCases() {
  using R = v1::CreatePayoutRequest;
  return {
      BadAmount("Exponent", "1e3", "AMOUNT_MALFORMED"),
      BadAmount("Negative", "-1", "AMOUNT_MALFORMED"),
      BadAmount("Plus", "+1", "AMOUNT_MALFORMED"),
      BadAmount("LeadingPoint", ".5", "AMOUNT_MALFORMED"),
      BadAmount("TrailingPoint", "5.", "AMOUNT_MALFORMED"),
      BadAmount("Separators", "1,000", "AMOUNT_MALFORMED"),
      BadAmount("Blank", " 1", "AMOUNT_MALFORMED"),
      BadAmount("LeadingZero", "007", "AMOUNT_MALFORMED"),
      BadAmount("NotANumber", "NaN", "AMOUNT_MALFORMED"),
      BadAmount("FortyDigits", "1234567890123456789012345678901234567890", "AMOUNT_MALFORMED"),
      BadAmount("Zero", "0", "AMOUNT_NOT_POSITIVE"),
      BadAmount("ZeroWithDecimals", "0.00", "AMOUNT_NOT_POSITIVE"),
      BadAmount("TooManyDecimals", "1.001", "AMOUNT_PRECISION_EXCEEDED"),
      BadAmount("SixteenDigits", "12345678901234.56", "AMOUNT_DIGITS_EXCEEDED"),
      {"NoAmount", [](R& r) { r.clear_money(); }, "AMOUNT_REQUIRED", {}},
      {"NoCurrency",
       [](R& r) { r.mutable_money()->clear_currency_code(); },
       "CURRENCY_INVALID",
       {"money.currency_code"}},
      {"LowerCaseCurrency",
       [](R& r) { r.mutable_money()->set_currency_code("eur"); },
       "CURRENCY_INVALID",
       {"money.currency_code"}},
      {"NoId", [](R& r) { r.clear_payout_id(); }, "PAYOUT_ID_INVALID", {"payout_id"}},
      {"IdWithBlank", [](R& r) { r.set_payout_id("a b"); }, "PAYOUT_ID_INVALID", {"payout_id"}},
      {"UnknownMerchant", [](R& r) { r.set_merchant("nobody"); }, "MERCHANT_UNKNOWN", {"merchant"}},
      {"NoMethod", [](R& r) { r.clear_method(); }, "METHOD_REQUIRED", {}},
      {"DigitsInTheName",
       [](R& r) { r.mutable_bank_transfer()->set_account_name("Ada 2"); },
       "ACCOUNT_NAME_INVALID",
       {"bank_transfer.account_name"}},
      {"NoBankCodeForInr",
       [](R& r) {
         r.mutable_money()->set_amount("100");
         r.mutable_money()->set_currency_code("INR");
       },
       "BANK_CODE_REQUIRED",
       {"bank_transfer.bank_code"}},
      {"NoAccountTypeForJpy", InYen, "ACCOUNT_TYPE_INVALID", {"bank_transfer.account_type"}},
      {"AccountTypeOfAnotherCurrency",
       [](R& r) {
         r.mutable_money()->set_currency_code("ZAR");
         r.mutable_bank_transfer()->set_account_type("checking");
       },
       "ACCOUNT_TYPE_INVALID",
       {"bank_transfer.account_type"}},
      {"BadEmail",
       [](R& r) { r.mutable_bank_transfer()->set_email_address("ada"); },
       "EMAIL_ADDRESS_INVALID",
       {"bank_transfer.email_address"}},
      {"BadIp", [](R& r) { r.set_customer_ip("1.2.3"); }, "CUSTOMER_IP_INVALID", {"customer_ip"}},
      {"SubmitBeforeThePast",
       [](R& r) { r.mutable_submit_before()->set_seconds(1); },
       "SUBMIT_BEFORE_INVALID",
       {"submit_before"}},
      {"EveryMistakeAtOnce",
       [](R& r) {
         r.mutable_money()->set_amount("x");
         r.mutable_bank_transfer()->set_account_name("1");
         r.mutable_bank_transfer()->clear_payment_operator_code();
       },
       "AMOUNT_MALFORMED",
       {"money.amount", "bank_transfer.account_name", "bank_transfer.payment_operator_code"}},
  };
}

class BadInputTest : public ::testing::TestWithParam<BadCase> {
 protected:
  static void SetUpTestSuite() { harness_ = new GatewayHarness(); }
  static void TearDownTestSuite() {
    delete harness_;
    harness_ = nullptr;
  }
  static inline GatewayHarness* harness_ = nullptr;
};

TEST_P(BadInputTest, IsRefusedWithItsReasonAndLeavesNoTrace) {
  v1::CreatePayoutRequest request = BankPayout("p1");
  GetParam().spoil(request);
  const auto reply = harness_->alpha().Create(request);
  EXPECT_EQ(reply.Outcome(), std::string("INVALID_ARGUMENT ") + GetParam().reason);
  std::vector<std::string> fields;
  for (const client::FieldViolation& violation : reply.error.violations) {
    EXPECT_FALSE(violation.description.empty());
    fields.push_back(violation.field);
  }
  EXPECT_FALSE(fields.empty());
  if (!GetParam().fields.empty()) {
    EXPECT_THAT(fields, ElementsAreArray(GetParam().fields));
  }
  EXPECT_EQ(harness_->alpha().List({}).value.payouts_size(), 0);
  EXPECT_TRUE(harness_->platform().Requests().empty());
}

INSTANTIATE_TEST_SUITE_P(All, BadInputTest, ::testing::ValuesIn(BadCases()),
                         [](const auto& bad) { return std::string(bad.param.name); });

// Every status that is not OK tells its reason, in our domain.
void ExpectReason(const grpc::Status& status, const std::string& reason) {
  client::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(status.error_details())) << status.error_message();
  EXPECT_EQ(wire.code(), status.error_code());
  ASSERT_GT(wire.details_size(), 0) << status.error_message();
  EXPECT_EQ(wire.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  client::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(wire.details(0).value()));
  EXPECT_EQ(info.domain(), "payout.v1");
  EXPECT_EQ(info.reason(), reason);
}

TEST(BadCallTest, EveryErrorCarriesItsReasonInOurDomain) {
  GatewayHarness harness;
  Caller& alpha = harness.alpha();
  ExpectReason(alpha.Create(BankPayout("a b")).status, "PAYOUT_ID_INVALID");
  ExpectReason(alpha.Get("").status, "PAYOUT_ID_INVALID");
  ExpectReason(alpha.Get("nobodys").status, "PAYOUT_NOT_FOUND");
  ExpectReason(alpha.Get("nobodys", 1).status, "MAX_STALENESS_INVALID");
  ExpectReason(alpha.Cancel("nobodys").status, "PAYOUT_NOT_FOUND");
  v1::ListPayoutsRequest list;
  list.set_page_size(-1);
  ExpectReason(alpha.List(list).status, "PAGE_SIZE_INVALID");
  list.set_page_size(1);
  list.set_page_token("?");
  ExpectReason(alpha.List(list).status, "PAGE_TOKEN_INVALID");
  v1::CreatePayoutRequest large = BankPayout("large");
  for (int i = 0; i < 300; ++i) {
    (*large.mutable_labels())["key" + std::to_string(i)] = std::string(250, 'x');
  }
  ExpectReason(alpha.Create(large).status, "REQUEST_TOO_LARGE");
  Caller nobody(harness.Connect(), "");
  ExpectReason(nobody.Get("p1").status, "CREDENTIALS_INVALID");
  const std::vector<std::pair<v1::StreamStatusRequest, std::string>> streams = {
      {v1::StreamStatusRequest(), "STREAM_TARGET_INVALID"},
      {StreamOf({"nobodys"}), "PAYOUT_NOT_FOUND"},
      {StreamOf({"a", "a"}), "STREAM_TARGET_INVALID"},
      {Feed(v1::STREAM_START_SNAPSHOT, "no token"), "RESUME_TOKEN_INVALID"}};
  for (const auto& [request, reason] : streams) {
    const auto stream = alpha.Open(request);
    EXPECT_TRUE(stream->Rest().empty());
    ExpectReason(stream->Finish().status, reason);
  }
  RawCall garbage(harness.Connect(), "/payout.v1.PayoutService/StreamStatus", "\xff\xff\xff",
                  kAlphaToken);
  EXPECT_EQ(garbage.Next(), std::nullopt);
  ExpectReason(garbage.Finish(), "STREAM_TARGET_INVALID");
  EXPECT_TRUE(harness.platform().Requests().empty());
}

}  // namespace
}  // namespace payout::testing
