// Caller: one tenant's plain gRPC calls to a gateway, without retries, every one with a deadline.
//
// Used by: integration tests, which look at what really came over the wire. Thread-safe, but for
// one stream, which one thread reads.

#ifndef PAYOUT_TESTS_INTEGRATION_CALLER_H_
#define PAYOUT_TESTS_INTEGRATION_CALLER_H_

#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include "client/error.h"
#include "payout/v1/payout_service.grpc.pb.h"

namespace payout::testing {

template <class T>
struct Reply {
  grpc::Status status;
  T value;
  client::CallError error;  // decoded from `status`

  bool ok() const { return status.ok(); }
  // "NOT_FOUND PAYOUT_NOT_FOUND", or "OK".
  std::string Outcome() const {
    return ok() ? "OK" : client::CodeName(status.error_code()) + " " + error.reason;
  }
};

class Stream {
 public:
  Stream(v1::PayoutService::Stub& stub, const std::string& token,
         const v1::StreamStatusRequest& request, int seconds);
  ~Stream();
  // False at the end of the stream.
  bool Next(v1::StreamStatusResponse* message);
  // Reads up to the end of the snapshot; the payouts in it.
  std::vector<v1::Payout> Snapshot();
  // All that is left, progress messages excluded.
  std::vector<v1::StreamStatusResponse> Rest();
  // The end; only after Next returned false or after Cancel.
  Reply<std::string> Finish();
  void Cancel() { context_.TryCancel(); }
  // Token of the last message.
  const std::string& token() const { return token_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::StreamStatusResponse>> reader_;
  std::string token_;
  bool finished_ = false;
};

class Caller {
 public:
  // An empty token sends none.
  Caller(std::shared_ptr<grpc::Channel> channel, std::string token);

  Reply<v1::CreatePayoutResponse> Create(const v1::CreatePayoutRequest& request, int seconds = 20);
  Reply<v1::GetPayoutResponse> Get(const std::string& id, int max_staleness_seconds = 0);
  Reply<v1::ListPayoutsResponse> List(const v1::ListPayoutsRequest& request);
  Reply<v1::CancelPayoutResponse> Cancel(const std::string& id);
  Reply<v1::ExplainPayoutResponse> Explain(const v1::ExplainPayoutRequest& request);
  std::unique_ptr<Stream> Open(const v1::StreamStatusRequest& request, int seconds = 20);

  // The payout as the store has it; empty when there is none.
  v1::Payout Stored(const std::string& id) { return Get(id).value.payout(); }
  // Waits until it is in that state. False, and a message, when that does not happen.
  bool Reaches(const std::string& id, v1::PayoutState state, int seconds = 10);

 private:
  template <class Method, class Request, class Response>
  Reply<Response> Call(Method method, const Request& request, Response, int seconds);

  std::unique_ptr<v1::PayoutService::Stub> stub_;
  std::string token_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_INTEGRATION_CALLER_H_
