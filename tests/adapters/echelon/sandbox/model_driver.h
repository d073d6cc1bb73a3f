// ModelDriver: talks to a PlatformModel as a client would, with time in the test's hand.
#ifndef PAYOUT_TESTS_ADAPTERS_ECHELON_SANDBOX_MODEL_DRIVER_H_
#define PAYOUT_TESTS_ADAPTERS_ECHELON_SANDBOX_MODEL_DRIVER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "adapters/echelon/sandbox/platform_model.h"

namespace payout::sandbox {

inline PlatformSettings TestSettings() {
  PlatformSettings settings;
  Merchant demo;
  demo.code = "demo";
  demo.secret = "demo-secret";
  Merchant other;
  other.code = "other";
  other.secret = "other-secret";
  settings.merchants = {demo, other};
  settings.requests_per_second = 0;
  return settings;
}

inline std::string BankBody(const std::string& amount = "42.05",
                            const std::string& currency = "USD",
                            const std::string& account_extra = "", const std::string& extra = "") {
  return absl::StrCat(R"({"paymentRequested":{"money":{"amount":)", amount, R"(,"currencyCode":")",
                      currency, R"("}},"paymentMethod":{"paymentMethodCode":"BANK_TRANSFER",)",
                      R"("paymentOperatorCode":"BNK_000","account":{"accountName":"Test account",)",
                      R"("accountNumber":"11223344")", account_extra, "}}", extra, "}");
}

inline std::string WalletBody(const std::string& account, const std::string& currency = "INR",
                              const std::string& method_extra = "") {
  return absl::StrCat(R"({"paymentRequested":{"money":{"amount":500,"currencyCode":")", currency,
                      R"("}},"paymentMethod":{"paymentMethodCode":"WALLET_TRANSFER","account":)",
                      account, method_extra, "}}");
}

inline std::string CryptoBody(const std::string& account_number) {
  return absl::StrCat(R"({"paymentRequested":{"money":{"amount":25.5,"currencyCode":"USDT"}},)",
                      R"("paymentMethod":{"paymentMethodCode":"CRYPTO_TRANSFER",)",
                      R"("paymentOperatorCode":"TRC20","account":{"accountNumber":")",
                      account_number, R"("}}})");
}

inline std::string WithCallback(const std::string& url) {
  return BankBody("42.05", "USD", "", R"(,"callbackUrl":")" + url + R"(")");
}

inline std::string TokenRequestBody(const std::vector<std::string>& operations,
                                    const std::string& extra = "") {
  std::string list;
  for (const std::string& operation : operations) {
    absl::StrAppend(&list, list.empty() ? "" : ",", "\"", operation, "\"");
  }
  return absl::StrCat(R"({"merchantCode":"demo","secret":"demo-secret","operations":[)", list, "]",
                      extra, "}");
}

// {"token":"..."} without a parser: the token holds no quotes.
inline std::string TokenIn(const std::string& answer) {
  const std::string head = R"({"token":")";
  return answer.substr(0, head.size()) == head
             ? answer.substr(head.size(), answer.size() - head.size() - 2)
             : "";
}

class ModelDriver {
 public:
  explicit ModelDriver(PlatformSettings settings = TestSettings()) {
    auto created = PlatformModel::Create(std::move(settings));
    model_ = created.ok() ? *std::move(created) : nullptr;
  }

  PlatformModel& model() { return *model_; }
  absl::Time now = absl::FromUnixSeconds(1700000000);

  Answer Call(PlatformRequest request) {
    const PreparedCall call = model_->Prepare(std::move(request), now);
    now += call.delay();
    return model_->Execute(call, now);
  }

  static PlatformRequest Request(std::string method, std::string target, std::string body = "",
                                 const std::string& token = "") {
    PlatformRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.api_version = "2";
    if (!token.empty()) request.authorization = "Bearer " + token;
    if (!body.empty()) request.content_type = "application/json";
    request.body = std::move(body);
    return request;
  }

  Answer TokenCall(const std::string& body) { return Call(Request("POST", "/auth-tokens", body)); }

  std::string TokenFor(const std::string& id, const std::string& extra = "") {
    return TokenIn(
        TokenCall(TokenRequestBody({"POST /payouts/" + id, "GET /payouts/" + id}, extra)).body);
  }

  Answer Create(const std::string& id, const std::string& body = BankBody(),
                std::string token = "") {
    if (token.empty()) token = TokenFor(id);
    return Call(Request("POST", "/payouts/" + id, body, token));
  }

  Answer Read(const std::string& id, std::string token = "") {
    if (token.empty()) token = TokenFor(id);
    return Call(Request("GET", "/payouts/" + id, "", token));
  }

  std::vector<CallbackSend> Advance(absl::Duration by) {
    now += by;
    return model_->Advance(now);
  }

 private:
  std::unique_ptr<PlatformModel> model_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_TESTS_ADAPTERS_ECHELON_SANDBOX_MODEL_DRIVER_H_
