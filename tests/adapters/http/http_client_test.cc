#include "adapters/http/http_client.h"

#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/adapters/http/client_fixture.h"
#include "tests/adapters/http/raw_server.h"

namespace payout::http {
namespace {

using testing::LoopThread;
using testing::OkAnswer;
using testing::RawConnection;
using testing::RawServer;

class HttpClientTest : public ClientFixture {
 protected:
  HttpClientTest() { MakeClient(); }
  ~HttpClientTest() override { DestroyClient(); }

  static void AnswerAll(RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write(OkAnswer("{\"a\":1}"));
  }
};

TEST_F(HttpClientTest, RequestAndAnswerArriveAsTheyAre) {
  RawServer server(&AnswerAll);
  HttpRequest request = Post(server.Url("/payouts/../p%2F1?q=1"), "{\"x\": 42.05}\n");
  request.headers.emplace_back("X-API-Version", "  2 ");
  request.headers.emplace_back("X-Empty", "");
  const HttpResponse response = ResponseOf(Send(request));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\"a\":1}");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.retry_after, std::nullopt);
  EXPECT_EQ(server.requests().at(0), "POST /payouts/../p%2F1?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" +
                                         std::to_string(server.port()) +
                                         "\r\nUser-Agent: payout-gateway\r\nAccept: */*\r\n"
                                         "Content-Type: application/json\r\nX-API-Version: 2\r\n"
                                         "X-Empty:\r\nContent-Length: 13\r\n\r\n{\"x\": 42.05}\n");
  DestroyClient();
}

TEST_F(HttpClientTest, RecycledHandleForgetsTheRequestBefore) {
  RawServer server([](RawConnection& connection) {
    while (std::optional<std::string> request = connection.ReadRequest()) {
      const bool head = request->rfind("HEAD ", 0) == 0;
      connection.Write(head ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : OkAnswer("{}"));
    }
  });
  HttpRequest put = Post(server.Url("/1"), "from-put");
  put.method = "PUT";
  put.headers.emplace_back("X-Only", "put");
  HttpRequest head = Get(server.Url("/2"));
  head.method = "HEAD";
  HttpRequest bare_delete = Get(server.Url("/4"));
  bare_delete.method = "DELETE";
  for (const HttpRequest& request :
       {put, head, Get(server.Url("/3")), bare_delete, Post(server.Url("/5"), "")}) {
    EXPECT_EQ(ResponseOf(Send(request)).status, 200) << request.method;
  }
  const std::vector<std::string> seen = server.requests();
  EXPECT_EQ(seen.at(0).rfind("PUT /1 ", 0), 0U);
  EXPECT_EQ(seen.at(1).rfind("HEAD /2 ", 0), 0U);
  EXPECT_EQ(seen.at(2).rfind("GET /3 ", 0), 0U);
  EXPECT_EQ(seen.at(3).rfind("DELETE /4 ", 0), 0U);
  EXPECT_EQ(seen.at(4).rfind("POST /5 ", 0), 0U);
  EXPECT_EQ(server.Seen("from-put"), 1);
  EXPECT_EQ(server.Seen("X-Only"), 1);
  EXPECT_EQ(server.connections(), 1);
  DestroyClient();
}

TEST_F(HttpClientTest, ConnectionIsKeptAndUsedAgain) {
  RawServer server(&AnswerAll);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ResponseOf(Send(Get(server.Url("/")))).status, 200);
  EXPECT_EQ(server.connections(), 1);
  DestroyClient();
}

TEST_F(HttpClientTest, SixtyFourRequestsAreUnderWayAtOnce) {
  constexpr int kCount = 64;
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  RawServer server([&](RawConnection& connection) {
    while (connection.ReadRequest()) {
      std::unique_lock lock(mutex);
      ++here;
      all_here.notify_all();
      all_here.wait(lock, [&] { return here >= kCount; });
      lock.unlock();
      connection.Write(OkAnswer("{}"));
    }
  });
  std::vector<std::future<HttpResult>> results;
  for (int i = 0; i < kCount; ++i) {
    results.push_back(Start(Post(server.Url("/"), "n=" + std::to_string(i) + ";")));
  }
  for (auto& result : results) {
    EXPECT_EQ(ResponseOf(LoopThread::Get(std::move(result))).status, 200);
  }
  for (int i = 0; i < kCount; ++i) EXPECT_EQ(server.Seen("n=" + std::to_string(i) + ";"), 1);
  DestroyClient();
}

TEST_F(HttpClientTest, RequestsBeyondTheConnectionLimitWaitForTheirTurn) {
  CurlOptions options;
  options.connections_max = 4;
  DestroyClient();
  MakeClient(options);
  RawServer server(&AnswerAll);
  std::vector<std::future<HttpResult>> results;
  for (int i = 0; i < 64; ++i) results.push_back(Start(Get(server.Url("/"))));
  for (auto& result : results) {
    EXPECT_EQ(ResponseOf(LoopThread::Get(std::move(result))).status, 200);
  }
  EXPECT_LE(server.connections(), 4);
  DestroyClient();
}

TEST_F(HttpClientTest, RedirectIsAnAnswerAndNotFollowed) {
  RawServer server([](RawConnection& connection) {
    while (connection.ReadRequest()) {
      connection.Write("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
    }
  });
  EXPECT_EQ(ResponseOf(Send(Post(server.Url("/"), "body"))).status, 302);
  EXPECT_EQ(server.requests().size(), 1U);
  DestroyClient();
}

TEST_F(HttpClientTest, ProxyOfTheEnvironmentIsIgnored) {
  RawServer proxy([](RawConnection& connection) { connection.ReadToEnd(); });
  RawServer server(&AnswerAll);
  const std::string url = proxy.Url("");
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, url.c_str(), 1);
  }
  EXPECT_EQ(ResponseOf(Send(Get(server.Url("/")))).status, 200);
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"}) {
    ::unsetenv(name);
  }
  EXPECT_EQ(proxy.connections(), 0);
  DestroyClient();
}

TEST_F(HttpClientTest, LargeBodyIsSentWithoutAskingFirst) {
  RawServer server(&AnswerAll);
  const std::string body(3 << 20, 'x');
  EXPECT_EQ(ResponseOf(Send(Post(server.Url("/"), body))).status, 200);
  EXPECT_EQ(server.Seen("Expect"), 0);
  EXPECT_EQ(server.Seen(body), 1);
  DestroyClient();
}

TEST_F(HttpClientTest, InterimAnswersAreSkippedWithTheirHeaders) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(
        "HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\n"
        "HTTP/1.1 103 Early Hints\r\nContent-Type: text/odd\r\n\r\n" +
        OkAnswer("{}"));
    connection.ReadToEnd();
  });
  const HttpResponse response = ResponseOf(Send(Get(server.Url("/"))));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.retry_after, std::nullopt);
  EXPECT_EQ(response.content_type, "application/json");
  DestroyClient();
}

TEST_F(HttpClientTest, RetryAfterIsReadFromTheAnswer) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 17\r\nContent-Length: 0\r\n\r\n");
    connection.ReadRequest();
    connection.Write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    connection.ReadToEnd();
  });
  const HttpResponse response = ResponseOf(Send(Get(server.Url("/"))));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.retry_after, absl::Seconds(17));
  EXPECT_EQ(ResponseOf(Send(Get(server.Url("/")))).retry_after, std::nullopt);
  DestroyClient();
}

TEST_F(HttpClientTest, ChunkedAnswerIsPutTogetherAndItsTrailersIgnored) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nRetry-After: 5\r\n\r\n");
    connection.ReadToEnd();
  });
  const HttpResponse response = ResponseOf(Send(Get(server.Url("/"))));
  EXPECT_EQ(response.body, "abcdefg");
  EXPECT_EQ(response.retry_after, std::nullopt);
  DestroyClient();
}

TEST_F(HttpClientTest, OldServersThatEndTheBodyByClosingAreUnderstood) {
  RawServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":2}");
  });
  const HttpResponse response = ResponseOf(Send(Get(server.Url("/"))));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\"a\":2}");
  EXPECT_EQ(ResponseOf(Send(Get(server.Url("/")))).status, 200);
  EXPECT_EQ(server.connections(), 2);
  DestroyClient();
}

TEST_F(HttpClientTest, DestroyedClientEndsWhatIsInFlight) {
  std::promise<void> arrived;
  RawServer server([&](RawConnection& connection) {
    if (connection.ReadRequest()) arrived.set_value();
    connection.ReadToEnd();
  });
  std::future<HttpResult> result = Start(Post(server.Url("/"), "body"));
  arrived.get_future().wait();
  DestroyClient();
  EXPECT_EQ(FailureOf(LoopThread::Get(std::move(result))).sent, Sent::kMaybe);
}

TEST_F(HttpClientTest, DestroyedCallerGivesItsRequestUp) {
  std::promise<void> arrived;
  std::promise<void> gone;
  RawServer server([&](RawConnection& connection) {
    if (connection.index() > 0) return AnswerAll(connection);
    connection.ReadRequest();
    arrived.set_value();
    connection.ReadToEnd();
    gone.set_value();
  });
  std::future<HttpResult> result = Start(Post(server.Url("/"), "body"));
  arrived.get_future().wait();
  thread_.DropTasks();
  gone.get_future().wait();  // The server sees the connection end.
  thread_.Do([this] { EXPECT_EQ(client_->in_flight(), 0U); });
  EXPECT_EQ(ResponseOf(Send(Get(server.Url("/")))).status, 200);
  DestroyClient();
}

}  // namespace
}  // namespace payout::http
