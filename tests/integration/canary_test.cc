// Values that must not leave the gateway are sent through every path, and looked for in everything
// that it says: logs, metrics, errors. The names of the metrics are a contract with dashboards.

#include <algorithm>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/digest.h"
#include "server/base/log.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/http_call.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using sandbox::FaultAction;
using sandbox::Operation;
using ::testing::HasSubstr;

// Everything logged while it lives, as text.
class LogCapture {
 public:
  LogCapture() {
    SetLogSink([this](const LogRecord& record) {
      const std::lock_guard lock(mutex_);
      text_ += std::string(record.event) + " ";
      for (std::size_t i = 0; i < record.field_count; ++i) {
        text_ += std::string(record.fields[i].name) + "=";
        if (const auto* value = std::get_if<std::string_view>(&record.fields[i].value))
          text_ += *value;
        text_ += " ";
      }
      text_ += "\n";
    });
  }
  ~LogCapture() { SetLogSink(nullptr); }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

// What does not change in base64, wherever in a text the secret stands.
std::vector<std::string> InBase64(const std::string& secret) {
  std::vector<std::string> forms;
  for (std::size_t offset = 0; offset < 3; ++offset) {
    std::string text = Base64UrlEncode(std::string(offset, 'x') + secret);
    text = text.substr(offset == 0 ? 0 : offset + 1);
    text.resize(text.size() - 2);  // bits shared with what follows
    forms.push_back(text);
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    forms.push_back(text);
  }
  return forms;
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

bool Shows(const std::string& text, const std::string& secret) {
  std::vector<std::string> forms = InBase64(secret);
  forms.insert(forms.end(), {secret, HexEncode(secret), Upper(HexEncode(secret))});
  return std::any_of(forms.begin(), forms.end(),
                     [&](const std::string& form) { return text.find(form) != std::string::npos; });
}

constexpr char kMerchantSecret[] = "canary-merchant-secret-7Yx2";
constexpr char kCallbackKey[] = "canary-callback-key-0123456789-abcdef-Qm4";
constexpr char kBadToken[] = "canary-bad-bearer-token-Zk81";
constexpr char kAccountName[] = "Canaria Geheimnis";
constexpr char kAccountNumber[] = "DE77CANARY1234567890";
constexpr char kEmail[] = "canary.local.part@example.com";
constexpr char kPhone[] = "+49170999888777";
constexpr char kRemark[] = "canary remark for nobody";
constexpr char kCustomer[] = "canary-customer-id-55";

const std::vector<std::string>& Canaries() {
  static const auto& canaries = *new std::vector<std::string>{
      kMerchantSecret, kCallbackKey, kBadToken, kAlphaToken, kAccountName,
      kAccountNumber,  kEmail,       kPhone,    kRemark,     kCustomer};
  return canaries;
}

v1::CreatePayoutRequest CanaryBank(const std::string& id) {
  v1::CreatePayoutRequest request = BankPayout(id, v1::WAIT_MODE_SETTLED);
  v1::BankTransfer& bank = *request.mutable_bank_transfer();
  bank.set_account_name(kAccountName);
  bank.set_account_number(kAccountNumber);
  bank.set_email_address(kEmail);
  bank.set_remark(kRemark);
  request.set_customer_id(kCustomer);
  return request;
}

sandbox::Fault For(const std::string& id, Operation on, FaultAction action) {
  sandbox::Fault fault;
  fault.id = id;
  fault.on = on;
  fault.action = action;
  return fault;
}

// The faults of the run below. The platform quotes what it was sent.
void AddFaults(GatewayHarness& harness) {
  sandbox::Fault refused = For("refused", Operation::kCreate, FaultAction::kRefuse);
  refused.codes = {"BALANCE_INSUFFICIENT"};
  harness.AddFault(refused);
  harness.AddFault(For("mismatch", Operation::kRead, FaultAction::kWrongAmount));
  const std::string quoted = std::string("{\"accountNumber\":\"") + kAccountNumber +
                             "\",\"accountName\":\"" + kAccountName + "\",\"email\":\"" + kEmail +
                             "\",\"remark\":\"" + kRemark + "\"";
  sandbox::Fault garbage = For("garbage", Operation::kCreate, FaultAction::kGarbageBody);
  garbage.body = quoted;
  harness.AddFault(garbage);
  sandbox::Fault error = For("error", Operation::kCreate, FaultAction::kStatusAfterApply);
  error.http_status = 500;
  error.body = quoted;
  harness.AddFault(error);
  sandbox::Fault rejected = For("queued", Operation::kToken, FaultAction::kStatus);
  rejected.http_status = 503;
  rejected.body = quoted;
  harness.AddFault(rejected);
  sandbox::Fault paused = For("paused", Operation::kToken, FaultAction::kStatus);
  paused.http_status = 403;
  paused.body = quoted;
  paused.first = 1;
  harness.AddFault(paused);
  sandbox::Fault status = For("odd", Operation::kRead, FaultAction::kUnknownStatus);
  status.first = 1;
  harness.AddFault(status);
}

std::string TextOf(const grpc::Status& status) {
  return status.error_message() + "\n" + status.error_details() + "\n";
}

// Walks every path; returns what errors said.
std::string WalkEveryPath(GatewayHarness& harness) {
  std::string errors;
  Caller& alpha = harness.alpha();
  const auto stream = alpha.Open(Feed());
  stream->Snapshot();
  for (const char* id : {"paid", "refused", "garbage", "error"}) {
    const auto reply = alpha.Create(CanaryBank(id), 8);
    EXPECT_TRUE(reply.ok()) << reply.Outcome();
  }
  v1::CreatePayoutRequest wallet = WalletPayout("wallet", v1::WAIT_MODE_SETTLED);
  wallet.mutable_wallet_transfer()->set_phone_number(kPhone);
  wallet.mutable_wallet_transfer()->set_remark(kRemark);
  EXPECT_TRUE(alpha.Create(wallet).ok());
  for (const char* id : {"mismatch", "odd", "queued"}) {
    v1::CreatePayoutRequest request = CanaryBank(id);
    request.set_wait_mode(v1::WAIT_MODE_RECORDED);
    EXPECT_TRUE(alpha.Create(request).ok());
  }
  EXPECT_TRUE(Eventually([&] { return alpha.Stored("mismatch").needs_review_size() == 1; }));
  EXPECT_TRUE(Eventually([&] { return !alpha.Stored("odd").platform_status().empty(); }));

  v1::CreatePayoutRequest paused = CanaryBank("paused");
  EXPECT_TRUE(alpha.Create(paused).ok());

  // Calls that are refused.
  v1::CreatePayoutRequest other = CanaryBank("paid");
  other.mutable_bank_transfer()->set_account_number("DE00123456780000000000");
  errors += TextOf(alpha.Create(other).status);
  errors += TextOf(harness.beta().Create(CanaryBank("paid")).status);
  v1::CreatePayoutRequest bad = CanaryBank("bad");
  bad.mutable_bank_transfer()->set_account_name(std::string(kAccountName) + "1");
  bad.mutable_bank_transfer()->set_account_number(std::string(kAccountNumber) + "\n");
  bad.mutable_bank_transfer()->set_email_address(std::string(kEmail) + "@");
  bad.mutable_bank_transfer()->set_remark(std::string(kRemark) + "\n");
  bad.set_customer_id(std::string(kCustomer) + "\n");
  errors += TextOf(alpha.Create(bad).status);
  wallet.set_payout_id("bad");
  wallet.mutable_wallet_transfer()->set_phone_number(std::string(kPhone) + "x");
  errors += TextOf(alpha.Create(wallet).status);
  Caller nobody(harness.Connect(), kBadToken);
  errors += TextOf(nobody.Get("paid").status);
  errors += TextOf(alpha.Get(kAccountName).status);
  errors += TextOf(alpha.Cancel("paid").status);

  // Callbacks, a forged one and one with what they should not contain.
  const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
  const std::string url = ledger.Find("paid")->callback_url;
  const std::string body =
      std::string("{\"idEntity\":\"") + kCustomer + "\",\"email\":\"" + kEmail + "\"}";
  EXPECT_EQ(HttpPostJson(url, body).status, 404);
  EXPECT_EQ(HttpPostJson(url + kBadToken, body).status, 404);
  EXPECT_EQ(HttpPostJson(url, kRemark).status, 400);

  // A second gateway on the same file does not start.
  Config config = harness.config();
  config.grpc.listen.port = config.callbacks.listen.port = 0;
  errors += GatewayProcess::Start(config, harness.MakeSecrets()).status().ToString();
  return errors;
}

// What operators and those who ask for explanations are told about every payout of the walk.
std::string AskAsOperator(GatewayHarness& harness) {
  std::string answers;
  const int port = harness.gateway().admin_port();
  const std::string base = "http://127.0.0.1:" + std::to_string(port) + "/admin/v1/";
  for (const char* id :
       {"paid", "refused", "garbage", "error", "wallet", "mismatch", "odd", "queued", "paused"}) {
    v1::ExplainPayoutRequest request;
    request.set_payout_id(id);
    const auto explained = harness.alpha().Explain(request);
    EXPECT_TRUE(explained.ok()) << id << " " << explained.Outcome();
    answers += explained.value.DebugString();
    const HttpAnswer told = HttpGet(port, std::string("/admin/v1/payouts/main/") + id);
    EXPECT_EQ(told.status, 200) << told.text;
    answers += told.text;
  }
  EXPECT_EQ(HttpPostJson(base + "pause", R"({"note":"n","operator":"ada"})").status, 200);
  answers += HttpGet(port, "/admin/v1/status").text;
  EXPECT_EQ(HttpPostJson(base + "resume", R"({"note":"n","operator":"ada"})").status, 200);
  const HttpAnswer reviewed = HttpPostJson(
      base + "review", R"({"merchant":"main","payout_id":"mismatch","verdict":"acknowledge",)"
                       R"("note":"n","operator":"ada"})");
  EXPECT_EQ(reviewed.status, 200) << reviewed.text;
  answers += reviewed.text + HttpGet(port, "/admin/v1/actions").text;
  // What is wrong is not quoted.
  answers += HttpPostJson(base + "pause", std::string("{\"note\":\"") + kEmail + "\",\"" +
                                              kAccountNumber + "\":\"x\"}")
                 .text;
  answers += HttpGet(port, std::string("/admin/v1/payouts/main/") + kBadToken).text;
  return answers;
}

HarnessOptions WithCanaries() {
  return {.platform = [](sandbox::Options& o) { o.merchants[0].secret = kMerchantSecret; },
          .config = {},
          .secrets =
              [](Secrets& secrets) {
                secrets.merchants.clear();
                secrets.merchants.emplace(MerchantName("main"), SecretString(kMerchantSecret));
                secrets.callback_keys = {{"k1", SecretString(kCallbackKey)}};
              }};
}

TEST(CanaryTest, TheSearchFindsEveryForm) {
  for (const std::string prefix : {"", "a", "ab", "abc"}) {
    EXPECT_TRUE(Shows(prefix + kRemark + "z", kRemark));
    EXPECT_TRUE(Shows(HexEncode(prefix + kRemark), kRemark));
    EXPECT_TRUE(Shows(Upper(HexEncode(prefix + kRemark)), kRemark));
    EXPECT_TRUE(Shows(Base64UrlEncode(prefix + kRemark + "z"), kRemark));
  }
  EXPECT_FALSE(Shows("canary remark for somebody", kRemark));
}

TEST(CanaryTest, NothingSecretOrPersonalIsInLogsMetricsOrErrors) {
  LogCapture logs;
  std::string errors;
  std::string metrics;
  std::string answers;
  std::vector<std::string> capabilities;
  {
    GatewayHarness harness(WithCanaries());
    AddFaults(harness);
    errors = WalkEveryPath(harness);
    harness.Restart();
    EXPECT_TRUE(harness.alpha().Get("paid").ok());
    answers = AskAsOperator(harness);
    metrics = harness.Metrics();
    for (const sandbox::LedgerEntry& payment : harness.platform().Ledger().payments) {
      capabilities.push_back(payment.callback_url.substr(payment.callback_url.rfind('/') + 1));
    }
  }
  const std::string log = logs.text();
  EXPECT_THAT(log, HasSubstr("gateway.ready"));
  EXPECT_THAT(log, HasSubstr("mismatch"));
  EXPECT_THAT(metrics, HasSubstr("payout_build_info"));
  EXPECT_THAT(errors, HasSubstr("PAYOUT_CONTENT_DIFFERS"));
  EXPECT_THAT(answers, HasSubstr("/callbacks/v1/main/k1/***"));
  std::vector<std::string> canaries = Canaries();
  ASSERT_GE(capabilities.size(), 5u);
  for (const std::string& capability : capabilities) {
    ASSERT_GE(capability.size(), 20u);
    canaries.push_back(capability);
  }
  for (const std::string& canary : canaries) {
    EXPECT_FALSE(Shows(log, canary)) << canary << " is in the log:\n" << log;
    EXPECT_FALSE(Shows(metrics, canary)) << canary << " is in the metrics:\n" << metrics;
    EXPECT_FALSE(Shows(errors, canary)) << canary << " is in an error:\n" << errors;
    EXPECT_FALSE(Shows(answers, canary)) << canary << " is in an answer:\n" << answers;
  }
}

// "name type" of every family, sorted.
std::set<std::string> Families(const std::string& metrics) {
  std::set<std::string> families;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("# TYPE ", 0) == 0) families.insert(line.substr(7));
  }
  return families;
}

// A metric that is renamed breaks somebody's dashboard; one that is new belongs into the list. A
// family without values does not show: the failures of the store, which works here.
TEST(CanaryTest, TheMetricsAreTheOnesThatAreListed) {
  std::set<std::string> listed;
  std::ifstream in(PAYOUT_SOURCE_DIR "/tests/integration/golden/metrics.txt");
  for (std::string line; std::getline(in, line);) listed.insert(line);
  ASSERT_FALSE(listed.empty());

  GatewayHarness harness(WithCanaries());
  AddFaults(harness);
  v1::CreatePayoutRequest queued = CanaryBank("queued");
  queued.set_wait_mode(v1::WAIT_MODE_RECORDED);
  ASSERT_TRUE(harness.alpha().Create(queued).ok());
  harness.Restart();  // what is open is measured at the start
  WalkEveryPath(harness);
  AskAsOperator(harness);
  std::set<std::string> shown;
  Eventually([&] { return (shown = Families(harness.Metrics())) == listed; }, 3);
  EXPECT_EQ(shown, listed);
}

}  // namespace
}  // namespace payout::testing
