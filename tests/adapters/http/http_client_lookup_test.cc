// Name lookups. This program's own getaddrinfo answers for names under ".test", so that no name
// server is asked and a lookup can be made to hang.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include "tests/adapters/http/client_fixture.h"

namespace {

// A lookup of "slow.test" hangs until Release, at most ten seconds.
class HangingLookup {
 public:
  void Wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return released_; });
    --waiting_;
    timed_out_ = timed_out_ || !released_;
    changed_.notify_all();
  }
  void WaitUntilAsked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  bool hanging() {
    const std::lock_guard lock(mutex_);
    return waiting_ > 0;
  }
  void Release() {
    std::unique_lock lock(mutex_);
    released_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return waiting_ == 0; });
  }
  void Arm() {
    const std::lock_guard lock(mutex_);
    released_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool released_ = false;
  bool timed_out_ = false;
};

HangingLookup& Lookup() {
  static HangingLookup& lookup = *new HangingLookup;
  return lookup;
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  const std::string_view name = node == nullptr ? "" : node;
  if (name == "slow.test") {
    Lookup().Wait();
    return EAI_AGAIN;
  }
  if (name == "missing.test") return EAI_NONAME;
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, result);
}

namespace payout::http {
namespace {

class LookupTest : public ClientFixture {
 protected:
  LookupTest() {
    Lookup().Arm();
    MakeClient();
  }
};

TEST_F(LookupTest, UnknownNameIsSurelyNotSent) {
  const HttpFailure failure = FailureOf(Send(Post("http://missing.test/secret-path", "body")));
  EXPECT_EQ(failure.sent, Sent::kSurelyNot);
  EXPECT_FALSE(failure.timed_out);
  EXPECT_EQ(failure.what.find("missing.test"), std::string::npos) << failure.what;
}

TEST_F(LookupTest, HangingNameServerNeitherBlocksTheLoopNorTheTimeout) {
  HttpRequest request = Post("http://slow.test/", "body");
  request.timeout = absl::Milliseconds(100);
  std::future<HttpResult> slow = Start(request);
  Lookup().WaitUntilAsked();
  const HttpFailure failure = FailureOf(testing::LoopThread::Get(std::move(slow)));
  EXPECT_TRUE(Lookup().hanging());  // The call ended although the lookup has not.
  EXPECT_EQ(failure.sent, Sent::kSurelyNot);
  EXPECT_TRUE(failure.timed_out);
  Lookup().Release();
}

TEST_F(LookupTest, HangingNameServerDoesNotBlockTheEndOfTheClient) {
  std::future<HttpResult> slow = Start(Post("http://slow.test/", "body"));
  Lookup().WaitUntilAsked();
  DestroyClient();
  EXPECT_TRUE(Lookup().hanging());
  EXPECT_EQ(FailureOf(testing::LoopThread::Get(std::move(slow))).sent, Sent::kSurelyNot);
  Lookup().Release();
}

}  // namespace
}  // namespace payout::http
