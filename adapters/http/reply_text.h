// The bytes of an answer.
//
// Used by: HttpListener. Pure.

#ifndef PAYOUT_ADAPTERS_HTTP_REPLY_TEXT_H_
#define PAYOUT_ADAPTERS_HTTP_REPLY_TEXT_H_

#include <string>

#include "adapters/http/http_exchange.h"

namespace payout::http {

struct ReplyFraming {
  bool head = false;        // answers HEAD: the length of the body, but not the body
  bool keep_alive = false;  // else the connection ends after this answer
  bool http_1_0 = false;    // such a client must be told that the connection stays
};

// Neither Server nor Date: nothing about us that was not asked for.
std::string RenderReply(const Reply& reply, const ReplyFraming& framing);

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_REPLY_TEXT_H_
