// What a request must look like before a byte of it may leave: nothing in it can end a line early
// and thereby become a header, or a request, of its own.
//
// Used by: CurlHttpClient. Pure.

#ifndef PAYOUT_ADAPTERS_HTTP_REQUEST_CHECK_H_
#define PAYOUT_ADAPTERS_HTTP_REQUEST_CHECK_H_

#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/http_client.h"

namespace payout::http {

// The reason why `request` cannot be sent, without any of its content; nullopt when it can.
std::optional<std::string> WhyUnsendable(const HttpRequest& request);

// "https://host:port" of a URL that passed the check.
std::string_view OriginOf(std::string_view url);

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_REQUEST_CHECK_H_
