// StreamLoad: many StreamStatus calls at once, and what arrives on them.
//
// Used by: benchmarks. Messages are counted without being decoded, so that the load costs as little
// as it can of the machine that it shares with the process under test; those of watched streams are
// decoded and shown. Used by one thread; gRPC's threads call it back.

#ifndef PAYOUT_TESTS_BENCH_STREAM_LOAD_H_
#define PAYOUT_TESTS_BENCH_STREAM_LOAD_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::bench {

class StreamLoad {
 public:
  using Channels = std::vector<std::shared_ptr<grpc::Channel>>;
  // Called on gRPC's threads, for one stream never twice at once.
  using Watch = std::function<void(std::size_t stream, const v1::StreamStatusResponse& event)>;

  // Streams are spread over the channels. Every `watch_every`th is watched, beginning with the
  // first.
  explicit StreamLoad(Channels channels, Watch watch = nullptr, std::size_t watch_every = 100);
  // CloseAll.
  ~StreamLoad();
  StreamLoad(const StreamLoad&) = delete;
  StreamLoad& operator=(const StreamLoad&) = delete;

  // Opens feeds that start with a snapshot, and returns when each has received the end of its
  // snapshot: from then on it receives every event.
  absl::Status Open(std::size_t count, std::chrono::seconds limit);
  // One more, on `channel`, that begins with the oldest change and stops reading after one message,
  // until Resume.
  absl::Status OpenStalled(const std::shared_ptr<grpc::Channel>& channel,
                           std::chrono::seconds limit);
  void Resume();

  // Until every stream that reads has received `each` events since it was opened. An error when
  // they do not arrive in time, a stream ends, or one receives more.
  absl::Status WaitForEvents(std::size_t each, std::chrono::seconds limit);
  // Until the stalled one has ended; its status.
  absl::StatusOr<grpc::Status> WaitForStalled(std::chrono::seconds limit);

  std::size_t events() const;          // of all streams that read
  std::size_t stalled_events() const;  // of the stalled one
  double bytes_per_event() const;

  // Cancels all streams and returns when they have ended.
  void CloseAll();

 private:
  class Stream;
  struct State;

  const Channels channels_;
  const std::unique_ptr<State> state_;
};

// Connections of their own to one address, with a flow-control window so small that a reader who
// stops is felt by the server at once.
std::shared_ptr<grpc::Channel> OpenNarrowChannel(const std::string& address);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_STREAM_LOAD_H_
