// Domain values to and from the bytes that stores keep.
//
// Used by: the stores that keep bytes. Pure.
// Every record begins with a codec byte, so that other encodings (encryption at rest) can come
// later without a change of schema; 0 is plain protobuf (record.proto). Units: times at microsecond
// precision, monotonic durations at nanosecond precision; see stored_form.h. Errors: decoders are
// total: what this code cannot have written is DATA_LOSS.

#ifndef PAYOUT_ADAPTERS_RECORD_RECORD_CODEC_H_
#define PAYOUT_ADAPTERS_RECORD_RECORD_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/payout.h"

namespace payout::record {

// Method, segment, exchanged_to_currency, customer, labels and submit_before of the intent, and the
// rendered request.
std::string EncodeSensitive(const Intent& intent, const RenderedRequest& rendered);
// Fills these fields and no others.
absl::Status DecodeSensitive(std::string_view bytes, Intent& intent, RenderedRequest& rendered);

std::string EncodeStatus(const Status& status);
absl::StatusOr<Status> DecodeStatus(std::string_view bytes);

// submission, absence, contradiction, schedule.step, hint_read_seq, last_read_at and
// last_answer_at.
std::string EncodeBookkeeping(const Payout& payout);
// Fills these fields and no others.
absl::Status DecodeBookkeeping(std::string_view bytes, Payout& payout);

}  // namespace payout::record

#endif  // PAYOUT_ADAPTERS_RECORD_RECORD_CODEC_H_
