#include "tests/client/builders.h"

#include "client/error_details.pb.h"

namespace payout::client {
namespace {

void Pack(const google::protobuf::Message& message, const std::string& name, rpc::Status& status) {
  google::protobuf::Any* any = status.add_details();
  any->set_type_url("type.googleapis.com/google.rpc." + name);
  any->set_value(message.SerializeAsString());
}

}  // namespace

v1::Payout MakePayout(const std::string& id, v1::PayoutState state, int64_t revision) {
  v1::Payout payout;
  payout.set_payout_id(id);
  payout.set_merchant("main");
  payout.mutable_money()->set_amount("42.05");
  payout.mutable_money()->set_currency_code("EUR");
  payout.mutable_destination()->set_method(v1::PAYOUT_METHOD_BANK_TRANSFER);
  payout.mutable_destination()->set_masked_account("****3000");
  payout.mutable_destination()->set_payment_operator_code("SEPA");
  payout.set_state(state);
  payout.set_revision(revision);
  payout.mutable_create_time()->set_seconds(1'767'225'600);
  payout.mutable_update_time()->set_seconds(1'767'225'600 + revision);
  return payout;
}

v1::CreatePayoutRequest MakeCreate(const std::string& id) {
  v1::CreatePayoutRequest request;
  request.set_payout_id(id);
  request.mutable_money()->set_amount("42.05");
  request.mutable_money()->set_currency_code("EUR");
  request.mutable_bank_transfer()->set_account_name("Ada Example");
  request.mutable_bank_transfer()->set_account_number("DE89370400440532013000");
  request.mutable_bank_transfer()->set_payment_operator_code("SEPA");
  return request;
}

v1::StreamStatusResponse SnapshotBegin(const std::string& token) {
  v1::StreamStatusResponse message;
  message.set_token(token);
  message.mutable_snapshot_begin();
  return message;
}

v1::StreamStatusResponse SnapshotOf(const std::string& token, const v1::Payout& payout) {
  v1::StreamStatusResponse message;
  message.set_token(token);
  *message.mutable_snapshot_payout()->mutable_payout() = payout;
  return message;
}

v1::StreamStatusResponse SnapshotEnd(const std::string& token, int64_t count) {
  v1::StreamStatusResponse message;
  message.set_token(token);
  message.mutable_snapshot_end()->set_payout_count(count);
  return message;
}

v1::StreamStatusResponse EventOf(const std::string& token, const v1::Payout& payout,
                                 v1::PayoutState previous) {
  v1::StreamStatusResponse message;
  message.set_token(token);
  *message.mutable_event()->mutable_payout() = payout;
  message.mutable_event()->set_previous_state(previous);
  *message.mutable_event()->mutable_event_time() = payout.update_time();
  return message;
}

v1::StreamStatusResponse ProgressAt(const std::string& token) {
  v1::StreamStatusResponse message;
  message.set_token(token);
  message.mutable_progress();
  return message;
}

v1::StreamStatusResponse ClosingAt(const std::string& token, int64_t retry_seconds) {
  v1::StreamStatusResponse message;
  message.set_token(token);
  message.mutable_closing()->mutable_retry_after()->set_seconds(retry_seconds);
  return message;
}

grpc::Status MakeError(const ErrorSpec& spec) {
  rpc::Status status;
  status.set_code(spec.code);
  status.set_message(spec.message);
  if (!spec.reason.empty()) {
    rpc::ErrorInfo info;
    info.set_reason(spec.reason);
    info.set_domain(spec.domain);
    for (const auto& [key, value] : spec.metadata) (*info.mutable_metadata())[key] = value;
    Pack(info, "ErrorInfo", status);
  }
  if (!spec.violations.empty()) {
    rpc::BadRequest bad_request;
    for (const FieldViolation& violation : spec.violations) {
      auto* added = bad_request.add_field_violations();
      added->set_field(violation.field);
      added->set_description(violation.description);
    }
    Pack(bad_request, "BadRequest", status);
  }
  if (spec.retry_after) {
    rpc::RetryInfo info;
    const int64_t seconds = absl::ToInt64Seconds(*spec.retry_after);
    info.mutable_retry_delay()->set_seconds(seconds);
    info.mutable_retry_delay()->set_nanos(
        static_cast<int32_t>((*spec.retry_after - absl::Seconds(seconds)) / absl::Nanoseconds(1)));
    Pack(info, "RetryInfo", status);
  }
  return grpc::Status(spec.code, spec.message, status.SerializeAsString());
}

grpc::Status BareError(grpc::StatusCode code, const std::string& message) {
  return grpc::Status(code, message);
}

}  // namespace payout::client
