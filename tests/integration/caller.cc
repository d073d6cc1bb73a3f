#include "tests/integration/caller.h"

#include <chrono>
#include <iostream>
#include <utility>

#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

void Prepare(grpc::ClientContext& context, const std::string& token, int seconds) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
}

}  // namespace

Stream::Stream(v1::PayoutService::Stub& stub, const std::string& token,
               const v1::StreamStatusRequest& request, int seconds) {
  Prepare(context_, token, seconds);
  reader_ = stub.StreamStatus(&context_, request);
}

Stream::~Stream() {
  if (finished_) return;
  context_.TryCancel();
  for (v1::StreamStatusResponse rest; reader_->Read(&rest);) {
  }
  reader_->Finish();
}

bool Stream::Next(v1::StreamStatusResponse* message) {
  if (!reader_->Read(message)) return false;
  token_ = message->token();
  return true;
}

std::vector<v1::Payout> Stream::Snapshot() {
  std::vector<v1::Payout> payouts;
  for (v1::StreamStatusResponse message; Next(&message) && !message.has_snapshot_end();) {
    if (message.has_snapshot_payout()) payouts.push_back(message.snapshot_payout().payout());
  }
  return payouts;
}

std::vector<v1::StreamStatusResponse> Stream::Rest() {
  std::vector<v1::StreamStatusResponse> rest;
  for (v1::StreamStatusResponse message; Next(&message);) {
    if (!message.has_progress()) rest.push_back(message);
  }
  return rest;
}

Reply<std::string> Stream::Finish() {
  Reply<std::string> reply;
  finished_ = true;
  reply.status = reader_->Finish();
  if (!reply.ok()) reply.error = client::DecodeError(reply.status);
  return reply;
}

Caller::Caller(std::shared_ptr<grpc::Channel> channel, std::string token)
    : stub_(v1::PayoutService::NewStub(std::move(channel))), token_(std::move(token)) {}

template <class Method, class Request, class Response>
Reply<Response> Caller::Call(Method method, const Request& request, Response, int seconds) {
  Reply<Response> reply;
  grpc::ClientContext context;
  Prepare(context, token_, seconds);
  reply.status = ((*stub_).*method)(&context, request, &reply.value);
  if (!reply.ok()) reply.error = client::DecodeError(reply.status);
  return reply;
}

Reply<v1::CreatePayoutResponse> Caller::Create(const v1::CreatePayoutRequest& request,
                                               int seconds) {
  return Call(&v1::PayoutService::Stub::CreatePayout, request, v1::CreatePayoutResponse(), seconds);
}

Reply<v1::GetPayoutResponse> Caller::Get(const std::string& id, int max_staleness_seconds) {
  v1::GetPayoutRequest request;
  request.set_payout_id(id);
  if (max_staleness_seconds > 0) {
    request.mutable_max_staleness()->set_seconds(max_staleness_seconds);
  }
  return Call(&v1::PayoutService::Stub::GetPayout, request, v1::GetPayoutResponse(), 10);
}

Reply<v1::ListPayoutsResponse> Caller::List(const v1::ListPayoutsRequest& request) {
  return Call(&v1::PayoutService::Stub::ListPayouts, request, v1::ListPayoutsResponse(), 10);
}

Reply<v1::CancelPayoutResponse> Caller::Cancel(const std::string& id) {
  v1::CancelPayoutRequest request;
  request.set_payout_id(id);
  return Call(&v1::PayoutService::Stub::CancelPayout, request, v1::CancelPayoutResponse(), 10);
}

Reply<v1::ExplainPayoutResponse> Caller::Explain(const v1::ExplainPayoutRequest& request) {
  return Call(&v1::PayoutService::Stub::ExplainPayout, request, v1::ExplainPayoutResponse(), 10);
}

std::unique_ptr<Stream> Caller::Open(const v1::StreamStatusRequest& request, int seconds) {
  return std::make_unique<Stream>(*stub_, token_, request, seconds);
}

bool Caller::Reaches(const std::string& id, v1::PayoutState state, int seconds) {
  const bool reached = Eventually([&] { return Stored(id).state() == state; }, seconds);
  if (!reached) {
    std::cerr << id << " is not " << v1::PayoutState_Name(state) << ":\n"
              << Stored(id).DebugString();
  }
  return reached;
}

}  // namespace payout::testing
