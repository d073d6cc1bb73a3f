// MessageRenderer: messages of streams as bytes for the wire. Streams with the same target are sent
// the same bytes of a change, made once.
//
// Used by: stream_status, one for all streams. It keeps the last kKept changes; what it kept no
// longer is made again. Thread-safety: none; what it returns may be read and let go of anywhere.

#ifndef PAYOUT_SERVER_RPC_MESSAGE_RENDERER_H_
#define PAYOUT_SERVER_RPC_MESSAGE_RENDERER_H_

#include <array>
#include <cstddef>
#include <memory>

#include <grpcpp/support/byte_buffer.h>

#include "payout/v1/payout_service.pb.h"
#include "server/app/status_stream.h"

namespace payout {

// A StreamStatusResponse. Copies of the buffer share its bytes.
using WireMessage = std::shared_ptr<const grpc::ByteBuffer>;

WireMessage ToWire(const v1::StreamStatusResponse& message);

class MessageRenderer {
 public:
  WireMessage Render(const StreamMessage& message);

 private:
  static constexpr std::size_t kKept = 1024;
  struct Change {
    StreamToken token;  // tells everything that the bytes depend on
    WireMessage bytes;
  };
  std::array<Change, kKept> kept_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_MESSAGE_RENDERER_H_
