// GatewayHarness: a simulated platform, a gateway and its store in a directory that goes away.
//
// Used by: integration tests. Two tenants, alpha and beta, share the merchant "main"; each has a
// bearer token. The platform settles after 20 ms, and there is no request limit, unless a test says
// so. The gateway can be stopped and started again on the same file and the same ports.
// Thread-safety: Start and Stop by one thread.

#ifndef PAYOUT_TESTS_INTEGRATION_GATEWAY_HARNESS_H_
#define PAYOUT_TESTS_INTEGRATION_GATEWAY_HARNESS_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <grpcpp/channel.h>

#include "adapters/echelon/sandbox/sandbox.h"
#include "server/main/gateway_process.h"
#include "tests/integration/caller.h"

namespace payout::testing {

inline constexpr char kAlphaToken[] = "alpha-0123456789-abcdefghij";
inline constexpr char kBetaToken[] = "beta-0123456789-abcdefghijk";

struct HarnessOptions {
  std::function<void(sandbox::Options&)> platform;
  std::function<void(Config&)> config;
  std::function<void(Secrets&)> secrets;
};

class GatewayHarness {
 public:
  explicit GatewayHarness(HarnessOptions options = {});
  ~GatewayHarness();

  // Aborts the test program when the gateway does not start.
  void Start();
  // Drains and destroys the gateway.
  void Stop();
  void Restart() {
    Stop();
    Start();
  }

  sandbox::Sandbox& platform() { return *platform_; }
  GatewayProcess& gateway() { return *gateway_; }
  const std::filesystem::path& dir() const { return dir_; }
  const Config& config() const { return config_; }
  Secrets MakeSecrets() const;
  std::string target() const;

  Caller& alpha() { return *alpha_; }
  Caller& beta() { return *beta_; }
  // A channel of its own, plaintext.
  std::shared_ptr<grpc::Channel> Connect() const;

  void AddFault(const sandbox::Fault& fault);
  std::string Metrics() const;

 private:
  const HarnessOptions options_;
  std::filesystem::path dir_;
  std::unique_ptr<sandbox::Sandbox> platform_;
  Config config_;
  std::unique_ptr<GatewayProcess> gateway_;
  std::unique_ptr<Caller> alpha_;
  std::unique_ptr<Caller> beta_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_INTEGRATION_GATEWAY_HARNESS_H_
