#include "server/rpc/grpc_server.h"

#include <chrono>
#include <mutex>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include "grpc/health/v1/health.pb.h"

namespace payout {
namespace {

constexpr int kMessageBytesMax = 1024 * 1024;
constexpr int kMetadataBytesMax = 16 * 1024;
constexpr std::size_t kMemoryMax = 512ULL * 1024 * 1024;  // of gRPC's own buffers

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 20'000);
  // Find dead peers, and let callers do the same on idle streams.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  // Two servers on one port would split callers between two stores.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota("payout-gateway");
  quota.Resize(kMemoryMax);
  builder.SetResourceQuota(quota);
}

std::shared_ptr<grpc::ServerCredentials> Credentials(const GrpcServer::Options& options) {
  if (options.tls_certificate.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  tls.pem_key_cert_pairs.push_back({options.tls_key.Reveal(), options.tls_certificate});
  return grpc::SslServerCredentials(tls);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(Options options,
                                                              PayoutServiceImpl& service) {
  // The plugins are process-wide and must be set before the first builder.
  static std::once_flag plugins;
  std::call_once(plugins, [] { grpc::EnableDefaultHealthCheckService(true); });
  if (options.reflection) {
    static std::once_flag reflection;
    std::call_once(reflection, [] { grpc::reflection::InitProtoReflectionServerBuilderPlugin(); });
    // Reflection fails as a whole when the descriptor of a listed service is not linked in, and
    // gRPC's own health service brings none.
    grpc::health::v1::HealthCheckRequest::descriptor();
  }

  std::unique_ptr<GrpcServer> result(new GrpcServer);
  grpc::ServerBuilder builder;
  SetLimits(builder);
  builder.AddListeningPort(options.listen, Credentials(options), &result->port_);
  builder.RegisterService(&service);
  if (options.reflection) {
    result->reflection_ =
        MakeReflectionV1({"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                          "payout.v1.PayoutService"});
    builder.RegisterService(result->reflection_.get());
  }
  result->server_ = builder.BuildAndStart();
  if (result->server_ == nullptr || result->port_ == 0) {
    return absl::UnavailableError("cannot listen for gRPC on " + options.listen +
                                  "; is the address in use?");
  }
  result->SetServing(false);
  return result;
}

GrpcServer::~GrpcServer() {
  if (server_ != nullptr) Shutdown(absl::ZeroDuration());
}

void GrpcServer::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  health->SetServingStatus("", serving);
  health->SetServingStatus(v1::PayoutService::service_full_name(), serving);
}

void GrpcServer::Shutdown(absl::Duration deadline) {
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(deadline));
  server_->Wait();
  server_.reset();
}

}  // namespace payout
