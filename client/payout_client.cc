#include "client/payout_client.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "client/error_details.pb.h"
#include "payout/v1/payout_service.grpc.pb.h"

namespace payout::client {
namespace {

using HealthStub = grpc::TemplatedGenericStub<rpc::HealthCheckRequest, rpc::HealthCheckResponse>;

ClientOptions WithDefaults(ClientOptions options) {
  if (options.timing == nullptr) options.timing = SystemTiming();
  return options;
}

// May a read, or a cancellation, be repeated after this?
bool IsRepeatable(const CallError& error) {
  switch (error.code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return true;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return error.retry_after.has_value();
    default:
      return false;
  }
}

// For a create: also what says nothing about the outcome. Codes that would only come again, such as
// UNIMPLEMENTED from a proxy, are not repeated although they leave the outcome unknown.
bool IsRepeatableCreate(const CallError& error) {
  switch (error.code) {
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return true;
    default:
      return IsRepeatable(error);
  }
}

// Does this answer settle that no payout was recorded by this call, earlier attempts included? Only
// verdicts about the content do: earlier attempts carried the same content and met the same
// verdict. "Not now" and "not you" say nothing about an attempt whose answer was lost.
bool SettlesEarlierAttempts(const CallError& error) {
  return !error.reason.empty() && (error.code == grpc::StatusCode::INVALID_ARGUMENT ||
                                   error.code == grpc::StatusCode::ALREADY_EXISTS);
}

// One attempt: a fresh context with deadline and token, ended by the interrupt.
template <class Response, class Invoke>
Result<Response> Attempt(const Channel& channel, absl::Duration timeout, Interrupt* interrupt,
                         const Invoke& invoke, bool* sent) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       absl::ToChronoMicroseconds(std::min(timeout, absl::Hours(24))));
  if (std::optional<CallError> error = channel.Authorize(context)) return *std::move(error);
  *sent = true;
  Response response;
  grpc::Status status;
  {
    Interrupt::Hook hook(interrupt, [&context] { context.TryCancel(); });
    status = invoke(&context, &response);
  }
  if (status.ok()) return response;
  CallError error = DecodeError(status);
  const auto& trailers = context.GetServerTrailingMetadata();
  if (const auto pushback = trailers.find("grpc-retry-pushback-ms"); pushback != trailers.end()) {
    ApplyPushback({pushback->second.data(), pushback->second.size()}, error);
  }
  return error;
}

CallError Interrupted() { return LocalError(grpc::StatusCode::CANCELLED, "interrupted"); }

template <class Response, class Repeatable, class Invoke>
Result<Response> Repeat(const Channel& channel, const ClientOptions& client,
                        const CallOptions& options, bool is_create, Repeatable repeatable,
                        const Invoke& invoke) {
  Timing& timing = *client.timing;
  const absl::Duration end = timing.Elapsed() + options.timeout;
  Backoff backoff(client.backoff, &timing);
  bool unknown = false;  // an attempt so far may have been recorded
  if (options.interrupt != nullptr && options.interrupt->fired()) return Interrupted();
  for (int attempt = 1;; ++attempt) {
    const absl::Duration left = end - timing.Elapsed();
    bool sent = false;
    Result<Response> result = Attempt<Response>(channel, std::min(left, options.attempt_timeout),
                                                options.interrupt, invoke, &sent);
    if (result.ok()) return result;
    CallError& error = result.error();
    if (is_create) {
      if (sent && LeavesCreateUnknown(error)) unknown = true;
      if (SettlesEarlierAttempts(error)) unknown = false;
      error.outcome_unknown = unknown;
    }
    const bool interrupted = options.interrupt != nullptr && options.interrupt->fired();
    if (interrupted || !sent || error.do_not_retry || !repeatable(error) ||
        attempt >= options.attempts_max) {
      return result;
    }
    const absl::Duration pause = backoff.Next(error.retry_after);
    if (timing.Elapsed() + pause >= end) return result;
    if (!timing.Pause(pause, options.interrupt)) {
      CallError stopped = Interrupted();
      stopped.outcome_unknown = unknown;
      return stopped;
    }
  }
}

}  // namespace

struct PayoutClient::Stub {
  explicit Stub(const std::shared_ptr<grpc::Channel>& transport)
      : payouts(v1::PayoutService::NewStub(transport)), health(transport) {}
  const std::unique_ptr<v1::PayoutService::Stub> payouts;
  HealthStub health;
};

PayoutClient::PayoutClient(std::shared_ptr<const Channel> channel, ClientOptions options)
    : channel_(std::move(channel)),
      options_(WithDefaults(std::move(options))),
      stub_(std::make_unique<Stub>(channel_->transport())) {}

PayoutClient::~PayoutClient() = default;

Result<v1::CreatePayoutResponse> PayoutClient::CreatePayout(const v1::CreatePayoutRequest& request,
                                                            const CallOptions& options) const {
  if (request.payout_id().empty()) {
    CallError error = LocalError(grpc::StatusCode::INVALID_ARGUMENT,
                                 "payout_id is empty; choose one and keep it before the call");
    error.reason = "PAYOUT_ID_INVALID";
    error.violations.push_back({"payout_id", "is required"});
    return error;
  }
  CallOptions effective = options;
  if (request.wait_mode() == v1::WAIT_MODE_ACCEPTED ||
      request.wait_mode() == v1::WAIT_MODE_SETTLED) {
    effective.attempt_timeout = effective.timeout;
  }
  Result<v1::CreatePayoutResponse> result = Repeat<v1::CreatePayoutResponse>(
      *channel_, options_, effective, /*is_create=*/true, IsRepeatableCreate,
      [&](grpc::ClientContext* context, v1::CreatePayoutResponse* response) {
        return stub_->payouts->CreatePayout(context, request, response);
      });
  // A check stores nothing, so there is no outcome to be unsure of.
  if (!result.ok() && request.validate_only()) result.error().outcome_unknown = false;
  return result;
}

Result<v1::GetPayoutResponse> PayoutClient::GetPayout(const v1::GetPayoutRequest& request,
                                                      const CallOptions& options) const {
  return Repeat<v1::GetPayoutResponse>(
      *channel_, options_, options, /*is_create=*/false, IsRepeatable,
      [&](grpc::ClientContext* context, v1::GetPayoutResponse* response) {
        return stub_->payouts->GetPayout(context, request, response);
      });
}

Result<v1::ListPayoutsResponse> PayoutClient::ListPayouts(const v1::ListPayoutsRequest& request,
                                                          const CallOptions& options) const {
  return Repeat<v1::ListPayoutsResponse>(
      *channel_, options_, options, /*is_create=*/false, IsRepeatable,
      [&](grpc::ClientContext* context, v1::ListPayoutsResponse* response) {
        return stub_->payouts->ListPayouts(context, request, response);
      });
}

std::optional<CallError> PayoutClient::ForEachPage(
    v1::ListPayoutsRequest request,
    const std::function<bool(const v1::ListPayoutsResponse&)>& visit,
    const CallOptions& options) const {
  for (;;) {
    Result<v1::ListPayoutsResponse> page = ListPayouts(request, options);
    if (!page.ok()) return page.error();
    if (!visit(*page) || page->next_page_token().empty()) return std::nullopt;
    if (page->next_page_token() == request.page_token()) {
      return LocalError(grpc::StatusCode::INTERNAL, "the server answered with the same page token");
    }
    request.set_page_token(page->next_page_token());
  }
}

Result<v1::CancelPayoutResponse> PayoutClient::CancelPayout(const v1::CancelPayoutRequest& request,
                                                            const CallOptions& options) const {
  return Repeat<v1::CancelPayoutResponse>(
      *channel_, options_, options, /*is_create=*/false, IsRepeatable,
      [&](grpc::ClientContext* context, v1::CancelPayoutResponse* response) {
        return stub_->payouts->CancelPayout(context, request, response);
      });
}

Result<v1::ExplainPayoutResponse> PayoutClient::ExplainPayout(
    const v1::ExplainPayoutRequest& request, const CallOptions& options) const {
  return Repeat<v1::ExplainPayoutResponse>(
      *channel_, options_, options, /*is_create=*/false, IsRepeatable,
      [&](grpc::ClientContext* context, v1::ExplainPayoutResponse* response) {
        return stub_->payouts->ExplainPayout(context, request, response);
      });
}

Result<Health> PayoutClient::CheckHealth(const std::string& service,
                                         const CallOptions& options) const {
  rpc::HealthCheckRequest request;
  request.set_service(service);
  bool sent = false;
  Result<rpc::HealthCheckResponse> answer = Attempt<rpc::HealthCheckResponse>(
      *channel_, options.timeout, options.interrupt,
      [&](grpc::ClientContext* context, rpc::HealthCheckResponse* response) {
        // Shared: the waiter may be gone before set_value has returned.
        auto done = std::make_shared<std::promise<grpc::Status>>();
        std::future<grpc::Status> status = done->get_future();
        stub_->health.UnaryCall(
            context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request, response,
            [done](grpc::Status result) { done->set_value(std::move(result)); });
        return status.get();
      },
      &sent);
  if (!answer.ok()) {
    if (sent && answer.error().code == grpc::StatusCode::NOT_FOUND) return Health::kServiceUnknown;
    return answer.error();
  }
  switch (answer->status()) {
    case rpc::HealthCheckResponse::SERVING:
      return Health::kServing;
    case rpc::HealthCheckResponse::NOT_SERVING:
      return Health::kNotServing;
    case rpc::HealthCheckResponse::SERVICE_UNKNOWN:
      return Health::kServiceUnknown;
    default:
      return Health::kUnknown;
  }
}

}  // namespace payout::client
