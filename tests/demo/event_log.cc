#include "tests/demo/event_log.h"

#include <cstdio>
#include <iostream>
#include <utility>

#include "tests/demo/text.h"

namespace payout::demo {
namespace {

v1::StreamStatusRequest Feed() {
  v1::StreamStatusRequest request;
  request.mutable_feed();
  request.set_start(v1::STREAM_START_SNAPSHOT);
  return request;
}

client::WatchOptions Options() {
  client::WatchOptions options;
  options.failures_max = 5;
  return options;
}

// What a newcomer should know about this change.
std::string Note(const v1::PayoutEvent& event) {
  const v1::Payout& payout = event.payout();
  std::string text;
  for (const v1::PayoutReason& reason : payout.reasons()) {
    text += (text.empty() ? "" : ", ") + reason.code();
  }
  const bool was_sent = event.previous_state() == v1::PAYOUT_STATE_SUBMITTING;
  if (was_sent && payout.state() == v1::PAYOUT_STATE_QUEUED) {
    text += "turned away before anything happened: safe to send again";
  }
  if (payout.state() == v1::PAYOUT_STATE_OUTCOME_UNKNOWN) {
    text += "no answer: it may be paid, so ask and do not send again";
  }
  if (event.previous_state() == v1::PAYOUT_STATE_OUTCOME_UNKNOWN &&
      payout.state() != v1::PAYOUT_STATE_OUTCOME_UNKNOWN) {
    text += "asked, and found at the platform";
  }
  if (payout.needs_review_size() > 0) text += " (needs review)";
  return text.empty() ? "" : "   " + text;
}

std::string Line(const v1::PayoutEvent& event, std::chrono::steady_clock::duration since) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  char time[32];
  std::snprintf(time, sizeof(time), "%4d.%02d s  ", static_cast<int>(ms / 1000),
                static_cast<int>(ms % 1000 / 10));
  const bool first = event.previous_state() == v1::PAYOUT_STATE_UNSPECIFIED;
  const std::string from = first ? "(new)" : StateName(event.previous_state());
  return time + Pad(event.payout().payout_id(), 15) + Pad(from, 15) + " → " +
         StateName(event.payout().state()) + Note(event);
}

}  // namespace

EventLog::EventLog(std::shared_ptr<const client::Channel> channel,
                   std::chrono::steady_clock::time_point start)
    : start_(start), watch_(std::move(channel), Feed(), Options()), thread_([this] { Follow(); }) {}

EventLog::~EventLog() {
  watch_.Cancel();
  thread_.join();
}

void EventLog::Follow() {
  for (;;) {
    client::Result<client::WatchMessage> next = watch_.Next();
    const std::lock_guard lock(mutex_);
    if (!next.ok()) {
      if (next.error().code != grpc::StatusCode::CANCELLED) problem_ = next.error().ToString();
      changed_.notify_all();
      return;
    }
    using Kind = client::WatchMessage::Kind;
    if (next->kind == Kind::kSnapshotEnd) snapshot_ = next->message.snapshot_end().payout_count();
    if (next->kind == Kind::kEvent) Take(next->message.event());
    changed_.notify_all();
  }
}

void EventLog::Take(const v1::PayoutEvent& event) {
  events_[event.payout().payout_id()].push_back(event);
  if (IsSettled(event.payout().state()) && !IsSettled(event.previous_state())) ++settled_;
  std::string line = Line(event, std::chrono::steady_clock::now() - start_);
  if (printing_) {
    std::cout << line << std::endl;
  } else {
    held_back_.push_back(std::move(line));
  }
}

std::optional<int64_t> EventLog::WaitForSnapshot(std::chrono::seconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return snapshot_ || !problem_.empty(); });
  return snapshot_;
}

void EventLog::BeginPrinting() {
  const std::lock_guard lock(mutex_);
  for (const std::string& line : held_back_) std::cout << line << "\n";
  std::cout << std::flush;
  held_back_.clear();
  printing_ = true;
}

bool EventLog::WaitUntilSettled(std::size_t count, std::chrono::seconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return settled_ >= count || !problem_.empty(); });
  return settled_ >= count;
}

std::vector<v1::PayoutEvent> EventLog::Of(const std::string& payout_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = events_.find(payout_id);
  return found == events_.end() ? std::vector<v1::PayoutEvent>() : found->second;
}

std::string EventLog::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace payout::demo
