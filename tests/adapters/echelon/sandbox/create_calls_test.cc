// POST /payouts/{idPayout}: validation, refusals, acceptance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/adapters/echelon/sandbox/model_driver.h"

namespace payout::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Create, EchoesMoneyAndReferencesWithoutAStatus) {
  ModelDriver driver;
  const Answer answer = driver.Create("A-1", BankBody("42.50"));
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body,
            R"({"paymentRequested":{"money":{"amount":42.5,"currencyCode":"USD"}},)"
            R"("paymentMethodResponse":{"idPayout":"A-1","idPayment":"ECL-0000000001",)"
            R"("paymentMethodCode":"BANK_TRANSFER","reference":"REF0000000001"}})");
}

TEST(Create, KeepsHugeAndTinyAmountsExactly) {
  ModelDriver driver;
  EXPECT_THAT(driver.Create("A-1", BankBody("123456789012345678.123456789012", "USDT")).body,
              HasSubstr(R"("amount":123456789012345678.123456789012,)"));
  EXPECT_THAT(driver.Create("A-2", BankBody("4.205e1")).body, HasSubstr(R"("amount":42.05,)"));
  EXPECT_EQ(driver.model().Snapshot().Find("A-2")->amount, Decimal::Parse("42.05"));
}

struct BadBody {
  const char* why;
  std::string body;
};

class BrokenSchema : public ::testing::TestWithParam<BadBody> {};

TEST_P(BrokenSchema, Is400WithAnObjectAndLeavesNoTrace) {
  ModelDriver driver;
  const Answer answer = driver.Create("A-1", GetParam().body);
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(R"({"description":)"));
  EXPECT_TRUE(driver.model().Snapshot().payments.empty());
  EXPECT_EQ(driver.Create("A-1").status, 201) << "the id is still free";
}

std::string Replaced(const char* from, const char* to) {
  const std::string body = absl::StrReplaceAll(BankBody(), {{from, to}});
  return body == BankBody() ? "the replacement did not fit" : body;
}

INSTANTIATE_TEST_SUITE_P(
    Payout, BrokenSchema,
    ::testing::Values(
        BadBody{"no JSON", "{"}, BadBody{"not an object", "[]"}, BadBody{"nothing in it", "{}"},
        BadBody{"amount missing", Replaced(R"("amount":42.05,)", "")},
        BadBody{"amount as a string", BankBody(R"("42.05")")}, BadBody{"zero", BankBody("0")},
        BadBody{"zero with decimals", BankBody("0.00")}, BadBody{"negative", BankBody("-1")},
        BadBody{"currency missing", Replaced(R"(,"currencyCode":"USD")", "")},
        BadBody{"currency empty", BankBody("1", "")},
        BadBody{"method unknown", Replaced("BANK_TRANSFER", "CASH")},
        BadBody{"method missing", Replaced(R"("paymentMethodCode":"BANK_TRANSFER",)", "")},
        BadBody{"operator missing", Replaced(R"("paymentOperatorCode":"BNK_000",)", "")},
        BadBody{"operator with a blank", Replaced("BNK_000", "BNK 000")},
        BadBody{"operator too long", Replaced("BNK_000", "1234567890123456789012345678901")},
        BadBody{"digits in the name", Replaced("Test account", "Test 2nd")},
        BadBody{"slash in the name", Replaced("Test account", "c/o Test")},
        BadBody{"name empty", Replaced("Test account", "")},
        BadBody{"name null", Replaced(R"("Test account")", "null")},
        BadBody{"account number missing", Replaced(R"(,"accountNumber":"11223344")", "")},
        BadBody{"account number a number", Replaced(R"("11223344")", "11223344")},
        BadBody{"bank code empty", BankBody("1", "USD", R"(,"bankCode":"")")},
        BadBody{"bank city empty", BankBody("1", "USD", R"(,"bankCity":"")")},
        BadBody{"e-mail without @",
                Replaced(R"("account":{)", R"("emailAddress":"x","account":{)")},
        BadBody{"remark not text", Replaced(R"("account":{)", R"("remark":1,"account":{)")},
        BadBody{"segment empty", Replaced(R"({"money")", R"({"segmentCode":"","money")")},
        BadBody{"callback no URL", BankBody("1", "USD", "", R"(,"callbackUrl":"nowhere")")},
        BadBody{"callback too long",
                BankBody("1", "USD", "",
                         R"(,"callbackUrl":"http://a/)" + std::string(1000, 'x') + R"(")")},
        BadBody{"customer ip no text", BankBody("1", "USD", "", R"(,"customerIp":1)")},
        BadBody{"JPY without a type", BankBody("100", "JPY", R"(,"bankBranch":"001")")},
        BadBody{"JPY with a foreign type",
                BankBody("100", "JPY", R"(,"bankBranch":"001","accountType":"cheque")")},
        BadBody{"JPY without a branch", BankBody("100", "JPY", R"(,"accountType":"savings")")},
        BadBody{"ZAR without a type", BankBody("100", "ZAR")},
        BadBody{"ZAR with a foreign type", BankBody("1", "ZAR", R"(,"accountType":"general")")},
        BadBody{"INR code not IFSC", BankBody("100", "INR", R"(,"bankCode":"12345")")},
        BadBody{"INR wallet without a name", WalletBody("{}")},
        BadBody{"wallet address without @", WalletBody(R"({"accountNumber":"1234"})", "IDR")},
        BadBody{"phone too short", WalletBody("{}", "IDR", R"(,"phoneNumber":"+12345")")},
        BadBody{"phone with letters", WalletBody("{}", "IDR", R"(,"phoneNumber":"0800CALLNOW")")},
        BadBody{"crypto address with a dash", CryptoBody("abc-def")},
        BadBody{"crypto address empty", CryptoBody("")},
        BadBody{"crypto address too long", CryptoBody(std::string(63, 'a'))}),
    [](const ::testing::TestParamInfo<BadBody>& one) {
      std::string name;
      for (const char c : std::string(one.param.why)) name += std::isalnum(c) ? c : '_';
      return name;
    });

TEST(Create, AcceptsEveryMethodAtItsLimits) {
  ModelDriver driver;
  const std::string name64 = absl::StrReplaceAll(
      BankBody(), {{"Test account", "Zoë Ó'Brien, \xE0\xA4\x86\xE0\xA4\xB6\xE0\xA4\xBE (x) $+*|" +
                                        std::string(38, 'a')}});
  EXPECT_EQ(driver.Create("n", name64).status, 201) << "lengths count characters";
  EXPECT_EQ(
      driver.Create("jpy", BankBody("100", "JPY", R"(,"accountType":"general","bankBranch":"1")"))
          .status,
      201);
  EXPECT_EQ(driver.Create("zar", BankBody("1.50", "ZAR", R"(,"accountType":"cheque")")).status,
            201);
  EXPECT_EQ(driver.Create("inr", BankBody("42.00", "INR", R"(,"bankCode":"HDFC0A12345")")).status,
            201);
  EXPECT_EQ(
      driver.Create("wal", WalletBody(R"({"accountName":"Asha Rao","accountNumber":"1@paytm"})"))
          .status,
      201);
  EXPECT_EQ(
      driver.Create("wal2", WalletBody("{}", "IDR", R"(,"phoneNumber":"+628113912103")")).status,
      201);
  EXPECT_EQ(driver.Create("cry", CryptoBody(std::string(62, 'a'))).status, 201);
  EXPECT_EQ(driver.Create(std::string(250, 'i')).status, 201);
}

TEST(Create, RefusesIdsOutsideTheAlphabet) {
  ModelDriver driver;
  EXPECT_EQ(driver.Create("a.b").status, 400);
  EXPECT_EQ(driver.Create(std::string(251, 'i')).status, 400);
}

TEST(Create, NeedsAJsonContentType) {
  ModelDriver driver;
  PlatformRequest request =
      ModelDriver::Request("POST", "/payouts/A-1", BankBody(), driver.TokenFor("A-1"));
  request.content_type = "text/plain";
  EXPECT_EQ(driver.Call(request).status, 400);
  request.content_type = "application/json; charset=utf-8";
  EXPECT_EQ(driver.Call(request).status, 201);
}

TEST(Create, UnknownFieldsPassUnlessSwitchedOff) {
  const std::string body = BankBody("1", "USD", R"(,"accountNummer":"1")");
  ModelDriver tolerant;
  EXPECT_EQ(tolerant.Create("A-1", body).status, 201);
  PlatformSettings settings = TestSettings();
  settings.undocumented.reject_unknown_fields = true;
  ModelDriver strict(settings);
  EXPECT_EQ(strict.Create("A-1", body).status, 400);
  EXPECT_EQ(strict.Create("A-1").status, 201);
}

PlatformSettings BusinessSettings() {
  PlatformSettings settings = TestSettings();
  settings.currencies = {"USD", "EUR", "INR", "IDR", "KWD", "JPY"};
  settings.operators = {
      {"BNK_000", {}, true}, {"WAL", {"WALLET_TRANSFER"}, true}, {"OFF", {}, false}};
  settings.merchants[0].ip_deny = {"10.0.0.1", "2001:db8::1"};
  settings.merchants[0].balances["EUR"] = "100.00";
  settings.operator_required_for_wallet = true;
  return settings;
}

struct Refusal {
  const char* code;
  std::string body;
};

class BusinessRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(BusinessRefusal, Is406WithAnArrayOfCodes) {
  ModelDriver driver(BusinessSettings());
  const Answer answer = driver.Create("A-1", GetParam().body);
  EXPECT_EQ(answer.status, 406) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(std::string(R"([{"code":")") + GetParam().code + R"(")"));
  EXPECT_TRUE(driver.model().Snapshot().payments.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Payout, BusinessRefusal,
    ::testing::Values(
        Refusal{"CURRENCY_NOT_SUPPORTED", BankBody("1", "GBP")},
        Refusal{"CURRENCY_PRECISION_EXCEEDED", BankBody("1.001")},
        Refusal{"CURRENCY_PRECISION_EXCEEDED", BankBody("1.0001", "KWD")},
        Refusal{"CURRENCY_PRECISION_EXCEEDED", BankBody("42.05", "IDR")},
        Refusal{"CURRENCY_PRECISION_EXCEEDED",
                BankBody("42.05", "INR", R"(,"bankCode":"HDFC0A12345")")},
        Refusal{"PAYMENT_OPERATOR_NOT_FOUND", Replaced("BNK_000", "NEW")},
        Refusal{"PAYMENT_OPERATOR_INVALID", Replaced("BNK_000", "WAL")},
        Refusal{"PAYMENT_OPERATOR_UNAVAILABLE", Replaced("BNK_000", "OFF")},
        Refusal{"PAYMENT_OPERATOR_REQUIRED", WalletBody("{}", "IDR")},
        Refusal{"BANK_CODE_REQUIRED", BankBody("42", "INR")},
        Refusal{"CLIENT_IP_INVALID", BankBody("1", "USD", "", R"(,"customerIp":"1.2.3")")},
        Refusal{"IP_DENIED", BankBody("1", "USD", "", R"(,"customerIp":"10.0.0.1")")},
        Refusal{"IP_DENIED", BankBody("1", "USD", "", R"(,"customerIp":"2001:DB8:0::1")")},
        Refusal{"BALANCE_INSUFFICIENT", BankBody("100.01", "EUR")}));

TEST(Create, ReportsAllRefusalsAtOnce) {
  ModelDriver driver(BusinessSettings());
  const std::string body = driver.Create("A-1", BankBody("42.05", "INR")).body;
  EXPECT_THAT(body, HasSubstr("CURRENCY_PRECISION_EXCEEDED"));
  EXPECT_THAT(body, HasSubstr("BANK_CODE_REQUIRED"));
}

TEST(Create, TrailingZerosAreNoDecimals) {
  ModelDriver driver;
  EXPECT_EQ(driver.Create("A-1", BankBody("42.000", "IDR")).status, 201);
  EXPECT_EQ(driver.Create("A-2", BankBody("42.0500")).status, 201);
}

TEST(Create, AllowListRefusesEverybodyElse) {
  PlatformSettings settings = TestSettings();
  settings.merchants[0].ip_allow = {"192.0.2.1"};
  ModelDriver driver(settings);
  EXPECT_EQ(driver.Create("A-1", BankBody("1", "USD", "", R"(,"customerIp":"192.0.2.2")")).status,
            406);
  EXPECT_EQ(driver.Create("A-1", BankBody("1", "USD", "", R"(,"customerIp":"192.0.2.1")")).status,
            201);
}

TEST(Create, BrokenProseRulesMayBe406) {
  PlatformSettings settings = TestSettings();
  settings.undocumented.prose_rule_status = 406;
  ModelDriver driver(settings);
  const Answer answer = driver.Create("A-1", BankBody("100", "ZAR"));
  EXPECT_EQ(answer.status, 406);
  EXPECT_THAT(answer.body, HasSubstr("PAYMENT_METHOD_ERROR"));
}

TEST(Create, AnAcceptedIdIs409ForEverAndPaysOnce) {
  ModelDriver driver;
  EXPECT_EQ(driver.Create("A-1").status, 201);
  EXPECT_EQ(driver.Create("A-1").status, 409);
  driver.Advance(absl::Hours(24));
  EXPECT_EQ(driver.Create("A-1", BankBody("7")).status, 409);
  const LedgerSnapshot ledger = driver.model().Snapshot();
  ASSERT_EQ(ledger.payments.size(), 1U);
  EXPECT_EQ(ledger.payments[0].creates.count, 3);
  EXPECT_EQ(ledger.payments[0].creates.body_sha256[0], ledger.payments[0].creates.body_sha256[1]);
  EXPECT_NE(ledger.payments[0].creates.body_sha256[0], ledger.payments[0].creates.body_sha256[2]);
}

TEST(Create, IdsOfTwoMerchantsDoNotMeet) {
  ModelDriver driver;
  EXPECT_EQ(driver.Create("A-1").status, 201);
  const std::string token = TokenIn(
      driver
          .TokenCall(
              R"({"merchantCode":"other","secret":"other-secret","operations":["POST /payouts/A-1"]})")
          .body);
  EXPECT_EQ(driver.Create("A-1", BankBody(), token).status, 201);
  EXPECT_EQ(driver.model().Snapshot().payments.size(), 2U);
}

TEST(Create, ARefusedIdIsFreeOrSpentAsTheSwitchSays) {
  ModelDriver free;
  EXPECT_EQ(free.Create("A-1", BankBody("1.001")).status, 406);
  EXPECT_EQ(free.Read("A-1").status, 410);
  EXPECT_EQ(free.Create("A-1").status, 201);

  PlatformSettings settings = TestSettings();
  settings.undocumented.reuse_id_after_406 = false;
  settings.undocumented.refused_visible_after_406 = true;
  ModelDriver spent(settings);
  EXPECT_EQ(spent.Create("A-1", BankBody("1.001")).status, 406);
  EXPECT_THAT(spent.Read("A-1").body, HasSubstr(R"("status":"REFUSED")"));
  EXPECT_EQ(spent.Create("A-1").status, 409);
  EXPECT_TRUE(spent.model().Snapshot().payments.empty());
  EXPECT_EQ(spent.model().Snapshot().not_accepted.at(0).creates.count, 2);
}

TEST(Balance, IsReservedByOpenPayoutsAndGivenBackByFailedOnes) {
  ModelDriver driver(BusinessSettings());
  EXPECT_EQ(driver.Create("A-1", BankBody("60.00", "EUR")).status, 201);
  EXPECT_EQ(driver.Create("A-2", BankBody("40.01", "EUR")).status, 406);
  EXPECT_EQ(driver.Create("A-3", BankBody("40", "EUR")).status, 201);
  EXPECT_TRUE(driver.model().Settle("", "A-1", "FAILED", "", driver.now).ok());
  EXPECT_EQ(driver.Create("A-4", BankBody("60.01", "EUR")).status, 406);
  EXPECT_EQ(driver.Create("A-5", BankBody("60", "EUR")).status, 201);
}

TEST(Errors, NeverRepeatWhatTheRequestSaid) {
  ModelDriver driver;
  const Answer answer = driver.Create("A-1", Replaced("Test account", "Jane 007"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, Not(HasSubstr("Jane")));
}

}  // namespace
}  // namespace payout::sandbox
