// CurlDriver: libcurl's multi interface on the core loop. libcurl says which sockets and which time
// it waits for, Asio and the environment's timers do the waiting; there is no thread.
//
// Used by: CurlHttpClient.
// Thread-safety: none; lives on the core loop.
// Ownership: the driver owns the connections (and their sockets), not the easy handles. Inside
// libcurl's callbacks only waits and timers are set; everything else happens from the loop.

#ifndef PAYOUT_ADAPTERS_HTTP_CURL_DRIVER_H_
#define PAYOUT_ADAPTERS_HTTP_CURL_DRIVER_H_

#include <functional>
#include <memory>

#include <curl/curl.h>

#include "server/app/ports/environment.h"

namespace boost::asio {
class io_context;
}

namespace payout::http {

class CurlDriver {
 public:
  struct Limits {
    long connections_kept = 256;  // idle ones, for all origins together
    long connections_max = 256;   // further requests wait for their turn
  };

  // `done` is called once per added handle, after it has been taken out again. It must not call
  // back into the driver.
  CurlDriver(Environment& env, boost::asio::io_context& io, const Limits& limits,
             std::function<void(CURL*, CURLcode)> done);
  // All handles have been removed before.
  ~CurlDriver();

  // Makes the sockets of `easy` the driver's: once per handle, before Add.
  void Adopt(CURL* easy);

  // False when libcurl takes no more.
  bool Add(CURL* easy);
  // Gives a transfer up; `done` is not called for it.
  void Remove(CURL* easy);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_CURL_DRIVER_H_
