#include "tests/bench/stream_load.h"

#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/bench/interrupt.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kMethod[] = "/payout.v1.PayoutService/StreamStatus";
// Tags of StreamStatusResponse: the field's number and "length-delimited".
constexpr int kTokenTag = 1 << 3 | 2;
constexpr int kSnapshotEndTag = v1::StreamStatusResponse::kSnapshotEndFieldNumber << 3 | 2;
constexpr int kEventTag = v1::StreamStatusResponse::kEventFieldNumber << 3 | 2;

// The tag of what follows the token, which comes first and is short; -1 for anything else.
int ContentTag(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  if (!message.Dump(&slices).ok()) return -1;
  std::size_t wanted = 0;
  std::size_t seen = 0;
  int token_bytes = -1;
  for (const grpc::Slice& slice : slices) {
    for (; wanted < seen + slice.size(); ++wanted) {
      const int byte = slice.begin()[wanted - seen];
      if (wanted == 0 && byte != kTokenTag) return -1;
      if (wanted == 1) {
        if (byte >= 128) return -1;
        token_bytes = byte;
        wanted += static_cast<std::size_t>(token_bytes);
        continue;
      }
      if (token_bytes >= 0 && wanted == 2 + static_cast<std::size_t>(token_bytes)) return byte;
    }
    seen += slice.size();
  }
  return -1;
}

grpc::ByteBuffer RequestBytes(v1::StreamStart start) {
  v1::StreamStatusRequest request;
  request.mutable_feed();
  request.set_start(start);
  const grpc::Slice slice(request.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

struct StreamLoad::State {
  Watch watch;
  std::size_t watch_every = 0;
  const grpc::ByteBuffer request = RequestBytes(v1::STREAM_START_SNAPSHOT);
  const grpc::ByteBuffer stalled_request = RequestBytes(v1::STREAM_START_OLDEST);

  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  std::vector<std::unique_ptr<Stream>> streams;
  std::unique_ptr<grpc::GenericStub> stalled_stub;
  std::unique_ptr<Stream> stalled;

  std::atomic<std::size_t> events{0};
  std::atomic<std::size_t> event_bytes{0};
  // Number of events that is waited for.
  std::atomic<std::size_t> wake_at{std::numeric_limits<std::size_t>::max()};

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t ready = 0;  // guarded by mutex, as all below
  std::size_t running = 0;
  std::string ended_early;  // status of the first; the stalled one may end
  std::optional<grpc::Status> stalled_status;
  bool closing = false;

  void Start(Stream& stream, grpc::GenericStub& stub);
  // False: not within `limit`, or a stream has ended.
  template <class Done>
  bool Wait(std::chrono::seconds limit, Done done) {
    constexpr std::chrono::milliseconds kStep{100};  // no signal wakes who waits
    const Clock::time_point end = Clock::now() + limit;
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, kStep, [&] { return done() || !ended_early.empty(); })) {
      if (Clock::now() >= end || Interrupted()) return false;
    }
    return ended_early.empty();
  }
  absl::Status Failure(const std::string& what) {
    if (Interrupted()) return CheckInterrupt();
    const std::lock_guard lock(mutex);
    return absl::UnavailableError(ended_early.empty() ? what : "a stream ended: " + ended_early);
  }
};

class StreamLoad::Stream final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Stream(State& state, std::size_t number, bool stalls)
      : state_(state), number_(number), stalls_(stalls) {}

  void Start(grpc::GenericStub& stub) {
    stub.PrepareBidiStreamingCall(&context_, kMethod, {}, this);
    if (stalls_) AddHold();
    StartWriteLast(stalls_ ? &state_.stalled_request : &state_.request, grpc::WriteOptions());
    StartRead(&message_);
    StartCall();
  }
  void Cancel() {
    context_.TryCancel();
    if (stalls_ && !resumed_.exchange(true)) RemoveHold();
  }
  void Resume() {
    if (resumed_.exchange(true)) return;
    StartRead(&message_);
    RemoveHold();
  }
  std::size_t events() const { return events_; }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const int tag = ContentTag(message_);
    if (tag == kEventTag) TakeEvent();
    const bool stops = stalls_ && !std::exchange(stopped_, true);
    if (tag == kSnapshotEndTag || stops) {
      const std::lock_guard lock(state_.mutex);
      ++state_.ready;
      // Notified under the lock: the waiter may destroy what it waits with.
      state_.changed.notify_all();
    }
    if (!stops) StartRead(&message_);
  }

  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(state_.mutex);
    --state_.running;
    if (stalls_) {
      state_.stalled_status = status;
    } else if (!state_.closing && state_.ended_early.empty()) {
      state_.ended_early = absl::StrCat("code ", static_cast<int>(status.error_code()), ", ",
                                        status.error_message());
    }
    state_.changed.notify_all();
  }

 private:
  void TakeEvent() {
    ++events_;
    if (!stalls_) {
      state_.event_bytes.fetch_add(message_.Length(), std::memory_order_relaxed);
      if (state_.watch && number_ % state_.watch_every == 0) Show();
      if (state_.events.fetch_add(1) + 1 < state_.wake_at) return;
    }
    const std::lock_guard lock(state_.mutex);
    state_.changed.notify_all();
  }
  void Show() {
    v1::StreamStatusResponse event;
    grpc::ProtoBufferReader reader(&message_);
    if (event.ParseFromZeroCopyStream(&reader)) state_.watch(number_, event);
    // What was not understood is missed by whoever watches.
  }

  State& state_;
  const std::size_t number_;
  const bool stalls_;
  bool stopped_ = false;  // used in OnReadDone
  std::atomic<bool> resumed_{false};
  std::atomic<std::size_t> events_{0};
  grpc::ClientContext context_;
  grpc::ByteBuffer message_;
};

void StreamLoad::State::Start(Stream& stream, grpc::GenericStub& stub) {
  {
    const std::lock_guard lock(mutex);
    ++running;
  }
  stream.Start(stub);
}

StreamLoad::StreamLoad(Channels channels, Watch watch, std::size_t watch_every)
    : channels_(std::move(channels)), state_(std::make_unique<State>()) {
  state_->watch = std::move(watch);
  state_->watch_every = watch_every;
  for (const auto& channel : channels_) {
    state_->stubs.push_back(std::make_unique<grpc::GenericStub>(channel));
  }
}

StreamLoad::~StreamLoad() { CloseAll(); }

absl::Status StreamLoad::Open(std::size_t count, std::chrono::seconds limit) {
  State& state = *state_;
  const std::size_t first = state.streams.size();
  state.streams.reserve(first + count);
  for (std::size_t number = first; number < first + count; ++number) {
    state.streams.push_back(std::make_unique<Stream>(state, number, /*stalls=*/false));
    state.Start(*state.streams.back(), *state.stubs[number % state.stubs.size()]);
    PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
  }
  const std::size_t wanted = first + count + (state.stalled == nullptr ? 0 : 1);
  if (state.Wait(limit, [&] { return state.ready == wanted; })) return absl::OkStatus();
  return state.Failure(absl::StrCat("only ", state.ready, " of ", wanted, " streams opened"));
}

absl::Status StreamLoad::OpenStalled(const std::shared_ptr<grpc::Channel>& channel,
                                     std::chrono::seconds limit) {
  State& state = *state_;
  state.stalled_stub = std::make_unique<grpc::GenericStub>(channel);
  state.stalled = std::make_unique<Stream>(state, 0, /*stalls=*/true);
  state.Start(*state.stalled, *state.stalled_stub);
  const std::size_t wanted = state.streams.size() + 1;
  if (state.Wait(limit, [&] { return state.ready == wanted; })) return absl::OkStatus();
  return state.Failure("the stream that is to stall does not open");
}

void StreamLoad::Resume() { state_->stalled->Resume(); }

absl::Status StreamLoad::WaitForEvents(std::size_t each, std::chrono::seconds limit) {
  State& state = *state_;
  const std::size_t wanted = each * state.streams.size();
  state.wake_at = wanted;
  if (!state.Wait(limit, [&] { return state.events >= wanted; })) {
    return state.Failure(absl::StrCat("only ", events(), " of ", wanted, " events arrived"));
  }
  for (const std::unique_ptr<Stream>& stream : state.streams) {
    if (stream->events() == each) continue;
    return absl::DataLossError(
        absl::StrCat("a stream received ", stream->events(), " events instead of ", each));
  }
  return absl::OkStatus();
}

absl::StatusOr<grpc::Status> StreamLoad::WaitForStalled(std::chrono::seconds limit) {
  State& state = *state_;
  if (!state.Wait(limit, [&] { return state.stalled_status.has_value(); })) {
    return state.Failure("the stalled stream does not end");
  }
  const std::lock_guard lock(state.mutex);
  return *state.stalled_status;
}

std::size_t StreamLoad::events() const { return state_->events; }

std::size_t StreamLoad::stalled_events() const {
  return state_->stalled == nullptr ? 0 : state_->stalled->events();
}

double StreamLoad::bytes_per_event() const {
  return static_cast<double>(state_->event_bytes) / static_cast<double>(state_->events);
}

void StreamLoad::CloseAll() {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    state.closing = true;
  }
  for (const std::unique_ptr<Stream>& stream : state.streams) stream->Cancel();
  if (state.stalled != nullptr) state.stalled->Cancel();
  std::unique_lock lock(state.mutex);
  state.changed.wait(lock, [&state] { return state.running == 0; });
  state.streams.clear();
  state.stalled.reset();
  state.stalled_status.reset();
  state.ready = 0;
  state.events = 0;
  state.event_bytes = 0;
  state.wake_at = std::numeric_limits<std::size_t>::max();
  state.closing = false;
}

std::shared_ptr<grpc::Channel> OpenNarrowChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace payout::bench
