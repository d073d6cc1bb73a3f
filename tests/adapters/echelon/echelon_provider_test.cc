#include "adapters/echelon/echelon_provider.h"

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/echelon/json_reader.h"
#include "server/base/log.h"
#include "server/base/task_scope.h"
#include "tests/adapters/echelon/samples.h"

namespace payout::echelon {
namespace {

using ::testing::HasSubstr;
using Headers = std::multiset<std::pair<std::string, std::string>>;

constexpr char kSecret[] = "MERCHANT-SECRET-CANARY";
constexpr char kToken[] = "TOKEN-CANARY";
constexpr char kAccount[] = "ACCOUNT-CANARY-11223344";

// Time stands still but for what the fake platform takes to answer.
class FakeEnvironment : public Environment {
 public:
  void Post(std::function<void()>) override { ADD_FAILURE(); }
  absl::Time Now() override { return absl::UnixEpoch() + monotonic; }
  absl::Duration Monotonic() override { return monotonic; }
  std::uint64_t Random() override { return 4; }
  TimerId StartTimer(absl::Duration, std::function<void()>) override {
    ADD_FAILURE();
    return {};
  }
  void CancelTimer(const TimerId&) override {}

  absl::Duration monotonic = absl::Hours(5);
};

class FakeHttpClient : public http::HttpClient {
 public:
  explicit FakeHttpClient(FakeEnvironment& environment) : environment_(environment) {}

  Task<http::HttpResult> Send(http::HttpRequest request) override {
    requests.push_back(std::move(request));
    environment_.monotonic += absl::Milliseconds(120);
    http::HttpResult result = std::move(answers.front());
    answers.pop_front();
    co_return result;
  }

  std::deque<http::HttpResult> answers;
  std::vector<http::HttpRequest> requests;

 private:
  FakeEnvironment& environment_;
};

template <class T>
Task<void> Keep(Task<T> task, std::optional<T>& result) {
  T value = co_await task;
  result.emplace(std::move(value));
}

template <class T>
T Await(Task<T> task) {
  std::optional<T> result;
  TaskScope scope;
  scope.Spawn(Keep(std::move(task), result));
  return std::move(*result);
}

EchelonMerchant Merchant() {
  EchelonMerchant merchant;
  merchant.name = MerchantName("acct");
  merchant.merchant_code = "M-77";
  merchant.secret = SecretString(kSecret);
  merchant.base_url = "https://api.example.com/v/";
  return merchant;
}

Payout StoredPayout() {
  Payout payout;
  payout.intent = CryptoIntent();
  std::get<CryptoTransfer>(payout.intent.method).account_number = kAccount;
  payout.rendered.body = std::string(R"({"stored":")") + kAccount + "\"}";
  return payout;
}

http::HttpResponse Response(int status, std::string body) {
  http::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.retry_after = absl::Seconds(7);
  return response;
}

http::HttpFailure Failure(http::Sent sent) {
  http::HttpFailure failure;
  failure.sent = sent;
  failure.what = "connection reset";
  return failure;
}

// One log line, as "event level name=value ...".
std::string Line(const LogRecord& record) {
  std::string line(record.event);
  line += ' ';
  line += LogLevelName(record.level);
  for (std::size_t i = 0; i < record.field_count; ++i) {
    line += ' ';
    line += record.fields[i].name;
    line += '=';
    if (const auto* text = std::get_if<std::string_view>(&record.fields[i].value)) line += *text;
    if (const auto* number = std::get_if<std::int64_t>(&record.fields[i].value)) {
      line += std::to_string(*number);
    }
  }
  return line;
}

class EchelonProviderTest : public ::testing::Test {
 protected:
  EchelonProviderTest() {
    SetLogSink([this](const LogRecord& record) { lines_.push_back(Line(record)); });
    auto made = EchelonProvider::Make(http_, environment_, {Merchant()});
    EXPECT_TRUE(made.ok()) << made.status();
    provider_ = std::move(*made);
  }
  ~EchelonProviderTest() override { SetLogSink({}); }

  CreateAnswer Create(http::HttpResult result) {
    http_.answers.push_back(std::move(result));
    return Await(provider_->Create(payout_, token_));
  }
  ReadAnswer Read(http::HttpResult result) {
    http_.answers.push_back(std::move(result));
    return Await(provider_->Read(payout_.intent.key, token_));
  }
  TokenAnswer Prepare(http::HttpResult result) {
    http_.answers.push_back(std::move(result));
    return Await(provider_->Prepare(MerchantName("acct"),
                                    {{payout_.intent.key.payout_id, payout_.intent.money}}));
  }
  const http::HttpRequest& Sent() const { return http_.requests.back(); }
  Headers SentHeaders() const { return {Sent().headers.begin(), Sent().headers.end()}; }

  FakeEnvironment environment_;
  FakeHttpClient http_{environment_};
  std::unique_ptr<EchelonProvider> provider_;
  Payout payout_ = StoredPayout();
  SecretString token_{kToken};
  std::vector<std::string> lines_;
};

TEST_F(EchelonProviderTest, CreateSendsTheStoredBytesAtMostOnce) {
  const CreateAnswer answer = Create(Response(201, AcceptedBody()));
  EXPECT_EQ(answer.kind, CreateAnswerKind::kAccepted);
  EXPECT_EQ(answer.http_status, 201);
  EXPECT_EQ(answer.retry_after, absl::Seconds(7));
  EXPECT_EQ(Sent().method, "POST");
  EXPECT_EQ(Sent().url, "https://api.example.com/v/payouts/TST-1");
  EXPECT_EQ(Sent().body, payout_.rendered.body);
  EXPECT_TRUE(Sent().never_resend);
  EXPECT_EQ(Sent().timeout, absl::Seconds(60));
  EXPECT_EQ(Sent().connect_timeout, absl::Seconds(5));
  EXPECT_EQ(Sent().response_bytes_max, kJsonBytesMax);
  EXPECT_EQ(SentHeaders(), (Headers{{"X-API-Version", "2"},
                                    {"Accept", "application/json"},
                                    {"Content-Type", "application/json"},
                                    {"Authorization", std::string("Bearer ") + kToken},
                                    {"User-Agent", "payout-gateway"}}));
}

TEST_F(EchelonProviderTest, CustomerIdIsAHeaderOfCreatesOnly) {
  payout_.rendered.customer_id = "customer-7";
  Create(Response(201, AcceptedBody()));
  EXPECT_EQ(SentHeaders().count({"Id-Customer", "customer-7"}), 1U);
  Read(Response(200, DetailBody("SUCCESS")));
  for (const auto& [name, value] : Sent().headers) EXPECT_NE(name, "Id-Customer");
}

TEST_F(EchelonProviderTest, ReadIsAGetWithoutBody) {
  const ReadAnswer answer = Read(Response(200, DetailBody("SUCCESS")));
  EXPECT_EQ(answer.kind, ReadAnswerKind::kFound);
  EXPECT_EQ(answer.retry_after, absl::Seconds(7));
  EXPECT_EQ(Sent().method, "GET");
  EXPECT_EQ(Sent().url, "https://api.example.com/v/payouts/TST-1");
  EXPECT_EQ(Sent().body, "");
  EXPECT_FALSE(Sent().never_resend);
  EXPECT_EQ(Sent().timeout, absl::Seconds(15));
  EXPECT_EQ(SentHeaders(), (Headers{{"X-API-Version", "2"},
                                    {"Accept", "application/json"},
                                    {"Authorization", std::string("Bearer ") + kToken},
                                    {"User-Agent", "payout-gateway"}}));
}

TEST_F(EchelonProviderTest, TokenCallCarriesNoBearer) {
  const TokenAnswer answer = Prepare(Response(200, R"({"token":"fresh"})"));
  EXPECT_EQ(answer.kind, TokenAnswerKind::kGranted);
  EXPECT_EQ(answer.token.Reveal(), "fresh");
  EXPECT_EQ(answer.validity, absl::Seconds(3600));
  EXPECT_EQ(Sent().method, "POST");
  EXPECT_EQ(Sent().url, "https://api.example.com/v/auth-tokens");
  EXPECT_EQ(Sent().timeout, absl::Seconds(15));
  EXPECT_EQ(SentHeaders(), (Headers{{"X-API-Version", "2"},
                                    {"Accept", "application/json"},
                                    {"Content-Type", "application/json"},
                                    {"User-Agent", "payout-gateway"}}));
  const auto body = ReadJson(Sent().body);
  ASSERT_TRUE(body);
  EXPECT_EQ(*body->Find("merchantCode")->AsString(), "M-77");
  EXPECT_EQ(*body->Find("secret")->AsString(), kSecret);
  ASSERT_NE(body->Find("money"), nullptr);
  EXPECT_EQ(*body->Find("money")->Find("amount")->AsNumber(), "25.5");
}

TEST_F(EchelonProviderTest, TransportFailuresSayWhatMayHaveHappened) {
  EXPECT_EQ(Create(Failure(http::Sent::kSurelyNot)).kind, CreateAnswerKind::kSurelyNotSent);
  EXPECT_EQ(Create(Failure(http::Sent::kMaybe)).kind, CreateAnswerKind::kMaybeSent);
  http::HttpFailure too_large = Failure(http::Sent::kMaybe);
  too_large.too_large = true;
  EXPECT_EQ(Create(too_large).kind, CreateAnswerKind::kMaybeSent);
  EXPECT_EQ(Create(too_large).http_status, 0);
  for (const http::Sent sent : {http::Sent::kSurelyNot, http::Sent::kMaybe}) {
    EXPECT_EQ(Read(Failure(sent)).kind, ReadAnswerKind::kNoAnswer);
    EXPECT_EQ(Prepare(Failure(sent)).kind, TokenAnswerKind::kNoAnswer);
  }
}

TEST_F(EchelonProviderTest, CallsThatMustNotBeMadeAreNotMade) {
  for (const std::string& id : {std::string(), std::string("../auth-tokens"), std::string("a?b"),
                                std::string("a b"), std::string("ü"), std::string(251, 'a')}) {
    payout_.intent.key.payout_id = PayoutId(id);
    EXPECT_EQ(Await(provider_->Create(payout_, token_)).kind, CreateAnswerKind::kSurelyNotSent);
    EXPECT_EQ(Await(provider_->Read(payout_.intent.key, token_)).kind, ReadAnswerKind::kNoAnswer);
    EXPECT_EQ(
        Await(provider_->Prepare(MerchantName("acct"), {{PayoutId("ok"), payout_.intent.money},
                                                        {PayoutId(id), payout_.intent.money}}))
            .kind,
        TokenAnswerKind::kNoAnswer);
  }
  payout_ = StoredPayout();
  payout_.intent.key.merchant = MerchantName("nobody");
  EXPECT_EQ(Await(provider_->Create(payout_, token_)).kind, CreateAnswerKind::kSurelyNotSent);
  EXPECT_EQ(Await(provider_->Prepare(MerchantName("acct"), {})).kind, TokenAnswerKind::kNoAnswer);
  EXPECT_TRUE(http_.requests.empty());
}

TEST_F(EchelonProviderTest, OneDebugLinePerCallTellsStatusAndDuration) {
  Create(Response(406, R"([{"code":"IP_DENIED"}])"));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0],
            "echelon.call debug merchant=acct operation=create payout_id=TST-1 http_status=406 "
            "answer=REFUSED failure= duration_ms=120");
  Read(Failure(http::Sent::kMaybe));
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_EQ(lines_[1],
            "echelon.call debug merchant=acct operation=read payout_id=TST-1 http_status=0 "
            "answer=NO_ANSWER failure=connection reset duration_ms=120");
}

TEST_F(EchelonProviderTest, NothingSecretOrPersonalIsLogged) {
  const std::string echo = std::string(R"({"token":")") + kToken + R"(","description":")" +
                           kSecret + " " + kAccount + "\"}";
  for (const int status : {200, 201, 400, 401, 403, 404, 406, 409, 410, 429, 500, 302}) {
    Create(Response(status, echo));
    Read(Response(status, echo));
    Prepare(Response(status, echo));
  }
  Create(Failure(http::Sent::kMaybe));
  payout_.intent.key.payout_id = PayoutId(std::string("bad id ") + kAccount);
  Await(provider_->Create(payout_, token_));
  ASSERT_EQ(lines_.size(), 38U);
  for (const std::string& line : lines_) {
    for (const char* canary : {kSecret, kToken, kAccount}) {
      EXPECT_THAT(line, ::testing::Not(HasSubstr(canary)));
    }
  }
}

TEST_F(EchelonProviderTest, RenderIsTheCodecs) {
  const RenderedRequest rendered = provider_->Render(FullBankIntent(), "https://cb.example.com/x");
  EXPECT_EQ(rendered.customer_id, "customer-7");
  EXPECT_THAT(rendered.body, HasSubstr(R"("callbackUrl":"https://cb.example.com/x")"));
}

TEST(ValidateMerchant, NamesTheMerchantAndTheProblemButNotTheSecret) {
  EXPECT_TRUE(ValidateMerchant(Merchant()).ok());
  const auto problem = [](auto change) {
    EchelonMerchant merchant = Merchant();
    change(merchant);
    const absl::Status status = ValidateMerchant(merchant);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr(kSecret)));
    return std::string(status.message());
  };
  EXPECT_THAT(problem([](auto& m) { m.base_url = "http://api.example.com"; }),
              testing::AllOf(HasSubstr("acct"), HasSubstr("https")));
  EXPECT_THAT(problem([](auto& m) { m.name = MerchantName(); }), HasSubstr("name"));
  EXPECT_THAT(problem([](auto& m) { m.merchant_code = ""; }), HasSubstr("code"));
  EXPECT_THAT(problem([](auto& m) { m.secret = SecretString(); }), HasSubstr("secret"));
  EXPECT_THAT(problem([](auto& m) { m.secret = SecretString(std::string(1001, 'x')); }),
              HasSubstr("secret"));
  for (const absl::Duration validity :
       {absl::Seconds(59), absl::Seconds(3601), absl::Milliseconds(60500)}) {
    EXPECT_THAT(problem([validity](auto& m) { m.token_validity = validity; }),
                HasSubstr("validity"));
  }
  EXPECT_THAT(problem([](auto& m) { m.create_timeout = absl::ZeroDuration(); }),
              HasSubstr("timeout"));
}

TEST_F(EchelonProviderTest, TwoMerchantsOfOneNameAreRefused) {
  const auto made = EchelonProvider::Make(http_, environment_, {Merchant(), Merchant()});
  EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace payout::echelon
