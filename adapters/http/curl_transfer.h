// CurlTransfer: one request on its way through libcurl: its options, what came back so far, and
// whether any of it may have been written.
//
// Used by: CurlHttpClient.
// Thread-safety: none; lives on the core loop.
// Ownership: libcurl points into the transfer from Bind until the handle has left the driver.

#ifndef PAYOUT_ADAPTERS_HTTP_CURL_TRANSFER_H_
#define PAYOUT_ADAPTERS_HTTP_CURL_TRANSFER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "adapters/http/http_client.h"

namespace payout::http {

// Options that are the same for every request and stay on a recycled handle.
struct CurlFixedOptions {
  std::string ca_file;  // PEM; empty = the system's
  std::string user_agent;
  absl::Duration idle_age_max;  // a kept connection older than this is not used again
  absl::Duration lifetime_max;  // nor one that was opened longer ago
};
void SetFixedOptions(CURL* easy, const CurlFixedOptions& options);

class CurlTransfer {
 public:
  // `request` has passed WhyUnsendable.
  explicit CurlTransfer(HttpRequest request) : request_(std::move(request)) {}
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  const HttpRequest& request() const { return request_; }

  // False when memory ran out. `easy` has had SetFixedOptions.
  bool Bind(CURL* easy);
  // Takes every pointer into this object off `easy`, which may then serve another request.
  void Unbind(CURL* easy);

  // What became of it; once, after libcurl reported `code`. `now` dates Retry-After.
  HttpResult Finish(CURL* easy, CURLcode code, absl::Time now);

  Sent sent() const { return tries_ > 0 ? Sent::kMaybe : Sent::kSurelyNot; }

 private:
  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  static int OnBeforeRequest(void* self, char*, char*, int, int);
  static std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t OnBody(char* data, std::size_t, std::size_t size, void* self);
  bool AppendHeader(const std::string& line);
  void TakeHeader(std::string_view line);

  HttpRequest request_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  HttpResponse response_;
  std::string retry_after_;
  std::size_t header_bytes_ = 0;
  int tries_ = 0;  // how often libcurl was about to write the request
  bool resend_stopped_ = false;
  bool too_large_ = false;
  bool body_started_ = false;
};

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_CURL_TRANSFER_H_
