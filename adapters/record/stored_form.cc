#include "adapters/record/stored_form.h"

#include <limits>

#include "absl/strings/string_view.h"
#include "server/base/status_macros.h"

namespace payout::record {
namespace {

absl::Status ToStoredForm(std::optional<absl::Time>& time) {
  return time ? record::ToStoredForm(*time) : absl::OkStatus();
}

absl::Status ToStoredForm(absl::Duration& duration) {
  const absl::Duration whole = absl::Nanoseconds(absl::ToInt64Nanoseconds(duration));
  if (whole - duration > absl::Nanoseconds(1) || duration - whole > absl::Nanoseconds(1)) {
    return absl::InvalidArgumentError("a duration is out of the range that can be stored");
  }
  duration = whole;
  return absl::OkStatus();
}

absl::Status ToStoredForm(std::vector<PayoutReason>& reasons) {
  for (PayoutReason& reason : reasons) PAYOUT_RETURN_IF_ERROR(ToStoredForm(reason.failed_at));
  return absl::OkStatus();
}

absl::Status ToStoredForm(Attempt& attempt) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(attempt.started_at));
  return ToStoredForm(attempt.ended_at);
}

absl::Status ToStoredForm(Status& status) {
  if (status.correction) PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(status.correction->seen_at));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(status.reasons));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(status.platform_created_at));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(status.platform_processed_at));
  return ToStoredForm(status.settled_at);
}

}  // namespace

absl::Status ToStoredForm(absl::Time& time) {
  const absl::Time whole = absl::FromUnixMicros(absl::ToUnixMicros(time));
  if (time < whole || time - whole >= absl::Microseconds(1)) {
    return absl::InvalidArgumentError("a time is out of the range that can be stored");
  }
  time = whole;
  return absl::OkStatus();
}

absl::Status ToStoredForm(Payout& payout) {
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.intent.submit_before));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.status));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.created_at));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.updated_at));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.submission.refusals));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.submission.first_claim_at));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.submission.last_post_closed_at));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.absence.post_closed));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.absence.last));
  if (payout.contradiction) PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.contradiction->first_seen));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.schedule.due_at));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(payout.last_read_at));
  return ToStoredForm(payout.last_answer_at);
}

absl::Status ToStoredForm(Change& change) {
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(change.after));
  PAYOUT_RETURN_IF_ERROR(ToStoredForm(change.at));
  // InfiniteFuture: a missed callback changes nothing.
  if (change.hint_due_at != absl::InfiniteFuture())
    PAYOUT_RETURN_IF_ERROR(ToStoredForm(change.hint_due_at));
  if (change.attempt) PAYOUT_RETURN_IF_ERROR(ToStoredForm(*change.attempt));
  return change.action ? ToStoredForm(change.action->at) : absl::OkStatus();
}

}  // namespace payout::record
