// GatewayRun: the real gateway under measurement: payout-gateway serve with a configuration and a
// store of its own on loopback, every listener on a free port. It logs at its default level, to a
// file, as it would in earnest.
//
// Used by: benchmarks. Not thread-safe. Ends with SIGTERM.

#ifndef PAYOUT_TESTS_BENCH_GATEWAY_RUN_H_
#define PAYOUT_TESTS_BENCH_GATEWAY_RUN_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/child_process.h"

namespace payout::bench {

// What the platform knows the merchant by.
inline constexpr char kBenchMerchantCode[] = "bench";
inline constexpr char kBenchMerchantSecret[] = "bench-secret-of-usual-length-0123456789";

// A key by which a benchmark makes genuine callback URLs.
inline constexpr char kBenchCallbackKeyId[] = "k1";
inline constexpr char kBenchCallbackKey[] = "0123456789abcdef0123456789abcdef";

class GatewayRun {
 public:
  struct Plan {
    std::string bin;              // folder of the programs
    std::string dir;              // the store payouts.db, gateway.toml and gateway.log go here
    std::string platform_url;     // StubPlatform or echelon-sandbox
    int requests_per_second = 0;  // the budget; 0: no limit
    bool callback_key = false;    // kBenchCallbackKey instead of the store's own
    std::string grpc;             // more lines of [grpc]
    std::string config;           // more sections, TOML
  };

  // A store that is already in `dir` is taken up.
  static absl::StatusOr<std::unique_ptr<GatewayRun>> Start(const Plan& plan);

  ChildProcess& process() const { return *process_; }
  const std::string& grpc_address() const { return grpc_address_; }  // 127.0.0.1:PORT
  const std::string& callback_url() const { return callback_url_; }  // http://127.0.0.1:PORT
  const std::string& admin_url() const { return admin_url_; }        // http://127.0.0.1:PORT
  const std::string& store_path() const { return store_path_; }
  const std::string& secret() const { return secret_; }  // of the merchant

  // No payout is sent from now on; they stay QUEUED.
  absl::Status PauseSubmission();
  // The sum of a metric over all series whose labels contain `label`, as in
  // Metric("payout_platform_requests_total", "operation=\"token\"").
  absl::StatusOr<double> Metric(const std::string& name, const std::string& label = "");

 private:
  std::string grpc_address_;
  std::string callback_url_;
  std::string admin_url_;
  std::string store_path_;
  std::string secret_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_GATEWAY_RUN_H_
