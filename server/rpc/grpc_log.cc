#include "server/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include "server/base/log.h"

namespace payout {
namespace {

void Write(gpr_log_func_args* args) {
  Log(LogLevel::kDebug, "grpc.core", {{"message", args->message}});
}

}  // namespace

void RouteGrpcLog() { gpr_set_log_function(Write); }

}  // namespace payout
