// CallError and Result: what a call came to when it did not come to an answer.
//
// Used by: everything in client/. DecodeError turns a gRPC status and its google.rpc details into a
// CallError; errors that the client finds by itself (no token file, bad target) are made by
// LocalError. Plain values; thread-compatible.

#ifndef PAYOUT_CLIENT_ERROR_H_
#define PAYOUT_CLIENT_ERROR_H_

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <grpcpp/support/status.h>

#include "absl/time/time.h"

namespace payout::client {

// One broken rule of the request.
struct FieldViolation {
  std::string field;
  std::string description;
  bool operator==(const FieldViolation&) const = default;
};

// One precondition that did not hold, or the resource that the error is about.
struct Precondition {
  std::string type;
  std::string subject;
  std::string description;
  bool operator==(const Precondition&) const = default;
};

struct CallError {
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  std::string message;
  // Name of payout.v1.ErrorReason without its prefix, such as PAYOUT_NOT_FOUND. Empty when the
  // answer carried no ErrorInfo of the gateway: then a transport or a proxy made it, not a handler.
  std::string reason;
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> violations;
  std::vector<Precondition> preconditions;
  std::optional<Precondition> resource;
  // Wait at least this long before repeating.
  std::optional<absl::Duration> retry_after;
  // The server asks not to be called again about this.
  bool do_not_retry = false;
  // Only of CreatePayout: the payout may have been recorded. Repeat with the same payout_id; do not
  // pay by other means.
  bool outcome_unknown = false;

  // "NOT_FOUND (PAYOUT_NOT_FOUND): no such payout".
  std::string ToString() const;
};

// Decodes a status that is not OK. Details that cannot be parsed are passed over.
CallError DecodeError(const grpc::Status& status);

// Takes the text of the trailing metadata "grpc-retry-pushback-ms" over: the longer of it and
// RetryInfo counts; a negative number, or what is no number, asks not to repeat.
void ApplyPushback(std::string_view text, CallError& error);

// An error found before anything was sent.
CallError LocalError(grpc::StatusCode code, std::string message);

// True when a create that ended in `error` may have been recorded: codes that say nothing about it,
// and answers that did not come from a handler.
bool LeavesCreateUnknown(const CallError& error);

// "INVALID_ARGUMENT"; "CODE_<n>" for codes that do not exist.
std::string CodeName(grpc::StatusCode code);

// A T or a CallError. value() of an error and error() of a value are programmer errors and abort.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}          // NOLINT
  Result(CallError error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *Checked(std::get_if<0>(&content_)); }
  const T& value() const& { return *Checked(std::get_if<0>(&content_)); }
  T&& value() && { return std::move(*Checked(std::get_if<0>(&content_))); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  CallError& error() & { return *Checked(std::get_if<1>(&content_)); }
  const CallError& error() const& { return *Checked(std::get_if<1>(&content_)); }
  CallError&& error() && { return std::move(*Checked(std::get_if<1>(&content_))); }

 private:
  template <class P>
  static P* Checked(P* pointer) {
    if (pointer == nullptr) std::abort();
    return pointer;
  }
  std::variant<T, CallError> content_;
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_ERROR_H_
