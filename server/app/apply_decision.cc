#include "server/app/apply_decision.h"

#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/domain/hint.h"

namespace payout {
namespace {

constexpr absl::Duration kUnansweredHintGap = absl::Seconds(30);

void AffectMerchant(MerchantDesk& desk, const Decision& decision, const PayoutKey& key) {
  Core& core = desk.core();
  switch (decision.merchant) {
    case MerchantEffect::kNone:
      break;
    case MerchantEffect::kSlowDown:
      desk.budget().SlowDown(desk.policy().retry_min);
      break;
    case MerchantEffect::kPause:
      desk.Pause(desk.policy().pause);
      break;
  }
  if (decision.alarm != Alarm::kNone) core.observer.OnAlarm(decision.alarm, desk.name(), &key);
  if (decision.drop_token || IsSettled(decision.after.status.state)) {
    desk.tokens().Drop(key.payout_id);
  }
}

}  // namespace

CallRecord TokenCallRecord(const TokenAnswer& answer, absl::Time asked_at, absl::Time now) {
  const bool answered = answer.kind != TokenAnswerKind::kNoAnswer;
  return {{.call = Call::kToken,
           .started_at = asked_at,
           .ended_at = now,
           .certainty = answered ? Certainty::kAnswered : Certainty::kMaybeSent,
           .http_status = answer.http_status,
           .answer = std::string(TokenAnswerName(answer.kind))}};
}

Task<absl::StatusOr<Payout>> ApplyDecision(MerchantDesk& desk, const Payout& before,
                                           Decision decision, std::optional<CallRecord> call,
                                           std::optional<OperatorAction> action) {
  Core& core = desk.core();
  const State from = before.status.state;
  const absl::Time now = core.env.Now();
  AffectMerchant(desk, decision, before.intent.key);

  Change change;
  change.expected_version = before.version;
  change.emits_event = decision.emits_event;
  change.at = now;
  change.hint_due_at = HintSchedule(decision.after.status.state, {.due_at = absl::InfiniteFuture()},
                                    decision.after.last_read_at, now)
                           .due_at.value_or(now);
  if (before.hint_seq > decision.after.hint_read_seq) {
    // This call should have answered a hint and did not; asking again at once would not help.
    change.hint_due_at = std::max(change.hint_due_at, now + kUnansweredHintGap);
  }
  if (call) {
    call->attempt.rule = decision.rule;
    change.attempt = std::move(call->attempt);
    change.closes_attempt = call->closes;
  }
  change.action = std::move(action);
  change.after = std::move(decision.after);
  absl::StatusOr<Payout> written = co_await core.store.Apply(std::move(change));
  if (!written.ok()) {
    if (absl::IsUnavailable(written.status())) desk.NoteUnwritten(before.intent.key.payout_id);
    if (!absl::IsAborted(written.status())) {
      core.observer.OnStoreError("apply", ToStd(written.status().message()));
    }
    co_return written.status();
  }
  core.observer.OnDecided(*written, from, decision.rule);
  if (decision.audit) {
    core.observer.OnAudit(desk.name(), decision.audit->result, decision.audit->count);
  }
  if (written->hint_read_seq > before.hint_read_seq) desk.HintServed(before.intent.key.payout_id);
  if (written->schedule.due_at) desk.Wake(written->schedule.work, *written->schedule.due_at);
  co_return written;
}

}  // namespace payout
