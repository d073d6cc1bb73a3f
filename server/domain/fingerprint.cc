#include "server/domain/fingerprint.h"

#include <map>
#include <set>

#include "server/base/instrument.h"

namespace payout {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::size_t kDigestBytes = 12;

class Builder {
 public:
  explicit Builder(const HmacKey& key) : key_(key), text_(kVersion) {}

  void Add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    input_.clear();
    AppendLengthPrefixed(input_, name);
    AppendLengthPrefixed(input_, value);
    text_ += ';';
    text_ += name;
    text_ += '=';
    text_ += HexEncode(std::string_view(key_.Mac(input_)).substr(0, kDigestBytes));
  }

  void Add(const BankTransfer& bank) {
    Add("bank_transfer.account_name", bank.account_name);
    Add("bank_transfer.account_number", bank.account_number);
    Add("bank_transfer.account_type", bank.account_type);
    Add("bank_transfer.bank_code", bank.bank_code);
    Add("bank_transfer.bank_name", bank.bank_name);
    Add("bank_transfer.bank_branch", bank.bank_branch);
    Add("bank_transfer.bank_city", bank.bank_city);
    Add("bank_transfer.bank_province", bank.bank_province);
    Add("bank_transfer.payment_operator_code", bank.operator_code);
    Add("bank_transfer.email_address", bank.email_address);
    Add("bank_transfer.remark", bank.remark);
  }
  void Add(const CryptoTransfer& crypto) {
    Add("crypto_transfer.account_number", crypto.account_number);
    Add("crypto_transfer.payment_operator_code", crypto.operator_code);
    Add("crypto_transfer.remark", crypto.remark);
  }
  void Add(const WalletTransfer& wallet) {
    Add("wallet_transfer.account_name", wallet.account_name);
    Add("wallet_transfer.account_number", wallet.account_number);
    Add("wallet_transfer.payment_operator_code", wallet.operator_code);
    Add("wallet_transfer.phone_number", wallet.phone_number);
    Add("wallet_transfer.remark", wallet.remark);
  }
  void Add(std::monostate) {}

  std::string Take() { return std::move(text_); }

 private:
  const HmacKey& key_;
  std::string input_;  // of Add, kept for its memory
  std::string text_;
};

std::map<std::string_view, std::string_view> Split(std::string_view text) {
  std::map<std::string_view, std::string_view> fields;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    const std::size_t equals = field.find('=');
    if (equals != std::string_view::npos)
      fields[field.substr(0, equals)] = field.substr(equals + 1);
  }
  return fields;
}

}  // namespace

std::string Fingerprint(const Intent& intent, const HmacKey& key) {
  Builder builder(key);
  builder.Add("merchant", intent.key.merchant.value());
  if (!PAYOUT_BUG(fingerprint_without_amount)) {
    builder.Add("money.amount", intent.money.amount.Normalized().ToString());
  }
  builder.Add("money.currency_code", intent.money.currency);
  builder.Add("method", MethodCode(intent.method));
  if (!PAYOUT_BUG(fingerprint_without_account)) {
    std::visit([&builder](const auto& method) { builder.Add(method); }, intent.method);
  }
  builder.Add("segment_code", intent.segment_code);
  builder.Add("exchanged_to_currency", intent.exchanged_to_currency);
  builder.Add("customer_ip", intent.customer_ip);
  builder.Add("customer_id", intent.customer_id);
  return builder.Take();
}

std::vector<std::string> DifferingFields(std::string_view a, std::string_view b) {
  if (a == b) return {};
  const auto version = [](std::string_view text) { return text.substr(0, text.find(';')); };
  if (version(a) != kVersion || version(b) != kVersion) return {"fingerprint_version"};

  const auto fields_a = Split(a);
  const auto fields_b = Split(b);
  std::set<std::string_view> names;
  for (const auto& [name, digest] : fields_a) names.insert(name);
  for (const auto& [name, digest] : fields_b) names.insert(name);
  std::vector<std::string> differing;
  for (const std::string_view name : names) {
    const auto in_a = fields_a.find(name);
    const auto in_b = fields_b.find(name);
    const bool equal =
        in_a != fields_a.end() && in_b != fields_b.end() && in_a->second == in_b->second;
    if (!equal) differing.emplace_back(name);
  }
  return differing;
}

}  // namespace payout
