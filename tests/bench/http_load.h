// HttpLoad: posts to an HTTP server on loopback over a fixed number of connections that are kept
// alive, one request at a time on each, and measures every answer.
//
// Used by: benchmarks. One thread, asynchronous; requests are ready-made text, so that the load
// costs as little as it can of the machine that it shares with the process under test.

#ifndef PAYOUT_TESTS_BENCH_HTTP_LOAD_H_
#define PAYOUT_TESTS_BENCH_HTTP_LOAD_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/load.h"

namespace payout::bench {

struct HttpPlan {
  std::uint16_t port = 0;
  std::size_t connections = 64;
  std::chrono::milliseconds time{1000};  // no request starts after it
  std::size_t calls = 0;                 // and at most so many; 0: no limit
  // Sent in turn; PostText makes them.
  std::vector<std::string> requests;
  // Any other status, and a connection that ends, is a failed call.
  int status = 200;
};

// Blocks until the last answer.
LoadResult RunHttp(const HttpPlan& plan);

// A POST of JSON.
std::string PostText(const std::string& path, const std::string& body);

// PORT of http://HOST:PORT; 0 when there is none.
std::uint16_t PortOf(const std::string& url);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_HTTP_LOAD_H_
