// ClientFixture: a CurlHttpClient on a loop of its own.

#ifndef PAYOUT_TESTS_ADAPTERS_HTTP_CLIENT_FIXTURE_H_
#define PAYOUT_TESTS_ADAPTERS_HTTP_CLIENT_FIXTURE_H_

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "adapters/http/curl_http_client.h"
#include "tests/adapters/http/loop_thread.h"
#include "tests/adapters/http/raw_server.h"

namespace payout::http {

class ClientFixture : public ::testing::Test {
 protected:
  ~ClientFixture() override { DestroyClient(); }

  void MakeClient(CurlOptions options = {}) {
    thread_.Do([&] {
      client_ = std::make_unique<CurlHttpClient>(thread_.loop(), thread_.loop().io_context(),
                                                 std::move(options));
    });
  }
  // Closes its connections too, so that a RawServer can finish.
  void DestroyClient() {
    thread_.Do([&] { client_.reset(); });
  }

  std::future<HttpResult> Start(HttpRequest request) {
    return thread_.Start<HttpResult>(
        [this, request = std::move(request)] { return client_->Send(request); });
  }
  HttpResult Send(HttpRequest request) {
    return testing::LoopThread::Get(Start(std::move(request)));
  }

  static HttpRequest Get(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    return request;
  }
  static HttpRequest Post(std::string url, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::move(body);
    return request;
  }

  testing::LoopThread thread_;
  std::unique_ptr<CurlHttpClient> client_;
};

// The alternative, or a failed test and an empty value.
inline HttpResponse ResponseOf(HttpResult result) {
  if (auto* response = std::get_if<HttpResponse>(&result)) return std::move(*response);
  ADD_FAILURE() << "no response: " << std::get<HttpFailure>(result).what;
  return {};
}
inline HttpFailure FailureOf(HttpResult result) {
  if (auto* failure = std::get_if<HttpFailure>(&result)) return std::move(*failure);
  ADD_FAILURE() << "a response: " << std::get<HttpResponse>(result).status;
  return {};
}

}  // namespace payout::http

#endif  // PAYOUT_TESTS_ADAPTERS_HTTP_CLIENT_FIXTURE_H_
