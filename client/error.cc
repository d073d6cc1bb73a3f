#include "client/error.h"

#include <algorithm>
#include <charconv>

#include "client/error_details.pb.h"

namespace payout::client {
namespace {

constexpr std::string_view kDomain = "payout.v1";

// "type.googleapis.com/google.rpc.ErrorInfo" -> "google.rpc.ErrorInfo".
std::string_view TypeName(std::string_view type_url) {
  const size_t slash = type_url.rfind('/');
  return slash == std::string_view::npos ? type_url : type_url.substr(slash + 1);
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

void AddErrorInfo(const google::protobuf::Any& any, CallError& error) {
  rpc::ErrorInfo info;
  if (!info.ParseFromString(any.value()) || info.domain() != kDomain) return;
  error.reason = info.reason();
  error.metadata.insert(info.metadata().begin(), info.metadata().end());
}

void AddBadRequest(const google::protobuf::Any& any, CallError& error) {
  rpc::BadRequest bad_request;
  if (!bad_request.ParseFromString(any.value())) return;
  for (const auto& violation : bad_request.field_violations()) {
    error.violations.push_back({violation.field(), violation.description()});
  }
}

void AddRetryInfo(const google::protobuf::Any& any, CallError& error) {
  rpc::RetryInfo info;
  if (!info.ParseFromString(any.value()) || !info.has_retry_delay()) return;
  error.retry_after = std::max(ToDuration(info.retry_delay()), absl::ZeroDuration());
}

void AddPreconditionFailure(const google::protobuf::Any& any, CallError& error) {
  rpc::PreconditionFailure failure;
  if (!failure.ParseFromString(any.value())) return;
  for (const auto& violation : failure.violations()) {
    error.preconditions.push_back({violation.type(), violation.subject(), violation.description()});
  }
}

void AddResourceInfo(const google::protobuf::Any& any, CallError& error) {
  rpc::ResourceInfo info;
  if (!info.ParseFromString(any.value())) return;
  error.resource = Precondition{info.resource_type(), info.resource_name(), info.description()};
}

}  // namespace

std::string CallError::ToString() const {
  std::string text = CodeName(code);
  if (!reason.empty()) text += " (" + reason + ")";
  if (!message.empty()) text += ": " + message;
  return text;
}

CallError DecodeError(const grpc::Status& status) {
  CallError error;
  error.code = status.error_code();
  error.message = status.error_message();
  rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) {
    return error;
  }
  for (const google::protobuf::Any& any : details.details()) {
    const std::string_view type = TypeName(any.type_url());
    if (type == "google.rpc.ErrorInfo") AddErrorInfo(any, error);
    if (type == "google.rpc.BadRequest") AddBadRequest(any, error);
    if (type == "google.rpc.RetryInfo") AddRetryInfo(any, error);
    if (type == "google.rpc.PreconditionFailure") AddPreconditionFailure(any, error);
    if (type == "google.rpc.ResourceInfo") AddResourceInfo(any, error);
  }
  return error;
}

void ApplyPushback(std::string_view text, CallError& error) {
  int64_t milliseconds = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (problem != std::errc() || end != text.data() + text.size() || milliseconds < 0) {
    error.do_not_retry = true;
    return;
  }
  const absl::Duration pushback = absl::Milliseconds(milliseconds);
  error.retry_after = std::max(error.retry_after.value_or(pushback), pushback);
}

CallError LocalError(grpc::StatusCode code, std::string message) {
  CallError error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

bool LeavesCreateUnknown(const CallError& error) {
  switch (error.code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return true;
    default:
      return error.reason.empty();
  }
}

std::string CodeName(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  const int number = static_cast<int>(code);
  if (number < 0 || number > 16) return "CODE_" + std::to_string(number);
  return kNames[number];
}

}  // namespace payout::client
