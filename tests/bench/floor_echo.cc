#include <iostream>
#include <memory>

#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <time.h>

#include "payout/v1/payout_service.grpc.pb.h"
#include "tests/bench/floor.h"
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
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  EchoService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return absl::UnavailableError("the server does not start");
  std::cout << "{\"grpc_port\":" << port << "}" << std::endl;
  const timespec limit{.tv_sec = 600, .tv_nsec = 0};
  sigtimedwait(&signals, nullptr, &limit);
  server->Shutdown(gpr_time_0(GPR_CLOCK_MONOTONIC));
  server->Wait();
  return absl::OkStatus();
}

}  // namespace payout::bench
