#include "server/rpc/explanation_codec.h"

#include <google/protobuf/util/json_util.h>

#include "server/rpc/proto_codec.h"

namespace payout {
namespace {

void SetHistoryEvent(const Event& from, v1::HistoryEvent& to) {
  to.set_revision(from.revision);
  SetTime(from.at, *to.mutable_event_time());
  if (from.previous_state) {
    to.set_previous_state(static_cast<v1::PayoutState>(*from.previous_state));
  }
  to.set_state(static_cast<v1::PayoutState>(from.status.state));
  for (const Review review : from.status.needs_review) {
    to.add_needs_review(static_cast<v1::ReviewReason>(review));
  }
  to.set_platform_status(from.status.platform_status);
}

void SetAttempt(const Attempt& from, v1::CallAttempt& to) {
  to.set_call(static_cast<v1::PlatformCall>(from.call));
  SetTime(from.started_at, *to.mutable_start_time());
  if (from.ended_at) SetTime(*from.ended_at, *to.mutable_end_time());
  to.set_certainty(static_cast<v1::CallCertainty>(from.certainty));
  to.set_http_status(from.http_status);
  to.set_answer(from.answer);
  to.set_rule(from.rule);
}

}  // namespace

void SetExplanation(const Explanation& from, v1::ExplainPayoutResponse& to) {
  SetPayout(from.history.payout, *to.mutable_payout());
  for (const Event& event : from.history.events) SetHistoryEvent(event, *to.add_events());
  to.set_events_left_out(from.events_left_out);
  for (const Attempt& attempt : from.history.attempts) SetAttempt(attempt, *to.add_attempts());
  to.set_attempts_left_out(from.history.attempts_dropped);
  to.mutable_create_call()->set_method(from.request.method);
  to.mutable_create_call()->set_path(from.request.path);
  to.mutable_create_call()->set_body(from.request.body);
  to.mutable_next_step()->set_action(from.next.action);
  if (from.next.due_at) SetTime(*from.next.due_at, *to.mutable_next_step()->mutable_due_time());
  to.mutable_next_step()->set_why(from.next.why);
  for (const std::string& mark : from.marks) to.add_marks(mark);
  for (const OperatorAction& action : from.history.actions) {
    v1::OperatorReview& review = *to.add_reviews();
    SetTime(action.at, *review.mutable_review_time());
    review.set_decision(action.details);
  }
}

std::string ExplanationJson(const Explanation& explanation) {
  v1::ExplainPayoutResponse message;
  SetExplanation(explanation, message);
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  return status.ok() ? json : "{}";
}

}  // namespace payout
