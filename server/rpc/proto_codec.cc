#include "server/rpc/proto_codec.h"

#include <algorithm>
#include <utility>

#include "server/domain/reason.h"
#include "server/rpc/mask_message.h"

namespace payout {
namespace {

// Years 1 to 9999, as google.protobuf.Timestamp demands.
constexpr std::int64_t kSecondsMin = -62'135'596'800;
constexpr std::int64_t kSecondsMax = 253'402'300'799;
constexpr std::int64_t kDurationSecondsMax = 315'576'000'000;

void SetMoney(const Money& from, v1::Money& to) {
  to.set_amount(from.amount.ToString());
  to.set_currency_code(from.currency);
}

// Stars for all code points of `text` but the last `keep` characters (which are ASCII or whole code
// points).
std::string MaskAllBut(std::string_view text, std::size_t keep) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xC0) != 0x80) starts.push_back(i);
  }
  if (keep > starts.size()) keep = 0;
  const std::size_t hidden = starts.size() - keep;
  std::string masked(hidden, '*');
  if (keep > 0) masked += text.substr(starts[hidden]);
  return masked;
}

struct DestinationWriter {
  v1::Destination& to;
  void operator()(std::monostate) const {}
  void operator()(const BankTransfer& bank) const {
    to.set_method(v1::PAYOUT_METHOD_BANK_TRANSFER);
    to.set_masked_account(MaskAccount(bank.account_number));
    to.set_masked_email(MaskEmail(bank.email_address));
    to.set_payment_operator_code(bank.operator_code);
  }
  void operator()(const CryptoTransfer& crypto) const {
    to.set_method(v1::PAYOUT_METHOD_CRYPTO_TRANSFER);
    to.set_masked_account(MaskAccount(crypto.account_number));
    to.set_payment_operator_code(crypto.operator_code);
  }
  void operator()(const WalletTransfer& wallet) const {
    to.set_method(v1::PAYOUT_METHOD_WALLET_TRANSFER);
    to.set_masked_account(MaskAccount(wallet.account_number));
    to.set_masked_phone(MaskPhone(wallet.phone_number));
    to.set_payment_operator_code(wallet.operator_code);
  }
};

void SetStatus(const Status& from, const Intent& intent, v1::Payout& to) {
  to.set_state(static_cast<v1::PayoutState>(from.state));
  if (from.settled_at) SetTime(*from.settled_at, *to.mutable_settle_time());
  for (const PayoutReason& reason : from.reasons) {
    v1::PayoutReason& out = *to.add_reasons();
    out.set_code(MaskCode(reason.code, intent));
    out.set_category(static_cast<v1::ReasonCategory>(reason.category));
    out.set_attribute(MaskCode(reason.attribute, intent));
    out.set_message(MaskMessage(reason.message, intent));
    if (reason.failed_at) SetTime(*reason.failed_at, *out.mutable_failed_time());
  }
  for (const Review review : from.needs_review) {
    to.add_needs_review(static_cast<v1::ReviewReason>(review));
  }
  if (from.correction) {
    to.mutable_correction()->set_reported_state(
        static_cast<v1::PayoutState>(from.correction->reported_state));
    SetTime(from.correction->seen_at, *to.mutable_correction()->mutable_seen_time());
  }
  to.set_platform_reference(from.platform_reference);
  to.set_transaction_reference(from.transaction_reference);
  to.set_platform_status(MaskCode(from.platform_status, intent));
  to.set_processor_status(MaskCode(from.processor_status, intent));
  if (from.fee) SetMoney(*from.fee, *to.mutable_fee());
  if (from.is_test) to.set_is_test(*from.is_test);
  if (from.platform_created_at) {
    SetTime(*from.platform_created_at, *to.mutable_platform_create_time());
  }
  if (from.platform_processed_at) {
    SetTime(*from.platform_processed_at, *to.mutable_platform_process_time());
  }
}

void SetIntent(const Intent& from, v1::Payout& to) {
  to.set_payout_id(from.key.payout_id.value());
  to.set_merchant(from.key.merchant.value());
  SetMoney(from.money, *to.mutable_money());
  std::visit(DestinationWriter{*to.mutable_destination()}, from.method);
  for (const auto& [key, value] : from.labels) (*to.mutable_labels())[key] = value;
  if (from.submit_before) SetTime(*from.submit_before, *to.mutable_submit_before());
  to.set_segment_code(from.segment_code);
  to.set_exchanged_to_currency(from.exchanged_to_currency);
}

absl::Status UnknownEnum(const std::string& field) {
  return InvalidArgument({{field, Reason::kEnumValueInvalid, "has a value that is not known"}});
}

BankTransfer ToMethod(const v1::BankTransfer& bank) {
  return {.account_name = bank.account_name(),
          .account_number = bank.account_number(),
          .account_type = bank.account_type(),
          .bank_code = bank.bank_code(),
          .bank_name = bank.bank_name(),
          .bank_branch = bank.bank_branch(),
          .bank_city = bank.bank_city(),
          .bank_province = bank.bank_province(),
          .operator_code = bank.payment_operator_code(),
          .email_address = bank.email_address(),
          .remark = bank.remark()};
}

CryptoTransfer ToMethod(const v1::CryptoTransfer& crypto) {
  return {.account_number = crypto.account_number(),
          .operator_code = crypto.payment_operator_code(),
          .remark = crypto.remark()};
}

WalletTransfer ToMethod(const v1::WalletTransfer& wallet) {
  return {.account_name = wallet.account_name(),
          .account_number = wallet.account_number(),
          .operator_code = wallet.payment_operator_code(),
          .phone_number = wallet.phone_number(),
          .remark = wallet.remark()};
}

}  // namespace

IntentDraft ToDraft(const v1::CreatePayoutRequest& request) {
  IntentDraft draft;
  draft.payout_id = request.payout_id();
  draft.merchant = request.merchant();
  draft.has_money = request.has_money();
  draft.amount = request.money().amount();
  draft.currency = request.money().currency_code();
  switch (request.method_case()) {
    case v1::CreatePayoutRequest::kBankTransfer:
      draft.method = ToMethod(request.bank_transfer());
      break;
    case v1::CreatePayoutRequest::kCryptoTransfer:
      draft.method = ToMethod(request.crypto_transfer());
      break;
    case v1::CreatePayoutRequest::kWalletTransfer:
      draft.method = ToMethod(request.wallet_transfer());
      break;
    case v1::CreatePayoutRequest::METHOD_NOT_SET:
      break;
  }
  draft.segment_code = request.segment_code();
  draft.exchanged_to_currency = request.exchanged_to_currency();
  draft.customer_ip = request.customer_ip();
  draft.customer_id = request.customer_id();
  draft.labels.insert(request.labels().begin(), request.labels().end());
  if (request.has_submit_before()) {
    draft.submit_before = ToTime(request.submit_before());
    draft.submit_before_valid = draft.submit_before.has_value();
  }
  return draft;
}

absl::StatusOr<WaitMode> ToWaitMode(v1::WaitMode mode) {
  switch (mode) {
    case v1::WAIT_MODE_UNSPECIFIED:
    case v1::WAIT_MODE_RECORDED:
      return WaitMode::kRecorded;
    case v1::WAIT_MODE_ACCEPTED:
      return WaitMode::kAccepted;
    case v1::WAIT_MODE_SETTLED:
      return WaitMode::kSettled;
    default:
      return UnknownEnum("wait_mode");
  }
}

absl::StatusOr<std::vector<State>> ToStates(const google::protobuf::RepeatedField<int>& states,
                                            const std::string& field) {
  std::vector<State> result;
  for (const int state : states) {
    if (state == v1::PAYOUT_STATE_UNSPECIFIED || !v1::PayoutState_IsValid(state)) {
      return UnknownEnum(field);
    }
    result.push_back(static_cast<State>(state));
  }
  return result;
}

std::optional<absl::Time> ToTime(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kSecondsMin || timestamp.seconds() > kSecondsMax ||
      timestamp.nanos() < 0 || timestamp.nanos() > 999'999'999) {
    return std::nullopt;
  }
  return absl::FromUnixMicros(timestamp.seconds() * 1'000'000 + timestamp.nanos() / 1000);
}

std::optional<absl::Duration> ToDuration(const google::protobuf::Duration& duration) {
  const std::int64_t seconds = duration.seconds();
  const std::int32_t nanos = duration.nanos();
  if (seconds < -kDurationSecondsMax || seconds > kDurationSecondsMax || nanos < -999'999'999 ||
      nanos > 999'999'999 || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) {
    return std::nullopt;
  }
  return absl::Seconds(seconds) + absl::Nanoseconds(nanos);
}

void SetTime(absl::Time from, google::protobuf::Timestamp& to) {
  const std::int64_t micros = absl::ToUnixMicros(from);
  std::int64_t seconds = micros / 1'000'000;
  std::int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  to.set_seconds(seconds);
  to.set_nanos(static_cast<std::int32_t>(rest * 1000));
}

void SetDuration(absl::Duration from, google::protobuf::Duration& to) {
  to.set_seconds(absl::IDivDuration(from, absl::Seconds(1), &from));
  to.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(from)));
}

void SetPayout(const Payout& from, v1::Payout& to) {
  SetIntent(from.intent, to);
  SetStatus(from.status, from.intent, to);
  to.set_revision(from.revision);
  SetTime(from.created_at, *to.mutable_create_time());
  SetTime(from.updated_at, *to.mutable_update_time());
}

void SetEvent(const Event& from, v1::PayoutEvent& to) {
  v1::Payout& payout = *to.mutable_payout();
  SetIntent(from.intent, payout);
  SetStatus(from.status, from.intent, payout);
  payout.set_revision(from.revision);
  SetTime(from.created_at, *payout.mutable_create_time());
  SetTime(from.at, *payout.mutable_update_time());
  if (from.previous_state) {
    to.set_previous_state(static_cast<v1::PayoutState>(*from.previous_state));
  }
  SetTime(from.at, *to.mutable_event_time());
}

void SetMessage(const StreamMessage& from, v1::StreamStatusResponse& to) {
  to.set_token(EncodeToken(from.token));
  if (std::holds_alternative<SnapshotBegin>(from.content)) {
    to.mutable_snapshot_begin();
  } else if (const PayoutPtr* payout = std::get_if<PayoutPtr>(&from.content)) {
    SetPayout(**payout, *to.mutable_snapshot_payout()->mutable_payout());
  } else if (const SnapshotEnd* end = std::get_if<SnapshotEnd>(&from.content)) {
    to.mutable_snapshot_end()->set_payout_count(end->count);
  } else if (const EventPtr* event = std::get_if<EventPtr>(&from.content)) {
    SetEvent(**event, *to.mutable_event());
  } else {
    to.mutable_progress();
  }
}

std::string MaskAccount(std::string_view account) {
  std::size_t length = 0;
  for (const char c : account) length += (c & 0xC0) != 0x80 ? 1 : 0;
  return MaskAllBut(account, length < 9 ? 0 : 4);
}

std::string MaskEmail(std::string_view email) {
  if (email.empty()) return "";
  const std::size_t at = email.rfind('@');
  return at == std::string_view::npos ? "*" : "*" + std::string(email.substr(at));
}

std::string MaskPhone(std::string_view phone) { return MaskAllBut(phone, 2); }

}  // namespace payout
