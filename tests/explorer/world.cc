#include "tests/explorer/world.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "server/domain/answer.h"

namespace payout::explorer {
namespace {

std::string_view NameOf(Thing thing) {
  switch (thing) {
    case Thing::kNothing:
      return "nothing";
    case Thing::kOurs:
      return "our payout";
    case Thing::kOurOther:
      return "our payout with another amount";
    case Thing::kElder:
      return "an older payout like ours";
    case Thing::kStranger:
      return "a stranger's payout";
  }
  return "?";
}

std::string_view NameOf(PlatformStatus status) {
  switch (status) {
    case PlatformStatus::kProcessing:
      return "PROCESSING";
    case PlatformStatus::kSuccess:
      return "SUCCESS";
    case PlatformStatus::kFailed:
      return "FAILED";
    case PlatformStatus::kRefused:
      return "REFUSED";
    case PlatformStatus::kUnrecognised:
      return "an unknown status";
  }
  return "?";
}

std::string ReadName(std::uint8_t arg) {
  const auto kind = static_cast<ReadAnswerKind>(arg & 15);
  std::string text(ReadAnswerName(kind));
  if (kind == ReadAnswerKind::kFound)
    text += " " + std::string(NameOf(static_cast<PlatformStatus>(arg >> 4)));
  return text;
}

std::string TextOf(const Worker& worker) {
  const std::string age = ", " + std::to_string(worker.age) + " ticks old";
  const std::string copy = worker.old == 0 ? "" : ", its copy is old";
  switch (worker.doing) {
    case Doing::kNothing:
      return "idle";
    case Doing::kLoaded:
      return "has the row" + copy;
    case Doing::kCalling:
      return (worker.sent == 2 ? "its create was applied" : "its create is under way") + age + copy;
    case Doing::kDenied:
      return "was told GONE" + age + copy;
  }
  return "?";
}

World Swapped(World world) {
  std::swap(world.workers[0], world.workers[1]);
  if (world.row.absence_owner == 1 || world.row.absence_owner == 2) world.row.absence_owner ^= 3;
  for (Worker& worker : world.workers) {
    if (worker.copy.absence_owner == 1 || worker.copy.absence_owner == 2)
      worker.copy.absence_owner ^= 3;
  }
  return world;
}

}  // namespace

World FirstWorld(const Scenario& scenario) {
  World world;
  world.row = NewRow(scenario.submit_before);
  if (scenario.holder != Scenario::Holder::kNobody) {
    world.platform.thing =
        scenario.holder == Scenario::Holder::kElder ? Thing::kElder : Thing::kStranger;
    world.platform.ever = 1;
  }
  return Canonical(world, scenario);
}

World Canonical(World world, const Scenario& scenario) {
  std::sort(world.loose.begin(), world.loose.end(), std::greater<>());
  const World other = scenario.shared ? Swapped(world) : [&] {
    World swapped = world;
    std::swap(swapped.workers[0], swapped.workers[1]);
    return swapped;
  }();
  return std::memcmp(&other, &world, sizeof(World)) < 0 ? other : world;
}

std::string Describe(const Step& step) {
  const std::string who = step.who == 0 ? "A" : "B";
  switch (step.move) {
    case Move::kLoad:
      return who + " takes the row";
    case Move::kRelease:
      return who + " gives the row back";
    case Move::kClaim:
      return who + " claims, and the create leaves";
    case Move::kClaimUnconfirmed:
      return who + " claims, and is not told that the store has it: nothing leaves";
    case Move::kExpire:
      return who + " finds that submit_before has passed";
    case Move::kLost:
      return who + " finds that whoever submitted is gone";
    case Move::kTokenFails:
      return who + " gets no token: " +
             std::string(TokenAnswerName(static_cast<TokenAnswerKind>(step.arg)));
    case Move::kApplied:
      return "the platform applies the create of " + who;
    case Move::kAppliedOther:
      return "the platform applies the create of " + who + " with another amount";
    case Move::kAnswer:
      return who + " records the answer to its create: " +
             std::string(CreateAnswerName(static_cast<CreateAnswerKind>(step.arg)));
    case Move::kUnrecorded:
      return who + " cannot record the answer to its create and gives up";
    case Move::kRead:
      return who + " reads: " + ReadName(step.arg);
    case Move::kReadDenied:
      return who + " reads, and the answer is on its way: GONE";
    case Move::kRecordDenial:
      return who + " records that the platform does not know the payout";
    case Move::kCrash:
      return step.arg == 0 ? "the process of " + who + " crashes"
                           : "the process crashes and starts again";
    case Move::kCallback:
      return "a callback comes";
    case Move::kLateApplied:
      return std::string("the platform applies a create whose call has ended") +
             (step.arg == 0 ? "" : ", with another amount");
    case Move::kPlatformSettles:
      return "at the platform the payout becomes " +
             std::string(NameOf(static_cast<PlatformStatus>(step.arg)));
    case Move::kReversal:
      return "at the platform the final status turns into " +
             std::string(NameOf(static_cast<PlatformStatus>(step.arg)));
    case Move::kCancel:
      return "the caller cancels";
    case Move::kTimePasses:
      return "a tick passes";
  }
  return "?";
}

std::string Describe(const World& world) {
  const Payout row = Unpack(world.row);
  std::string text(StateName(row.status.state));
  for (const Review review : row.status.needs_review) text += " " + std::string(ReviewName(review));
  const Submission& submission = row.submission;
  if (submission.maybe_applied) text += " maybe_applied";
  if (submission.refused) text += " refused";
  if (submission.acknowledged) text += " acknowledged";
  if (submission.confirmed) text += " confirmed";
  if (submission.post_next) text += " post_next";
  if (row.absence.count > 0) text += " absent x" + std::to_string(row.absence.count);
  text += "; platform: " + std::string(NameOf(world.platform.thing));
  if (world.platform.thing != Thing::kNothing) {
    text += " " + std::string(NameOf(static_cast<PlatformStatus>(world.platform.status)));
    if (world.platform.lag != 0) text += " (not seen by every read)";
  }
  const auto late = std::ranges::count_if(world.loose, [](std::uint8_t left) { return left != 0; });
  if (late > 0) text += ", " + std::to_string(late) + " may still be applied";
  text += "; A " + TextOf(world.workers[0]) + "; B " + TextOf(world.workers[1]);
  return text;
}

}  // namespace payout::explorer
