// What happens to the workers: crashes, callbacks, the platform, the caller and time.

#include <algorithm>

#include "tests/explorer/moves.h"

namespace payout::explorer {

bool Moves::CanBeApplied(const World& world) const {
  return !scenario_.unique_ids || world.platform.thing == Thing::kNothing;
}

void Moves::Apply(World& world, Thing thing, std::uint8_t lag) const {
  ++world.platform.accepts;
  if (world.platform.thing != Thing::kNothing) return;
  world.platform.thing = thing;
  world.platform.lag = lag;
  world.platform.ever = 1;
}

// The call has closed, or nobody waits for it; what it may still cause shows within `ticks`.
void Moves::EndCall(World& world, int who, int ticks) const {
  const Worker& worker = world.workers[static_cast<std::size_t>(who)];
  if (worker.sent == 2) world.platform.lag = static_cast<std::uint8_t>(ticks);
  if (worker.sent == 1) *std::ranges::min_element(world.loose) = static_cast<std::uint8_t>(ticks);
}

void Moves::Crashes() {
  if (scenario_.crashes && from_->crashes >= *scenario_.crashes) return;
  const auto end = [this](World& world, int who) {
    Worker& worker = world.workers[static_cast<std::size_t>(who)];
    if (worker.sent != 0) world.unsure = 1;
    EndCall(world, who, kSettleTicks);
    worker = {};
  };
  World first = Next();
  if (scenario_.crashes) ++first.crashes;
  if (scenario_.shared) {
    for (const int who : {0, 1}) {
      World next = first;
      end(next, who);
      ForgetOwner(next.row, static_cast<std::uint8_t>(who + 1));
      Emit({Move::kCrash, static_cast<std::uint8_t>(who)}, next);
    }
    return;
  }
  for (const int who : {0, 1}) end(first, who);
  ForgetOwner(first.row, 1);
  if (first.row.due > 0) first.row.due = 0;  // PayoutStore::Recover
  Emit({Move::kCrash, 0, 1}, first);
}

// True or forged: the gateway cannot tell, and must not care.
void Moves::Callback() {
  if (scenario_.callbacks && from_->callbacks >= *scenario_.callbacks) return;
  World next = Next();
  if (scenario_.callbacks) ++next.callbacks;
  Payout row = Unpack(next.row);
  ++row.hint_seq;
  rules_.callback(row);
  next.row = Pack(row);
  for (Worker& worker : next.workers) worker.hints = std::min<std::uint8_t>(worker.hints, 1);
  Emit({Move::kCallback}, next);
}

void Moves::PlatformMoves() {
  for (std::size_t i = 0; i < from_->loose.size(); ++i) {
    if (from_->loose[i] == 0 || !CanBeApplied(*from_)) continue;
    for (const Thing thing : {Thing::kOurs, Thing::kOurOther}) {
      World next = Next();
      Apply(next, thing, next.loose[i]);
      next.loose[i] = 0;
      Emit({Move::kLateApplied, 0, static_cast<std::uint8_t>(thing == Thing::kOurs ? 0 : 1)}, next);
    }
  }
  const Platform& platform = from_->platform;
  if (platform.thing == Thing::kNothing) return;
  const bool open = platform.status == 0;
  if (!open && (!scenario_.reversals || platform.reversed != 0)) return;
  for (std::uint8_t status = 1; status < 4; ++status) {
    if (status == platform.status) continue;
    World next = Next();
    next.platform.status = status;
    next.platform.ever = static_cast<std::uint8_t>(platform.ever | 1 << status);
    if (!open) next.platform.reversed = 1;
    Emit({open ? Move::kPlatformSettles : Move::kReversal, 0, status}, next);
  }
}

void Moves::Cancel() {
  const Payout row = Unpack(from_->row);
  const std::optional<Decision> decision = rules_.cancel(row, MomentOf(0, 0));
  if (!decision) return;
  World next = Next();
  Store(next, -1, row, *decision);
  Emit({Move::kCancel}, next);
}

void Moves::TimePasses() {
  World next = Next();
  for (Worker& worker : next.workers) {
    if (worker.doing == Doing::kCalling) {
      const bool long_ago = worker.age == 2 * kTimeoutTicks;
      if (long_ago && scenario_.pauses_are_bounded) return;  // The call has closed by now.
      if (!long_ago) ++worker.age;
    }
    // It has timed out by now.
    if (worker.doing == Doing::kDenied && worker.age++ == 1) return;
    if (worker.old != 0) Age(worker.copy);
  }
  Age(next.row);
  if (scenario_.lateness_is_bounded) {
    if (next.platform.lag != 0 && next.platform.lag != kWhileOpen) --next.platform.lag;
    for (std::uint8_t& left : next.loose) {
      if (left != 0 && left != kWhileOpen) --left;
    }
  }
  Emit({Move::kTimePasses}, next);
}

}  // namespace payout::explorer
