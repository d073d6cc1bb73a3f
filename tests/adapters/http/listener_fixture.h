// ListenerFixture: an HttpListener on a loop of its own, with a handler that a test chooses.

#ifndef PAYOUT_TESTS_ADAPTERS_HTTP_LISTENER_FIXTURE_H_
#define PAYOUT_TESTS_ADAPTERS_HTTP_LISTENER_FIXTURE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "adapters/http/http_listener.h"
#include "tests/adapters/http/loop_thread.h"
#include "tests/adapters/http/raw_client.h"

namespace payout::http {

class ListenerFixture : public ::testing::Test {
 protected:
  ~ListenerFixture() override { Destroy(); }

  void Listen(ListenerOptions options, Handler handler) {
    thread_.Do([&] {
      listener_ = std::make_unique<HttpListener>(thread_.loop(), thread_.loop().io_context(),
                                                 std::move(options), std::move(handler));
      const absl::Status started = listener_->Start();
      EXPECT_TRUE(started.ok()) << started.ToString();
      port_ = listener_->port();
    });
  }
  void Destroy() {
    thread_.Do([this] { listener_.reset(); });
  }
  ListenerCounts Counts() {
    ListenerCounts counts;
    thread_.Do([&] { counts = listener_->counts(); });
    return counts;
  }

  // A client may see its connection end before the listener is done with it.
  void WaitUntilNobodyIsConnected() {
    std::size_t open = 1;
    while (open != 0) {
      thread_.Do([&] { open = listener_->connections(); });
    }
  }

  // Answers with what it was asked: "METHOD path?query|body".
  static Task<Reply> Echo(Request request) {
    Reply reply;
    reply.content_type = "text/plain";
    reply.body = request.method + " " + request.path;
    if (request.has_query) reply.body += "?" + request.query;
    reply.body += "|" + request.body;
    co_return reply;
  }

  testing::LoopThread thread_;
  std::unique_ptr<HttpListener> listener_;
  std::uint16_t port_ = 0;
};

}  // namespace payout::http

#endif  // PAYOUT_TESTS_ADAPTERS_HTTP_LISTENER_FIXTURE_H_
