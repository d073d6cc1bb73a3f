// ScriptedServer: a real gRPC server on a free loopback port whose PayoutService does what the test
// says, call by call.
//
// Steps run on gRPC's threads. A call without a step answers UNIMPLEMENTED, which no test expects.

#ifndef PAYOUT_TESTS_CLIENT_SCRIPTED_SERVICE_H_
#define PAYOUT_TESTS_CLIENT_SCRIPTED_SERVICE_H_

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "payout/v1/payout_service.grpc.pb.h"
#include "tests/client/builders.h"

namespace payout::client {

// The steps of one method, and what it was called with. `Answer` is the response, or a stream's
// writer.
template <class Request, class Answer>
class Script {
 public:
  using Step = std::function<grpc::Status(grpc::ServerContext&, const Request&, Answer&)>;

  // For one call, in the order of the calls of Then.
  void Then(Step step) {
    std::lock_guard lock(mutex_);
    steps_.push_back(std::move(step));
  }
  void ThenFail(const grpc::Status& status) {
    Then([status](grpc::ServerContext&, const Request&, Answer&) { return status; });
  }
  // For all calls after those.
  void Always(Step step) {
    std::lock_guard lock(mutex_);
    always_ = std::move(step);
  }
  void AlwaysFail(const grpc::Status& status) {
    Always([status](grpc::ServerContext&, const Request&, Answer&) { return status; });
  }

  std::vector<Request> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  // The authorization metadata of each call; empty when there was none.
  std::vector<std::string> authorizations() const {
    std::lock_guard lock(mutex_);
    return authorizations_;
  }
  size_t calls() const { return requests().size(); }

  grpc::Status Run(grpc::ServerContext& context, const Request& request, Answer& answer) {
    Step step;
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(request);
      const auto found = context.client_metadata().find("authorization");
      authorizations_.push_back(found == context.client_metadata().end()
                                    ? ""
                                    : std::string(found->second.data(), found->second.size()));
      step = always_;
      if (!steps_.empty()) {
        step = std::move(steps_.front());
        steps_.pop_front();
      }
    }
    if (!step) return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no step for this call");
    return step(context, request, answer);
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Step> steps_;
  Step always_;
  std::vector<Request> requests_;
  std::vector<std::string> authorizations_;
};

using StreamWriter = grpc::ServerWriter<v1::StreamStatusResponse>;

class ScriptedService final : public v1::PayoutService::Service {
 public:
  Script<v1::CreatePayoutRequest, v1::CreatePayoutResponse> create;
  Script<v1::GetPayoutRequest, v1::GetPayoutResponse> get;
  Script<v1::ListPayoutsRequest, v1::ListPayoutsResponse> list;
  Script<v1::CancelPayoutRequest, v1::CancelPayoutResponse> cancel;
  Script<v1::ExplainPayoutRequest, v1::ExplainPayoutResponse> explain;
  Script<v1::StreamStatusRequest, StreamWriter> stream;

  // Creates that are answered with a payout of the request's id, money and labels in this state.
  void AnswerCreates(v1::PayoutState state);

  grpc::Status CreatePayout(grpc::ServerContext* context, const v1::CreatePayoutRequest* request,
                            v1::CreatePayoutResponse* response) override;
  grpc::Status GetPayout(grpc::ServerContext* context, const v1::GetPayoutRequest* request,
                         v1::GetPayoutResponse* response) override;
  grpc::Status ListPayouts(grpc::ServerContext* context, const v1::ListPayoutsRequest* request,
                           v1::ListPayoutsResponse* response) override;
  grpc::Status CancelPayout(grpc::ServerContext* context, const v1::CancelPayoutRequest* request,
                            v1::CancelPayoutResponse* response) override;
  grpc::Status ExplainPayout(grpc::ServerContext* context, const v1::ExplainPayoutRequest* request,
                             v1::ExplainPayoutResponse* response) override;
  grpc::Status StreamStatus(grpc::ServerContext* context, const v1::StreamStatusRequest* request,
                            StreamWriter* writer) override;
};

// A step that sends these messages and ends with the status.
Script<v1::StreamStatusRequest, StreamWriter>::Step Sends(
    std::vector<v1::StreamStatusResponse> messages, grpc::Status status = grpc::Status::OK);

// A step that sends these messages and then nothing until the client goes away.
Script<v1::StreamStatusRequest, StreamWriter>::Step SendsAndHangs(
    std::vector<v1::StreamStatusResponse> messages);

// Blocks until the client goes away.
void WaitUntilCancelled(grpc::ServerContext& context);

class ScriptedServer {
 public:
  // Port 0: a free one. Credentials null: plaintext.
  explicit ScriptedServer(std::shared_ptr<grpc::ServerCredentials> credentials = nullptr,
                          int port = 0);
  ~ScriptedServer();

  ScriptedService& service() { return service_; }
  ScriptedService* operator->() { return &service_; }
  int port() const { return port_; }
  // "grpc://127.0.0.1:PORT".
  std::string url() const { return "grpc://127.0.0.1:" + std::to_string(port_); }
  void SetServing(bool serving);
  // Breaks all connections.
  void Stop();

 private:
  ScriptedService service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace payout::client

#endif  // PAYOUT_TESTS_CLIENT_SCRIPTED_SERVICE_H_
