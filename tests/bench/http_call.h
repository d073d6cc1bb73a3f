// HttpCall: one HTTP request to a server on loopback, for what is not measured: metrics, switches.
//
// Used by: gateway_run.cc, stub_platform.cc. Blocking, at most 10 s. A connection per call.

#ifndef PAYOUT_TESTS_BENCH_HTTP_CALL_H_
#define PAYOUT_TESTS_BENCH_HTTP_CALL_H_

#include <string>

#include "absl/status/statusor.h"

namespace payout::bench {

// GET, or POST of `json` when that is not empty. The body of the answer; an error unless it is 200.
absl::StatusOr<std::string> HttpCall(const std::string& url, const std::string& json = "");

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_HTTP_CALL_H_
