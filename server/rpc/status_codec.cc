#include "server/rpc/status_codec.h"

#include <array>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/domain/reason.h"

namespace payout {
namespace {

constexpr char kDomain[] = "payout.v1";
constexpr char kPayoutType[] = "payout.v1.Payout";

void SetDuration(absl::Duration from, google::protobuf::Duration& to) {
  to.set_seconds(absl::IDivDuration(from, absl::Seconds(1), &from));
  to.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(from)));
}

void AddInfo(const ErrorDetails& details, google::rpc::Status& out) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(details.reason)));
  info.set_domain(kDomain);
  for (const auto& [key, value] : details.metadata) (*info.mutable_metadata())[key] = value;
  out.add_details()->PackFrom(info);
}

void AddViolations(const ErrorDetails& details, google::rpc::Status& out) {
  if (details.violations.empty()) return;
  google::rpc::BadRequest bad;
  for (const Violation& violation : details.violations) {
    auto& field = *bad.add_field_violations();
    field.set_field(violation.field);
    field.set_description(violation.description);
    field.set_reason(std::string(ReasonName(violation.reason)));
  }
  out.add_details()->PackFrom(bad);
}

void AddRetry(const ErrorDetails& details, google::rpc::Status& out) {
  if (!details.retry_after) return;
  google::rpc::RetryInfo retry;
  SetDuration(*details.retry_after, *retry.mutable_retry_delay());
  out.add_details()->PackFrom(retry);
}

void AddPrecondition(const absl::Status& status, const ErrorDetails& details,
                     google::rpc::Status& out) {
  if (!absl::IsFailedPrecondition(status)) return;
  google::rpc::PreconditionFailure failure;
  auto& violation = *failure.add_violations();
  violation.set_type(std::string(ReasonName(details.reason)));
  const auto subject = details.metadata.find("payout_id");
  if (subject != details.metadata.end()) violation.set_subject(subject->second);
  violation.set_description(std::string(ToStd(status.message())));
  out.add_details()->PackFrom(failure);
}

void AddResource(const absl::Status& status, const ErrorDetails& details,
                 google::rpc::Status& out) {
  if (!absl::IsNotFound(status) && !absl::IsAlreadyExists(status)) return;
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(kPayoutType);
  const auto name = details.metadata.find("payout_id");
  if (name != details.metadata.end()) resource.set_resource_name(name->second);
  resource.set_description(std::string(ToStd(status.message())));
  out.add_details()->PackFrom(resource);
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  absl::Status told = status;
  std::optional<ErrorDetails> details = DetailsOf(status);
  if (!details) {
    Log(LogLevel::kError, "rpc.status_without_reason", {{"status", status.ToString()}});
    told = absl::InternalError("an error in the gateway; repeat with the same payout_id");
    details = ErrorDetails{.reason = Reason::kInternal};
  }
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(told.code()));
  wire.set_message(std::string(ToStd(told.message())));
  AddInfo(*details, wire);
  AddViolations(*details, wire);
  AddPrecondition(told, *details, wire);
  AddResource(told, *details, wire);
  AddRetry(*details, wire);
  return grpc::Status(static_cast<grpc::StatusCode>(told.code()), wire.message(),
                      wire.SerializeAsString());
}

std::optional<absl::Duration> RetryAfter(const absl::Status& status) {
  const std::optional<ErrorDetails> details = DetailsOf(status);
  return details ? details->retry_after : std::nullopt;
}

std::string_view CodeName(grpc::StatusCode code) {
  static constexpr std::array<std::string_view, 17> kNames = {"OK",
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
  const auto index = static_cast<std::size_t>(code);
  return index < kNames.size() ? kNames[index] : "UNKNOWN";
}

}  // namespace payout
