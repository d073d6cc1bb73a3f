#include "adapters/echelon/sandbox/payout_request.h"

#include <algorithm>
#include <initializer_list>

#include <re2/re2.h>

#include "adapters/echelon/sandbox/object_reader.h"
#include "adapters/echelon/sandbox/url.h"

namespace payout::sandbox {
namespace {

const RE2* CodePattern() {
  static const auto* const kPattern = new RE2("[A-Za-z0-9_-]+");
  return kPattern;
}
const RE2* NamePattern() {
  static const auto* const kPattern =
      new RE2(R"((\p{L}\p{M}*?|[, ;:_'"!%=@#&\-\.\?\$\(\)\+\*\|])*)");
  return kPattern;
}
const RE2* CryptoAccountPattern() {
  static const auto* const kPattern = new RE2("[a-zA-Z0-9]*");
  return kPattern;
}
const RE2* WalletAccountPattern() {
  static const auto* const kPattern = new RE2(R"([a-zA-Z0-9_\-\.]+@[a-zA-Z0-9_\.]+)");
  return kPattern;
}
const RE2* PhonePattern() {
  static const auto* const kPattern = new RE2(R"(\+?[0-9]+)");
  return kPattern;
}
// Loose on purpose: one @, no blanks; RFC 5322 allows far more than any mail server.
const RE2* EmailPattern() {
  static const auto* const kPattern = new RE2(R"([^\s@]+@[^\s@]+)");
  return kPattern;
}

const StringRule kNonEmpty{.min = 1};

StringRule NameRule() { return {.min = 1, .max = 64, .pattern = NamePattern()}; }
StringRule OperatorRule() { return {.min = 1, .max = 30, .pattern = CodePattern()}; }

void ReadBankTransfer(ObjectReader& method, ObjectReader& account, PayoutRequest& request) {
  request.payment_operator = method.String("paymentOperatorCode", Need::kRequired, OperatorRule());
  method.String("emailAddress", Need::kOptional, {.pattern = EmailPattern()});
  request.has_account_name = account.String("accountName", Need::kRequired, NameRule()).has_value();
  account.String("accountNumber", Need::kRequired);
  request.account_type = account.String("accountType", Need::kOptional);
  request.bank_code = account.String("bankCode", Need::kOptional, kNonEmpty);
  account.String("bankName", Need::kOptional, kNonEmpty);
  request.bank_branch = account.String("bankBranch", Need::kOptional, kNonEmpty);
  account.String("bankCity", Need::kOptional, kNonEmpty);
  account.String("bankProvince", Need::kOptional, kNonEmpty);
}

void ReadCryptoTransfer(ObjectReader& method, ObjectReader& account, PayoutRequest& request) {
  request.payment_operator = method.String("paymentOperatorCode", Need::kRequired, OperatorRule());
  account.String("accountNumber", Need::kRequired,
                 {.min = 1, .max = 62, .pattern = CryptoAccountPattern()});
}

void ReadWalletTransfer(ObjectReader& method, ObjectReader& account, PayoutRequest& request) {
  request.payment_operator = method.String("paymentOperatorCode", Need::kOptional, OperatorRule());
  method.String("phoneNumber", Need::kOptional, {.min = 7, .max = 16, .pattern = PhonePattern()});
  request.has_account_name = account.String("accountName", Need::kOptional, NameRule()).has_value();
  account.String("accountNumber", Need::kOptional,
                 {.min = 1, .max = 100, .pattern = WalletAccountPattern()});
}

void ReadMethod(const Value& value, PayoutRequest& request, bool reject_unknown,
                absl::Status& status) {
  ObjectReader method(value, "paymentMethod", status);
  request.method = method.String("paymentMethodCode", Need::kRequired).value_or("");
  const Value* account_value = method.Object("account", Need::kRequired);
  method.String("remark", Need::kOptional);
  if (account_value == nullptr) return;
  ObjectReader account(*account_value, "paymentMethod.account", status);
  if (request.method == "BANK_TRANSFER") {
    ReadBankTransfer(method, account, request);
  } else if (request.method == "CRYPTO_TRANSFER") {
    ReadCryptoTransfer(method, account, request);
  } else if (request.method == "WALLET_TRANSFER") {
    ReadWalletTransfer(method, account, request);
  } else {
    method.Fail("paymentMethodCode",
                "must be one of BANK_TRANSFER, CRYPTO_TRANSFER, WALLET_TRANSFER");
  }
  if (reject_unknown) {
    account.RefuseUnknown();
    method.RefuseUnknown();
  }
}

void ReadPaymentRequested(const Value& value, PayoutRequest& request, bool reject_unknown,
                          absl::Status& status) {
  ObjectReader reader(value, "paymentRequested", status);
  request.segment = reader.String("segmentCode", Need::kOptional, kNonEmpty);
  request.exchanged_to = reader.String("exchangedToCurrency", Need::kOptional, kNonEmpty);
  const Value* money_value = reader.Object("money", Need::kRequired);
  if (money_value == nullptr) return;
  ObjectReader money(*money_value, "paymentRequested.money", status);
  request.amount = money.PositiveNumber("amount", Need::kRequired).value_or(Decimal());
  request.currency = money.String("currencyCode", Need::kRequired, kNonEmpty).value_or("");
  if (reject_unknown) {
    money.RefuseUnknown();
    reader.RefuseUnknown();
  }
}

bool IsOneOf(const std::optional<std::string>& text,
             std::initializer_list<std::string_view> words) {
  return text && std::find(words.begin(), words.end(), *text) != words.end();
}

std::optional<ProseViolation> CheckBankRules(const PayoutRequest& request) {
  static const auto* const kIfsc = new RE2("[A-Z]{4}0[A-Z0-9]{6}");
  if (request.currency == "JPY") {
    if (!IsOneOf(request.account_type,
                 {"savings", "checking", "private", "corporate", "general", "current"})) {
      return ProseViolation{"paymentMethod.account.accountType", "is required for JPY"};
    }
    if (!request.bank_branch) {
      return ProseViolation{"paymentMethod.account.bankBranch", "is required for JPY"};
    }
  }
  if (request.currency == "ZAR" &&
      !IsOneOf(request.account_type, {"savings", "current", "cheque", "transmission"})) {
    return ProseViolation{"paymentMethod.account.accountType", "is required for ZAR"};
  }
  // A missing code is a business error with a code of its own.
  if (request.currency == "INR" && request.bank_code &&
      !RE2::FullMatch(*request.bank_code, *kIfsc)) {
    return ProseViolation{"paymentMethod.account.bankCode", "must be an IFSC code for INR"};
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<PayoutRequest> DecodePayoutRequest(const Value& body, bool reject_unknown) {
  absl::Status status;
  PayoutRequest request;
  ObjectReader reader(body, "", status);
  if (const Value* requested = reader.Object("paymentRequested", Need::kRequired)) {
    ReadPaymentRequested(*requested, request, reject_unknown, status);
  }
  if (const Value* method = reader.Object("paymentMethod", Need::kRequired)) {
    ReadMethod(*method, request, reject_unknown, status);
  }
  request.callback_url = reader.String("callbackUrl", Need::kOptional, {.max = 1000});
  request.customer_ip = reader.String("customerIp", Need::kOptional);
  if (reject_unknown) reader.RefuseUnknown();
  if (!status.ok()) return status;
  return request;
}

std::optional<ProseViolation> CheckProseRules(const PayoutRequest& request) {
  if (request.callback_url && !ParseUrl(*request.callback_url)) {
    return ProseViolation{"callbackUrl", "must be a URL with an address or a domain"};
  }
  if (request.method == "BANK_TRANSFER") return CheckBankRules(request);
  if (request.method == "WALLET_TRANSFER" && request.currency == "INR" &&
      !request.has_account_name) {
    return ProseViolation{"paymentMethod.account.accountName", "is required for INR"};
  }
  return std::nullopt;
}

bool IsPayoutId(std::string_view text) {
  return text.size() <= 250 && RE2::FullMatch(text, *CodePattern());
}

}  // namespace payout::sandbox
