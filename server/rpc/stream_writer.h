// StreamWriter: writes one stream's messages to gRPC, one after the other, and tells the stream
// when few are left, when the caller goes away, and when it takes none.
//
// Used by: stream_status, one per stream. gRPC calls it on its own threads; what it learns is
// posted to the core loop, a finished write only when somebody there waits for it. Everything else
// is called on the core loop.

#ifndef PAYOUT_SERVER_RPC_STREAM_WRITER_H_
#define PAYOUT_SERVER_RPC_STREAM_WRITER_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/app/ports/environment.h"
#include "server/app/status_stream.h"
#include "server/base/task.h"
#include "server/base/trigger.h"
#include "server/rpc/message_renderer.h"

namespace payout {

class StreamWriter final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public std::enable_shared_from_this<StreamWriter> {
 public:
  StreamWriter(Environment& env, grpc::CallbackServerContext* context, absl::Duration write_timeout)
      : env_(env), write_timeout_(write_timeout), context_(context) {}

  // Keeps itself alive until gRPC is done with it. Called once, before gRPC is told of it.
  void Hold() { self_ = shared_from_this(); }

  // From now on `stream` is stopped when the caller goes away, or takes no message for
  // `write_timeout`.
  void Watch(StatusStream* stream);
  void Unwatch();
  bool cancelled() const { return cancelled_; }

  // Writes `messages` after those that still wait; returns how many wait, or are being written.
  // Only between Watch and Unwatch, which ends its timer.
  std::size_t Send(std::list<WireMessage> messages);

  // Suspends until no more than `left` wait or are being written. False: the caller is gone, takes
  // no message, or the monotonic `deadline` passed.
  Task<bool> Written(std::size_t left, absl::Duration deadline = absl::InfiniteDuration());

  // Ends the stream; what has not begun to be written never is. If gRPC is not done with it in
  // time, cuts it off.
  Task<void> End(absl::Status status, absl::Duration cancel_after);

 private:
  // On gRPC's threads.
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  // Under `mutex_`. gRPC reads the message until OnWriteDone.
  void WriteFirst();

  bool lost() const { return cancelled_ || slow_; }
  void Lose();
  void CheckAt(absl::Duration at);
  void FinishWith(const absl::Status& status);

  Environment& env_;
  const absl::Duration write_timeout_;
  std::shared_ptr<StreamWriter> self_;  // gRPC's, until OnDone

  std::mutex mutex_;  // guards what both sides use, up to wake_at_
  grpc::CallbackServerContext* context_;
  std::list<WireMessage> waiting_;  // the first one is being written
  absl::Duration write_began_;
  bool ended_ = false;                  // nothing more is written
  std::optional<std::size_t> wake_at_;  // the coroutine waits until so few are left

  // Core loop only.
  Trigger changed_;
  StatusStream* stream_ = nullptr;
  TimerId timer_;
  bool cancelled_ = false;
  bool slow_ = false;
  bool done_ = false;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_STREAM_WRITER_H_
