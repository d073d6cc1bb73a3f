// FloorServer: a bare gRPC server in a process of its own, for rows that are floors.
//
// Used by: the floors of echo, joined, streams and start. Blocking; threads that the process
// has by then must have blocked signals.

#ifndef PAYOUT_TESTS_BENCH_FLOOR_SERVER_H_
#define PAYOUT_TESTS_BENCH_FLOOR_SERVER_H_

#include <chrono>
#include <string_view>

#include <grpcpp/impl/service_type.h>

#include "absl/status/status.h"

namespace payout::bench {

// Serves on a free port of loopback until SIGTERM, SIGINT or `limit`. Prints {"PORT_KEY":PORT} once
// it is ready. UNAVAILABLE: the server does not start.
absl::Status ServeFloor(grpc::Service& service, std::string_view port_key,
                        std::chrono::seconds limit);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_FLOOR_SERVER_H_
