#include "client/status_watch.h"

#include <utility>

#include "client/status_stream.h"

namespace payout::client {
namespace {

using Kind = WatchMessage::Kind;

bool IsTokenLost(const CallError& error) {
  return error.reason == "RESUME_TOKEN_TOO_OLD" || error.reason == "RESUME_TOKEN_OTHER_EPOCH" ||
         error.reason == "RESUME_TOKEN_FROM_FUTURE";
}

// What a new connection may mend. Everything else would only come again.
bool IsPassing(const CallError& error) {
  switch (error.code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return true;
    default:
      return false;
  }
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

}  // namespace

StatusWatch::StatusWatch(std::shared_ptr<const Channel> channel, v1::StreamStatusRequest request,
                         WatchOptions options)
    : channel_(std::move(channel)),
      options_(std::move(options)),
      timing_(options_.timing != nullptr ? options_.timing : SystemTiming()),
      request_(std::move(request)),
      every_change_(request_.feed().states().empty()),
      backoff_(options_.backoff, timing_.get()),
      revisions_(options_.remembered_max),
      token_(request_.resume_token()) {}

StatusWatch::~StatusWatch() { Close(); }

Result<WatchMessage> StatusWatch::Next() {
  for (;;) {
    if (interrupt_.fired()) return Cancelled();
    if (over_) return *over_;
    if (stream_ == nullptr && !Open()) return Cancelled();
    v1::StreamStatusResponse message;
    std::optional<CallError> trouble;
    switch (stream_->Wait(options_.silence_max, &message)) {
      case StatusStream::Outcome::kMessage:
        if (std::optional<WatchMessage> item = Accept(std::move(message))) return *std::move(item);
        continue;
      case StatusStream::Outcome::kDone:
        if (interrupt_.fired()) return Cancelled();
        trouble = stream_->error();
        if (auto last = AfterEnd(trouble)) return *std::move(last);
        break;
      case StatusStream::Outcome::kSilent:
        trouble = LocalError(grpc::StatusCode::DEADLINE_EXCEEDED,
                             "no message for " + absl::FormatDuration(options_.silence_max));
        break;
    }
    Close();
    if (!trouble)
      trouble = LocalError(grpc::StatusCode::UNAVAILABLE, "the server ended the stream");
    if (std::optional<CallError> error = Reconnect(*trouble)) return Over(*std::move(error));
  }
}

void StatusWatch::Cancel() {
  interrupt_.Fire();
  std::lock_guard lock(mutex_);
  if (stream_ != nullptr) stream_->TryCancel();
}

std::string StatusWatch::token() const {
  std::lock_guard lock(mutex_);
  return token_;
}

WatchCounters StatusWatch::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

std::optional<WatchMessage> StatusWatch::Accept(v1::StreamStatusResponse message) {
  failures_ = 0;
  backoff_.Reset();
  {
    std::lock_guard lock(mutex_);
    if (!message.token().empty()) token_ = message.token();
  }
  WatchMessage item;
  item.message = std::move(message);
  switch (item.message.message_case()) {
    case v1::StreamStatusResponse::kSnapshotBegin:
      // A snapshot states everything anew.
      revisions_.Clear();
      item.kind = Kind::kSnapshotBegin;
      return item;
    case v1::StreamStatusResponse::kSnapshotPayout:
      item.kind = Kind::kSnapshotPayout;
      return AcceptPayout(std::move(item));
    case v1::StreamStatusResponse::kSnapshotEnd:
      item.kind = Kind::kSnapshotEnd;
      return item;
    case v1::StreamStatusResponse::kEvent:
      item.kind = Kind::kEvent;
      return AcceptPayout(std::move(item));
    case v1::StreamStatusResponse::kProgress:
      item.kind = Kind::kProgress;
      if (options_.deliver_progress) return item;
      return std::nullopt;
    case v1::StreamStatusResponse::kClosing:
      closing_ = true;
      if (item.message.closing().has_retry_after()) {
        closing_pause_ = ToDuration(item.message.closing().retry_after());
      }
      return std::nullopt;
    case v1::StreamStatusResponse::MESSAGE_NOT_SET:
      break;
  }
  std::lock_guard lock(mutex_);
  ++counters_.malformed;
  return std::nullopt;
}

std::optional<WatchMessage> StatusWatch::AcceptPayout(WatchMessage item) {
  const RevisionTable::Verdict verdict =
      revisions_.Note(item.kind == Kind::kEvent ? item.message.event().payout()
                                                : item.message.snapshot_payout().payout());
  std::lock_guard lock(mutex_);
  if (verdict.repeated) {
    ++counters_.repeated_events;
    return std::nullopt;
  }
  if (item.kind == Kind::kEvent && every_change_) {
    item.missing_revisions = verdict.missing;
    counters_.missing_revisions += verdict.missing;
  }
  return item;
}

// The stream is over: what Next() returns, or nothing when it is to reconnect.
std::optional<Result<WatchMessage>> StatusWatch::AfterEnd(const std::optional<CallError>& error) {
  if (!error) {
    if (!request_.has_ids() || closing_) return std::nullopt;
    Close();
    return Over(WatchMessage{});
  }
  if (IsTokenLost(*error) && options_.restart_when_lost && !token().empty()) {
    Close();
    request_.set_start(v1::STREAM_START_SNAPSHOT);
    std::lock_guard lock(mutex_);
    token_.clear();
    WatchMessage item;
    item.kind = Kind::kRestarted;
    item.lost = error;
    return item;
  }
  if (IsPassing(*error)) return std::nullopt;
  Close();
  return Over(*error);
}

// Pauses before the next connection. An error: give up.
std::optional<CallError> StatusWatch::Reconnect(const CallError& why) {
  // An announced end is no failure.
  if (!closing_ && ++failures_ >= options_.failures_max && options_.failures_max > 0) return why;
  const absl::Duration pause = backoff_.Next(closing_pause_ ? closing_pause_ : why.retry_after);
  closing_ = false;
  closing_pause_.reset();
  {
    std::lock_guard lock(mutex_);
    ++counters_.reconnects;
  }
  if (options_.on_reconnect) options_.on_reconnect(why, pause);
  timing_->Pause(pause, &interrupt_);  // Next() looks at the interrupt itself
  return std::nullopt;
}

// False when it was cancelled.
bool StatusWatch::Open() {
  std::lock_guard lock(mutex_);
  if (interrupt_.fired()) return false;
  request_.set_resume_token(token_);
  stream_ = std::make_shared<StatusStream>(*channel_, request_);
  return true;
}

void StatusWatch::Close() {
  std::shared_ptr<StatusStream> old;
  {
    std::lock_guard lock(mutex_);
    old.swap(stream_);
  }
}

Result<WatchMessage> StatusWatch::Over(Result<WatchMessage> last) {
  over_ = last;
  return last;
}

CallError StatusWatch::Cancelled() const {
  return LocalError(grpc::StatusCode::CANCELLED, "the watch was cancelled");
}

}  // namespace payout::client
