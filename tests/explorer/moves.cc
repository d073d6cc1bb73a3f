// What the workers do; moves_outside.cc has everybody else.

#include "tests/explorer/moves.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "adapters/record/store_rules.h"
#include "tests/explorer/answers.h"
#include "tests/explorer/invariants.h"

namespace payout::explorer {
namespace {

using C = CreateAnswerKind;
using R = ReadAnswerKind;

bool Allowed(std::uint8_t count, const std::optional<int>& limit) {
  return !limit || count < *limit;
}
void Count(std::uint8_t& count, const std::optional<int>& limit) {
  if (limit) ++count;
}

}  // namespace

Moves::Moves(const Scenario& scenario, const Rules& rules)
    : scenario_(scenario), rules_(rules), policy_(SmallPolicy(scenario.absence_reads)) {}

void Moves::From(const World& world, std::vector<Outcome>& out) {
  from_ = &world;
  out_ = &out;
  out.clear();
  for (const int who : {0, 1}) {
    switch (WorkerOf(who).doing) {
      case Doing::kNothing:
        IdleMoves(who);
        break;
      case Doing::kLoaded:
        LoadedMoves(who);
        break;
      case Doing::kCalling:
        CallingMoves(who);
        break;
      case Doing::kDenied:
        RecordDenial(who);
        break;
    }
  }
  Crashes();
  Callback();
  PlatformMoves();
  Cancel();
  TimePasses();
}

void Moves::Blame(std::string_view violation) {
  if (violation_.empty()) violation_ = violation;
}

void Moves::Emit(Step step, World world) {
  if (violation_.empty()) violation_ = BrokenBy(world, scenario_);
  // Whatever is still on its way cannot be applied.
  if (scenario_.unique_ids && world.platform.thing != Thing::kNothing) world.loose = {};
  std::sort(world.loose.begin(), world.loose.end(), std::greater<>());
  const World canonical = Canonical(world, scenario_);
  const bool swapped = std::memcmp(&canonical, &world, sizeof(World)) != 0;
  out_->push_back({step, canonical, swapped, violation_});
  violation_ = {};
}

Moment Moves::MomentOf(int who, int age) const {
  const auto instance = static_cast<std::uint64_t>(scenario_.shared ? who + 1 : 1);
  const int since = rules_.evidence_from_start ? age : 0;
  return {.now = kNow, .monotonic = kMonotonic - since * kTick, .instance = instance};
}

Payout Moves::CopyOf(int who) const {
  const Worker& worker = WorkerOf(who);
  if (worker.doing == Doing::kNothing) return Unpack(from_->row);
  Payout copy = Unpack(worker.old == 0 ? from_->row : worker.copy);
  if (worker.old != 0) copy.version = kVersion - 1;
  if (worker.hints == 0) copy.hint_seq = 0;
  if (worker.hints == 1) --copy.hint_seq;
  return copy;
}

// The store: writes what was decided on the row as it is, and nothing else. Workers whose copy is
// old from now on achieve nothing any more: they are idle, and their creates are loose.
bool Moves::Store(World& world, int who, const Payout& before, const Decision& decision) {
  Payout stored = Unpack(world.row);
  if (!rules_.versions_checked) stored.version = before.version;
  if (decision.emits_event == (decision.after.status == before.status)) {
    Blame("a visible change without an event, or an event without a change");
  }
  const Change change{.after = decision.after,
                      .expected_version = before.version,
                      .emits_event = decision.emits_event,
                      .at = kNow,
                      .hint_due_at = kNow};
  const absl::StatusOr<Payout> written = record::ChangedRow(stored, change, 1);
  if (!written.ok()) {
    if (rules_.versions_checked) Blame("the store cannot write what was decided");
    return false;
  }
  Blame(BrokenBy(stored, *written));
  for (std::size_t i = 0; i < world.workers.size(); ++i) {
    Worker& worker = world.workers[i];
    if (static_cast<int>(i) == who || worker.doing == Doing::kNothing || worker.old != 0) continue;
    if (!rules_.versions_checked) {
      worker.old = 1;
      worker.copy = world.row;
      continue;
    }
    if (worker.doing == Doing::kLoaded) {
      const Payout old = Unpack(world.row);
      CheckOldVersionIsRefused(world, old,
                               rules_.claim(old, MomentOf(static_cast<int>(i), 0), policy_));
    }
    if (worker.sent != 0) world.unsure = 1;
    const int closes_in = 2 * kTimeoutTicks - worker.age;
    EndCall(world, static_cast<int>(i),
            scenario_.pauses_are_bounded ? closes_in + kSettleTicks : kWhileOpen);
    worker = {};
  }
  if (!PackKeepsFlags(*written)) Blame("the explorer forgets something that decides");
  world.row = Pack(*written);
  return true;
}

void Moves::CheckOldVersionIsRefused(const World& world, const Payout& before,
                                     const Decision& decision) {
  Payout newer = Unpack(world.row);
  newer.version = before.version + 1;
  const Change change{.after = decision.after,
                      .expected_version = before.version,
                      .emits_event = true,
                      .at = kNow,
                      .hint_due_at = kNow};
  if (!absl::IsAborted(record::ChangedRow(newer, change, 1).status()))
    Blame("one version had two winners");
}

void Moves::IdleMoves(int who) {
  const auto id = static_cast<std::uint8_t>(who);
  const Payout row = Unpack(from_->row);
  const State state = row.status.state;
  if (state == State::kCancelled) return;
  const NextCall call = rules_.next(row, kNow);
  const auto decide = [&](Step step, const Decision& decision) {
    World next = Next();
    Store(next, who, row, decision);
    if (step.move == Move::kLost) next.unsure = 1;
    Emit(step, next);
  };
  // Until it is due the process that claimed it may be alive.
  const bool due = state != State::kSubmitting || from_->row.due <= 0;
  if (call == NextCall::kExpire) decide({Move::kExpire, id}, rules_.expire(row, MomentOf(who, 0)));
  if (call == NextCall::kLost && due)
    decide({Move::kLost, id}, rules_.lost(row, MomentOf(who, 0), policy_));
  if (call == NextCall::kCreate || call == NextCall::kRead) {
    for (int kind = 1; kind < kTokenAnswerKinds; ++kind) {
      decide({Move::kTokenFails, id, static_cast<std::uint8_t>(kind)},
             DecideTokenFailure(row, static_cast<TokenAnswerKind>(kind), std::nullopt,
                                MomentOf(who, 0), policy_));
    }
  }
  if (call == NextCall::kCreate && due) {
    World next = Next();
    next.workers[id] = {.doing = Doing::kLoaded, .hints = std::uint8_t(row.hint_seq == 0 ? 0 : 2)};
    Emit({Move::kLoad, id}, next);
  }
  const bool readable = state != State::kQueued && state != State::kSubmitting;
  if (readable && Allowed(from_->reads, scenario_.reads)) ReadMoves(who, row);
}

void Moves::LoadedMoves(int who) {
  const auto id = static_cast<std::uint8_t>(who);
  World released = Next();
  released.workers[id] = {};
  Emit({Move::kRelease, id}, released);

  // Time has passed since it took the row.
  const Payout copy = CopyOf(who);
  if (rules_.next(copy, kNow) != NextCall::kCreate || !Allowed(from_->creates, scenario_.creates))
    return;
  const Decision claim = rules_.claim(copy, MomentOf(who, 0), policy_);
  World unconfirmed = Next();
  Store(unconfirmed, who, copy, claim);
  unconfirmed.workers[id] = {};
  Emit({Move::kClaimUnconfirmed, id}, unconfirmed);

  World next = Next();
  const bool claimed = !rules_.claim_is_first || Store(next, who, copy, claim);
  next.workers[id] = {};
  if (claimed) {
    Blame(BrokenBySending(next, scenario_));
    Count(next.creates, scenario_.creates);
    const std::uint8_t hints = next.row.hints == 0 ? 0 : 2;
    next.workers[id] = {.doing = Doing::kCalling, .sent = 1, .hints = hints};
  }
  Emit({Move::kClaim, id}, next);
}

void Moves::CallingMoves(int who) {
  const auto id = static_cast<std::uint8_t>(who);
  if (WorkerOf(who).sent == 1) {
    if (CanBeApplied(*from_)) {
      for (const Thing thing : {Thing::kOurs, Thing::kOurOther}) {
        World next = Next();
        Apply(next, thing, kWhileOpen);
        next.workers[id].sent = 2;
        Emit({thing == Thing::kOurs ? Move::kApplied : Move::kAppliedOther, id}, next);
      }
    }
    for (const C kind : ProofsOfNothing()) Answer(who, kind);
  } else if (from_->platform.thing == Thing::kOurs) {
    Answer(who, C::kAccepted);
  } else {
    Answer(who, C::kAcceptedMismatch);
  }
  for (const C kind : NoProofs()) Answer(who, kind);
  // Also to a create that was applied: something on the way may have sent it twice.
  if (scenario_.unique_ids && from_->platform.thing != Thing::kNothing) Answer(who, C::kConflict);

  World next = Next();
  EndCall(next, who, kSettleTicks);
  next.unsure = 1;
  next.workers[id] = {};
  Emit({Move::kUnrecorded, id}, next);
}

void Moves::Answer(int who, C kind) {
  const auto id = static_cast<std::uint8_t>(who);
  World next = Next();
  Worker& worker = next.workers[id];
  const bool proof = std::ranges::find(ProofsOfNothing(), kind) != ProofsOfNothing().end();
  if (proof || (kind == C::kConflict && worker.sent == 1)) worker.sent = 0;
  EndCall(next, who, kind == C::kRejected ? kRefusalTicks : kSettleTicks);
  if (!proof && kind != C::kConflict) next.unsure = 1;
  const Payout claimed = CopyOf(who);
  const Decision decision = rules_.create(claimed, AnswerOf(kind), MomentOf(who, 0), policy_);
  const bool acknowledges = kind == C::kAccepted || kind == C::kAcceptedMismatch ||
                            kind == C::kAcceptedUnreadable || kind == C::kConflict;
  if (Store(next, who, claimed, decision) && acknowledges) next.acknowledged = 1;
  worker = {};
  Emit({Move::kAnswer, id, static_cast<std::uint8_t>(kind)}, next);
}

void Moves::ReadMoves(int who, const Payout& copy) {
  const auto id = static_cast<std::uint8_t>(who);
  const auto read = [&](std::uint8_t answer) {
    World next = Next();
    Count(next.reads, scenario_.reads);
    TakeReadAnswer(next, who, copy, answer, 0);
    Emit({Move::kRead, id, answer}, next);
  };
  for (const R kind : EmptyAnswers()) read(Packed(kind));
  const Platform& platform = from_->platform;
  if (platform.thing != Thing::kNothing) {
    // What it is, what it was, and something that nobody has heard of.
    for (int status = 0; status < 4; ++status) {
      if ((platform.ever >> status & 1) != 0)
        read(Packed(R::kFound, static_cast<PlatformStatus>(status)));
    }
    read(Packed(R::kFound, PlatformStatus::kUnrecognised));
  }
  // A platform that has told about a payout may still deny it; that must not be believed. While the
  // denial is on its way the truth may change.
  const bool unseen = platform.thing == Thing::kNothing || platform.lag != 0;
  if (!unseen && !copy.submission.confirmed) return;
  World next = Next();
  Count(next.reads, scenario_.reads);
  next.workers[id] = {.doing = Doing::kDenied, .hints = std::uint8_t(copy.hint_seq == 0 ? 0 : 2)};
  Emit({Move::kReadDenied, id}, next);
}

void Moves::RecordDenial(int who) {
  const auto id = static_cast<std::uint8_t>(who);
  World next = Next();
  TakeReadAnswer(next, who, CopyOf(who), Packed(R::kGone), WorkerOf(who).age);
  next.workers[id] = {};
  Emit({Move::kRecordDenial, id}, next);
}

bool Moves::TakeReadAnswer(World& world, int who, const Payout& copy, std::uint8_t packed,
                           int age) {
  const ReadAnswer answer = AnswerOf(packed, world.platform.thing);
  const Decision decision = rules_.read(copy, answer, copy.hint_seq, MomentOf(who, age), policy_);
  if (!Store(world, who, copy, decision)) return false;
  if (answer.kind == R::kFound || answer.kind == R::kFoundUnreadable) world.acknowledged = 1;
  return true;
}

}  // namespace payout::explorer
