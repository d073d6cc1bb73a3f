#include "client/status_stream.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "payout/v1/payout_service.grpc.pb.h"

namespace payout::client {

// A hold keeps OnDone away until no further StartRead can come: reads are started from Wait(), that
// is outside of reactions, where gRPC would otherwise be free to end the call first.
class StatusStream::Reader final : public grpc::ClientReadReactor<v1::StreamStatusResponse> {
 public:
  Reader(const Channel& channel, v1::StreamStatusRequest request)
      : request_(std::move(request)), stub_(v1::PayoutService::NewStub(channel.transport())) {}

  grpc::ClientContext& context() { return context_; }

  void Start() {
    stub_->async()->StreamStatus(&context_, &request_, this);
    AddHold();
    StartRead(&incoming_);
    StartCall();
  }

  // Cancels, lets go of the hold and waits for OnDone.
  void Finish() {
    context_.TryCancel();
    std::unique_lock lock(mutex_);
    abandoned_ = true;
    const bool release = !reading_ && held_;
    if (release) held_ = false;
    lock.unlock();
    if (release) RemoveHold();
    lock.lock();
    changed_.wait(lock, [this] { return done_; });
  }

  Outcome Wait(absl::Duration patience, v1::StreamStatusResponse* message) {
    const auto limit = absl::ToChronoMicroseconds(std::min(patience, absl::Hours(24 * 365)));
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait_for(lock, limit, [this] { return ready_ || done_; })) {
        return Outcome::kSilent;
      }
      if (!ready_) return Outcome::kDone;
      message->Swap(&incoming_);
      ready_ = false;
      reading_ = true;
    }
    incoming_.Clear();
    StartRead(&incoming_);
    return Outcome::kMessage;
  }

  std::optional<CallError> error() const {
    std::lock_guard lock(mutex_);
    if (!done_ || status_.ok()) return std::nullopt;
    return DecodeError(status_);
  }

 private:
  void OnReadDone(bool ok) override {
    bool release = false;
    {
      std::lock_guard lock(mutex_);
      reading_ = false;
      ready_ = ok && !abandoned_;
      release = held_ && (!ok || abandoned_);
      if (release) held_ = false;
      changed_.notify_all();
    }
    if (release) RemoveHold();
  }

  void OnDone(const grpc::Status& status) override {
    std::lock_guard lock(mutex_);
    status_ = status;
    done_ = true;
    // Under the lock: the waiter destroys this object as soon as it can take it.
    changed_.notify_all();
  }

  const v1::StreamStatusRequest request_;
  const std::unique_ptr<v1::PayoutService::Stub> stub_;
  grpc::ClientContext context_;
  v1::StreamStatusResponse incoming_;  // gRPC's while reading_, ours while ready_

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool reading_ = true;
  bool held_ = true;
  bool ready_ = false;
  bool abandoned_ = false;
  bool done_ = false;
  grpc::Status status_;
};

StatusStream::StatusStream(const Channel& channel, const v1::StreamStatusRequest& request)
    : reader_(std::make_unique<Reader>(channel, request)) {
  refused_ = channel.Authorize(reader_->context());
  if (!refused_) reader_->Start();
}

StatusStream::~StatusStream() {
  if (!refused_) reader_->Finish();
}

StatusStream::Outcome StatusStream::Wait(absl::Duration patience,
                                         v1::StreamStatusResponse* message) {
  if (refused_) return Outcome::kDone;
  return reader_->Wait(patience, message);
}

std::optional<CallError> StatusStream::error() const {
  if (refused_) return refused_;
  return reader_->error();
}

void StatusStream::TryCancel() {
  if (!refused_) reader_->context().TryCancel();
}

}  // namespace payout::client
