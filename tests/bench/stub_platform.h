// StubPlatform: nginx with fixed answers in place of the platform, so that what is measured is not
// the simulator's cost. One process, loopback, HTTP/1.1 with keep-alive.
//
//   POST /auth-tokens    200  a token; the same one always
//   POST /payouts/ID     201  the echo of kBenchAmount kBenchCurrency by bank transfer; ID as asked
//   GET  /payouts/ID     200  the same, SUCCESS or PROCESSING
//   anything else, or without X-API-Version or (payouts) a bearer token: 404, 401
//
// Used by: benchmarks, and by hand: payouts at another amount are refused by the gateway's check of
// the echo. Needs nginx (tests/setup/packages.txt, group bench).

#ifndef PAYOUT_TESTS_BENCH_STUB_PLATFORM_H_
#define PAYOUT_TESTS_BENCH_STUB_PLATFORM_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/child_process.h"

namespace payout::bench {

inline constexpr char kBenchAmount[] = "25.25";
inline constexpr char kBenchCurrency[] = "EUR";

// The path of nginx; empty: it is not there.
std::string NginxProgram();

class StubPlatform {
 public:
  struct Plan {
    std::string dir;  // its files go to DIR/nginx
    // What GET says.
    std::string status = "PROCESSING";
  };

  // Errors: nginx is missing (SkipRow), or does not start.
  static absl::StatusOr<std::unique_ptr<StubPlatform>> Start(const Plan& plan);

  // http://127.0.0.1:PORT
  const std::string& url() const { return url_; }
  // Requests answered so far, those of this function not counted. -1: it does not say.
  std::int64_t Requests();
  ChildProcess& process() const { return *process_; }

 private:
  std::string url_;
  std::int64_t own_requests_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_STUB_PLATFORM_H_
