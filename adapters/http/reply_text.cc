#include "adapters/http/reply_text.h"

#include <boost/beast/http/status.hpp>

#include "absl/strings/str_cat.h"

namespace payout::http {

std::string RenderReply(const Reply& reply, const ReplyFraming& framing) {
  namespace bhttp = boost::beast::http;
  const auto reason =
      bhttp::obsolete_reason(bhttp::int_to_status(static_cast<unsigned>(reply.status)));
  std::string out = absl::StrCat("HTTP/1.1 ", reply.status, " ",
                                 absl::string_view(reason.data(), reason.size()), "\r\n");
  for (const auto& [name, value] : reply.headers) absl::StrAppend(&out, name, ": ", value, "\r\n");
  if (!reply.content_type.empty()) {
    absl::StrAppend(&out, "Content-Type: ", reply.content_type, "\r\n");
  }
  absl::StrAppend(&out, "Content-Length: ", reply.body.size(), "\r\n");
  if (!framing.keep_alive) out += "Connection: close\r\n";
  if (framing.keep_alive && framing.http_1_0) out += "Connection: keep-alive\r\n";
  out += "\r\n";
  if (!framing.head) out += reply.body;
  return out;
}

}  // namespace payout::http
