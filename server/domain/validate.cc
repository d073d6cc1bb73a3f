#include "server/domain/validate.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arpa/inet.h>
#include <re2/re2.h>

namespace payout {
namespace {

// Beyond this a platform that computes in binary floating point may round.
constexpr int kAmountDigitsMax = 15;
constexpr std::size_t kCodeMax = 64;
constexpr std::size_t kTextMax = 255;
constexpr std::size_t kLabelsMax = 32;

constexpr std::array<std::string_view, 6> kAccountTypesJpy = {"savings",   "checking", "private",
                                                              "corporate", "general",  "current"};
constexpr std::array<std::string_view, 4> kAccountTypesZar = {"savings", "current", "cheque",
                                                              "transmission"};

bool Matches(std::string_view text, const RE2& pattern) {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

// Letters of any script with their combining marks, and the punctuation that the contract lists.
bool IsAccountName(std::string_view text) {
  static const RE2& pattern = *new RE2(R"((?:\p{L}\p{M}*|[, ;:_'"!%=@#&\-.?$()+*|])+)");
  return Matches(text, pattern);
}
bool IsOperatorCode(std::string_view text) {
  static const RE2& pattern = *new RE2("[A-Za-z0-9_-]{1,30}");
  return Matches(text, pattern);
}
bool IsIfscCode(std::string_view text) {
  static const RE2& pattern = *new RE2("[A-Z]{4}0[A-Z0-9]{6}");
  return Matches(text, pattern);
}
bool IsWalletAddress(std::string_view text) {
  static const RE2& pattern = *new RE2(R"([a-zA-Z0-9_\-.]+@[a-zA-Z0-9_.]+)");
  return Matches(text, pattern);
}
bool IsCryptoAddress(std::string_view text) {
  static const RE2& pattern = *new RE2("[a-zA-Z0-9]{1,62}");
  return Matches(text, pattern);
}
bool IsPhoneNumber(std::string_view text) {
  static const RE2& pattern = *new RE2(R"(\+?[0-9]+)");
  return text.size() >= 7 && text.size() <= 16 && Matches(text, pattern);
}
bool IsEmailAddress(std::string_view text) {
  static const RE2& pattern = *new RE2(
      R"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
      R"(@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)");
  return text.size() <= 254 && Matches(text, pattern);
}
bool IsLabelKey(std::string_view text) {
  static const RE2& pattern = *new RE2("[a-z0-9_.-]{1,63}");
  return Matches(text, pattern);
}
bool HasControlCharacters(std::string_view text) {
  static const RE2& pattern = *new RE2(R"(\p{Cc})");
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

// Code points of valid UTF-8.
std::size_t Length(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool IsIpAddress(const std::string& text) {
  // inet_pton reads up to a NUL and would not see what follows.
  if (text.find('\0') != std::string::npos) return false;
  unsigned char parsed[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), parsed) == 1 ||
         inet_pton(AF_INET6, text.c_str(), parsed) == 1;
}

bool IsVisibleAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

template <std::size_t N>
bool IsOneOf(std::string_view text, const std::array<std::string_view, N>& choices) {
  return std::ranges::find(choices, text) != choices.end();
}

// Collects violations in the order in which the checks run.
class Checker {
 public:
  std::vector<Violation> Take() { return std::move(violations_); }

  bool Require(bool holds, std::string_view field, Reason reason, std::string_view description) {
    if (!holds) violations_.push_back({std::string(field), reason, std::string(description)});
    return holds;
  }

  void Text(std::string_view field, std::string_view text, std::size_t max, Reason reason) {
    if (Length(text) <= max && !HasControlCharacters(text)) return;
    Require(false, field, reason,
            "must have at most " + std::to_string(max) + " characters and no control characters");
  }

  void AccountName(std::string_view field, std::string_view name) {
    Require(Length(name) <= 64 && IsAccountName(name), field, Reason::kAccountNameInvalid,
            "must have 1 to 64 letters, spaces or , ; : _ ' \" ! % = @ # & - . ? $ ( ) + * |; "
            "digits are "
            "not allowed");
  }

  void OperatorCode(std::string_view field, std::string_view code, bool required) {
    if (code.empty() && !required) return;
    Require(IsOperatorCode(code), field, Reason::kOperatorCodeInvalid,
            "must have 1 to 30 letters, digits, _ or -");
  }

  void Remark(std::string_view field, std::string_view remark) {
    Text(field, remark, kTextMax, Reason::kRemarkInvalid);
  }

  void Check(std::monostate, const std::string&) {
    Require(false, "method", Reason::kMethodRequired,
            "set one of bank_transfer, crypto_transfer and wallet_transfer");
  }
  void Check(const BankTransfer& bank, const std::string& currency);
  void Check(const CryptoTransfer& crypto, const std::string& currency);
  void Check(const WalletTransfer& wallet, const std::string& currency);

 private:
  std::vector<Violation> violations_;
};

void Checker::Check(const BankTransfer& bank, const std::string& currency) {
  AccountName("bank_transfer.account_name", bank.account_name);
  const std::string& number = bank.account_number;
  Require(!number.empty() && Length(number) <= kCodeMax && !HasControlCharacters(number) &&
              number.front() != ' ' && number.back() != ' ',
          "bank_transfer.account_number", Reason::kAccountNumberInvalid,
          "must have 1 to 64 characters, no control characters and no spaces at its ends");

  if (currency == "JPY") {
    Require(IsOneOf(bank.account_type, kAccountTypesJpy), "bank_transfer.account_type",
            Reason::kAccountTypeInvalid,
            "JPY needs one of savings, checking, private, corporate, general, current");
  } else if (currency == "ZAR") {
    Require(IsOneOf(bank.account_type, kAccountTypesZar), "bank_transfer.account_type",
            Reason::kAccountTypeInvalid, "ZAR needs one of savings, current, cheque, transmission");
  } else {
    Text("bank_transfer.account_type", bank.account_type, kCodeMax, Reason::kAccountTypeInvalid);
  }

  if (currency == "INR") {
    if (Require(!bank.bank_code.empty(), "bank_transfer.bank_code", Reason::kBankCodeRequired,
                "INR needs the bank's IFSC code")) {
      Require(IsIfscCode(bank.bank_code), "bank_transfer.bank_code", Reason::kBankCodeInvalid,
              "must be an IFSC code: four letters, 0, six letters or digits");
    }
  } else {
    Text("bank_transfer.bank_code", bank.bank_code, kCodeMax, Reason::kBankCodeInvalid);
  }

  Text("bank_transfer.bank_name", bank.bank_name, kTextMax, Reason::kBankDetailInvalid);
  if (currency == "JPY") {
    Require(!bank.bank_branch.empty(), "bank_transfer.bank_branch", Reason::kBankBranchRequired,
            "JPY needs the bank's branch");
  }
  Text("bank_transfer.bank_branch", bank.bank_branch, kTextMax, Reason::kBankDetailInvalid);
  Text("bank_transfer.bank_city", bank.bank_city, kTextMax, Reason::kBankDetailInvalid);
  Text("bank_transfer.bank_province", bank.bank_province, kTextMax, Reason::kBankDetailInvalid);
  OperatorCode("bank_transfer.payment_operator_code", bank.operator_code, true);
  Require(bank.email_address.empty() || IsEmailAddress(bank.email_address),
          "bank_transfer.email_address", Reason::kEmailAddressInvalid,
          "must be an address such as name@example.com");
  Remark("bank_transfer.remark", bank.remark);
}

void Checker::Check(const CryptoTransfer& crypto, const std::string&) {
  Require(IsCryptoAddress(crypto.account_number), "crypto_transfer.account_number",
          Reason::kAccountNumberInvalid, "must have 1 to 62 letters or digits");
  OperatorCode("crypto_transfer.payment_operator_code", crypto.operator_code, true);
  Remark("crypto_transfer.remark", crypto.remark);
}

void Checker::Check(const WalletTransfer& wallet, const std::string& currency) {
  if (currency == "INR") {
    AccountName("wallet_transfer.account_name", wallet.account_name);
  } else if (!wallet.account_name.empty()) {
    AccountName("wallet_transfer.account_name", wallet.account_name);
  }
  Require(wallet.account_number.empty() ||
              (wallet.account_number.size() <= 100 && IsWalletAddress(wallet.account_number)),
          "wallet_transfer.account_number", Reason::kAccountNumberInvalid,
          "must be an address such as name@provider with at most 100 characters");
  OperatorCode("wallet_transfer.payment_operator_code", wallet.operator_code, false);
  Require(wallet.phone_number.empty() || IsPhoneNumber(wallet.phone_number),
          "wallet_transfer.phone_number", Reason::kPhoneNumberInvalid,
          "must have 7 to 16 characters: an optional + and digits");
  Remark("wallet_transfer.remark", wallet.remark);
}

void CheckMoney(const IntentDraft& draft, Checker& checker) {
  if (!checker.Require(draft.has_money && !draft.amount.empty(), "money.amount",
                       Reason::kAmountRequired, "is required")) {
    if (!draft.has_money) return;
  } else if (const auto amount = Decimal::Parse(draft.amount); checker.Require(
                 amount.has_value(), "money.amount", Reason::kAmountMalformed,
                 "must be plain decimal text such as 42.05, with at most 30 digits and 18 "
                 "decimals, without sign, exponent or separators")) {
    checker.Require(!amount->IsZero(), "money.amount", Reason::kAmountNotPositive,
                    "must be greater than zero");
  }
  checker.Require(IsCurrencyCode(draft.currency), "money.currency_code", Reason::kCurrencyInvalid,
                  "must have 2 to 10 upper-case letters or digits, such as USD");
}

}  // namespace

bool IsPayoutId(std::string_view text) {
  static const RE2& pattern = *new RE2("[A-Za-z0-9_-]{1,250}");
  return Matches(text, pattern);
}

bool IsCurrencyCode(std::string_view text) {
  static const RE2& pattern = *new RE2("[A-Z0-9]{2,10}");
  return Matches(text, pattern);
}

std::vector<Violation> CheckForm(const IntentDraft& draft) {
  Checker checker;
  checker.Require(IsPayoutId(draft.payout_id), "payout_id", Reason::kPayoutIdInvalid,
                  "must have 1 to 250 letters, digits, _ or -");
  CheckMoney(draft, checker);
  std::visit([&](const auto& method) { checker.Check(method, draft.currency); }, draft.method);
  checker.Text("segment_code", draft.segment_code, 100, Reason::kSegmentCodeInvalid);
  checker.Require(
      draft.exchanged_to_currency.empty() || IsCurrencyCode(draft.exchanged_to_currency),
      "exchanged_to_currency", Reason::kCurrencyInvalid,
      "must have 2 to 10 upper-case letters or digits, such as USD");
  checker.Require(draft.customer_ip.empty() || IsIpAddress(draft.customer_ip), "customer_ip",
                  Reason::kCustomerIpInvalid, "must be an IPv4 or IPv6 address");
  checker.Require(draft.customer_id.size() <= kTextMax && IsVisibleAscii(draft.customer_id),
                  "customer_id", Reason::kCustomerIdInvalid,
                  "must have at most 255 visible ASCII characters");
  checker.Require(draft.labels.size() <= kLabelsMax, "labels", Reason::kLabelsInvalid,
                  "there must be at most 32");
  for (const auto& [key, value] : draft.labels) {
    checker.Require(IsLabelKey(key), "labels", Reason::kLabelsInvalid,
                    "keys must have 1 to 63 lower-case letters, digits, _ . or -");
    checker.Text("labels", value, kTextMax, Reason::kLabelsInvalid);
  }
  checker.Require(draft.submit_before_valid, "submit_before", Reason::kSubmitBeforeInvalid,
                  "must be a time between the years 1 and 9999");
  return checker.Take();
}

std::vector<Violation> CheckRules(const IntentDraft& draft, const CurrencyRules& currencies,
                                  std::string_view id_prefix, absl::Time now) {
  Checker checker;
  checker.Require(!IsPayoutId(draft.payout_id) || draft.payout_id.starts_with(id_prefix),
                  "payout_id", Reason::kPayoutIdPrefixRequired,
                  "must start with " + std::string(id_prefix));
  if (const std::optional<Decimal> amount = Decimal::Parse(draft.amount)) {
    if (const auto decimals = currencies.Decimals(draft.currency)) {
      checker.Require(amount->Normalized().scale() <= *decimals, "money.amount",
                      Reason::kAmountPrecisionExceeded,
                      draft.currency + " allows " + std::to_string(*decimals) + " decimals");
    }
    checker.Require(
        amount->SignificantDigits() <= kAmountDigitsMax || currencies.IsExact(draft.currency),
        "money.amount", Reason::kAmountDigitsExceeded, "has more than 15 significant digits");
  }
  checker.Require(!draft.submit_before || *draft.submit_before > now, "submit_before",
                  Reason::kSubmitBeforeInvalid, "must be in the future");
  return checker.Take();
}

void SortByField(std::vector<Violation>& violations) {
  static constexpr std::array<std::string_view, 12> kOrder = {
      "payout_id",       "merchant",      "money",
      "method",          "bank_transfer", "crypto_transfer",
      "wallet_transfer", "segment_code",  "exchanged_to_currency",
      "customer_ip",     "customer_id",   "labels"};
  std::ranges::stable_sort(violations, {}, [](const Violation& violation) {
    const std::string_view field = violation.field;
    return std::ranges::find(kOrder, field.substr(0, field.find('.'))) - kOrder.begin();
  });
}

Intent ToIntent(const IntentDraft& draft, TenantName tenant) {
  return Intent{.key = {MerchantName(draft.merchant), PayoutId(draft.payout_id)},
                .tenant = std::move(tenant),
                .money = {*Decimal::Parse(draft.amount), draft.currency},
                .method = draft.method,
                .segment_code = draft.segment_code,
                .exchanged_to_currency = draft.exchanged_to_currency,
                .customer_ip = draft.customer_ip,
                .customer_id = draft.customer_id,
                .labels = draft.labels,
                .submit_before = draft.submit_before};
}

}  // namespace payout
