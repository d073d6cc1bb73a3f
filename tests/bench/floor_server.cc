#include "tests/bench/floor_server.h"

#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>

#include <grpcpp/grpcpp.h>

namespace payout::bench {

absl::Status ServeFloor(grpc::Service& service, std::string_view port_key,
                        std::chrono::seconds limit) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return absl::UnavailableError("the server does not start");
  std::cout << "{\"" << port_key << "\":" << port << "}" << std::endl;
  const timespec until{.tv_sec = limit.count(), .tv_nsec = 0};
  sigtimedwait(&signals, nullptr, &until);
  server->Shutdown(gpr_time_0(GPR_CLOCK_MONOTONIC));
  server->Wait();
  return absl::OkStatus();
}

}  // namespace payout::bench
