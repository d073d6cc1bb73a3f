// Request, Reply, Handler: what an HTTP handler of ours sees and says.
//
// Used by: HttpListener and the endpoints on top of it.
// Thread-safety: plain values.

#ifndef PAYOUT_ADAPTERS_HTTP_HTTP_EXCHANGE_H_
#define PAYOUT_ADAPTERS_HTTP_HTTP_EXCHANGE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/task.h"

namespace payout::http {

struct Request {
  std::string method;
  std::string path;   // starts with '/', percent-encoding untouched
  std::string query;  // without '?'; empty when absent
  bool has_query = false;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The first header of that name, in any case.
  std::optional<std::string_view> Header(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string content_type;  // not sent when empty
  std::string body;          // left out of the answer to HEAD, its length is not
  // Further headers; names and values are the handler's own constants, not taken from requests.
  std::vector<std::pair<std::string, std::string>> headers;
};

using Handler = std::function<Task<Reply>(Request)>;

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_HTTP_EXCHANGE_H_
