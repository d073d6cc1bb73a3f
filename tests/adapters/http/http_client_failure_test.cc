// Answers and connections that go wrong, and what the client then says about them.

#include <cstddef>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/adapters/http/client_fixture.h"
#include "tests/adapters/http/raw_server.h"

namespace payout::http {
namespace {

using testing::OkAnswer;
using testing::RawConnection;
using testing::RawServer;

class HttpClientFailureTest : public ClientFixture {
 protected:
  HttpClientFailureTest() { MakeClient(); }

  // What becomes of a request that is answered with `answer`, after which the server closes.
  HttpFailure AfterAnswer(const std::string& answer, std::size_t bytes_max = 1000) {
    RawServer server([&answer](RawConnection& connection) {
      connection.ReadRequest();
      connection.Write(answer);
    });
    HttpRequest request = Post(server.Url("/"), "only-once");
    request.response_bytes_max = bytes_max;
    HttpFailure failure = FailureOf(Send(request));
    server.Finish();
    EXPECT_EQ(server.Seen("only-once"), 1);
    return failure;
  }
};

// A port on loopback that nobody listens on, held so that nobody else gets it.
class DeadPort {
 public:
  // `backlog` >= 0: listens, but never accepts.
  explicit DeadPort(int backlog = -1) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address_;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address_), length);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &length);
    if (backlog < 0) return;
    ::listen(fd_, backlog);
    // Fills the queue, after which the kernel ignores attempts to connect.
    for (int i = 0; i < backlog + 4; ++i) {
      const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(client, reinterpret_cast<sockaddr*>(&address_), length);
      clients_.push_back(client);
    }
  }
  ~DeadPort() {
    for (const int client : clients_) ::close(client);
    ::close(fd_);
  }
  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/secret-path";
  }

 private:
  int fd_;
  sockaddr_in address_{};
  std::vector<int> clients_;
};

TEST_F(HttpClientFailureTest, RefusedConnectionIsSurelyNotSent) {
  const DeadPort port;
  const HttpFailure failure = FailureOf(Send(Post(port.Url(), "body")));
  EXPECT_EQ(failure.sent, Sent::kSurelyNot);
  EXPECT_FALSE(failure.timed_out);
  EXPECT_NE(failure.what.find("refused"), std::string::npos) << failure.what;
  EXPECT_EQ(failure.what.find("secret-path"), std::string::npos) << failure.what;
}

TEST_F(HttpClientFailureTest, ConnectThatNeverEndsIsSurelyNotSent) {
  const DeadPort port(/*backlog=*/0);
  HttpRequest request = Post(port.Url(), "body");
  request.connect_timeout = absl::Milliseconds(150);
  const HttpFailure failure = FailureOf(Send(request));
  EXPECT_EQ(failure.sent, Sent::kSurelyNot);
  EXPECT_TRUE(failure.timed_out);
}

TEST_F(HttpClientFailureTest, SilenceAfterTheRequestIsMaybeSentAndTimedOut) {
  RawServer server([](RawConnection& connection) { connection.ReadToEnd(); });
  HttpRequest request = Post(server.Url("/"), "body");
  request.timeout = absl::Milliseconds(150);
  const HttpFailure failure = FailureOf(Send(request));
  EXPECT_EQ(failure.sent, Sent::kMaybe);
  EXPECT_TRUE(failure.timed_out);
  server.Finish();
  EXPECT_EQ(server.Seen("body"), 1);
}

TEST_F(HttpClientFailureTest, NoTimeLeftMeansNothingIsSent) {
  RawServer server([](RawConnection& connection) { connection.ReadToEnd(); });
  HttpRequest request = Post(server.Url("/"), "body");
  request.timeout = absl::ZeroDuration();
  const HttpFailure failure = FailureOf(Send(request));
  EXPECT_EQ(failure.sent, Sent::kSurelyNot);
  EXPECT_TRUE(failure.timed_out);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpClientFailureTest, UnsendableRequestIsRefusedBeforeConnecting) {
  RawServer server([](RawConnection& connection) { connection.ReadToEnd(); });
  HttpRequest header = Get(server.Url("/"));
  header.headers.emplace_back("X-Note", "a\r\nX-Evil: 1");
  HttpRequest url = Get(server.Url("/ HTTP/1.1\r\nX-Evil: 1"));
  for (const HttpRequest& request : {header, url}) {
    EXPECT_EQ(FailureOf(Send(request)).sent, Sent::kSurelyNot);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpClientFailureTest, OversizedAnswerIsCutOffAndMaybeSent) {
  const std::string body(2000, 'x');
  const std::vector<std::string> answers = {
      OkAnswer(body),
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + body + "\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX-Long: " + std::string(40'000, 'y') + "\r\n\r\n",
  };
  for (const std::string& answer : answers) {
    const HttpFailure failure = AfterAnswer(answer);
    EXPECT_EQ(failure.sent, Sent::kMaybe) << answer.substr(0, 60);
    EXPECT_TRUE(failure.too_large) << answer.substr(0, 60) << failure.what;
  }
}

TEST_F(HttpClientFailureTest, AnswerOfExactlyTheLimitIsTaken) {
  const std::string body(1000, 'x');
  RawServer server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(OkAnswer(body));
  });
  HttpRequest request = Get(server.Url("/"));
  request.response_bytes_max = body.size();
  EXPECT_EQ(ResponseOf(Send(request)).body, body);
}

TEST_F(HttpClientFailureTest, AnswerThatIsNoneIsMaybeSent) {
  for (const char* answer : {"", "HTTP/1.1", "garbage\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
                             "\r\n\r\n", "HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nabc",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
                             "HTTP/1.1 100 Continue\r\n\r\n"}) {
    const HttpFailure failure = AfterAnswer(answer);
    EXPECT_EQ(failure.sent, Sent::kMaybe) << answer;
    EXPECT_FALSE(failure.timed_out) << answer;
  }
}

// Whatever a server says, there is a result and the request went out once.
TEST_F(HttpClientFailureTest, RandomAnswersNeverBreakTheClient) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  const std::string valid =
      "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nabcde\r\n0\r\n\r\n";
  for (int round = 0; round < 200; ++round) {
    std::string answer = valid;
    for (std::size_t changes = random() % 6; changes > 0; --changes) {
      const std::size_t at = random() % answer.size();
      answer[at] = static_cast<char>(random());
    }
    answer.resize(random() % (answer.size() + 1));
    RawServer server([&answer](RawConnection& connection) {
      connection.ReadRequest();
      connection.Write(answer);
    });
    HttpRequest request = Post(server.Url("/"), "only-once");
    request.timeout = absl::Seconds(5);
    const HttpResult result = Send(request);
    if (const auto* failure = std::get_if<HttpFailure>(&result)) {
      EXPECT_EQ(failure->sent, Sent::kMaybe);
    }
    server.Finish();
    EXPECT_EQ(server.Seen("only-once"), 1);
  }
}

}  // namespace
}  // namespace payout::http
