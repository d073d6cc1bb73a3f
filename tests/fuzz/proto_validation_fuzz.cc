// CreatePayoutRequest: text format where the input begins with "#", else bytes. What validation
// accepts is rendered for the platform and read back equal; what callers are shown of it is masked.

#include <algorithm>
#include <cctype>
#include <string>
#include <variant>

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "adapters/echelon/create_codec.h"
#include "server/domain/decide.h"
#include "server/domain/fingerprint.h"
#include "server/domain/validate.h"
#include "server/rpc/proto_codec.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/paper_number.h"
#include "tests/fuzz/reference_json.h"

namespace payout::fuzz {
namespace {

class Silence : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
};

bool ReadRequest(std::string_view input, v1::CreatePayoutRequest& request) {
  if (!input.starts_with('#')) {
    return request.ParseFromArray(input.data(), static_cast<int>(input.size()));
  }
  Silence silence;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&silence);
  // Through the bytes, since text format does not look at UTF-8.
  return parser.ParseFromString(std::string(input), &request) && IsUtf8(request.DebugString()) &&
         request.ParseFromString(std::string(request.SerializeAsString()));
}

// Member `name` is `value`, or is left out because it is empty.
void CheckText(const Json& object, std::string_view name, const std::string& value) {
  const Json* member = object.Find(name);
  Require(value.empty()
              ? member == nullptr || member->text.empty()
              : member != nullptr && member->Is(Json::Kind::kString) && member->text == value,
          "the platform is told what the caller said");
}

struct MethodCheck {
  const Json& method;
  const Json& account;
  void operator()(std::monostate) const { Require(false, "a payout has a method"); }
  void operator()(const BankTransfer& bank) const {
    CheckText(account, "accountName", bank.account_name);
    CheckText(account, "accountNumber", bank.account_number);
    CheckText(account, "accountType", bank.account_type);
    CheckText(account, "bankCode", bank.bank_code);
    CheckText(account, "bankName", bank.bank_name);
    CheckText(account, "bankBranch", bank.bank_branch);
    CheckText(account, "bankCity", bank.bank_city);
    CheckText(account, "bankProvince", bank.bank_province);
    CheckText(method, "paymentOperatorCode", bank.operator_code);
    CheckText(method, "emailAddress", bank.email_address);
    CheckText(method, "remark", bank.remark);
  }
  void operator()(const CryptoTransfer& crypto) const {
    CheckText(account, "accountNumber", crypto.account_number);
    CheckText(method, "paymentOperatorCode", crypto.operator_code);
    CheckText(method, "remark", crypto.remark);
  }
  void operator()(const WalletTransfer& wallet) const {
    CheckText(account, "accountName", wallet.account_name);
    CheckText(account, "accountNumber", wallet.account_number);
    CheckText(method, "paymentOperatorCode", wallet.operator_code);
    CheckText(method, "phoneNumber", wallet.phone_number);
    CheckText(method, "remark", wallet.remark);
  }
};

std::string AccountOf(const Method& method) {
  if (const auto* bank = std::get_if<BankTransfer>(&method)) return bank->account_number;
  if (const auto* crypto = std::get_if<CryptoTransfer>(&method)) return crypto->account_number;
  if (const auto* wallet = std::get_if<WalletTransfer>(&method)) return wallet->account_number;
  return {};
}

void CheckRendered(const Intent& intent, const std::string& amount_text) {
  const std::string url = "https://pay.example.com/callbacks/v1/shop/k1/mac";
  const RenderedRequest rendered = echelon::RenderCreate(intent, url);
  Require(rendered == echelon::RenderCreate(intent, url), "the same intent gives the same bytes");
  const std::optional<JsonText> json = ReadReferenceJson(rendered.body);
  Require(json && !json->duplicates, "the body is strict JSON");
  const Json* requested = json->root.Find("paymentRequested");
  const Json* method = json->root.Find("paymentMethod");
  const Json* money = requested == nullptr ? nullptr : requested->Find("money");
  const Json* account = method == nullptr ? nullptr : method->Find("account");
  Require(money != nullptr && account != nullptr, "the body has its parts");
  const Json* amount = money->Find("amount");
  Require(amount != nullptr && amount->Is(Json::Kind::kNumber) && amount->text == amount_text,
          "the platform is told the digits that the caller wrote");
  CheckText(*money, "currencyCode", intent.money.currency);
  CheckText(*requested, "segmentCode", intent.segment_code);
  CheckText(*requested, "exchangedToCurrency", intent.exchanged_to_currency);
  CheckText(json->root, "customerIp", intent.customer_ip);
  CheckText(json->root, "callbackUrl", url);
  CheckText(*method, "paymentMethodCode", std::string(MethodCode(intent.method)));
  std::visit(MethodCheck{*method, *account}, intent.method);
  Require(rendered.customer_id == intent.customer_id, "the header has the customer's id");
  Require(std::all_of(rendered.customer_id.begin(), rendered.customer_id.end(),
                      [](char c) { return c > ' ' && c < 0x7F; }),
          "what becomes a header has no line breaks");
}

const HmacKey kKey("key");

void CheckShown(const Intent& intent) {
  Payout payout =
      NewPayout(intent, Fingerprint(intent, kKey), {}, absl::FromUnixSeconds(1'700'000'000));
  const std::string account = AccountOf(intent.method);
  payout.status.reasons = {{.code = "X", .message = "the account " + account + " is closed"}};
  v1::Payout shown;
  SetPayout(payout, shown);
  const std::size_t visible = CodePoints(account) < 9 ? 0 : 4;
  const std::string& masked = shown.destination().masked_account();
  Require(CodePoints(masked) == CodePoints(account), "a mask is as long as what it hides");
  const auto stars = static_cast<std::size_t>(std::count(masked.begin(), masked.end(), '*'));
  Require(stars + visible >= CodePoints(account),
          "no more than the last four characters of an account are shown");
  if (account.size() >= 4 && account != masked) {  // one of stars is its own mask
    Require(shown.reasons(0).message().find(account) == std::string::npos,
            "the platform's words are shown without the account");
  }
  Require(IsUtf8(shown.reasons(0).message()) && IsUtf8(masked), "what is shown is valid UTF-8");
}

// Another account, of letters and digits in the same places: to the rules, the same.
Method WithOtherAccount(Method method) {
  const auto next = [](char c) {
    if (c == '9') return '0';
    if (c == 'z') return 'a';
    if (c == 'Z') return 'A';
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ? static_cast<char>(c + 1) : c;
  };
  const auto change = [&next](std::string& account) {
    std::transform(account.begin(), account.end(), account.begin(), next);
  };
  if (auto* bank = std::get_if<BankTransfer>(&method)) change(bank->account_number);
  if (auto* crypto = std::get_if<CryptoTransfer>(&method)) change(crypto->account_number);
  if (auto* wallet = std::get_if<WalletTransfer>(&method)) change(wallet->account_number);
  return method;
}

void Check(const v1::CreatePayoutRequest& request) {
  const IntentDraft draft = ToDraft(request);
  const std::vector<Violation> violations = CheckForm(draft);
  for (const Violation& violation : violations) {
    Require(!violation.field.empty() && !violation.description.empty(),
            "a violation names its field and says why");
  }
  IntentDraft other = draft;
  other.method = WithOtherAccount(draft.method);
  Require(CheckForm(other) == violations, "what a violation says does not tell the account");
  const std::vector<Violation> rules =
      CheckRules(draft, CurrencyRules(), "", absl::FromUnixSeconds(1'700'000'000));
  if (!violations.empty()) return;

  const Intent intent = ToIntent(draft, TenantName("billing"));
  Require(
      intent.money.amount.ToString() == request.money().amount() && !intent.money.amount.IsZero(),
      "an accepted amount is what the caller wrote, and above zero");
  if (rules.empty())
    Require(intent.money.amount.SignificantDigits() <= 15, "no accepted amount can be rounded");
  CheckRendered(intent, request.money().amount());
  CheckShown(intent);

  const Intent again = ToIntent(ToDraft(request), TenantName("billing"));
  Require(DifferingFields(Fingerprint(intent, kKey), Fingerprint(again, kKey)).empty(),
          "the same request has the same fingerprint");
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::v1::CreatePayoutRequest request;
  if (size <= 64 * 1024 &&
      payout::fuzz::ReadRequest(payout::fuzz::Input(data, size).Rest(), request)) {
    payout::fuzz::Check(request);
  }
  return 0;
}
