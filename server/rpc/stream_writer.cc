#include "server/rpc/stream_writer.h"

#include <string>
#include <utility>

#include "server/app/wait.h"
#include "server/rpc/status_codec.h"

namespace payout {

void StreamWriter::Watch(StatusStream* stream) {
  stream_ = stream;
  if (lost()) stream_->Stop();
}

void StreamWriter::Unwatch() {
  stream_ = nullptr;
  env_.CancelTimer(std::exchange(timer_, {}));
}

std::size_t StreamWriter::Send(std::list<WireMessage> messages) {
  if (!timer_) CheckAt(env_.Monotonic() + write_timeout_);
  const std::lock_guard lock(mutex_);
  if (ended_) return 0;
  const bool idle = waiting_.empty();
  waiting_.splice(waiting_.end(), messages);
  if (idle && !waiting_.empty()) WriteFirst();
  return waiting_.size();
}

Task<bool> StreamWriter::Written(std::size_t left, absl::Duration deadline) {
  for (;;) {
    if (lost()) co_return false;
    {
      const std::lock_guard lock(mutex_);
      // What was dropped was not written; that the caller is gone is about to be known here.
      if (!ended_ && waiting_.size() <= left) co_return true;
      wake_at_ = left;
    }
    const bool fired = co_await WaitUntil(env_, &changed_, deadline);
    if (!fired) co_return false;
  }
}

Task<void> StreamWriter::End(absl::Status status, absl::Duration cancel_after) {
  FinishWith(status);
  const absl::Duration deadline = env_.Monotonic() + cancel_after;
  while (!done_) {
    const bool fired = co_await WaitUntil(env_, &changed_, deadline);
    if (fired) continue;
    const std::lock_guard lock(mutex_);
    if (context_ != nullptr) context_->TryCancel();
    co_return;
  }
}

void StreamWriter::FinishWith(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    const std::optional<absl::Duration> wait = RetryAfter(status);
    if (wait && context_ != nullptr) {
      context_->AddTrailingMetadata(kPushbackKey, std::to_string(absl::ToInt64Milliseconds(*wait)));
    }
  }
  Finish(ToGrpcStatus(status));
}

void StreamWriter::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.pop_front();
    ended_ = ended_ || !ok;
    if (ended_) {
      waiting_.clear();
    } else if (!waiting_.empty()) {
      WriteFirst();
    }
    const bool wanted = wake_at_ && waiting_.size() <= *wake_at_;
    if (ok && !wanted) return;
    wake_at_.reset();
  }
  if (!ok) return OnCancel();
  env_.Post([self = shared_from_this()] { self->changed_.Notify(); });
}

void StreamWriter::OnCancel() {
  env_.Post([self = shared_from_this()] {
    self->cancelled_ = true;
    self->Lose();
  });
}

void StreamWriter::OnDone() {
  {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }
  env_.Post([self = std::move(self_)] {
    self->done_ = true;
    self->changed_.Notify();
  });
}

void StreamWriter::WriteFirst() {
  write_began_ = env_.Monotonic();
  StartWrite(waiting_.front().get());
}

void StreamWriter::Lose() {
  if (stream_ != nullptr) stream_->Stop();
  changed_.Notify();
}

// One timer for all writes: it looks when the one in flight began. Without one it is not set again;
// Send does that.
void StreamWriter::CheckAt(absl::Duration at) {
  timer_ = env_.StartTimer(at, [this] {
    timer_ = {};
    absl::Duration due;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty()) return;
      due = write_began_ + write_timeout_;
    }
    if (due > env_.Monotonic()) return CheckAt(due);
    slow_ = true;
    Lose();
  });
}

}  // namespace payout
