// Messages of streams as bytes: shared where they are equal, apart where anything differs.

#include "server/rpc/message_renderer.h"

#include <memory>
#include <string>
#include <utility>

#include <grpcpp/support/proto_buffer_reader.h>
#include <gtest/gtest.h>

#include "server/rpc/proto_codec.h"

namespace payout {
namespace {

v1::StreamStatusResponse Parsed(const WireMessage& bytes) {
  grpc::ByteBuffer copy(*bytes);
  grpc::ProtoBufferReader reader(&copy);
  v1::StreamStatusResponse message;
  EXPECT_TRUE(message.ParseFromZeroCopyStream(&reader));
  return message;
}

StreamMessage Change(std::int64_t position, std::uint64_t filter) {
  Event event;
  event.position = position;
  event.revision = 1;
  event.key = {MerchantName("main"), PayoutId("p" + std::to_string(position))};
  event.intent.key = event.key;
  return {.token = {.epoch = 7, .position = position, .filter = filter},
          .content = std::make_shared<const Event>(std::move(event))};
}

std::string Expected(const StreamMessage& message) {
  v1::StreamStatusResponse expected;
  SetMessage(message, expected);
  return expected.SerializeAsString();
}

TEST(MessageRendererTest, StreamsOfOneTargetShareTheBytesOfAChange) {
  MessageRenderer renderer;
  const WireMessage first = renderer.Render(Change(5, 1));
  EXPECT_EQ(renderer.Render(Change(5, 1)), first);
  EXPECT_EQ(Parsed(first).SerializeAsString(), Expected(Change(5, 1)));
  EXPECT_EQ(Parsed(first).event().payout().payout_id(), "p5");
}

TEST(MessageRendererTest, AnotherTargetGetsItsOwnToken) {
  MessageRenderer renderer;
  const WireMessage first = renderer.Render(Change(5, 1));
  // The same place: one of them goes.
  for (const std::uint64_t filter : {std::uint64_t{2}, std::uint64_t{1 + 1024}}) {
    const WireMessage other = renderer.Render(Change(5, filter));
    EXPECT_NE(Parsed(other).token(), Parsed(first).token());
    EXPECT_EQ(Parsed(other).SerializeAsString(), Expected(Change(5, filter)));
  }
  EXPECT_EQ(Parsed(renderer.Render(Change(5, 1))).token(), Parsed(first).token());
}

TEST(MessageRendererTest, ManyChangesOfManyTargetsAreEachTheirOwn) {
  MessageRenderer renderer;
  for (int turn = 0; turn < 2; ++turn) {
    for (std::int64_t position = 1; position <= 1500; ++position) {
      for (const std::uint64_t filter : {std::uint64_t{3}, ~std::uint64_t{0}}) {
        const StreamMessage change = Change(position, filter);
        ASSERT_EQ(Parsed(renderer.Render(change)).SerializeAsString(), Expected(change));
      }
    }
  }
}

// Their tokens may equal a change's.
TEST(MessageRendererTest, WhatIsNoChangeIsNeverTakenForOne) {
  MessageRenderer renderer;
  const StreamMessage change = Change(5, 1);
  renderer.Render(change);
  EXPECT_TRUE(
      Parsed(renderer.Render({.token = change.token, .content = Progress{}})).has_progress());
  EXPECT_EQ(Parsed(renderer.Render({.token = change.token, .content = SnapshotEnd{.count = 3}}))
                .snapshot_end()
                .payout_count(),
            3);
  EXPECT_TRUE(Parsed(renderer.Render(change)).has_event());
}

}  // namespace
}  // namespace payout
