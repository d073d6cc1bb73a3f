#include "tests/bench/stream_server.h"

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/byte_buffer.h>

#include "payout/v1/payout_service.grpc.pb.h"
#include "tests/bench/floor_server.h"
#include "tests/bench/load.h"
#include "tests/bench/lock_cycles.h"

namespace payout::bench {
namespace {

// One rendering for all streams: copies of the buffer share its bytes.
using Message = std::shared_ptr<const grpc::ByteBuffer>;
using Service = v1::PayoutService::WithCallbackMethod_CreatePayout<
    v1::PayoutService::WithRawCallbackMethod_StreamStatus<v1::PayoutService::Service>>;

constexpr std::size_t kTokenCharacters = 66;  // as the gateway's

v1::StreamStatusResponse WithToken() {
  v1::StreamStatusResponse message;
  message.set_token(std::string(kTokenCharacters, 't'));
  return message;
}

Message Render(const v1::StreamStatusResponse& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return std::make_shared<const grpc::ByteBuffer>(&slice, 1);
}

class Hub;

class Stream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit Stream(Hub& hub);

  void Send(const Message& message) {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    waiting_.push_back(message);
    if (waiting_.size() == 1) StartWrite(message.get());
  }
  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    waiting_.pop_front();
    if (!ok) waiting_.clear();
    if (!finished_ && !waiting_.empty()) StartWrite(waiting_.front().get());
  }
  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    if (std::exchange(finished_, true)) return;
    Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override;

 private:
  Hub& hub_;
  std::mutex mutex_;
  std::list<Message> waiting_;  // the first one is being written
  bool finished_ = false;
};

class Hub {
 public:
  Hub() {
    v1::StreamStatusResponse begin = WithToken();
    begin.mutable_snapshot_begin();
    v1::StreamStatusResponse end = WithToken();
    end.mutable_snapshot_end();
    begin_ = Render(begin);
    end_ = Render(end);
  }
  void Add(Stream* stream) {
    stream->Send(begin_);
    stream->Send(end_);
    const std::lock_guard lock(mutex_);
    streams_.insert(stream);
  }
  void Remove(Stream* stream) {
    const std::lock_guard lock(mutex_);
    streams_.erase(stream);
  }
  void Send(const Message& message) {
    const std::lock_guard lock(mutex_);
    for (Stream* stream : streams_) stream->Send(message);
  }

 private:
  Message begin_;
  Message end_;
  std::mutex mutex_;
  std::unordered_set<Stream*> streams_;
};

Stream::Stream(Hub& hub) : hub_(hub) { hub_.Add(this); }
void Stream::OnDone() {
  hub_.Remove(this);
  delete this;
}

class StreamingService final : public Service {
  grpc::ServerUnaryReactor* CreatePayout(grpc::CallbackServerContext* context,
                                         const v1::CreatePayoutRequest* request,
                                         v1::CreatePayoutResponse* answer) override {
    *answer = BenchAnswer(*request);
    v1::StreamStatusResponse message = WithToken();
    v1::PayoutEvent& event = *message.mutable_event();
    *event.mutable_payout() = answer->payout();
    event.mutable_event_time()->set_seconds(1'700'000'000);
    for (auto* time : {event.mutable_event_time(), event.mutable_payout()->mutable_create_time(),
                       event.mutable_payout()->mutable_update_time()}) {
      time->set_nanos(123'456'000);
    }
    hub_.Send(Render(message));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamStatus(grpc::CallbackServerContext*,
                                                           const grpc::ByteBuffer*) override {
    return new Stream(hub_);
  }

  Hub hub_;
};

}  // namespace

int ServeStreams() {
  IgnoreLockCycles();
  StreamingService service;
  return ServeFloor(service, "stream_port", std::chrono::seconds(300)).ok() ? 0 : 1;
}

}  // namespace payout::bench
