#include "tests/explorer/bugs.h"

#include <utility>

namespace payout::explorer {
namespace {

// A decision whose row was changed behind its back.
Decision With(Decision decision, const Payout& before, auto change) {
  change(decision.after);
  decision.emits_event = !(decision.after.status == before.status);
  return decision;
}

void Enter(Payout& row, State state) {
  row.status.state = state;
  if (IsSettled(state)) row.status.settled_at = kNow;
}

Rules WithCreate(auto change) {
  Rules rules;
  rules.create = [change](const Payout& before, const CreateAnswer& answer, const Moment& moment,
                          const Policy& policy) {
    return With(DecideCreate(before, answer, moment, policy), before,
                [&](Payout& after) { change(after, answer.kind); });
  };
  return rules;
}

Rules WithRead(auto change) {
  Rules rules;
  rules.read = [change](const Payout& before, const ReadAnswer& answer, std::int64_t hint_seq,
                        const Moment& moment, const Policy& policy) {
    return With(DecideRead(before, answer, hint_seq, moment, policy), before,
                [&](Payout& after) { change(after, answer, before); });
  };
  return rules;
}

Rules WithPolicy(auto change) {
  Rules rules;
  rules.read = [change](const Payout& before, const ReadAnswer& answer, std::int64_t hint_seq,
                        const Moment& moment, Policy policy) {
    change(policy);
    return DecideRead(before, answer, hint_seq, moment, policy);
  };
  return rules;
}

State StateOf(PlatformStatus status) {
  switch (status) {
    case PlatformStatus::kSuccess:
      return State::kSucceeded;
    case PlatformStatus::kFailed:
      return State::kFailed;
    case PlatformStatus::kRefused:
      return State::kRefused;
    case PlatformStatus::kProcessing:
    case PlatformStatus::kUnrecognised:
      break;
  }
  return State::kProcessing;
}

}  // namespace

std::vector<Bug> Bugs() {
  using C = CreateAnswerKind;
  using R = ReadAnswerKind;
  std::vector<Bug> bugs;
  const auto add = [&bugs](std::string name, std::string violation, Rules rules,
                           std::string world = "two-processes") {
    bugs.push_back({std::move(name), std::move(world), std::move(violation), std::move(rules)});
  };

  add("post again at once when there was no answer", "posted again although an earlier create",
      WithCreate([](Payout& after, C kind) {
        if (kind == C::kMaybeSent) {
          after.submission.post_next = true;
          after.last_read_at = after.last_answer_at = kNow;
        }
      }));
  add("no answer means QUEUED", "QUEUED although a create may have been applied",
      WithCreate([](Payout& after, C kind) {
        if (kind == C::kMaybeSent) Enter(after, State::kQueued);
      }));
  add("no answer means FAILED", "FAILED although the platform did not fail it",
      WithCreate([](Payout& after, C kind) {
        if (kind == C::kMaybeSent) Enter(after, State::kFailed);
      }));
  add("a conflict is a success", "PROCESSING although the platform does not have it",
      WithCreate([](Payout& after, C kind) {
        if (kind == C::kConflict) Enter(after, State::kProcessing);
      }),
      "id-of-a-stranger");
  add("whatever has the id is ours", "a payout that is older than ours was taken for ours",
      WithCreate([](Payout& after, C) { after.submission.conflict = false; }), "id-of-an-elder");
  add("a refusal that cannot be read counts", "REFUSED although it was or may yet be accepted",
      WithCreate([](Payout& after, C kind) {
        if (kind == C::kRefusedUnreadable) Enter(after, State::kRefused);
      }));
  add("the acknowledgement is forgotten", "posted again although the platform acknowledged",
      WithCreate([](Payout& after, C kind) {
        if (kind == C::kAcceptedUnreadable) after.submission.acknowledged = false;
      }));
  add("one 410 means REFUSED", "REFUSED although it was or may yet be accepted",
      WithRead([](Payout& after, const ReadAnswer& answer, const Payout& before) {
        if (answer.kind == R::kGone && !IsSettled(before.status.state))
          Enter(after, State::kRefused);
      }));
  add("one 410 allows to post again", "posted again although",
      WithRead([](Payout& after, const ReadAnswer& answer, const Payout& before) {
        if (answer.kind == R::kGone && before.status.state == State::kOutcomeUnknown) {
          after.submission.post_next = true;
        }
      }));
  add("the amount is not compared", "PROCESSING although the platform does not have it",
      WithRead([](Payout& after, const ReadAnswer& answer, const Payout& before) {
        if (answer.kind == R::kFound && before.status.state == State::kOutcomeUnknown &&
            StateOf(answer.observation->status) == State::kProcessing) {
          Enter(after, State::kProcessing);
        }
      }));
  add("a later answer rewrites a settled payout", "a settled payout changed",
      WithRead([](Payout& after, const ReadAnswer& answer, const Payout& before) {
        if (answer.kind == R::kFound && IsSettled(before.status.state)) {
          Enter(after, StateOf(answer.observation->status));
        }
      }));
  add("absence needs no time", "REFUSED although it was or may yet be accepted",
      WithPolicy([](Policy& policy) { policy.absence_settle = absl::ZeroDuration(); }));
  add("a rejection needs no time", "REFUSED although it was or may yet be accepted",
      WithPolicy([](Policy& policy) { policy.refusal_settle = absl::ZeroDuration(); }));

  Rules rules;
  rules.evidence_from_start = false;
  add("absence is dated when the answer came", "REFUSED although it was or may yet be accepted",
      rules);

  rules = {};
  rules.lost = [](const Payout& before, const Moment& moment, const Policy& policy) {
    return With(DecideLost(before, moment, policy), before, [](Payout& after) {
      Enter(after, State::kQueued);
      after.submission.maybe_applied = false;
    });
  };
  add("a lost create goes back to QUEUED", "QUEUED although a create may have been applied", rules);

  rules = {};
  rules.lost = [](const Payout& before, const Moment& moment, const Policy& policy) {
    return With(DecideLost(before, moment, policy), before,
                [](Payout& after) { after.schedule.due_at.reset(); });
  };
  add("a lost create is never looked after", "an open payout has no next action", rules);

  rules = {};
  rules.lost = [](const Payout& before, const Moment& moment, const Policy& policy) {
    Decision decision = DecideLost(before, moment, policy);
    decision.emits_event = false;
    return decision;
  };
  add("a change is not told", "a visible change without an event", rules);

  rules = {};
  rules.next = [](const Payout& payout, absl::Time now) {
    const bool gone = payout.status.state == State::kSubmitting;
    return gone ? NextCall::kCreate : NextCallOf(payout, now);
  };
  add("SUBMITTING is simply posted again", "posted again although an earlier create", rules);

  rules = {};
  rules.cancel = [](const Payout& before, const Moment& moment) {
    Payout queued = before;
    if (queued.status.state == State::kSubmitting) queued.status.state = State::kQueued;
    return DecideCancel(queued, moment);
  };
  add("SUBMITTING can be cancelled", "CANCELLED although a create was or may yet be applied",
      rules);

  rules = {};
  rules.callback = [](Payout& payout) {
    if (payout.status.state == State::kProcessing) Enter(payout, State::kSucceeded);
  };
  add("a callback is believed", "SUCCEEDED although it was not paid", rules);

  rules = {};
  rules.versions_checked = false;
  add("the store does not look at versions", "a settled payout changed", rules);

  rules = {};
  rules.claim_is_first = false;
  add("the create leaves before the claim is durable", "a create left before its claim", rules);
  for (Bug& bug : bugs) {
    bug.shows_late =
        bug.name == "the acknowledgement is forgotten" || bug.name == "absence needs no time";
  }
  return bugs;
}

}  // namespace payout::explorer
