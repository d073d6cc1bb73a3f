// StatusStream: one StreamStatus call, read message by message with a limit on the silence.
//
// Used by: StatusWatch only. Wait() by one thread; TryCancel() by any. Never more than one message
// is held back here, so that a slow reader slows the server and not our memory.

#ifndef PAYOUT_CLIENT_STATUS_STREAM_H_
#define PAYOUT_CLIENT_STATUS_STREAM_H_

#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "client/channel.h"
#include "client/error.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::client {

class StatusStream {
 public:
  // Starts the call. An error (no token) is reported by the first Wait().
  StatusStream(const Channel& channel, const v1::StreamStatusRequest& request);
  // Cancels the call and waits for its end, which is prompt.
  ~StatusStream();
  StatusStream(const StatusStream&) = delete;
  StatusStream& operator=(const StatusStream&) = delete;

  enum class Outcome { kMessage, kDone, kSilent };
  // The next message; or the stream is over; or nothing came within `patience`.
  Outcome Wait(absl::Duration patience, v1::StreamStatusResponse* message);
  // After kDone: the error, or nothing when the status was OK.
  std::optional<CallError> error() const;
  void TryCancel();

 private:
  class Reader;
  std::optional<CallError> refused_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_STATUS_STREAM_H_
