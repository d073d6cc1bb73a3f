#include "server/rpc/message_renderer.h"

#include <cstdint>
#include <variant>

#include <grpcpp/support/slice.h>

#include "server/rpc/proto_codec.h"

namespace payout {
namespace {

WireMessage Make(const StreamMessage& message) {
  v1::StreamStatusResponse response;
  SetMessage(message, response);
  return ToWire(response);
}

}  // namespace

WireMessage ToWire(const v1::StreamStatusResponse& message) {
  const grpc::Slice bytes(message.SerializeAsString());
  return std::make_shared<const grpc::ByteBuffer>(&bytes, 1);
}

WireMessage MessageRenderer::Render(const StreamMessage& message) {
  if (!std::holds_alternative<EventPtr>(message.content)) return Make(message);
  // Changes that follow each other have places that follow each other, each target's somewhere
  // else.
  Change& kept =
      kept_[(static_cast<std::uint64_t>(message.token.position) + message.token.filter) % kKept];
  if (kept.bytes == nullptr || kept.token != message.token) {
    kept = {.token = message.token, .bytes = Make(message)};
  }
  return kept.bytes;
}

}  // namespace payout
