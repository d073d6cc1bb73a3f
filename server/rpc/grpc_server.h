// GrpcServer: the listening gRPC server with health, reflection and limits.
//
// Used by: server/main, integration tests. Start, SetServing and Shutdown on the main thread, never
// on the core loop: gRPC's Shutdown waits for calls that the loop has to finish.

#ifndef PAYOUT_SERVER_RPC_GRPC_SERVER_H_
#define PAYOUT_SERVER_RPC_GRPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include <grpcpp/server.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/secret.h"
#include "server/rpc/payout_service.h"
#include "server/rpc/reflection_v1.h"

namespace payout {

class GrpcServer {
 public:
  struct Options {
    std::string listen;           // host:port; port 0 picks one
    std::string tls_certificate;  // PEM; empty: plaintext
    SecretString tls_key;         // PEM
    bool reflection = false;
  };

  // UNAVAILABLE when the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(Options options,
                                                           PayoutServiceImpl& service);
  ~GrpcServer();

  int port() const { return port_; }

  // What grpc.health.v1 answers, for "" and for the service.
  void SetServing(bool serving);

  // Stops accepting, lets calls end for `deadline`, then cancels them. Returns when all have ended.
  void Shutdown(absl::Duration deadline);

 private:
  GrpcServer() = default;
  std::unique_ptr<grpc::Service> reflection_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_GRPC_SERVER_H_
