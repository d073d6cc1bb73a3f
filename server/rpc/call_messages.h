// CallMessages: request and response of one unary call, and the call's place.
//
// Used by: payout_service. gRPC makes them before it reads the request, and releases them on any
// thread when the call is over; the place is given back then.

#ifndef PAYOUT_SERVER_RPC_CALL_MESSAGES_H_
#define PAYOUT_SERVER_RPC_CALL_MESSAGES_H_

#include <optional>
#include <utility>

#include <grpcpp/support/message_allocator.h>

#include "server/rpc/admission.h"

namespace payout {

template <class Request, class Response>
class CallMessages final : public grpc::MessageHolder<Request, Response> {
 public:
  CallMessages() {
    this->set_request(&request_);
    this->set_response(&response_);
  }
  void Release() override { delete this; }

  void Take(Places::Place place) { place_.emplace(std::move(place)); }

 private:
  Request request_;
  Response response_;
  std::optional<Places::Place> place_;
};

// Thread-safe.
template <class Request, class Response>
class CallMessagesAllocator final : public grpc::MessageAllocator<Request, Response> {
 public:
  CallMessages<Request, Response>* AllocateMessages() override {
    return new CallMessages<Request, Response>;
  }
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_CALL_MESSAGES_H_
