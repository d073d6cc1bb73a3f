// HttpCall: one HTTP request to a server on loopback, for what is not measured: metrics, switches.
//
// Used by: gateway_run.cc, rest_calls.cc (AppendToString), stub_platform.cc. Blocking, at most 10
// s. A connection per call.

#ifndef PAYOUT_TESTS_BENCH_HTTP_CALL_H_
#define PAYOUT_TESTS_BENCH_HTTP_CALL_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace payout::bench {

// libcurl's write function for a std::string.
std::size_t AppendToString(char* data, std::size_t size, std::size_t count, void* text);

// GET, or POST of `json` when that is not empty. The body of the answer; an error unless it is 200.
absl::StatusOr<std::string> HttpCall(const std::string& url, const std::string& json = "");

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_HTTP_CALL_H_
