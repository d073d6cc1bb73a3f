#include "tests/integration/gateway_harness.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "server/base/digest.h"
#include "tests/integration/http_call.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

constexpr char kMerchantCode[] = "main-code";
constexpr char kMerchantSecret[] = "main-secret-of-the-simulator";

template <class T>
T OrDie(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::cerr << "the harness does not start: " << result.status() << "\n";
    std::abort();
  }
  return *std::move(result);
}

std::filesystem::path MakeTempDir() {
  std::string name =
      (std::filesystem::temp_directory_path() / "payout-integration-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

std::string TokenEntry(const std::string& tenant, const std::string& token) {
  return "[[tokens]]\ntenant = \"" + tenant + "\"\nsha256 = \"" + HexEncode(Sha256(token)) + "\"\n";
}

}  // namespace

GatewayHarness::GatewayHarness(HarnessOptions options)
    : options_(std::move(options)), dir_(MakeTempDir()) {
  sandbox::Options platform;
  platform.merchants = {{.code = kMerchantCode, .secret = kMerchantSecret}};
  platform.settle_after = absl::Milliseconds(20);
  platform.callback_interval = absl::Milliseconds(200);
  platform.requests_per_second = 0;
  if (options_.platform) options_.platform(platform);
  platform_ = OrDie(sandbox::Sandbox::Start(std::move(platform)));

  config_.grpc.listen = {"127.0.0.1", 0};
  config_.callbacks.listen = {"127.0.0.1", 0};
  config_.admin.listen = {"127.0.0.1", 0};
  config_.store.url = "sqlite:" + (dir_ / "payouts.db").string();
  config_.platform.url = platform_->base_url();
  config_.platform.requests_per_second = 0;
  config_.platform.create_timeout = absl::Milliseconds(400);
  config_.platform.read_timeout = absl::Milliseconds(400);
  config_.submission.absence_reads = 1;
  config_.submission.absence_gap = absl::ZeroDuration();
  config_.submission.absence_settle = absl::ZeroDuration();
  config_.submission.pause = absl::Milliseconds(100);
  config_.drain.delay = absl::ZeroDuration();
  config_.drain.deadline = absl::Seconds(3);
  if (options_.config) options_.config(config_);
  config_.merchants = {
      {.name = MerchantName("main"), .code = kMerchantCode, .platform = config_.platform}};
  Start();
}

GatewayHarness::~GatewayHarness() {
  Stop();
  platform_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

Secrets GatewayHarness::MakeSecrets() const {
  Secrets secrets;
  secrets.merchants.emplace(MerchantName("main"), SecretString(kMerchantSecret));
  secrets.tokens = OrDie(TokenTable::Parse(
      TokenEntry("alpha", kAlphaToken) + TokenEntry("beta", kBetaToken), "tokens"));
  if (options_.secrets) options_.secrets(secrets);
  return secrets;
}

void GatewayHarness::Start() {
  absl::StatusOr<std::unique_ptr<GatewayProcess>> started;
  // While it was stopped, a connection of another program may have been given its port.
  Eventually(
      [&] {
        started = GatewayProcess::Start(config_, MakeSecrets());
        return !absl::IsUnavailable(started.status());
      },
      20);
  gateway_ = OrDie(std::move(started));
  // The ports are part of addresses that others know by now.
  config_.grpc.listen.port = static_cast<std::uint16_t>(gateway_->grpc_port());
  config_.callbacks.listen.port = static_cast<std::uint16_t>(gateway_->callback_port());
  alpha_ = std::make_unique<Caller>(Connect(), kAlphaToken);
  beta_ = std::make_unique<Caller>(Connect(), kBetaToken);
}

void GatewayHarness::Stop() { gateway_.reset(); }

std::string GatewayHarness::target() const {
  return "127.0.0.1:" + std::to_string(config_.grpc.listen.port);
}

std::shared_ptr<grpc::Channel> GatewayHarness::Connect() const {
  grpc::ChannelArguments arguments;
  // Every channel has a connection of its own, and does not wait long for a gateway that restarts.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(target(), grpc::InsecureChannelCredentials(), arguments);
}

void GatewayHarness::AddFault(const sandbox::Fault& fault) {
  const absl::Status added = platform_->AddFault(fault);
  if (!added.ok()) {
    std::cerr << "bad fault: " << added << "\n";
    std::abort();
  }
}

std::string GatewayHarness::Metrics() const {
  return HttpGet(gateway_->admin_port(), "/metrics").body();
}

}  // namespace payout::testing
