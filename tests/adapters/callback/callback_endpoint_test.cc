#include "adapters/callback/callback_endpoint.h"

#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/base/log.h"
#include "tests/adapters/http/loop_thread.h"
#include "tests/adapters/http/raw_client.h"

namespace payout::callback {
namespace {

using testing::LoopThread;
using testing::RawAnswer;
using testing::RawClient;

const std::string kMac(43, 'm');
const std::string kPath = "/callbacks/v1/shop/k1/" + kMac;
const std::string kJson = "Content-Type: application/json\r\n";
const std::string kBody = R"({"idEntity":"p-1"})";

std::string Call(const std::string& method, const std::string& path, const std::string& headers,
                 const std::string& body) {
  return method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class CallbackEndpointTest : public ::testing::Test {
 protected:
  explicit CallbackEndpointTest(CallbackOptions options = {}) {
    thread_.Do([&] {
      endpoint_ = std::make_unique<CallbackEndpoint>(
          thread_.loop(), thread_.loop().io_context(), options,
          [this](CallbackCall call) { return Accept(std::move(call)); });
      EXPECT_TRUE(endpoint_->Start().ok());
      port_ = endpoint_->port();
    });
  }
  ~CallbackEndpointTest() override {
    thread_.Do([this] { endpoint_.reset(); });
  }

  Task<CallbackVerdict> Accept(CallbackCall call) {
    calls_.push_back(std::move(call));
    co_return verdict_;
  }
  RawAnswer Send(const std::string& request) {
    RawClient client(port_);
    client.Send(request);
    return client.Read().value_or(RawAnswer{});
  }
  void SetVerdict(CallbackVerdict verdict) {
    thread_.Do([&] { verdict_ = verdict; });
  }
  std::vector<CallbackCall> Calls() {
    std::vector<CallbackCall> calls;
    thread_.Do([&] { calls = calls_; });
    return calls;
  }
  CallbackCounts Counts() {
    CallbackCounts counts;
    thread_.Do([&] { counts = endpoint_->counts(); });
    return counts;
  }

  LoopThread thread_;
  std::unique_ptr<CallbackEndpoint> endpoint_;
  CallbackVerdict verdict_ = CallbackVerdict::kAccepted;
  std::vector<CallbackCall> calls_;
  std::uint16_t port_ = 0;
};

TEST_F(CallbackEndpointTest, AcceptedCallbackIsAnsweredWith200AndAnEmptyBody) {
  const RawAnswer answer = Send(Call("POST", kPath, kJson, kBody));
  EXPECT_EQ(answer.header, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const std::vector<CallbackCall> calls = Calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].merchant, "shop");
  EXPECT_EQ(calls[0].key_id, "k1");
  EXPECT_EQ(calls[0].mac, kMac);
  EXPECT_EQ(calls[0].payout_id, "p-1");
  EXPECT_EQ(Counts().accepted, 1U);
}

TEST_F(CallbackEndpointTest, WrongCapabilityCannotBeToldFromAnUnknownPath) {
  SetVerdict(CallbackVerdict::kWrongCapability);
  const RawAnswer wrong = Send(Call("POST", kPath, kJson, kBody));
  const RawAnswer unknown = Send(Call("POST", "/nothing/here", kJson, kBody));
  const RawAnswer impossible = Send(Call("POST", kPath + "x", kJson, kBody));
  EXPECT_EQ(wrong.status, 404);
  EXPECT_EQ(wrong.header, unknown.header);
  EXPECT_EQ(wrong.header, impossible.header);
  EXPECT_EQ(wrong.body + unknown.body + impossible.body, "");
  EXPECT_EQ(Calls().size(), 1U);  // Only what could be ours is looked at.
  EXPECT_EQ(Counts().wrong_capability, 1U);
  EXPECT_EQ(Counts().malformed, 2U);
}

TEST_F(CallbackEndpointTest, CallbackThatCouldNotBeRecordedIsAskedForAgain) {
  SetVerdict(CallbackVerdict::kNotDurable);
  EXPECT_EQ(Send(Call("POST", kPath, kJson, kBody)).status, 503);
  EXPECT_EQ(Counts().not_durable, 1U);
}

TEST_F(CallbackEndpointTest, OnlyPostIsAllowed) {
  for (const char* method : {"GET", "PUT", "DELETE", "OPTIONS", "TRACE", "post", "MADEUP"}) {
    const RawAnswer answer = Send(Call(method, kPath, kJson, kBody));
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_NE(answer.header.find("Allow: POST\r\n"), std::string::npos) << method;
  }
  EXPECT_TRUE(Calls().empty());
}

TEST_F(CallbackEndpointTest, ContentTypeIsJsonWithOrWithoutParameters) {
  for (const char* type : {"application/json", "Application/JSON", "application/json;charset=utf-8",
                           "application/json ; charset=UTF-8"}) {
    EXPECT_EQ(
        Send(Call("POST", kPath, std::string("Content-Type: ") + type + "\r\n", kBody)).status, 200)
        << type;
  }
  for (const char* headers :
       {"", "Content-Type:\r\n", "Content-Type: text/plain\r\n", "Content-Type: text/json\r\n",
        "Content-Type: application/json-seq\r\n", "Content-Type: application/jsonx\r\n",
        "Content-Type: x; application/json\r\n"}) {
    EXPECT_EQ(Send(Call("POST", kPath, headers, kBody)).status, 415) << headers;
  }
}

TEST_F(CallbackEndpointTest, MalformedBodyIsRefusedUnseen) {
  for (const char* body : {"", "{}", "[]", "{\"idEntity\":1}", "{\"idEntity\":\"a b\"}",
                           R"({"idEntity":"a","idEntity":"a"})", "idEntity=p-1"}) {
    EXPECT_EQ(Send(Call("POST", kPath, kJson, body)).status, 400) << body;
  }
  EXPECT_TRUE(Calls().empty());
  EXPECT_EQ(Counts().malformed, 7U);
}

TEST_F(CallbackEndpointTest, BodyMayHaveOneKibibyte) {
  const auto padded = [](std::size_t size) {
    std::string body = kBody;
    body.resize(size, ' ');
    return body;
  };
  EXPECT_EQ(Send(Call("POST", kPath, kJson, padded(1024))).status, 200);
  EXPECT_EQ(Send(Call("POST", kPath, kJson, padded(1025))).status, 413);
  EXPECT_EQ(Send("POST " + kPath + " HTTP/1.1\r\nHost: x\r\n" + kJson +
                 "Content-Length: 104857600\r\n\r\n")
                .status,
            413);
}

TEST_F(CallbackEndpointTest, HugeHeaderIsRefused) {
  EXPECT_EQ(
      Send(Call("POST", kPath, kJson + "X: " + std::string(70'000, 'a') + "\r\n", kBody)).status,
      431);
  EXPECT_TRUE(Calls().empty());
}

TEST_F(CallbackEndpointTest, QueryMakesItAnUnknownPath) {
  EXPECT_EQ(Send(Call("POST", kPath + "?", kJson, kBody)).status, 404);
  EXPECT_EQ(Send(Call("POST", kPath + "?a=b", kJson, kBody)).status, 404);
}

TEST_F(CallbackEndpointTest, ManyCallbacksTravelOnOneConnection) {
  RawClient client(port_);
  std::string pipelined;
  for (int i = 0; i < 50; ++i) {
    pipelined += Call("POST", kPath, kJson, "{\"idEntity\":\"p-" + std::to_string(i) + "\"}");
  }
  client.Send(pipelined);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.Read().value().status, 200);
  const std::vector<CallbackCall> calls = Calls();
  ASSERT_EQ(calls.size(), 50U);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(calls[static_cast<std::size_t>(i)].payout_id, "p-" + std::to_string(i));
  }
}

TEST_F(CallbackEndpointTest, SmuggledCallbackIsNotSeen) {
  const std::string smuggled = Call("POST", kPath, kJson, R"({"idEntity":"smuggled"})");
  for (const std::string& framing :
       {"Content-Length: " + std::to_string(smuggled.size() + 5) +
            "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        std::string("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"),
        std::string("Content-Length: 0\r\nContent-Length: 44\r\n\r\n"),
        std::string("Transfer-Encoding: xchunked\r\n\r\n"),
        std::string("Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n")}) {
    RawClient client(port_);
    client.Send("POST " + kPath + " HTTP/1.1\r\nHost: x\r\n" + kJson + framing + smuggled);
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << framing;
    EXPECT_EQ(answer->status, 400) << framing;
    EXPECT_TRUE(client.ClosedByServer()) << framing;
  }
  EXPECT_TRUE(Calls().empty());
}

TEST_F(CallbackEndpointTest, PathIsNeverLogged) {
  std::string logged;
  thread_.Do([&] {
    SetLogSink([&logged](const LogRecord& record) {
      logged += record.event;
      for (std::size_t i = 0; i < record.field_count; ++i) {
        if (const auto* text = std::get_if<std::string_view>(&record.fields[i].value))
          logged += *text;
      }
    });
  });
  for (const char* body : {"{\"idEntity\":\"p-1\"}", "broken"}) {
    Send(Call("POST", kPath, kJson, body));
  }
  Send(Call("BAD\x01", kPath, kJson, kBody));
  thread_.Do([] { SetLogSink({}); });
  EXPECT_EQ(logged.find(kMac), std::string::npos);
}

TEST_F(CallbackEndpointTest, RandomRequestsNeverBreakTheEndpoint) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  const std::string valid = Call("POST", kPath, kJson, kBody);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = valid;
    for (std::size_t changes = 1 + random() % 5; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    RawClient client(port_);
    client.Send(bytes);
    client.EndSending();
    ASSERT_TRUE(client.ReadToEnd()) << "seed " << seed << ", round " << round << ": not closed";
  }
  EXPECT_EQ(Send(valid).status, 200);
}

class ImpatientEndpointTest : public CallbackEndpointTest {
 protected:
  static CallbackOptions Options() {
    CallbackOptions options;
    options.connections_max = 2;
    options.request_deadline = absl::Milliseconds(200);
    options.idle_timeout = absl::Seconds(30);
    return options;
  }
  ImpatientEndpointTest() : CallbackEndpointTest(Options()) {}
};

TEST_F(ImpatientEndpointTest, TrickleOfAHeaderOrABodyIsCutOff) {
  const std::string request = "POST " + kPath + " HTTP/1.1\r\nHost: x\r\n" + kJson +
                              "Content-Length: 1000\r\n\r\n" + std::string(1000, ' ');
  RawClient header(port_);
  EXPECT_LT(header.Drip(request, 10), request.size());
  EXPECT_TRUE(header.ClosedByServer());
  RawClient body(port_);
  body.Send(request.substr(0, request.size() - 1000));
  EXPECT_LT(body.Drip(std::string(1000, ' '), 10), 1000U);
  EXPECT_TRUE(body.ClosedByServer());
}

TEST_F(ImpatientEndpointTest, ConnectionsOverTheLimitAreClosedAtOnce) {
  RawClient first(port_);
  RawClient second(port_);
  for (RawClient* client : {&first, &second}) {
    client->Send(Call("POST", kPath, kJson, kBody));
    EXPECT_EQ(client->Read().value().status, 200);
  }
  RawClient third(port_);
  EXPECT_TRUE(third.ClosedByServer());
}

}  // namespace
}  // namespace payout::callback
