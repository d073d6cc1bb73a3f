// RestCalls: the REST calls of a payout on libcurl alone: one multi handle on one thread,
// socket_action and epoll, HTTP/1.1 with keep-alive. A handle is set up once and used again for
// calls of its kind.
//
// Used by: floors. All on one thread but Wake, which any may call.

#ifndef PAYOUT_TESTS_BENCH_REST_CALLS_H_
#define PAYOUT_TESTS_BENCH_REST_CALLS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace payout::bench {

class RestCalls {
 public:
  enum class Kind { kToken, kCreate };
  // Not OK: no answer, or not the one of the stub platform.
  using Done = std::function<void(const absl::Status&)>;

  // `url`: of the stub platform.
  explicit RestCalls(const std::string& url);
  ~RestCalls();
  RestCalls(const RestCalls&) = delete;
  RestCalls& operator=(const RestCalls&) = delete;

  // Runs `done` once the answer is there, never from Start itself.
  void Start(Kind kind, const std::string& payout_id, Done done);
  // Waits until something happens or somebody calls Wake, and runs what is done.
  void Turn();
  void Wake();

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_REST_CALLS_H_
