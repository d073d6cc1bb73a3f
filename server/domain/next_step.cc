#include "server/domain/next_step.h"

#include "server/domain/decide_review.h"

namespace payout {
namespace {

std::string RestingText(const Resting& resting) {
  if (resting.by_operator) return " An operator has paused submission: it goes on when resumed.";
  if (resting.by_credentials) {
    return " Submission of this merchant rests because credentials or route are refused.";
  }
  return "";
}

std::string WhyUnknownIsRead(const Payout& payout) {
  const Submission& submission = payout.submission;
  if (!payout.status.needs_review.empty()) {
    return "Nothing is sent while a person has to look (" +
           ReviewNames(payout.status.needs_review) + "); the platform is still asked.";
  }
  if (submission.acknowledged) {
    return "The platform acknowledged this id but has not shown the payout; it is asked until it "
           "does, and nothing is sent again.";
  }
  std::string text = submission.refused
                         ? "The platform refused it, but an earlier call may have been applied; "
                           "when it says often and late enough that it has no such payout, the "
                           "refusal is final."
                         : "The platform may or may not have it; it is asked until that is known.";
  text += " Answers in a row that it has none: " + std::to_string(payout.absence.count) + ".";
  if (submission.resubmit_granted) {
    text += " An operator allowed one more create once that has settled.";
  }
  return text;
}

std::string WhySettledIsRead(const Payout& payout) {
  if (payout.contradiction) return "The platform told another end once; it is asked again.";
  return "It is settled and is looked at again, to see whether its end still holds.";
}

}  // namespace

NextStep NextStepOf(const Payout& payout, const Resting& resting, absl::Time now) {
  const std::optional<absl::Time>& due = payout.schedule.due_at;
  const State state = payout.status.state;
  switch (NextCallOf(payout, now)) {
    case NextCall::kExpire:
      return {"EXPIRE", due, "submit_before has passed: it is cancelled without being sent."};
    case NextCall::kLost:
      return {"WAIT_FOR_ANSWER", std::nullopt,
              "A create call is under way; what it answers decides. If this process ends, another "
              "one asks the platform."};
    case NextCall::kNone:
      return {"NOTHING", std::nullopt, "It was cancelled before anything was sent."};
    case NextCall::kDropAudit:
      return {"DROP_AUDIT", due, "It is settled, and nobody got to its audit within a day."};
    case NextCall::kCreate:
      if (state == State::kQueued) {
        return {"SUBMIT", due,
                "It is recorded and waits for its turn to be sent." + RestingText(resting)};
      }
      return {"SUBMIT_AGAIN", due,
              "The platform provably does not have it: the same bytes are sent again." +
                  RestingText({.by_operator = resting.by_operator})};
    case NextCall::kRead:
      break;
  }
  if (!due) return {"NOTHING", std::nullopt, "It is settled; only a callback leads to a read."};
  if (state == State::kOutcomeUnknown) return {"READ", due, WhyUnknownIsRead(payout)};
  if (IsSettled(state)) return {"READ", due, WhySettledIsRead(payout)};
  if (payout.hint_seq > payout.hint_read_seq) {
    return {"READ", due, "A callback came; the platform is asked what it means."};
  }
  return {"READ", due, "The platform has it; it is asked how it stands."};
}

std::vector<std::string> MarksOf(const Payout& payout) {
  const Submission& submission = payout.submission;
  std::vector<std::string> marks;
  const auto add = [&marks](bool holds, std::string text) {
    if (holds) marks.push_back(std::move(text));
  };
  add(submission.confirmed, "the platform confirmed it with the values that were asked for");
  add(submission.acknowledged, "the platform acknowledged its id: nothing is ever sent again");
  add(submission.conflict, "the platform had its id though nothing of ours can have been applied");
  add(submission.refused, "refused, not yet proven to be without effect");
  add(submission.maybe_applied && !submission.confirmed, "a create call may have been applied");
  add(submission.creates > 0, "create calls begun: " + std::to_string(submission.creates));
  add(submission.resubmits > 0,
      "of them after settled absence: " + std::to_string(submission.resubmits));
  add(submission.resubmit_granted, "an operator allowed one more create");
  add(submission.adoption_granted, "an operator said that the platform's payout is this one");
  add(payout.hint_seq > 0, "callbacks received: " + std::to_string(payout.hint_seq));
  return marks;
}

}  // namespace payout
