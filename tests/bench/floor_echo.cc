#include <chrono>

#include <grpcpp/grpcpp.h>

#include "payout/v1/payout_service.grpc.pb.h"
#include "tests/bench/floor.h"
#include "tests/bench/floor_server.h"
#include "tests/bench/load.h"

namespace payout::bench {
namespace {

class EchoService final : public v1::PayoutService::CallbackService {
  grpc::ServerUnaryReactor* CreatePayout(grpc::CallbackServerContext* context,
                                         const v1::CreatePayoutRequest* request,
                                         v1::CreatePayoutResponse* answer) override {
    *answer = BenchAnswer(*request);
    return Finish(context);
  }

  grpc::ServerUnaryReactor* GetPayout(grpc::CallbackServerContext* context,
                                      const v1::GetPayoutRequest* request,
                                      v1::GetPayoutResponse* answer) override {
    *answer->mutable_payout() = BenchPayout(request->payout_id());
    return Finish(context);
  }

  static grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

absl::Status ServeEcho() {
  EchoService service;
  return ServeFloor(service, "grpc_port", std::chrono::seconds(600));
}

}  // namespace payout::bench
