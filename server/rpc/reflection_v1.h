// grpc.reflection.v1 beside the v1alpha that Debian's gRPC ships: current tools ask for v1 first.
//
// Used by: grpc_server. Thread-safe; answers from the descriptors that are linked in.

#ifndef PAYOUT_SERVER_RPC_REFLECTION_V1_H_
#define PAYOUT_SERVER_RPC_REFLECTION_V1_H_

#include <memory>
#include <string>
#include <vector>

#include <grpcpp/impl/codegen/service_type.h>

namespace payout {

// `services`: full names that ListServices tells.
std::unique_ptr<grpc::Service> MakeReflectionV1(std::vector<std::string> services);

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_REFLECTION_V1_H_
