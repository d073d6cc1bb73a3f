// Messages of the API to domain values and back. Total: every message decodes to something that
// validation can judge.
//
// Used by: server/rpc. Pure. The only place that masks personal data for callers.

#ifndef PAYOUT_SERVER_RPC_PROTO_CODEC_H_
#define PAYOUT_SERVER_RPC_PROTO_CODEC_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "payout/v1/payout_service.pb.h"
#include "server/app/create_payout.h"
#include "server/app/status_stream.h"
#include "server/domain/payout.h"
#include "server/domain/validate.h"

namespace payout {

IntentDraft ToDraft(const v1::CreatePayoutRequest& request);

// Unknown numbers are INVALID_ARGUMENT with ENUM_VALUE_INVALID.
absl::StatusOr<WaitMode> ToWaitMode(v1::WaitMode mode);
absl::StatusOr<std::vector<State>> ToStates(const google::protobuf::RepeatedField<int>& states,
                                            const std::string& field);

// nullopt for times outside of the years 1 to 9999 and for impossible nanoseconds. Microseconds are
// kept.
std::optional<absl::Time> ToTime(const google::protobuf::Timestamp& timestamp);
// nullopt for impossible durations.
std::optional<absl::Duration> ToDuration(const google::protobuf::Duration& duration);
void SetTime(absl::Time from, google::protobuf::Timestamp& to);
void SetDuration(absl::Duration from, google::protobuf::Duration& to);

// As callers see it: destination masked.
void SetPayout(const Payout& from, v1::Payout& to);
void SetEvent(const Event& from, v1::PayoutEvent& to);

// One message of a stream.
void SetMessage(const StreamMessage& from, v1::StreamStatusResponse& to);

// "1234567890" -> "******7890"; all replaced below nine characters. Counts code points.
std::string MaskAccount(std::string_view account);
// "name@example.com" -> "*@example.com".
std::string MaskEmail(std::string_view email);
// "+628113912103" -> "***********03".
std::string MaskPhone(std::string_view phone);

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_PROTO_CODEC_H_
