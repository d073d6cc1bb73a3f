#include "adapters/record/record_codec.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/record/record_parts.h"
#include "server/base/status_macros.h"

// Structured bindings name every field of the domain types on purpose: a field that is added there
// and forgotten here does not compile.

namespace payout::record {
namespace {

absl::StatusOr<Submission> SubmissionFrom(const pb::Submission& record) {
  Submission submission;
  submission.creates = record.creates();
  submission.resubmits = record.resubmits();
  submission.maybe_applied = record.maybe_applied();
  submission.refused = record.refused();
  submission.refused_fast = record.refused_fast();
  submission.acknowledged = record.acknowledged();
  submission.conflict = record.conflict();
  submission.confirmed = record.confirmed();
  submission.post_next = record.post_next();
  submission.unauthenticated = record.unauthenticated();
  for (const pb::Reason& reason : record.refusals()) {
    PAYOUT_ASSIGN_OR_RETURN(PayoutReason refusal, FromRecord(reason));
    submission.refusals.push_back(std::move(refusal));
  }
  if (record.has_first_claim_at()) {
    submission.first_claim_at = absl::FromUnixMicros(record.first_claim_at());
  }
  if (record.has_last_post_closed_at()) {
    submission.last_post_closed_at = absl::FromUnixMicros(record.last_post_closed_at());
  }
  submission.resubmit_granted = record.resubmit_granted();
  submission.adoption_granted = record.adoption_granted();
  return submission;
}

void Encode(const Submission& submission, pb::Submission& record) {
  const auto& [creates, resubmits, maybe_applied, refused, refused_fast, acknowledged, conflict,
               confirmed, post_next, unauthenticated, refusals, first_claim_at, last_post_closed_at,
               resubmit_granted, adoption_granted] = submission;
  record.set_creates(creates);
  record.set_resubmits(resubmits);
  record.set_maybe_applied(maybe_applied);
  record.set_refused(refused);
  record.set_refused_fast(refused_fast);
  record.set_acknowledged(acknowledged);
  record.set_conflict(conflict);
  record.set_confirmed(confirmed);
  record.set_post_next(post_next);
  record.set_unauthenticated(unauthenticated);
  for (const PayoutReason& refusal : refusals) *record.add_refusals() = ToRecord(refusal);
  if (first_claim_at) record.set_first_claim_at(Micros(*first_claim_at));
  if (last_post_closed_at) record.set_last_post_closed_at(Micros(*last_post_closed_at));
  record.set_resubmit_granted(resubmit_granted);
  record.set_adoption_granted(adoption_granted);
}

void Encode(const Absence& absence, pb::Absence& record) {
  const auto& [instance, post_closed, count, last, measured] = absence;
  record.set_instance(instance);
  record.set_post_closed(absl::ToInt64Nanoseconds(post_closed));
  record.set_count(count);
  record.set_last(absl::ToInt64Nanoseconds(last));
  record.set_measured(measured);
}

}  // namespace

std::string EncodeStatus(const Status& status) {
  const auto& [state, needs_review, correction, reasons, platform_reference, transaction_reference,
               platform_status, processor_status, fee, is_test, platform_created_at,
               platform_processed_at, settled_at] = status;
  Scratch<pb::Status> scratch;
  pb::Status& record = *scratch;
  record.set_state(static_cast<int>(state));
  for (const Review review : needs_review) record.add_needs_review(static_cast<int>(review));
  if (correction) {
    const auto& [reported_state, seen_at] = *correction;
    record.mutable_correction()->set_reported_state(static_cast<int>(reported_state));
    record.mutable_correction()->set_seen_at(Micros(seen_at));
  }
  for (const PayoutReason& reason : reasons) *record.add_reasons() = ToRecord(reason);
  record.set_platform_reference(platform_reference);
  record.set_transaction_reference(transaction_reference);
  record.set_platform_status(platform_status);
  record.set_processor_status(processor_status);
  if (fee) *record.mutable_fee() = ToRecord(*fee);
  if (is_test) record.set_is_test(*is_test);
  if (platform_created_at) record.set_platform_created_at(Micros(*platform_created_at));
  if (platform_processed_at) record.set_platform_processed_at(Micros(*platform_processed_at));
  if (settled_at) record.set_settled_at(Micros(*settled_at));
  return Pack(record);
}

absl::StatusOr<Status> DecodeStatus(std::string_view bytes) {
  Scratch<pb::Status> scratch;
  pb::Status& record = *scratch;
  PAYOUT_RETURN_IF_ERROR(Unpack(bytes, record));

  Status status;
  PAYOUT_ASSIGN_OR_RETURN(status.state, StateFrom(record.state()));
  for (const int review : record.needs_review()) {
    if (review < static_cast<int>(Review::kPlatformMismatch) ||
        review > static_cast<int>(Review::kCorrected)) {
      return absl::DataLossError(absl::StrCat("unknown review reason ", review));
    }
    status.needs_review.insert(static_cast<Review>(review));
  }
  if (record.has_correction()) {
    PAYOUT_ASSIGN_OR_RETURN(const State reported, StateFrom(record.correction().reported_state()));
    status.correction = Correction{reported, absl::FromUnixMicros(record.correction().seen_at())};
  }
  for (const pb::Reason& reason : record.reasons()) {
    PAYOUT_ASSIGN_OR_RETURN(PayoutReason decoded, FromRecord(reason));
    status.reasons.push_back(std::move(decoded));
  }
  status.platform_reference = record.platform_reference();
  status.transaction_reference = record.transaction_reference();
  status.platform_status = record.platform_status();
  status.processor_status = record.processor_status();
  if (record.has_fee()) {
    PAYOUT_ASSIGN_OR_RETURN(status.fee, FromRecord(record.fee()));
  }
  if (record.has_is_test()) status.is_test = record.is_test();
  if (record.has_platform_created_at()) {
    status.platform_created_at = absl::FromUnixMicros(record.platform_created_at());
  }
  if (record.has_platform_processed_at()) {
    status.platform_processed_at = absl::FromUnixMicros(record.platform_processed_at());
  }
  if (record.has_settled_at()) status.settled_at = absl::FromUnixMicros(record.settled_at());
  return status;
}

std::string EncodeBookkeeping(const Payout& payout) {
  Scratch<pb::Bookkeeping> scratch;
  pb::Bookkeeping& record = *scratch;
  Encode(payout.submission, *record.mutable_submission());
  Encode(payout.absence, *record.mutable_absence());
  if (payout.contradiction) {
    const auto& [reported_state, first_seen] = *payout.contradiction;
    record.mutable_contradiction()->set_reported_state(static_cast<int>(reported_state));
    record.mutable_contradiction()->set_first_seen(Micros(first_seen));
  }
  record.set_step(payout.schedule.step);
  record.set_hint_read_seq(payout.hint_read_seq);
  if (payout.last_read_at) record.set_last_read_at(Micros(*payout.last_read_at));
  if (payout.last_answer_at) record.set_last_answer_at(Micros(*payout.last_answer_at));
  return Pack(record);
}

absl::Status DecodeBookkeeping(std::string_view bytes, Payout& payout) {
  Scratch<pb::Bookkeeping> scratch;
  pb::Bookkeeping& record = *scratch;
  PAYOUT_RETURN_IF_ERROR(Unpack(bytes, record));

  PAYOUT_ASSIGN_OR_RETURN(payout.submission, SubmissionFrom(record.submission()));
  payout.absence.instance = record.absence().instance();
  payout.absence.post_closed = absl::Nanoseconds(record.absence().post_closed());
  payout.absence.count = record.absence().count();
  payout.absence.last = absl::Nanoseconds(record.absence().last());
  payout.absence.measured = record.absence().measured();
  payout.contradiction.reset();
  if (record.has_contradiction()) {
    PAYOUT_ASSIGN_OR_RETURN(const State reported,
                            StateFrom(record.contradiction().reported_state()));
    payout.contradiction =
        Contradiction{reported, absl::FromUnixMicros(record.contradiction().first_seen())};
  }
  payout.schedule.step = record.step();
  payout.hint_read_seq = record.hint_read_seq();
  payout.last_read_at.reset();
  if (record.has_last_read_at()) payout.last_read_at = absl::FromUnixMicros(record.last_read_at());
  payout.last_answer_at.reset();
  if (record.has_last_answer_at()) {
    payout.last_answer_at = absl::FromUnixMicros(record.last_answer_at());
  }
  return absl::OkStatus();
}

}  // namespace payout::record
