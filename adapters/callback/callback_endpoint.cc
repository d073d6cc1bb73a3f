#include "adapters/callback/callback_endpoint.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "adapters/callback/callback_body.h"
#include "adapters/callback/callback_path.h"
#include "server/base/status_macros.h"

namespace payout::callback {
namespace {

constexpr std::size_t kHeaderBytesMax = 8 * 1024;
constexpr std::size_t kBodyBytesMax = 1024;

http::ListenerOptions ListenerOptionsFrom(const CallbackOptions& options) {
  http::ListenerOptions listener;
  listener.address = options.address;
  listener.port = options.port;
  listener.connections_max = options.connections_max;
  listener.header_bytes_max = kHeaderBytesMax;
  listener.body_bytes_max = kBodyBytesMax;
  listener.request_deadline = options.request_deadline;
  listener.idle_timeout = options.idle_timeout;
  listener.reply_deadline = options.reply_deadline;
  listener.drain = options.drain;
  return listener;
}

http::Reply WithStatus(int status) {
  http::Reply reply;
  reply.status = status;
  return reply;
}

// "application/json", with or without parameters.
bool IsJson(const http::Request& request) {
  const std::optional<std::string_view> type = request.Header("content-type");
  if (!type) return false;
  const absl::string_view bare =
      absl::StripAsciiWhitespace(ToAbsl(type->substr(0, type->find(';'))));
  return absl::EqualsIgnoreCase(bare, "application/json");
}

}  // namespace

CallbackEndpoint::CallbackEndpoint(Environment& env, boost::asio::io_context& io,
                                   const CallbackOptions& options, Accept accept)
    : accept_(std::move(accept)),
      listener_(env, io, ListenerOptionsFrom(options),
                [this](http::Request request) { return Handle(std::move(request)); }) {}

CallbackCounts CallbackEndpoint::counts() const {
  CallbackCounts counts = counts_;
  counts.malformed += listener_.counts().malformed;
  return counts;
}

http::Reply CallbackEndpoint::Malformed(int status) {
  ++counts_.malformed;
  return WithStatus(status);
}

Task<http::Reply> CallbackEndpoint::Handle(http::Request request) {
  std::optional<CallbackPath> path = ParseCallbackPath(request.path);
  // The URL is ours to the last character; we never add a query.
  if (!path || request.has_query) co_return Malformed(404);
  if (request.method != "POST") {
    http::Reply reply = Malformed(405);
    reply.headers.emplace_back("Allow", "POST");
    co_return reply;
  }
  if (!IsJson(request)) co_return Malformed(415);
  std::optional<std::string> payout_id = ParseCallbackBody(request.body);
  if (!payout_id) co_return Malformed(400);

  CallbackCall call;
  call.merchant = std::move(path->merchant);
  call.key_id = std::move(path->key_id);
  call.mac = std::move(path->mac);
  call.payout_id = std::move(*payout_id);
  Task<CallbackVerdict> accepting = accept_(std::move(call));
  const CallbackVerdict verdict = co_await accepting;
  switch (verdict) {
    case CallbackVerdict::kAccepted:
      ++counts_.accepted;
      co_return WithStatus(200);
    case CallbackVerdict::kWrongCapability:
      ++counts_.wrong_capability;
      co_return WithStatus(404);
    case CallbackVerdict::kNotDurable:
      ++counts_.not_durable;
      co_return WithStatus(503);
  }
  co_return WithStatus(503);
}

}  // namespace payout::callback
