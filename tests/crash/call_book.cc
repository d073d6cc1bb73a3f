#include "tests/crash/call_book.h"

#include <utility>

#include "tests/crash/stream_recorder.h"

namespace payout::testing {
namespace {

constexpr std::size_t kViolationsMax = 100;

}  // namespace

void CallBook::Begin(const v1::CreatePayoutRequest& request) {
  const std::lock_guard lock(mutex_);
  intents_[request.payout_id()].request = request;
}

void CallBook::Created(const v1::CreatePayoutResponse& response, std::int64_t floor) {
  const std::lock_guard lock(mutex_);
  const std::string& id = response.payout().payout_id();
  Intent& intent = intents_[id];
  if (response.replayed()) {
    ++replays_;
  } else if (floor > 0) {
    violations_.push_back(id + " was acknowledged, and then created anew");
  }
  if (!std::exchange(intent.acknowledged, true)) acknowledged_.push_back(id);
  Note("create", response.payout(), floor);
}

void CallBook::Shown(const std::string& who, const v1::Payout& payout, std::int64_t floor) {
  const std::lock_guard lock(mutex_);
  Note(who, payout, floor);
}

void CallBook::Note(const std::string& who, const v1::Payout& payout, std::int64_t floor) {
  const std::string& id = payout.payout_id();
  const auto found = intents_.find(id);
  if (found == intents_.end()) {
    violations_.push_back(who + " shows " + id + ", which nobody asked for");
    return;
  }
  Intent& intent = found->second;
  if (payout.money().amount() != intent.request.money().amount() ||
      payout.money().currency_code() != intent.request.money().currency_code()) {
    violations_.push_back(who + " shows " + id + " with " + payout.money().ShortDebugString());
  }
  if (payout.revision() < floor) {
    violations_.push_back(who + " shows " + id + " at revision " +
                          std::to_string(payout.revision()) + " after " + std::to_string(floor));
  }
  intent.revision = std::max<std::int64_t>(intent.revision, payout.revision());
  if (auto other = content_.Note(who, testing::Shown(payout))) {
    violations_.push_back(who + ": same content: " + *other);
  }
}

void CallBook::Listed(const std::map<std::string, std::int64_t>& floors,
                      const std::map<std::string, v1::Payout>& list) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, floor] : floors) {
    if (floor > 0 && !list.contains(id)) {
      violations_.push_back(id + " was acknowledged and is gone");
    }
  }
  for (const auto& [id, payout] : list) {
    const auto floor = floors.find(id);
    Note("list", payout, floor == floors.end() ? 0 : floor->second);
  }
}

std::int64_t CallBook::Floor(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = intents_.find(id);
  return found == intents_.end() ? 0 : found->second.revision;
}

std::map<std::string, std::int64_t> CallBook::Floors() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::int64_t> floors;
  for (const auto& [id, intent] : intents_) floors[id] = intent.revision;
  return floors;
}

void CallBook::Violate(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (violations_.size() < kViolationsMax) violations_.push_back(text);
}

std::vector<v1::CreatePayoutRequest> CallBook::Unanswered() const {
  const std::lock_guard lock(mutex_);
  std::vector<v1::CreatePayoutRequest> unanswered;
  for (const auto& [id, intent] : intents_) {
    if (intent.acknowledged) continue;
    unanswered.push_back(intent.request);
    // Whoever repeats wants to know that it is recorded; waiting could outlast this life, too.
    unanswered.back().set_wait_mode(v1::WAIT_MODE_RECORDED);
  }
  return unanswered;
}

std::vector<std::string> CallBook::Acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

bool CallBook::Pick(std::uint64_t number, v1::CreatePayoutRequest* request) const {
  const std::lock_guard lock(mutex_);
  if (acknowledged_.empty()) return false;
  *request = intents_.at(acknowledged_[number % acknowledged_.size()]).request;
  return true;
}

void CallBook::WithContent(const std::function<void(ContentBook&)>& use) {
  const std::lock_guard lock(mutex_);
  use(content_);
}

std::vector<std::string> CallBook::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

std::int64_t CallBook::intents() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(intents_.size());
}

std::int64_t CallBook::replays() const {
  const std::lock_guard lock(mutex_);
  return replays_;
}

}  // namespace payout::testing
