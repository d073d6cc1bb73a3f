// Clients that take, hold or send too much.

#include <cstddef>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/adapters/http/listener_fixture.h"

namespace payout::http {
namespace {

using testing::RawClient;

class ListenerLimitsTest : public ListenerFixture {
 protected:
  static ListenerOptions Impatient() {
    ListenerOptions options;
    options.request_deadline = absl::Milliseconds(200);
    options.idle_timeout = absl::Milliseconds(200);
    return options;
  }
};

TEST_F(ListenerLimitsTest, SilentConnectionIsClosed) {
  Listen(Impatient(), &Echo);
  RawClient client(port_);
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(ListenerLimitsTest, SilenceBetweenRequestsIsLimitedToo) {
  Listen(Impatient(), &Echo);
  RawClient client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().value().status, 200);
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(ListenerLimitsTest, HeaderThatTricklesInIsCutOffAtTheDeadline) {
  ListenerOptions options = Impatient();
  options.idle_timeout = absl::Seconds(30);
  Listen(options, &Echo);
  RawClient client(port_);
  const std::string header = "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + std::string(4000, 'a');
  EXPECT_LT(client.Drip(header, 10), header.size());
  EXPECT_TRUE(client.ClosedByServer());
  WaitUntilNobodyIsConnected();
  EXPECT_EQ(Counts().timed_out, 1U);
}

TEST_F(ListenerLimitsTest, BodyThatTricklesInIsCutOffAtTheDeadline) {
  ListenerOptions options = Impatient();
  options.idle_timeout = absl::Seconds(30);
  Listen(options, &Echo);
  RawClient client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n");
  const std::string body(4000, 'a');
  EXPECT_LT(client.Drip(body, 10), body.size());
  EXPECT_TRUE(client.ClosedByServer());
  WaitUntilNobodyIsConnected();
  EXPECT_EQ(Counts().timed_out, 1U);
}

TEST_F(ListenerLimitsTest, ChunksThatTrickleInAreCutOffAtTheDeadline) {
  ListenerOptions options = Impatient();
  options.idle_timeout = absl::Seconds(30);
  Listen(options, &Echo);
  RawClient client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunks;
  for (int i = 0; i < 1000; ++i) chunks += "1\r\na\r\n";
  EXPECT_LT(client.Drip(chunks, 10), chunks.size());
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(ListenerLimitsTest, ClientThatNeverReadsItsAnswerIsClosed) {
  ListenerOptions options;
  options.reply_deadline = absl::Milliseconds(200);
  Listen(options, [](Request) -> Task<Reply> {
    Reply reply;
    reply.body.assign(std::size_t{64} << 20, 'x');  // More than the sockets can hold.
    co_return reply;
  });
  RawClient client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  // Nothing is read here until the listener has given the connection up.
  bool given_up = false;
  while (!given_up) {
    thread_.Do(
        [&] { given_up = listener_->counts().requests == 1 && listener_->connections() == 0; });
  }
  EXPECT_LT(client.ReadToEnd().value().size(), std::size_t{64} << 20);
}

TEST_F(ListenerLimitsTest, HeaderOverTheLimitIsRefused) {
  ListenerOptions options;
  options.header_bytes_max = 1000;
  Listen(options, &Echo);
  RawClient client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(70'000, 'a') + "\r\n\r\n");
  EXPECT_EQ(client.Read().value().status, 431);
  EXPECT_TRUE(client.ClosedByServer());
}

// It fits in the buffer, where the parser finds it complete.
TEST_F(ListenerLimitsTest, HeaderJustOverTheLimitIsRefusedEvenWhenItComesInOnePiece) {
  ListenerOptions options;
  options.header_bytes_max = 1000;
  Listen(options, &Echo);
  const std::string head = "GET / HTTP/1.1\r\nHost: x\r\nX-Long: ";
  const std::string end = "\r\n\r\n";
  const std::size_t fits = options.header_bytes_max - head.size() - end.size();
  RawClient client(port_);
  client.Send(head + std::string(fits, 'a') + end);
  EXPECT_EQ(client.Read().value().status, 200);
  client.Send(head + std::string(fits + 1, 'a') + end);
  EXPECT_EQ(client.Read().value().status, 431);
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(ListenerLimitsTest, TargetOverTheLimitIsRefused) {
  ListenerOptions options;
  options.header_bytes_max = 1000;
  Listen(options, &Echo);
  RawClient client(port_);
  client.Send("GET /" + std::string(2000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().value().status, 431);
}

TEST_F(ListenerLimitsTest, BodyOverTheLimitIsRefusedWhateverItsFraming) {
  ListenerOptions options;
  options.body_bytes_max = 1000;
  Listen(options, &Echo);
  for (const std::string& request :
       {"Content-Length: 1001\r\n\r\n" + std::string(1001, 'a'),
        std::string("Content-Length: 104857600\r\n\r\n"),
        "Content-Length: 1048576\r\n\r\n" + std::string(1 << 20, 'a'),
        "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a') + "\r\n0\r\n\r\n",
        std::string("Transfer-Encoding: chunked\r\n\r\nffffffff\r\n")}) {
    RawClient client(port_);
    client.Send("POST / HTTP/1.1\r\nHost: x\r\n" + request);
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << request.substr(0, 50);
    EXPECT_EQ(answer->status, 413) << request.substr(0, 50);
    EXPECT_TRUE(client.ClosedByServer());
  }
  EXPECT_EQ(Counts().requests, 0U);
}

TEST_F(ListenerLimitsTest, BodyOfExactlyTheLimitIsTaken) {
  ListenerOptions options;
  options.body_bytes_max = 1000;
  Listen(options, &Echo);
  RawClient client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" +
              std::string(1000, 'a'));
  EXPECT_EQ(client.Read().value().status, 200);
}

TEST_F(ListenerLimitsTest, ConnectionsOverTheLimitAreClosedAtOnceAndPlacesComeBack) {
  ListenerOptions options;
  options.connections_max = 3;
  Listen(options, &Echo);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(port_));
    clients.back()->Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(clients.back()->Read().value().status, 200);
  }
  RawClient fourth(port_);
  EXPECT_TRUE(fourth.ClosedByServer());
  EXPECT_EQ(Counts().connections_refused, 1U);

  clients.clear();
  WaitUntilNobodyIsConnected();
  RawClient fifth(port_);
  fifth.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(fifth.Read().value().status, 200);
}

// Whatever bytes come, the next client is served.
TEST_F(ListenerLimitsTest, RandomBytesNeverBreakTheListener) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  Listen({}, &Echo);
  const std::string valid =
      "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n";
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    if (round % 2 == 0) {
      bytes.resize(random() % 300);
      for (char& byte : bytes) byte = static_cast<char>(random());
    } else {
      bytes = valid;
      for (std::size_t changes = 1 + random() % 4; changes > 0; --changes) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
    }
    RawClient client(port_);
    client.Send(bytes);
    client.EndSending();
    const auto answer = client.ReadToEnd();
    ASSERT_TRUE(answer) << "seed " << seed << ", round " << round << ": not closed";
    EXPECT_TRUE(answer->empty() || answer->rfind("HTTP/1.1 ", 0) == 0) << *answer;
  }
  RawClient client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().value().status, 200);
}

}  // namespace
}  // namespace payout::http
