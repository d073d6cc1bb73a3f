// Connection: one client of an HttpListener, from accept to close. Not for use elsewhere.
//
// Used by: HttpListener. The Beast parser stays in the .cc.
// Thread-safety: none; lives on the core loop.

#ifndef PAYOUT_ADAPTERS_HTTP_HTTP_CONNECTION_H_
#define PAYOUT_ADAPTERS_HTTP_HTTP_CONNECTION_H_

#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include "adapters/http/http_listener.h"
#include "server/base/task_scope.h"
#include "server/base/trigger.h"

namespace payout::http {

class Connection;

// What a listener and its connections share. Pending operations keep it alive, so that one that
// ends after the listener finds everything closed instead of nothing.
struct ListenerState {
  ListenerState(Environment& environment, ListenerOptions listener_options,
                Handler listener_handler)
      : env(environment),
        options(std::move(listener_options)),
        handler(std::move(listener_handler)) {}

  Environment& env;
  const ListenerOptions options;
  const Handler handler;
  ListenerCounts counts;
  std::unordered_set<Connection*> open;
  Trigger closed;                                 // a connection has ended
  bool stopping = false;                          // answer what is in flight, read nothing new
  std::optional<TaskScope> scope{std::in_place};  // the handlers
};

class Connection {
 public:
  // Serves `socket` until it is closed. The connection is in `open` of its listener meanwhile.
  static void Serve(std::shared_ptr<ListenerState> listener, boost::asio::ip::tcp::socket socket);

  virtual ~Connection() = default;

  // Ends it at once. A handler that runs goes on; its answer is dropped.
  virtual void Close() = 0;

  // Between requests, or done with them: nothing is lost by closing.
  virtual bool idle() const = 0;
};

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_HTTP_CONNECTION_H_
