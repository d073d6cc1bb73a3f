#include "tests/explorer/invariants.h"

#include <algorithm>

namespace payout::explorer {
namespace {

constexpr unsigned BitOf(PlatformStatus status) { return 1U << static_cast<unsigned>(status); }

bool IsEqualToOurs(Thing thing) { return thing == Thing::kOurs || thing == Thing::kElder; }
bool CameFromUs(Thing thing) { return thing == Thing::kOurs || thing == Thing::kOurOther; }

}  // namespace

bool MayStillBeApplied(const World& world, const Scenario& scenario) {
  // The platform accepts an id once.
  if (scenario.unique_ids && world.platform.thing != Thing::kNothing) return false;
  return std::ranges::any_of(world.loose, [](std::uint8_t left) { return left != 0; }) ||
         std::ranges::any_of(world.workers, [](const Worker& worker) { return worker.sent == 1; });
}

std::string_view BrokenBy(const World& world, const Scenario& scenario) {
  const Platform& platform = world.platform;
  const auto state = static_cast<State>(world.row.state);
  const auto was = [&platform](PlatformStatus status) {
    return IsEqualToOurs(platform.thing) && (platform.ever & BitOf(status)) != 0;
  };
  const bool ours = CameFromUs(platform.thing);
  const bool undecided = MayStillBeApplied(world, scenario);

  if (platform.accepts > 1) return "paid twice: the platform accepted two creates";
  switch (state) {
    case State::kQueued:
      if (ours || undecided) return "QUEUED although a create may have been applied";
      break;
    case State::kSubmitting:
    case State::kOutcomeUnknown:
      break;
    case State::kProcessing:
      if (!IsEqualToOurs(platform.thing))
        return "PROCESSING although the platform does not have it";
      break;
    case State::kSucceeded:
      if (!was(PlatformStatus::kSuccess)) return "SUCCEEDED although it was not paid";
      break;
    case State::kFailed:
      if (!was(PlatformStatus::kFailed)) return "FAILED although the platform did not fail it";
      break;
    case State::kRefused:
      if (!was(PlatformStatus::kRefused) && (ours || undecided)) {
        return "REFUSED although it was or may yet be accepted";
      }
      break;
    case State::kCancelled:
      if (ours || undecided) return "CANCELLED although a create was or may yet be applied";
      break;
  }
  const bool told_as_ours =
      state == State::kProcessing || state == State::kSucceeded || state == State::kFailed;
  if (platform.thing == Thing::kElder && world.unsure == 0 && told_as_ours) {
    return "a payout that is older than ours was taken for ours";
  }
  return {};
}

std::string_view BrokenBy(const Payout& before, const Payout& after) {
  const bool visible = !(before.status == after.status);
  if (after.version != before.version + 1) return "a change did not raise the version by one";
  if (after.revision != before.revision + (visible ? 1 : 0)) {
    return "the revision did not grow by one with a visible change";
  }
  if (!(after.intent == before.intent) || !(after.rendered == before.rendered) ||
      after.fingerprint != before.fingerprint) {
    return "what was asked for, or the bytes to send, changed";
  }
  if (IsSettled(before.status.state)) {
    if (after.status.state != before.status.state ||
        after.status.reasons != before.status.reasons ||
        after.status.settled_at != before.status.settled_at) {
      return "a settled payout changed";
    }
  } else if (!IsSettled(after.status.state) && !after.schedule.due_at) {
    return "an open payout has no next action";
  }
  if (!std::ranges::includes(after.status.needs_review, before.status.needs_review)) {
    return "a review was cleared by a decision";
  }
  return {};
}

std::string_view BrokenBySending(const World& world, const Scenario& scenario) {
  const Payout row = Unpack(world.row);
  if (row.status.state != State::kSubmitting) return "a create left before its claim was durable";
  if (world.acknowledged != 0 || row.submission.acknowledged) {
    return "posted again although the platform acknowledged the id";
  }
  if (!row.status.needs_review.empty()) return "posted although a person has to look first";
  if (CameFromUs(world.platform.thing))
    return "posted again although an earlier create was applied";
  if (MayStillBeApplied(world, scenario)) {
    return "posted again although an earlier create may still be applied";
  }
  return {};
}

}  // namespace payout::explorer
