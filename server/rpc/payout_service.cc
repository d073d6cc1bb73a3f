#include "server/rpc/payout_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include <grpcpp/support/proto_buffer_reader.h>

#include "server/base/status_macros.h"
#include "server/domain/reason.h"
#include "server/rpc/explanation_codec.h"
#include "server/rpc/page_token.h"
#include "server/rpc/proto_codec.h"
#include "server/rpc/status_codec.h"

namespace payout {
namespace {

constexpr std::size_t kRequestBytesMax = 64 * 1024;
constexpr absl::Duration kStalenessMin = absl::Seconds(5);
constexpr int kPageDefault = 100;
constexpr int kPageMax = 1000;
constexpr int kStatesMax = 8;

absl::Status CheckSize(std::size_t bytes) {
  if (bytes <= kRequestBytesMax) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "the request is larger than 64 KiB",
                   Reason::kRequestTooLarge);
}

absl::Status Parse(grpc::ByteBuffer& bytes, v1::StreamStatusRequest& request) {
  grpc::ProtoBufferReader reader(&bytes);
  if (request.ParseFromZeroCopyStream(&reader)) return absl::OkStatus();
  return InvalidArgument({{"target", Reason::kStreamTargetInvalid, "the request cannot be read"}});
}

absl::Status Overloaded() {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   "too many calls are here; nothing was done, repeat later",
                   {.reason = Reason::kOverloaded, .retry_after = absl::Milliseconds(200)});
}

absl::Status TooLate() {
  return MakeError(absl::StatusCode::kDeadlineExceeded,
                   "the deadline had passed before the call was begun; nothing was done",
                   {.reason = Reason::kOverloaded, .retry_after = absl::Milliseconds(200)});
}

}  // namespace

// One unary call, from gRPC's side. It needs no reactor of its own: when gRPC is done with it, only
// its place has to be given back, which its messages do (call_messages.h).
class PayoutServiceImpl::UnaryCall {
 public:
  explicit UnaryCall(grpc::CallbackServerContext& context)
      : context_(&context), reactor_(context.DefaultReactor()) {}

  grpc::CallbackServerContext& context() const { return *context_; }
  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

  // The last thing that is done for a call: neither the request, the response nor the context may
  // be touched after it. If the caller is gone, gRPC drops the answer.
  void Answer(const absl::Status& status) {
    if (const auto wait = RetryAfter(status)) {
      context_->AddTrailingMetadata(kPushbackKey, std::to_string(absl::ToInt64Milliseconds(*wait)));
    }
    reactor_->Finish(ToGrpcStatus(status));
  }

 private:
  grpc::CallbackServerContext* context_;
  grpc::ServerUnaryReactor* reactor_;
};

PayoutServiceImpl::PayoutServiceImpl(Core& core, const Directory& directory,
                                     payout::CreatePayout& create, QueryPayouts& query,
                                     StreamService& streams, const Authenticator& authenticator,
                                     Options options)
    : core_(core),
      directory_(directory),
      create_(create),
      query_(query),
      explain_(core, directory),
      streams_(streams),
      authenticator_(authenticator),
      options_(options),
      short_calls_(options.calls_max),
      waiting_calls_(options.calls_max),
      reads_(options.calls_max) {
  SetMessageAllocatorFor_CreatePayout(&create_messages_);
  SetMessageAllocatorFor_GetPayout(&get_messages_);
  SetMessageAllocatorFor_ListPayouts(&list_messages_);
  SetMessageAllocatorFor_CancelPayout(&cancel_messages_);
  SetMessageAllocatorFor_ExplainPayout(&explain_messages_);
}

template <class Request, class Response>
grpc::ServerUnaryReactor* PayoutServiceImpl::Answer(std::string_view method,
                                                    grpc::CallbackServerContext* context,
                                                    const Request* request, Response* response,
                                                    Handler<Request, Response> handler) {
  UnaryCall call(*context);
  CallScope scope;
  absl::StatusOr<TenantName> tenant = authenticator_.Authenticate(*context);
  absl::Status status = tenant.status();
  if (status.ok()) status = CheckSize(request->ByteSizeLong());
  if (status.ok()) {
    scope.tenant = *std::move(tenant);
    absl::StatusOr<Places::Place> place = Admit(*request, scope);
    status = place.status();
    if (place.ok()) {
      static_cast<CallMessages<Request, Response>*>(context->GetRpcAllocatorState())
          ->Take(*std::move(place));
    }
  }
  if (!status.ok()) {
    CountAtOnce(method, status, absl::ZeroDuration());
    call.Answer(status);
    return call.reactor();
  }
  core_.env.Post([this, call, method, request, response, handler, scope]() mutable {
    core_.observer.OnRpcStarted(method);
    scope.deadline = DeadlineOf(call.context(), core_.env);
    if (call.context().IsCancelled() || scope.deadline <= core_.env.Monotonic()) {
      // Nobody waits for the answer any more; whoever repeats finds that nothing was begun.
      core_.observer.OnRpcHandled(method, "DEADLINE_EXCEEDED", absl::ZeroDuration());
      return call.Answer(TooLate());
    }
    scope_.Spawn(Run(call, method, std::move(scope), *request, *response, handler));
  });
  return call.reactor();
}

template <class Request>
absl::StatusOr<Places::Place> PayoutServiceImpl::Admit(const Request&, CallScope& scope) {
  if (std::optional<Places::Place> place = short_calls_.Enter(scope.tenant)) {
    return *std::move(place);
  }
  return Overloaded();
}

absl::StatusOr<Places::Place> PayoutServiceImpl::Admit(const v1::CreatePayoutRequest& request,
                                                       CallScope& scope) {
  const bool waits = (request.wait_mode() == v1::WAIT_MODE_ACCEPTED ||
                      request.wait_mode() == v1::WAIT_MODE_SETTLED) &&
                     !request.validate_only();
  if (waits) {
    if (std::optional<Places::Place> place = waiting_calls_.Enter(scope.tenant)) {
      return *std::move(place);
    }
    // The intent can be recorded all the same, and an answer with the current state is as good as
    // one after a wait that ended in time.
    scope.may_wait = false;
  }
  return Admit<v1::CreatePayoutRequest>(request, scope);
}

absl::StatusOr<Places::Place> PayoutServiceImpl::Admit(const v1::GetPayoutRequest& request,
                                                       CallScope& scope) {
  Places& places = request.has_max_staleness() ? waiting_calls_ : reads_;
  if (std::optional<Places::Place> place = places.Enter(scope.tenant)) return *std::move(place);
  return Overloaded();
}

template <class Request, class Response>
Task<void> PayoutServiceImpl::Run(UnaryCall call, std::string_view method, CallScope scope,
                                  const Request& request, Response& response,
                                  Handler<Request, Response> handler) {
  const absl::Duration began = core_.env.Monotonic();
  const absl::Status status = co_await (this->*handler)(std::move(scope), request, response);
  core_.observer.OnRpcHandled(method, CodeName(static_cast<grpc::StatusCode>(status.code())),
                              core_.env.Monotonic() - began);
  call.Answer(status);
}

grpc::ServerUnaryReactor* PayoutServiceImpl::CreatePayout(grpc::CallbackServerContext* context,
                                                          const v1::CreatePayoutRequest* request,
                                                          v1::CreatePayoutResponse* response) {
  return Answer("CreatePayout", context, request, response, &PayoutServiceImpl::Create);
}

grpc::ServerUnaryReactor* PayoutServiceImpl::GetPayout(grpc::CallbackServerContext* context,
                                                       const v1::GetPayoutRequest* request,
                                                       v1::GetPayoutResponse* response) {
  if (grpc::ServerUnaryReactor* done = GetAtOnce(*context, *request, *response)) return done;
  return Answer("GetPayout", context, request, response, &PayoutServiceImpl::Get);
}

grpc::ServerUnaryReactor* PayoutServiceImpl::GetAtOnce(grpc::CallbackServerContext& context,
                                                       const v1::GetPayoutRequest& request,
                                                       v1::GetPayoutResponse& response) {
  if (request.has_max_staleness() || !CheckSize(request.ByteSizeLong()).ok()) return nullptr;
  const absl::StatusOr<TenantName> tenant = authenticator_.Authenticate(context);
  if (!tenant.ok()) return nullptr;
  const absl::Duration began = core_.env.Monotonic();
  const std::optional<absl::StatusOr<Payout>> payout =
      query_.GetAtOnce(*tenant, request.merchant(), request.payout_id());
  if (!payout) return nullptr;
  if (payout->ok()) SetPayout(**payout, *response.mutable_payout());
  CountAtOnce("GetPayout", payout->status(), core_.env.Monotonic() - began);
  UnaryCall call(context);
  call.Answer(payout->status());
  return call.reactor();
}

void PayoutServiceImpl::CountAtOnce(std::string_view method, const absl::Status& status,
                                    absl::Duration took) {
  core_.observer.OnRpcStarted(method);
  core_.observer.OnRpcHandled(method, CodeName(static_cast<grpc::StatusCode>(status.code())), took);
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ListPayouts(grpc::CallbackServerContext* context,
                                                         const v1::ListPayoutsRequest* request,
                                                         v1::ListPayoutsResponse* response) {
  return Answer("ListPayouts", context, request, response, &PayoutServiceImpl::List);
}

grpc::ServerUnaryReactor* PayoutServiceImpl::CancelPayout(grpc::CallbackServerContext* context,
                                                          const v1::CancelPayoutRequest* request,
                                                          v1::CancelPayoutResponse* response) {
  return Answer("CancelPayout", context, request, response, &PayoutServiceImpl::Cancel);
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ExplainPayout(grpc::CallbackServerContext* context,
                                                           const v1::ExplainPayoutRequest* request,
                                                           v1::ExplainPayoutResponse* response) {
  return Answer("ExplainPayout", context, request, response, &PayoutServiceImpl::Explain);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* PayoutServiceImpl::StreamStatus(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  // gRPC would keep the request, and all that was read together with it, while the stream lives.
  grpc::ByteBuffer bytes;
  bytes.Swap(const_cast<grpc::ByteBuffer*>(request));
  absl::StatusOr<TenantName> tenant = authenticator_.Authenticate(*context);
  v1::StreamStatusRequest wanted;
  if (tenant.ok()) {
    absl::Status good = CheckSize(bytes.Length());
    if (good.ok()) good = Parse(bytes, wanted);
    if (!good.ok()) tenant = good;
  }
  return streams_.Open(context, std::move(tenant), std::move(wanted));
}

Task<absl::Status> PayoutServiceImpl::Create(CallScope scope,
                                             const v1::CreatePayoutRequest& request,
                                             v1::CreatePayoutResponse& response) {
  PAYOUT_CO_ASSIGN_OR_RETURN(const WaitMode wanted, ToWaitMode(request.wait_mode()));
  const WaitMode wait = scope.may_wait ? wanted : WaitMode::kRecorded;
  CreateCommand command{
      .tenant = std::move(scope.tenant),
      .draft = ToDraft(request),
      .validate_only = request.validate_only(),
      .wait = wait,
      .wait_until = WaitEnd(core_.env.Monotonic(), scope.deadline, options_.wait_max)};
  absl::StatusOr<CreateOutcome> outcome = co_await create_.Run(std::move(command));
  PAYOUT_CO_RETURN_IF_ERROR(outcome.status());
  SetPayout(outcome->payout, *response.mutable_payout());
  response.set_replayed(outcome->replayed);
  co_return absl::OkStatus();
}

Task<absl::Status> PayoutServiceImpl::Get(CallScope scope, const v1::GetPayoutRequest& request,
                                          v1::GetPayoutResponse& response) {
  std::optional<absl::Duration> max_staleness;
  if (request.has_max_staleness()) {
    max_staleness = ToDuration(request.max_staleness());
    if (!max_staleness || *max_staleness < kStalenessMin) {
      co_return InvalidArgument(
          {{"max_staleness", Reason::kMaxStalenessInvalid, "must be at least 5 s"}});
    }
  }
  absl::StatusOr<Payout> payout = co_await query_.Get(
      std::move(scope.tenant), request.merchant(), request.payout_id(), max_staleness,
      WaitEnd(core_.env.Monotonic(), scope.deadline, options_.wait_max));
  PAYOUT_CO_RETURN_IF_ERROR(payout.status());
  SetPayout(*payout, *response.mutable_payout());
  co_return absl::OkStatus();
}

Task<absl::Status> PayoutServiceImpl::List(CallScope scope, const v1::ListPayoutsRequest& request,
                                           v1::ListPayoutsResponse& response) {
  ListQuery query;
  query.tenant = scope.tenant;
  std::vector<Violation> violations;
  const auto collect = [&violations](const absl::Status& status) {
    if (!status.ok()) violations.push_back(DetailsOf(status)->violations.front());
    return status.ok();
  };
  if (absl::StatusOr<std::vector<State>> states = ToStates(request.states(), "states");
      collect(states.status())) {
    query.states = std::move(*states);
    std::ranges::sort(query.states);
    if (request.states_size() > kStatesMax) {
      violations.push_back({"states", Reason::kEnumValueInvalid, "there must be at most 8"});
    }
  }
  if (!request.merchant().empty()) {
    if (absl::StatusOr<MerchantDesk*> desk =
            directory_.Resolve(scope.tenant, request.merchant(), "merchant");
        collect(desk.status())) {
      query.merchants = {(*desk)->name()};
    }
  }
  const auto take_time = [&violations](const google::protobuf::Timestamp& from, const char* field) {
    const std::optional<absl::Time> time = ToTime(from);
    if (!time) violations.push_back({field, Reason::kTimeRangeInvalid, "is not a valid time"});
    return time;
  };
  if (request.has_created_after()) {
    query.created_from = take_time(request.created_after(), "created_after");
  }
  if (request.has_created_before()) {
    query.created_before = take_time(request.created_before(), "created_before");
  }
  if (query.created_from && query.created_before && *query.created_from >= *query.created_before) {
    violations.push_back(
        {"created_before", Reason::kTimeRangeInvalid, "must be later than created_after"});
  }
  query.needs_review = request.needs_review();
  if (request.page_size() < 0) {
    violations.push_back({"page_size", Reason::kPageSizeInvalid, "must not be negative"});
  }
  const int size =
      request.page_size() == 0 ? kPageDefault : std::min(request.page_size(), kPageMax);
  if (!request.page_token().empty()) {
    query.before_sequence = DecodePageToken(request.page_token(), query);
    if (!query.before_sequence) {
      violations.push_back({"page_token", Reason::kPageTokenInvalid,
                            "is malformed or of another query; start with the first page"});
    }
  }
  if (!violations.empty()) co_return InvalidArgument(std::move(violations));

  query.limit = size + 1;  // One more tells whether there is a next page.
  absl::StatusOr<std::vector<Payout>> page = co_await query_.List(query);
  PAYOUT_CO_RETURN_IF_ERROR(page.status());
  const bool more = page->size() > static_cast<std::size_t>(size);
  if (more) page->pop_back();
  for (const Payout& payout : *page) SetPayout(payout, *response.add_payouts());
  if (more) response.set_next_page_token(EncodePageToken(page->back().sequence, query));
  co_return absl::OkStatus();
}

Task<absl::Status> PayoutServiceImpl::Cancel(CallScope scope,
                                             const v1::CancelPayoutRequest& request,
                                             v1::CancelPayoutResponse& response) {
  absl::StatusOr<Payout> payout =
      co_await query_.Cancel(std::move(scope.tenant), request.merchant(), request.payout_id());
  PAYOUT_CO_RETURN_IF_ERROR(payout.status());
  SetPayout(*payout, *response.mutable_payout());
  co_return absl::OkStatus();
}

Task<absl::Status> PayoutServiceImpl::Explain(CallScope scope,
                                              const v1::ExplainPayoutRequest& request,
                                              v1::ExplainPayoutResponse& response) {
  absl::StatusOr<Explanation> explanation =
      co_await explain_.ForTenant(std::move(scope.tenant), request.merchant(), request.payout_id());
  PAYOUT_CO_RETURN_IF_ERROR(explanation.status());
  SetExplanation(*explanation, response);
  co_return absl::OkStatus();
}

}  // namespace payout
