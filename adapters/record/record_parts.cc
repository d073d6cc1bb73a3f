#include "adapters/record/record_parts.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace payout::record {
namespace {

constexpr char kPlain = 0;

}  // namespace

std::string Pack(const google::protobuf::MessageLite& message) {
  std::string bytes(1, kPlain);
  message.AppendToString(&bytes);
  return bytes;
}

absl::Status Unpack(std::string_view bytes, google::protobuf::MessageLite& message) {
  if (bytes.empty()) return absl::DataLossError("record without a codec byte");
  if (bytes[0] != kPlain) {
    return absl::DataLossError(absl::StrCat(
        "record of unknown codec ", static_cast<int>(static_cast<unsigned char>(bytes[0]))));
  }
  bytes.remove_prefix(1);
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("record cannot be parsed");
  }
  return absl::OkStatus();
}

absl::StatusOr<State> StateFrom(int number) {
  for (const State state : kAllStates) {
    if (static_cast<int>(state) == number) return state;
  }
  return absl::DataLossError(absl::StrCat("unknown state ", number));
}

pb::Money ToRecord(const Money& money) {
  const auto& [amount, currency] = money;
  pb::Money record;
  record.set_amount(amount.ToString());
  record.set_currency(currency);
  return record;
}

absl::StatusOr<Money> FromRecord(const pb::Money& record) {
  const std::optional<Decimal> amount = Decimal::Parse(record.amount());
  if (!amount) return absl::DataLossError("unreadable amount");
  return Money{*amount, record.currency()};
}

pb::Reason ToRecord(const PayoutReason& reason) {
  const auto& [code, category, attribute, message, failed_at] = reason;
  pb::Reason record;
  record.set_code(code);
  record.set_category(static_cast<int>(category));
  record.set_attribute(attribute);
  record.set_message(message);
  if (failed_at) record.set_failed_at(Micros(*failed_at));
  return record;
}

absl::StatusOr<PayoutReason> FromRecord(const pb::Reason& record) {
  if (record.category() < static_cast<int>(ReasonCategory::kOther) ||
      record.category() > static_cast<int>(ReasonCategory::kCancelled)) {
    return absl::DataLossError(absl::StrCat("unknown reason category ", record.category()));
  }
  PayoutReason reason{record.code(), static_cast<ReasonCategory>(record.category()),
                      record.attribute(), record.message(), std::nullopt};
  if (record.has_failed_at()) reason.failed_at = absl::FromUnixMicros(record.failed_at());
  return reason;
}

}  // namespace payout::record
