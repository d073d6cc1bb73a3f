#include "tests/client/scripted_service.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include <grpcpp/health_check_service_interface.h>

#include "tests/support/eventually.h"

namespace payout::client {

void ScriptedService::AnswerCreates(v1::PayoutState state) {
  create.Always([state](grpc::ServerContext&, const v1::CreatePayoutRequest& request,
                        v1::CreatePayoutResponse& response) {
    *response.mutable_payout() = MakePayout(request.payout_id(), state);
    *response.mutable_payout()->mutable_money() = request.money();
    *response.mutable_payout()->mutable_labels() = request.labels();
    return grpc::Status::OK;
  });
}

grpc::Status ScriptedService::CreatePayout(grpc::ServerContext* context,
                                           const v1::CreatePayoutRequest* request,
                                           v1::CreatePayoutResponse* response) {
  return create.Run(*context, *request, *response);
}

grpc::Status ScriptedService::GetPayout(grpc::ServerContext* context,
                                        const v1::GetPayoutRequest* request,
                                        v1::GetPayoutResponse* response) {
  return get.Run(*context, *request, *response);
}

grpc::Status ScriptedService::ListPayouts(grpc::ServerContext* context,
                                          const v1::ListPayoutsRequest* request,
                                          v1::ListPayoutsResponse* response) {
  return list.Run(*context, *request, *response);
}

grpc::Status ScriptedService::CancelPayout(grpc::ServerContext* context,
                                           const v1::CancelPayoutRequest* request,
                                           v1::CancelPayoutResponse* response) {
  return cancel.Run(*context, *request, *response);
}

grpc::Status ScriptedService::ExplainPayout(grpc::ServerContext* context,
                                            const v1::ExplainPayoutRequest* request,
                                            v1::ExplainPayoutResponse* response) {
  return explain.Run(*context, *request, *response);
}

grpc::Status ScriptedService::StreamStatus(grpc::ServerContext* context,
                                           const v1::StreamStatusRequest* request,
                                           StreamWriter* writer) {
  return stream.Run(*context, *request, *writer);
}

Script<v1::StreamStatusRequest, StreamWriter>::Step Sends(
    std::vector<v1::StreamStatusResponse> messages, grpc::Status status) {
  return [messages = std::move(messages), status](
             grpc::ServerContext&, const v1::StreamStatusRequest&, StreamWriter& writer) {
    for (const auto& message : messages) writer.Write(message);
    return status;
  };
}

Script<v1::StreamStatusRequest, StreamWriter>::Step SendsAndHangs(
    std::vector<v1::StreamStatusResponse> messages) {
  return [messages = std::move(messages)](grpc::ServerContext& context,
                                          const v1::StreamStatusRequest&, StreamWriter& writer) {
    for (const auto& message : messages) writer.Write(message);
    WaitUntilCancelled(context);
    return grpc::Status::CANCELLED;
  };
}

// The synchronous API tells of a cancellation only when asked.
void WaitUntilCancelled(grpc::ServerContext& context) {
  testing::Eventually([&context] { return context.IsCancelled(); }, 60);
}

ScriptedServer::ScriptedServer(std::shared_ptr<grpc::ServerCredentials> credentials, int port) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port),
                           credentials ? credentials : grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(&service_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    std::cerr << "the scripted server did not start\n";
    std::abort();
  }
}

ScriptedServer::~ScriptedServer() { Stop(); }

void ScriptedServer::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void ScriptedServer::Stop() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
}

}  // namespace payout::client
