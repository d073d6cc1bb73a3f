// The promise that money depends on: a request that must not be sent twice is not, whatever happens
// to the kept connection that it travels on. Counted at the server.

#include <future>
#include <memory>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/adapters/http/client_fixture.h"
#include "tests/adapters/http/raw_server.h"
#include "tests/adapters/http/tls_identity.h"

namespace payout::http {
namespace {

using testing::OkAnswer;
using testing::RawConnection;
using testing::RawServer;
using testing::TlsIdentity;

enum class Ending { kFin, kReset };

class ResendTest : public ClientFixture,
                   public ::testing::WithParamInterface<std::tuple<Ending, bool>> {
 protected:
  ResendTest() {
    CurlOptions options;
    if (std::get<bool>(GetParam())) {
      identity_ = std::make_unique<TlsIdentity>("IP:127.0.0.1");
      options.ca_file = identity_->certificate_file();
    }
    MakeClient(options);
  }
  static void End(RawConnection& connection) {
    if (std::get<Ending>(GetParam()) == Ending::kFin) {
      connection.Close();
    } else {
      connection.Reset();
    }
  }
  SSL_CTX* tls() const { return identity_ == nullptr ? nullptr : identity_->context(); }

  std::unique_ptr<TlsIdentity> identity_;
};

INSTANTIATE_TEST_SUITE_P(
    All, ResendTest,
    ::testing::Combine(::testing::Values(Ending::kFin, Ending::kReset), ::testing::Bool()),
    [](const auto& suite) {
      return std::string(std::get<Ending>(suite.param) == Ending::kFin ? "Fin" : "Reset") +
             (std::get<bool>(suite.param) ? "Tls" : "Plain");
    });

TEST_P(ResendTest, RequestOnAConnectionThatThenDiesIsSentOnce) {
  RawServer server(
      [](RawConnection& connection) {
        if (connection.index() == 0) {
          connection.ReadRequest();
          connection.Write(OkAnswer("{}"));
          connection.ReadRequest();
          return End(connection);
        }
        // A second copy would come here, and would be answered.
        while (connection.ReadRequest()) connection.Write(OkAnswer("{}"));
      },
      tls());
  EXPECT_EQ(ResponseOf(Send(Post(server.Url("/one"), "first"))).status, 200);
  const HttpFailure failure = FailureOf(Send(Post(server.Url("/two"), "second")));
  EXPECT_EQ(failure.sent, Sent::kMaybe);
  EXPECT_FALSE(failure.timed_out);
  DestroyClient();
  server.Finish();
  EXPECT_EQ(server.Seen("second"), 1);
}

// Why the guard is needed: without it libcurl sends the same bytes again. If this fails the test
// above has stopped to prove anything.
TEST_P(ResendTest, WithoutTheGuardTheSameRequestIsSentTwice) {
  RawServer server(
      [](RawConnection& connection) {
        if (connection.index() == 0) {
          connection.ReadRequest();
          connection.Write(OkAnswer("{}"));
          connection.ReadRequest();
          return End(connection);
        }
        while (connection.ReadRequest()) connection.Write(OkAnswer("{}"));
      },
      tls());
  EXPECT_EQ(ResponseOf(Send(Post(server.Url("/one"), "first"))).status, 200);
  HttpRequest second = Post(server.Url("/two"), "second");
  second.never_resend = false;
  EXPECT_EQ(ResponseOf(Send(second)).status, 200);
  DestroyClient();
  server.Finish();
  EXPECT_EQ(server.Seen("second"), 2);
}

TEST_P(ResendTest, RequestAfterTheKeptConnectionWasClosedIsSentOnceOnAFreshOne) {
  std::promise<void> closed;
  RawServer server(
      [&closed](RawConnection& connection) {
        if (connection.index() == 0) {
          connection.ReadRequest();
          connection.Write(OkAnswer("{}"));
          End(connection);
          return closed.set_value();
        }
        while (connection.ReadRequest()) connection.Write(OkAnswer("{}"));
      },
      tls());
  HttpResult first = Send(Post(server.Url("/one"), "first"));
  closed.get_future().wait();
  // A reset may overtake the first answer; the second request is what this is about.
  if (std::get<Ending>(GetParam()) == Ending::kFin) {
    EXPECT_EQ(ResponseOf(first).status, 200);
  }
  EXPECT_EQ(ResponseOf(Send(Post(server.Url("/two"), "second"))).status, 200);
  DestroyClient();
  server.Finish();
  EXPECT_EQ(server.Seen("second"), 1);
  EXPECT_EQ(server.connections(), 2);
}

TEST_P(ResendTest, RequestThatMeetsTheClosingConnectionIsNeverSeenTwice) {
  // The close races with the request: it is seen once or not at all.
  for (int round = 0; round < 50; ++round) {
    std::promise<void> go;
    RawServer server(
        [&go](RawConnection& connection) {
          if (connection.index() == 0) {
            connection.ReadRequest();
            connection.Write(OkAnswer("{}"));
            go.get_future().wait();
            return End(connection);
          }
          while (connection.ReadRequest()) connection.Write(OkAnswer("{}"));
        },
        tls());
    EXPECT_EQ(ResponseOf(Send(Post(server.Url("/one"), "first"))).status, 200);
    std::future<HttpResult> second = Start(Post(server.Url("/two"), "second"));
    go.set_value();
    const HttpResult result = testing::LoopThread::Get(std::move(second));
    DestroyClient();
    server.Finish();
    EXPECT_LE(server.Seen("second"), 1);
    if (const auto* failure = std::get_if<HttpFailure>(&result)) {
      if (failure->sent == Sent::kSurelyNot) {
        EXPECT_EQ(server.Seen("second"), 0);
      }
    } else {
      EXPECT_EQ(server.Seen("second"), 1);
    }
    CurlOptions options;
    if (identity_ != nullptr) options.ca_file = identity_->certificate_file();
    MakeClient(options);
  }
}

TEST_P(ResendTest, FreshConnectionThatDiesUnansweredIsMaybeSentAndNotTriedAgain) {
  RawServer server(
      [](RawConnection& connection) {
        connection.ReadRequest();
        End(connection);
      },
      tls());
  EXPECT_EQ(FailureOf(Send(Post(server.Url("/"), "only"))).sent, Sent::kMaybe);
  DestroyClient();
  server.Finish();
  EXPECT_EQ(server.Seen("only"), 1);
}

TEST_P(ResendTest, ConnectionThatDiesInTheMiddleOfTheAnswerIsMaybeSent) {
  RawServer server(
      [](RawConnection& connection) {
        connection.ReadRequest();
        connection.Write("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nabc");
        End(connection);
      },
      tls());
  EXPECT_EQ(FailureOf(Send(Post(server.Url("/"), "only"))).sent, Sent::kMaybe);
  DestroyClient();
  server.Finish();
  EXPECT_EQ(server.Seen("only"), 1);
}

}  // namespace
}  // namespace payout::http
