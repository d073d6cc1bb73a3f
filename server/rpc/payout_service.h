// PayoutServiceImpl: the gRPC face of the use cases. Each method decodes, runs a use case on the
// core loop, encodes.
//
// Used by: grpc_server. gRPC calls it on its own threads; the work is posted to the core loop and
// no thread waits. Right there are answered: a plain read of one payout, which takes less than the
// way to the core loop and back, and what is refused for want of credentials or of a place.

#ifndef PAYOUT_SERVER_RPC_PAYOUT_SERVICE_H_
#define PAYOUT_SERVER_RPC_PAYOUT_SERVICE_H_

#include <functional>
#include <optional>
#include <string_view>

#include "payout/v1/payout_service.grpc.pb.h"
#include "server/app/create_payout.h"
#include "server/app/explain_payout.h"
#include "server/app/query_payouts.h"
#include "server/base/task_scope.h"
#include "server/rpc/admission.h"
#include "server/rpc/call_messages.h"
#include "server/rpc/call_scope.h"
#include "server/rpc/stream_status.h"

namespace payout {

// Streams are written as bytes that many of them share; the other methods know their messages.
using PayoutServiceMethods = v1::PayoutService::WithRawCallbackMethod_StreamStatus<
    v1::PayoutService::WithCallbackMethod_CreatePayout<
        v1::PayoutService::WithCallbackMethod_GetPayout<
            v1::PayoutService::WithCallbackMethod_ListPayouts<
                v1::PayoutService::WithCallbackMethod_CancelPayout<
                    v1::PayoutService::WithCallbackMethod_ExplainPayout<
                        v1::PayoutService::Service>>>>>>;

class PayoutServiceImpl final : public PayoutServiceMethods {
 public:
  struct Options {
    // Unary calls at once, of each of three kinds that do not take each other's places: those that
    // are done as soon as the store has answered; creates and reads that wait for the platform; and
    // plain reads of one payout that cannot be answered at once.
    int calls_max = 10'000;
    absl::Duration wait_max = absl::Minutes(5);  // of CreatePayout
  };
  // Everything passed outlives the service. Destroy it on the core loop, or after the loop has
  // stopped.
  PayoutServiceImpl(Core& core, const Directory& directory, payout::CreatePayout& create,
                    QueryPayouts& query, StreamService& streams, const Authenticator& authenticator,
                    Options options);

  grpc::ServerUnaryReactor* CreatePayout(grpc::CallbackServerContext* context,
                                         const v1::CreatePayoutRequest* request,
                                         v1::CreatePayoutResponse* response) override;
  grpc::ServerUnaryReactor* GetPayout(grpc::CallbackServerContext* context,
                                      const v1::GetPayoutRequest* request,
                                      v1::GetPayoutResponse* response) override;
  grpc::ServerUnaryReactor* ListPayouts(grpc::CallbackServerContext* context,
                                        const v1::ListPayoutsRequest* request,
                                        v1::ListPayoutsResponse* response) override;
  grpc::ServerUnaryReactor* CancelPayout(grpc::CallbackServerContext* context,
                                         const v1::CancelPayoutRequest* request,
                                         v1::CancelPayoutResponse* response) override;
  grpc::ServerUnaryReactor* ExplainPayout(grpc::CallbackServerContext* context,
                                          const v1::ExplainPayoutRequest* request,
                                          v1::ExplainPayoutResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamStatus(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;

 private:
  class UnaryCall;
  template <class Request, class Response>
  using Handler = Task<absl::Status> (PayoutServiceImpl::*)(CallScope, const Request&, Response&);

  // nullptr: it has to go the way of all calls.
  grpc::ServerUnaryReactor* GetAtOnce(grpc::CallbackServerContext& context,
                                      const v1::GetPayoutRequest& request,
                                      v1::GetPayoutResponse& response);
  template <class Request, class Response>
  grpc::ServerUnaryReactor* Answer(std::string_view method, grpc::CallbackServerContext* context,
                                   const Request* request, Response* response,
                                   Handler<Request, Response> handler);
  // A call that was answered without the core loop.
  void CountAtOnce(std::string_view method, const absl::Status& status, absl::Duration took);
  template <class Request, class Response>
  Task<void> Run(UnaryCall call, std::string_view method, CallScope scope, const Request& request,
                 Response& response, Handler<Request, Response> handler);

  // Finds a place for the call. OVERLOADED when there is none; `scope.may_wait` becomes false when
  // there is one, but none among the calls that wait.
  template <class Request>
  absl::StatusOr<Places::Place> Admit(const Request& request, CallScope& scope);
  absl::StatusOr<Places::Place> Admit(const v1::CreatePayoutRequest& request, CallScope& scope);
  absl::StatusOr<Places::Place> Admit(const v1::GetPayoutRequest& request, CallScope& scope);

  Task<absl::Status> Create(CallScope scope, const v1::CreatePayoutRequest& request,
                            v1::CreatePayoutResponse& response);
  Task<absl::Status> Get(CallScope scope, const v1::GetPayoutRequest& request,
                         v1::GetPayoutResponse& response);
  Task<absl::Status> List(CallScope scope, const v1::ListPayoutsRequest& request,
                          v1::ListPayoutsResponse& response);
  Task<absl::Status> Cancel(CallScope scope, const v1::CancelPayoutRequest& request,
                            v1::CancelPayoutResponse& response);
  Task<absl::Status> Explain(CallScope scope, const v1::ExplainPayoutRequest& request,
                             v1::ExplainPayoutResponse& response);

  Core& core_;
  const Directory& directory_;
  payout::CreatePayout& create_;
  QueryPayouts& query_;
  payout::ExplainPayout explain_;
  StreamService& streams_;
  const Authenticator& authenticator_;
  const Options options_;
  Places short_calls_;
  Places waiting_calls_;
  Places reads_;
  CallMessagesAllocator<v1::CreatePayoutRequest, v1::CreatePayoutResponse> create_messages_;
  CallMessagesAllocator<v1::GetPayoutRequest, v1::GetPayoutResponse> get_messages_;
  CallMessagesAllocator<v1::ListPayoutsRequest, v1::ListPayoutsResponse> list_messages_;
  CallMessagesAllocator<v1::CancelPayoutRequest, v1::CancelPayoutResponse> cancel_messages_;
  CallMessagesAllocator<v1::ExplainPayoutRequest, v1::ExplainPayoutResponse> explain_messages_;
  TaskScope scope_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_PAYOUT_SERVICE_H_
