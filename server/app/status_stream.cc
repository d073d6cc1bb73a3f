#include "server/app/status_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/app/create_payout.h"
#include "server/app/wait.h"
#include "server/base/instrument.h"
#include "server/base/status_macros.h"
#include "server/domain/reason.h"

namespace payout {
namespace {

constexpr std::size_t kNamedIdsMax = 20;

absl::Status TokenError(absl::StatusCode code, std::string_view message, Reason reason) {
  return MakeError(code, message, reason);
}

}  // namespace

StatusStream::StatusStream(Core& core, Feed& feed, StreamRequest request, Options options)
    : core_(core), feed_(feed), request_(std::move(request)), options_(options) {
  at_.epoch = core.store.identity().epoch;
  at_.filter = FilterHash(request_.filter);
}

Task<absl::Status> StatusStream::Begin() {
  if (by_ids()) {
    absl::Status ids = co_await CheckIds();
    PAYOUT_CO_RETURN_IF_ERROR(ids);
    subscription_ = std::make_unique<Feed::Subscription>(feed_, request_.filter.keys);
  } else {
    subscription_ = std::make_unique<Feed::Subscription>(feed_, request_.filter.tenant);
  }
  if (!request_.resume_token.empty()) {
    absl::Status resumed = co_await ResumeFrom(request_.resume_token);
    co_return resumed;
  }
  // The store may be ahead of the feed, and the caller may already know what it holds.
  absl::StatusOr<std::int64_t> last = co_await core_.store.LastPosition();
  if (!last.ok()) co_return StoreFailed(core_, "last_position", last.status());
  at_.position = *last;
  switch (request_.start) {
    case StreamStart::kSnapshot:
      at_.snapshot_after = kSnapshotToBegin;
      break;
    case StreamStart::kNow:
      break;
    case StreamStart::kOldest: {
      absl::StatusOr<std::int64_t> oldest = co_await core_.store.OldestPosition();
      if (!oldest.ok()) co_return StoreFailed(core_, "oldest_position", oldest.status());
      at_.position = *oldest;
      break;
    }
  }
  co_return absl::OkStatus();
}

Task<absl::Status> StatusStream::CheckIds() {
  std::vector<std::string> missing;
  for (const PayoutKey& key : request_.filter.keys) {
    absl::StatusOr<std::optional<Payout>> found = co_await core_.store.Find(key);
    if (!found.ok()) co_return StoreFailed(core_, "find", found.status());
    if (!*found || (*found)->intent.tenant != request_.filter.tenant) {
      missing.push_back(key.payout_id.value());
    }
  }
  if (missing.empty()) co_return absl::OkStatus();
  const std::size_t count = missing.size();
  missing.resize(std::min(count, kNamedIdsMax));
  co_return MakeError(absl::StatusCode::kNotFound,
                      "you have no payouts of " + std::to_string(count) + " of these ids",
                      {.reason = Reason::kPayoutNotFound,
                       .metadata = {{"payout_ids", absl::StrJoin(missing, ",")},
                                    {"count", std::to_string(count)}}});
}

Task<absl::Status> StatusStream::ResumeFrom(const std::string& text) {
  const std::optional<StreamToken> token = DecodeToken(text);
  if (!token) {
    co_return TokenError(absl::StatusCode::kInvalidArgument, "the resume token is malformed",
                         Reason::kResumeTokenInvalid);
  }
  if (token->epoch != at_.epoch && !PAYOUT_BUG(stream_outlives_restore)) {
    co_return TokenError(
        absl::StatusCode::kFailedPrecondition,
        "the token is of another store or of before a restore; start with a snapshot",
        Reason::kResumeTokenOtherEpoch);
  }
  if (token->filter != at_.filter) {
    co_return TokenError(absl::StatusCode::kFailedPrecondition,
                         "the token is of a stream with another target",
                         Reason::kResumeTokenOtherFilter);
  }
  absl::StatusOr<std::int64_t> last = co_await core_.store.LastPosition();
  absl::StatusOr<std::int64_t> oldest = co_await core_.store.OldestPosition();
  if (!last.ok()) co_return StoreFailed(core_, "last_position", last.status());
  if (!oldest.ok()) co_return StoreFailed(core_, "oldest_position", oldest.status());
  if (token->position > *last) {
    co_return TokenError(absl::StatusCode::kOutOfRange,
                         "the token is ahead of this store; start with a snapshot",
                         Reason::kResumeTokenFromFuture);
  }
  if (token->position < *oldest) {
    co_return TokenError(absl::StatusCode::kOutOfRange,
                         "changes after the token are no longer kept; start with a snapshot",
                         Reason::kResumeTokenTooOld);
  }
  at_ = *token;
  if (PAYOUT_BUG(stream_resumes_at)) --at_.position;
  if (!by_ids()) co_return absl::OkStatus();
  absl::Status loaded = co_await LoadOpenIds();
  co_return loaded;
}

// Which of the ids were not settled at the token's position. The pages that a snapshot has yet to
// send add theirs.
Task<absl::Status> StatusStream::LoadOpenIds() {
  std::int64_t after = 0;
  for (;;) {
    absl::StatusOr<SnapshotPage> page =
        co_await core_.store.Snapshot(request_.filter, at_.position, after, options_.batch);
    if (!page.ok()) co_return StoreFailed(core_, "snapshot", page.status());
    for (const Payout& payout : page->payouts) {
      if (!IsSettled(payout.status.state)) open_.insert(payout.intent.key);
    }
    if (!page->next_after) co_return absl::OkStatus();
    after = *page->next_after;
  }
}

// This frame is kept while a stream is idle: what needs space only for a moment has a function of
// its own.
Task<absl::StatusOr<std::vector<StreamMessage>>> StatusStream::Next() {
  // However many changes wake it that it does not want.
  const absl::Duration progress_at = core_.env.Monotonic() + options_.progress_interval;
  absl::StatusOr<std::vector<StreamMessage>> messages = std::vector<StreamMessage>{};
  while (!stopped_) {
    if (in_snapshot()) {
      messages = co_await NextOfSnapshot();
      break;
    }
    if (by_ids() && (open_.empty() || PAYOUT_BUG(complete_too_early))) break;

    const std::int64_t from = at_.position;
    const bool behind = from < feed_.tail_begin() && !PAYOUT_BUG(stream_skips_old);
    if (behind) {
      messages = co_await NextOfStore();
    } else {
      messages = NextOfFeed();
    }
    if (!messages.ok() || !messages->empty()) break;
    if (behind && at_.position > from) continue;

    const bool fired = co_await WaitUntil(core_.env, &subscription_->trigger(), progress_at);
    if (!fired && !stopped_) {
      messages = ShowProgress();
      break;
    }
  }
  co_return messages;
}

Task<absl::StatusOr<std::vector<StreamMessage>>> StatusStream::NextOfStore() {
  absl::StatusOr<EventPage> page =
      co_await core_.store.ReadEvents(request_.filter, at_.position, options_.batch);
  if (!page.ok()) co_return StoreFailed(core_, "read_events", page.status());
  std::vector<EventPtr> events;
  for (Event& event : page->events) {
    events.push_back(std::make_shared<const Event>(std::move(event)));
  }
  // The store may be ahead of the feed; what it showed is committed all the same.
  co_return Show(std::move(events), page->scanned_to);
}

std::vector<StreamMessage> StatusStream::NextOfFeed() {
  std::int64_t scanned_to = at_.position;
  std::vector<EventPtr> events = feed_.Read(request_.filter, at_.position,
                                            static_cast<std::size_t>(options_.batch), scanned_to);
  return Show(std::move(events), scanned_to);
}

std::vector<StreamMessage> StatusStream::ShowProgress() {
  at_.position = std::max(at_.position, feed_.position());
  if (PAYOUT_BUG(progress_ahead)) ++at_.position;
  std::vector<StreamMessage> messages(1);
  messages.front().token = at_;
  messages.front().content = Progress{};
  return messages;
}

Task<absl::StatusOr<std::vector<StreamMessage>>> StatusStream::NextOfSnapshot() {
  std::vector<StreamMessage> messages;
  if (at_.snapshot_after == kSnapshotToBegin) {
    at_.snapshot_after = 0;
    messages.push_back({.token = at_, .content = SnapshotBegin{}});
  }
  absl::StatusOr<SnapshotPage> page = co_await core_.store.Snapshot(
      request_.filter, at_.position, at_.snapshot_after, options_.batch);
  if (!page.ok()) co_return StoreFailed(core_, "snapshot", page.status());
  for (Payout& payout : page->payouts) {
    at_.snapshot_after = payout.sequence;
    ++at_.snapshot_count;
    if (by_ids() && !IsSettled(payout.status.state)) open_.insert(payout.intent.key);
    messages.push_back(
        {.token = at_, .content = std::make_shared<const Payout>(std::move(payout))});
  }
  if (page->next_after) {
    at_.snapshot_after = *page->next_after;
    if (PAYOUT_BUG(snapshot_misses)) ++at_.snapshot_after;
    if (messages.empty()) {
      absl::StatusOr<std::vector<StreamMessage>> next = co_await NextOfSnapshot();
      co_return next;
    }
    co_return messages;
  }
  const std::int64_t count = at_.snapshot_count;
  at_.snapshot_after = kNoSnapshot;
  at_.snapshot_count = 0;
  messages.push_back({.token = at_, .content = SnapshotEnd{count}});
  co_return messages;
}

std::vector<StreamMessage> StatusStream::Show(std::vector<EventPtr> events,
                                              std::int64_t scanned_to) {
  std::vector<StreamMessage> messages;
  messages.reserve(events.size());
  for (EventPtr& event : events) {
    if (IsSettled(event->status.state)) {
      open_.erase(event->key);
    } else if (by_ids()) {
      open_.insert(event->key);
    }
    at_.position = event->position;
    messages.push_back({.token = at_, .content = std::move(event)});
  }
  at_.position = std::max(at_.position, scanned_to);
  return messages;
}

void StatusStream::Stop() {
  stopped_ = true;
  if (subscription_ != nullptr) subscription_->trigger().Notify();
}

}  // namespace payout
