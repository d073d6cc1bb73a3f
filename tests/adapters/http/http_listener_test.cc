// What well-behaved clients get from the listener, and what ill-formed requests get.

#include "adapters/http/http_listener.h"

#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/app/wait.h"
#include "server/base/trigger.h"
#include "tests/adapters/http/listener_fixture.h"

namespace payout::http {
namespace {

using testing::LoopThread;
using testing::RawAnswer;
using testing::RawClient;

class ListenerTest : public ListenerFixture {};

TEST_F(ListenerTest, RequestReachesTheHandlerAndItsReplyTheClient) {
  Listen({}, &Echo);
  RawClient client(port_);
  client.Send("POST /a/b?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz");
  const RawAnswer answer = client.Read().value();
  EXPECT_EQ(answer.header,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 17\r\n\r\n");
  EXPECT_EQ(answer.body, "POST /a/b?c=d|xyz");
}

TEST_F(ListenerTest, HeadersAreFoundInAnyCase) {
  Listen({}, [](Request request) -> Task<Reply> {
    Reply reply;
    reply.body = std::string(request.Header("x-NOTE").value_or("absent")) + "," +
                 std::string(request.Header("X-Other").value_or("absent"));
    co_return reply;
  });
  RawClient client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nX-Note:  some thing \r\n\r\n");
  EXPECT_EQ(client.Read().value().body, "some thing,absent");
}

TEST_F(ListenerTest, ConnectionServesManyRequests) {
  Listen({}, &Echo);
  RawClient client(port_);
  for (int i = 0; i < 20; ++i) {
    client.Send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.Read().value().body, "GET /" + std::to_string(i) + "|");
  }
  EXPECT_EQ(Counts().connections, 1U);
}

TEST_F(ListenerTest, PipelinedRequestsAreAnsweredInOrder) {
  Listen({}, &Echo);
  RawClient client(port_);
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab";
  }
  client.Send(all);
  for (int i = 0; i < 200; ++i) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "POST /" + std::to_string(i) + "|ab");
  }
}

TEST_F(ListenerTest, ChunkedBodyIsPutTogether) {
  Listen({}, &Echo);
  RawClient client(port_);
  client.Send(
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().value().body, "POST /|abcde");
  EXPECT_EQ(client.Read().value().body, "GET /next|");
}

TEST_F(ListenerTest, HeadHasTheLengthButNotTheBody) {
  Listen({}, &Echo);
  RawClient client(port_);
  client.Send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n");
  const RawAnswer head = client.Read(/*head=*/true).value();
  EXPECT_NE(head.header.find("Content-Length: 8\r\n"), std::string::npos);
  EXPECT_EQ(client.Read().value().body, "GET /y|");
}

TEST_F(ListenerTest, ClientThatAsksForTheEndGetsIt) {
  Listen({}, &Echo);
  RawClient client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.Read().value().header.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(ListenerTest, Http10ClosesUnlessAskedToKeep) {
  Listen({}, &Echo);
  RawClient closing(port_);
  closing.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closing.Read().value().status, 200);
  EXPECT_TRUE(closing.ClosedByServer());
  RawClient keeping(port_);
  keeping.Send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(keeping.Read().value().header.find("Connection: keep-alive\r\n"), std::string::npos);
  keeping.Send("GET /2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(keeping.Read().value().body, "GET /2|");
}

TEST_F(ListenerTest, ClientThatWaitsForPermissionToSendItsBodyGetsIt) {
  Listen({}, &Echo);
  RawClient client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read().value().status, 100);
  client.Send("ab");
  EXPECT_EQ(client.Read().value().body, "POST /|ab");
}

TEST_F(ListenerTest, TooLargeBodyIsRefusedBeforeItIsSent) {
  ListenerOptions options;
  options.body_bytes_max = 10;
  Listen(options, &Echo);
  RawClient client(port_);
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read().value().status, 413);
  EXPECT_TRUE(client.ClosedByServer());
}

struct Refused {
  const char* name;
  const char* request;
  int status;
};

class RefusedTest : public ListenerFixture, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedTest, IsAnsweredOnceAndClosedAndNeverHandled) {
  Listen({}, &Echo);
  RawClient client(port_);
  client.Send(GetParam().request);
  // What follows on the connection could be a smuggled request; it must not be answered.
  client.Send("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
  client.EndSending();
  const auto answer = client.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, GetParam().status);
  EXPECT_NE(answer->header.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(answer->header.find("Server:"), std::string::npos);
  EXPECT_TRUE(client.ClosedByServer());
  EXPECT_EQ(Counts().requests, 0U);
  EXPECT_EQ(Counts().malformed, 1U);
}

constexpr Refused kRefused[] = {
    {"LengthAndChunked",
     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     400},
    {"ChunkedAndLength",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
     "0\r\n\r\n",
     400},
    {"TwoLengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
     400},
    {"TwoEqualLengths",
     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", 400},
    {"ListOfLengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\nab", 400},
    {"NegativeLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
    {"SignedLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\nab", 400},
    {"HexLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\nab", 400},
    {"HugeLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
     400},
    {"OtherCoding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
    {"CodingsEndingInChunked",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
    {"ChunkedTwice",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n"
     "0\r\n\r\n",
     400},
    {"Http10Chunked", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"BadChunkSize", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
     400},
    {"ChunkWithoutEnd",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabXX0\r\n\r\n", 400},
    {"FieldsBehindTheBody",
     "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
     "Authorization: Bearer x\r\n\r\n",
     400},
    {"SpaceBeforeColon", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 2\r\n\r\nab", 400},
    {"BareLineFeedInHeader", "GET / HTTP/1.1\r\nHost: x\n\n", 400},
    {"BareLineFeedAfterVersion", "GET / HTTP/1.1\nHost: x\n\n", 505},
    {"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
    {"TwoHosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
    {"AbsoluteTarget", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"StarTarget", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"Connect", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"NoTarget", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"Http12", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
    {"Http09", "GET /\r\n\r\n", 400},
    {"OtherExpectation", "GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n", 417},
    {"TlsHello", "\x16\x03\x01\x02\x0c", 400},
};

INSTANTIATE_TEST_SUITE_P(All, RefusedTest, ::testing::ValuesIn(kRefused),
                         [](const auto& suite) { return std::string(suite.param.name); });

TEST_F(ListenerTest, AddressThatIsNoneIsAnError) {
  thread_.Do([this] {
    ListenerOptions options;
    options.address = "localhost";
    HttpListener listener(thread_.loop(), thread_.loop().io_context(), options, &Echo);
    EXPECT_EQ(listener.Start().code(), absl::StatusCode::kInvalidArgument);
  });
}

TEST_F(ListenerTest, PortInUseIsAnError) {
  Listen({}, &Echo);
  thread_.Do([this] {
    ListenerOptions options;
    options.port = port_;
    HttpListener second(thread_.loop(), thread_.loop().io_context(), options, &Echo);
    EXPECT_EQ(second.Start().code(), absl::StatusCode::kUnavailable);
  });
}

// A handler that waits for a trigger of the test.
class WaitingHandlerTest : public ListenerFixture {
 protected:
  ~WaitingHandlerTest() override { Destroy(); }

  Handler Waiting() {
    return [this](Request) -> Task<Reply> {
      arrived_.set_value();
      WaitUntil released(thread_.loop(), &release_, absl::InfiniteDuration());
      co_await released;
      Reply reply;
      reply.body = "late";
      co_return reply;
    };
  }
  std::future<bool> Stop() {
    return thread_.Start<bool>([this]() -> Task<bool> {
      co_await listener_->Stop();
      co_return true;
    });
  }

  std::promise<void> arrived_;
  Trigger release_;
};

TEST_F(WaitingHandlerTest, StopLetsARequestInFlightFinish) {
  ListenerOptions options;
  options.drain = absl::Seconds(30);
  Listen(options, Waiting());
  RawClient idle(port_);
  idle.Send("GET");  // Not even a request yet, but begun: it has until the end of the drain.
  RawClient busy(port_);
  busy.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  arrived_.get_future().wait();
  RawClient silent(port_);
  std::future<bool> stopped = Stop();
  EXPECT_TRUE(silent.ClosedByServer());
  thread_.Do([this] { release_.Notify(); });
  const RawAnswer answer = busy.Read().value();
  EXPECT_EQ(answer.body, "late");
  EXPECT_NE(answer.header.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(busy.ClosedByServer());
  idle.EndSending();
  EXPECT_TRUE(LoopThread::Get(std::move(stopped)));
  RawClient after(port_);
  EXPECT_FALSE(after.Send("x"));  // Nobody listens any more.
}

TEST_F(WaitingHandlerTest, StopEndsAtTheLatestAfterItsBound) {
  ListenerOptions options;
  options.drain = absl::Milliseconds(100);
  Listen(options, Waiting());
  RawClient busy(port_);
  busy.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  arrived_.get_future().wait();
  EXPECT_TRUE(LoopThread::Get(Stop()));
  EXPECT_TRUE(busy.ClosedByServer());
}

TEST_F(WaitingHandlerTest, OverdueHandlerIsAnsweredForAndItsReplyDropped) {
  ListenerOptions options;
  options.reply_deadline = absl::Milliseconds(100);
  Listen(options, Waiting());
  RawClient client(port_);
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().value().status, 503);
  thread_.Do([this] { release_.Notify(); });
  EXPECT_TRUE(client.ClosedByServer());
  EXPECT_EQ(Counts().overdue, 1U);
}

TEST_F(WaitingHandlerTest, OverdueHandlerKeepsItsPlaceAmongTheConnections) {
  ListenerOptions options;
  options.reply_deadline = absl::Milliseconds(50);
  options.connections_max = 1;
  Listen(options, Waiting());
  {
    RawClient client(port_);
    client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.Read().value().status, 503);
  }
  RawClient second(port_);
  EXPECT_TRUE(second.ClosedByServer());  // The handler still runs; two would be over the limit.
  EXPECT_EQ(Counts().connections_refused, 1U);
}

TEST_F(WaitingHandlerTest, DestroyedListenerEndsHandlersAndConnections) {
  Listen({}, Waiting());
  RawClient busy(port_);
  busy.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  arrived_.get_future().wait();
  RawClient silent(port_);
  Destroy();
  EXPECT_TRUE(busy.ClosedByServer());
}

TEST_F(WaitingHandlerTest, ClientThatLeavesEarlyHarmsNobody) {
  Listen({}, Waiting());
  {
    RawClient client(port_);
    client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    arrived_.get_future().wait();
  }
  thread_.Do([this] { release_.Notify(); });
  arrived_ = {};
  RawClient next(port_);
  next.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  arrived_.get_future().wait();
  thread_.Do([this] { release_.Notify(); });
  EXPECT_EQ(next.Read().value().body, "late");
}

}  // namespace
}  // namespace payout::http
