// POST /auth-tokens, and what a token then allows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/digest.h"
#include "tests/adapters/echelon/sandbox/model_driver.h"

namespace payout::sandbox {
namespace {

using ::testing::HasSubstr;

std::string Claims(const std::string& token) {
  const std::size_t dot = token.find('.');
  return Base64UrlDecode(token.substr(dot + 1, token.rfind('.') - dot - 1)).value_or("");
}

TEST(TokenCall, AnswersWithAJwtOfTheRequestedLife) {
  ModelDriver driver;
  const Answer answer =
      driver.TokenCall(TokenRequestBody({"POST /payouts/A-1"}, R"(,"validitySecs":600)"));
  ASSERT_EQ(answer.status, 200);
  const auto claims = ParseJson(Claims(TokenIn(answer.body)));
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->Find("sub")->text, "demo");
  EXPECT_EQ(claims->Find("iat")->text, "1700000000");
  EXPECT_EQ(claims->Find("exp")->text, "1700000600");
  EXPECT_EQ(claims->Find("jti")->text.size(), 36U);
  EXPECT_EQ(claims->Find("operations")->items[0].text, "POST /payouts/A-1");
}

TEST(TokenCall, LivesHalfAnHourByDefault) {
  ModelDriver driver;
  EXPECT_THAT(Claims(driver.TokenFor("A-1")), HasSubstr(R"("exp":1700001800)"));
}

TEST(TokenCall, BrokenSchemaIs400WithAnObject) {
  for (
      const char* body :
      {"", "[]", "{}", "not json", R"({"merchantCode":"demo"})",
       R"({"merchantCode":"","secret":"demo-secret"})",
       R"({"merchantCode":7,"secret":"demo-secret"})",
       R"({"merchantCode":"demo","secret":"demo-secret","validitySecs":59})",
       R"({"merchantCode":"demo","secret":"demo-secret","validitySecs":3601})",
       R"({"merchantCode":"demo","secret":"demo-secret","validitySecs":60.5})",
       R"({"merchantCode":"demo","secret":"demo-secret","operations":[]})",
       R"({"merchantCode":"demo","secret":"demo-secret","operations":[7]})",
       R"({"merchantCode":"demo","secret":"demo-secret","operations":null})",
       R"({"merchantCode":"demo","secret":"demo-secret","money":{"amount":1}})",
       R"({"merchantCode":"demo","secret":"demo-secret","money":{"amount":0,"currencyCode":"USD"}})",
       R"({"merchantCode":"demo","secret":"demo-secret","money":{"amount":"1","currencyCode":"USD"}})"}) {
    ModelDriver driver;
    const Answer answer = driver.TokenCall(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr(R"({"description":)")) << body;
  }
}

TEST(TokenCall, WrongSecretIs403) {
  ModelDriver driver;
  EXPECT_EQ(driver.TokenCall(R"({"merchantCode":"demo","secret":"other-secret"})").status, 403);
}

TEST(TokenCall, UnknownMerchantIs406WithAnArray) {
  ModelDriver driver;
  const Answer answer = driver.TokenCall(R"({"merchantCode":"nobody","secret":"x"})");
  EXPECT_EQ(answer.status, 406);
  EXPECT_THAT(answer.body, HasSubstr(R"([{"code":"MERCHANT_NOT_FOUND")"));
}

TEST(TokenCall, InactiveMerchantIs406) {
  PlatformSettings settings = TestSettings();
  settings.merchants[0].active = false;
  ModelDriver driver(settings);
  const Answer answer = driver.TokenCall(TokenRequestBody({"GET /payouts/A-1"}));
  EXPECT_EQ(answer.status, 406);
  EXPECT_THAT(answer.body, HasSubstr("MERCHANT_INACTIVE"));
}

TEST(TokenCall, BadOperationIs406) {
  for (const char* operation :
       {"FETCH /payouts/A-1", "POST payouts", "POST  /payouts/A-1", "POST "}) {
    ModelDriver driver;
    const Answer answer = driver.TokenCall(TokenRequestBody({operation}));
    EXPECT_EQ(answer.status, 406) << operation;
    EXPECT_THAT(answer.body, HasSubstr("OPERATION_INVALID")) << operation;
  }
}

TEST(Routes, MissingOrWrongVersionAndUnknownRoutesAre404) {
  ModelDriver driver;
  PlatformRequest request =
      ModelDriver::Request("POST", "/auth-tokens", TokenRequestBody({"GET /a"}));
  request.api_version.reset();
  EXPECT_EQ(driver.Call(request).status, 404);
  request.api_version = "two";
  EXPECT_EQ(driver.Call(request).status, 404);
  for (const char* target : {"/", "/payouts", "/payouts/", "/payouts/a/b", "/auth-tokens/x",
                             "/payouts/!availablePaymentOptions"}) {
    EXPECT_EQ(driver.Call(ModelDriver::Request("POST", target, "{}")).status, 404) << target;
  }
  EXPECT_EQ(driver.Call(ModelDriver::Request("DELETE", "/payouts/A-1")).status, 404);
  EXPECT_EQ(driver.Call(ModelDriver::Request("GET", "/auth-tokens")).status, 404);
}

TEST(Tokens, MissingChangedAndExpiredOnesAre401) {
  ModelDriver driver;
  EXPECT_EQ(driver.Call(ModelDriver::Request("GET", "/payouts/A-1")).status, 401);
  std::string token = driver.TokenFor("A-1", R"(,"validitySecs":60)");
  EXPECT_EQ(driver.Read("A-1", token).status, 410);
  std::string changed = token;
  changed[changed.find('.') + 5] ^= 1;
  EXPECT_EQ(driver.Read("A-1", changed).status, 401);
  EXPECT_EQ(driver.Read("A-1", "a.b.c").status, 401);
  driver.now += absl::Seconds(59);
  EXPECT_EQ(driver.Read("A-1", token).status, 410);
  driver.now += absl::Seconds(1);
  EXPECT_EQ(driver.Read("A-1", token).status, 401);
}

TEST(Tokens, AnotherSeedSignsOtherwise) {
  PlatformSettings settings = TestSettings();
  settings.seed = 2;
  ModelDriver other(settings);
  ModelDriver driver;
  EXPECT_EQ(driver.Read("A-1", other.TokenFor("A-1")).status, 401);
}

TEST(Tokens, CoverTheLiteralMethodAndPathOnly) {
  ModelDriver driver;
  const std::string read_only =
      TokenIn(driver.TokenCall(TokenRequestBody({"GET /payouts/A-1"})).body);
  EXPECT_EQ(driver.Read("A-1", read_only).status, 410);
  EXPECT_EQ(driver.Read("A-2", read_only).status, 403);
  EXPECT_EQ(driver.Create("A-1", BankBody(), read_only).status, 403);
  const std::string wildcard = TokenIn(driver.TokenCall(TokenRequestBody({"GET /payouts/*"})).body);
  EXPECT_EQ(driver.Read("A-1", wildcard).status, 403);
}

TEST(Tokens, WithoutOperationsCoverNothingUnlessSwitchedOn) {
  const std::string body = R"({"merchantCode":"demo","secret":"demo-secret"})";
  ModelDriver strict;
  EXPECT_EQ(strict.Create("A-1", BankBody(), TokenIn(strict.TokenCall(body).body)).status, 403);
  PlatformSettings settings = TestSettings();
  settings.undocumented.token_without_operations_may_do_all = true;
  ModelDriver loose(settings);
  EXPECT_EQ(loose.Create("A-1", BankBody(), TokenIn(loose.TokenCall(body).body)).status, 201);
}

TEST(Tokens, WithMoneyCreateExactlyThatAmountAndCurrency) {
  ModelDriver driver;
  const std::string money = R"(,"money":{"amount":42.050,"currencyCode":"USD"})";
  const std::string token = driver.TokenFor("A-1", money);
  EXPECT_EQ(driver.Create("A-1", BankBody("42.06"), token).status, 403);
  EXPECT_EQ(driver.Create("A-1", BankBody("42.05", "EUR"), token).status, 403);
  EXPECT_EQ(driver.Create("A-1", BankBody("42.05"), token).status, 201);
  EXPECT_EQ(driver.Read("A-1", token).status, 200);
}

TEST(Tokens, TheStatusOfAMoneyMismatchIsASwitch) {
  PlatformSettings settings = TestSettings();
  settings.undocumented.token_money_mismatch_status = 401;
  ModelDriver driver(settings);
  const std::string token = driver.TokenFor("A-1", R"(,"money":{"amount":1,"currencyCode":"USD"})");
  EXPECT_EQ(driver.Create("A-1", BankBody(), token).status, 401);
}

TEST(RateLimit, TheSixthRequestWithinASecondIs429) {
  PlatformSettings settings = TestSettings();
  settings.requests_per_second = 5;
  ModelDriver driver(settings);
  const std::string token = driver.TokenFor("A-1");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(driver.Read("A-1", token).status, 410);
  const Answer limited = driver.Read("A-1", token);
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.body, R"({"description":"Too many requests"})");
  EXPECT_EQ(driver.TokenCall(TokenRequestBody({"GET /payouts/A-1"})).status, 429);
  EXPECT_EQ(driver.TokenCall(R"({"merchantCode":"other","secret":"other-secret"})").status, 200)
      << "another merchant has a budget of its own";
  driver.now += absl::Seconds(1);
  EXPECT_EQ(driver.Read("A-1", token).status, 410);
}

TEST(RateLimit, TokenCallsCountOnlyWhenTheSwitchSaysSo) {
  PlatformSettings settings = TestSettings();
  settings.requests_per_second = 1;
  settings.undocumented.token_calls_counted = false;
  ModelDriver driver(settings);
  const std::string token = driver.TokenFor("A-1");
  EXPECT_NE(driver.TokenFor("A-1"), "");
  EXPECT_EQ(driver.Read("A-1", token).status, 410);
  EXPECT_EQ(driver.Read("A-1", token).status, 429);
}

TEST(Settings, ThatContradictThemselvesAreRefused) {
  PlatformSettings none;
  EXPECT_FALSE(PlatformModel::Create(none).ok());
  PlatformSettings twice = TestSettings();
  twice.merchants.push_back(twice.merchants[0]);
  EXPECT_FALSE(PlatformModel::Create(twice).ok());
  PlatformSettings balance = TestSettings();
  balance.merchants[0].balances["USD"] = "a lot";
  EXPECT_FALSE(PlatformModel::Create(balance).ok());
}

}  // namespace
}  // namespace payout::sandbox
