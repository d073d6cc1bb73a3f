// The record that names people and accounts. Structured bindings name every field of the domain
// types on purpose: a field that is added there and forgotten here does not compile.

#include <variant>

#include "adapters/record/record_codec.h"
#include "adapters/record/record_parts.h"
#include "server/base/status_macros.h"

namespace payout::record {
namespace {

void Encode(const std::monostate&, pb::Sensitive&) {}

void Encode(const BankTransfer& bank, pb::Sensitive& record) {
  const auto& [account_name, account_number, account_type, bank_code, bank_name, bank_branch,
               bank_city, bank_province, operator_code, email_address, remark] = bank;
  pb::BankTransfer& out = *record.mutable_bank();
  out.set_account_name(account_name);
  out.set_account_number(account_number);
  out.set_account_type(account_type);
  out.set_bank_code(bank_code);
  out.set_bank_name(bank_name);
  out.set_bank_branch(bank_branch);
  out.set_bank_city(bank_city);
  out.set_bank_province(bank_province);
  out.set_operator_code(operator_code);
  out.set_email_address(email_address);
  out.set_remark(remark);
}

void Encode(const CryptoTransfer& crypto, pb::Sensitive& record) {
  const auto& [account_number, operator_code, remark] = crypto;
  pb::CryptoTransfer& out = *record.mutable_crypto();
  out.set_account_number(account_number);
  out.set_operator_code(operator_code);
  out.set_remark(remark);
}

void Encode(const WalletTransfer& wallet, pb::Sensitive& record) {
  const auto& [account_name, account_number, operator_code, phone_number, remark] = wallet;
  pb::WalletTransfer& out = *record.mutable_wallet();
  out.set_account_name(account_name);
  out.set_account_number(account_number);
  out.set_operator_code(operator_code);
  out.set_phone_number(phone_number);
  out.set_remark(remark);
}

Method DecodeMethod(const pb::Sensitive& record) {
  switch (record.method_case()) {
    case pb::Sensitive::kBank: {
      const pb::BankTransfer& in = record.bank();
      return BankTransfer{in.account_name(),  in.account_number(), in.account_type(),
                          in.bank_code(),     in.bank_name(),      in.bank_branch(),
                          in.bank_city(),     in.bank_province(),  in.operator_code(),
                          in.email_address(), in.remark()};
    }
    case pb::Sensitive::kCrypto: {
      const pb::CryptoTransfer& in = record.crypto();
      return CryptoTransfer{in.account_number(), in.operator_code(), in.remark()};
    }
    case pb::Sensitive::kWallet: {
      const pb::WalletTransfer& in = record.wallet();
      return WalletTransfer{in.account_name(), in.account_number(), in.operator_code(),
                            in.phone_number(), in.remark()};
    }
    case pb::Sensitive::METHOD_NOT_SET:
      break;
  }
  return std::monostate();
}

}  // namespace

std::string EncodeSensitive(const Intent& intent, const RenderedRequest& rendered) {
  // Key, tenant and money are columns.
  const auto& [key, tenant, money, method, segment_code, exchanged_to_currency, customer_ip,
               customer_id, labels, submit_before] = intent;
  const auto& [body, header_customer_id] = rendered;

  Scratch<pb::Sensitive> scratch;
  pb::Sensitive& record = *scratch;
  std::visit([&record](const auto& chosen) { Encode(chosen, record); }, method);
  record.set_segment_code(segment_code);
  record.set_exchanged_to_currency(exchanged_to_currency);
  record.set_customer_ip(customer_ip);
  record.set_customer_id(customer_id);
  for (const auto& [name, value] : labels) {
    pb::Label& label = *record.add_labels();
    label.set_name(name);
    label.set_value(value);
  }
  if (submit_before) record.set_submit_before(Micros(*submit_before));
  record.set_rendered_body(body);
  record.set_rendered_customer_id(header_customer_id);
  return Pack(record);
}

absl::Status DecodeSensitive(std::string_view bytes, Intent& intent, RenderedRequest& rendered) {
  Scratch<pb::Sensitive> scratch;
  pb::Sensitive& record = *scratch;
  PAYOUT_RETURN_IF_ERROR(Unpack(bytes, record));
  intent.method = DecodeMethod(record);
  intent.segment_code = record.segment_code();
  intent.exchanged_to_currency = record.exchanged_to_currency();
  intent.customer_ip = record.customer_ip();
  intent.customer_id = record.customer_id();
  intent.labels.clear();
  for (const pb::Label& label : record.labels()) intent.labels[label.name()] = label.value();
  intent.submit_before.reset();
  if (record.has_submit_before())
    intent.submit_before = absl::FromUnixMicros(record.submit_before());
  rendered.body = record.rendered_body();
  rendered.customer_id = record.rendered_customer_id();
  return absl::OkStatus();
}

}  // namespace payout::record
