#include "adapters/http/curl_transfer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include <openssl/x509.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/http/retry_after.h"
#include "server/base/instrument.h"
#include "server/base/status_macros.h"

namespace payout::http {
namespace {

constexpr std::size_t kHeaderBytesMax = 32 * 1024;

// At least 1: libcurl reads 0 as "no limit".
long Milliseconds(absl::Duration duration) {
  const std::int64_t count = absl::ToInt64Milliseconds(absl::Ceil(duration, absl::Milliseconds(1)));
  return static_cast<long>(
      std::clamp<std::int64_t>(count, 1, std::numeric_limits<std::int32_t>::max()));
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// libcurl's error buffer may quote names from the URL, so the text is put together from fixed
// parts.
std::string Describe(CURL* easy, CURLcode code) {
  std::string what = curl_easy_strerror(code);
  long number = 0;
  if (code == CURLE_PEER_FAILED_VERIFICATION &&
      curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &number) == CURLE_OK && number != 0) {
    absl::StrAppend(&what, ": ", X509_verify_cert_error_string(number));
  } else if (curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number != 0) {
    absl::StrAppend(&what, ": ", std::strerror(static_cast<int>(number)));
  }
  return what;
}

}  // namespace

void SetFixedOptions(CURL* easy, const CurlFixedOptions& options) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // A call that times out during its name lookup would otherwise wait for the lookup's thread to
  // end, and the whole loop with it.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                   static_cast<long>(absl::ToInt64Seconds(options.idle_age_max)));
  curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN,
                   static_cast<long>(absl::ToInt64Seconds(options.lifetime_max)));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (!options.user_agent.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  }
}

bool CurlTransfer::AppendHeader(const std::string& line) {
  curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)headers_.release();
  headers_.reset(longer);
  return true;
}

bool CurlTransfer::Bind(CURL* easy) {
  bool has_type = false;
  for (const auto& [name, value] : request_.headers) {
    const std::string_view text = Trimmed(value);
    has_type = has_type || absl::EqualsIgnoreCase(name, "content-type");
    // "Name:" would remove the header, "Name;" sends it without a value.
    if (!AppendHeader(text.empty() ? name + ";" : absl::StrCat(name, ": ", ToAbsl(text))))
      return false;
  }
  if (!AppendHeader("Expect:")) return false;  // No pause of a second before larger bodies.
  if (!has_type && !AppendHeader("Content-Type:")) return false;  // No made-up form type.

  const bool is_get = request_.method == "GET" && request_.body.empty();
  if (is_get) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  } else if (request_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    if (request_.method != "POST") {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, Milliseconds(request_.timeout));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   Milliseconds(std::min(request_.connect_timeout, request_.timeout)));
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(std::max<std::size_t>(request_.response_bytes_max, 1)));
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &CurlTransfer::OnBeforeRequest);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  return curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str()) == CURLE_OK;
}

void CurlTransfer::Unbind(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{-1});
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, nullptr);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, nullptr);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, nullptr);
}

HttpResult CurlTransfer::Finish(CURL* easy, CURLcode code, absl::Time now) {
  HttpFailure failure;
  failure.sent = sent();
  failure.too_large = too_large_ || code == CURLE_FILESIZE_EXCEEDED;
  failure.timed_out = code == CURLE_OPERATION_TIMEDOUT;
  if (failure.too_large) {
    failure.what = "the answer is larger than allowed";
    return failure;
  }
  if (resend_stopped_) {
    failure.what = "the connection ended before an answer; the request was not sent again";
    return failure;
  }
  if (code != CURLE_OK) {
    failure.what = Describe(easy, code);
    return failure;
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 999) {
    failure.what = "the answer has no final status";
    return failure;
  }
  response_.status = static_cast<int>(status);
  response_.retry_after = ParseRetryAfter(retry_after_, now);
  return std::move(response_);
}

// Runs when the connection is ready and the request is about to be written. libcurl writes a
// request again, by itself, when a kept connection turns out to be dead; for a create that could
// pay twice.
int CurlTransfer::OnBeforeRequest(void* self, char*, char*, int, int) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  if (transfer->tries_ > 0 && transfer->request_.never_resend) {
    transfer->resend_stopped_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  ++transfer->tries_;
  PAYOUT_FAIL_POINT("http.request.leaving");
  if (transfer->request_.never_resend) PAYOUT_FAIL_POINT("http.create.leaving");
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlTransfer::OnHeader(char* data, std::size_t, std::size_t size, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  transfer->header_bytes_ += size;
  if (transfer->header_bytes_ > kHeaderBytesMax) {
    transfer->too_large_ = true;
    return 0;
  }
  transfer->TakeHeader({data, size});
  return size;
}

void CurlTransfer::TakeHeader(std::string_view line) {
  if (body_started_) return;  // A trailer.
  if (absl::StartsWith(ToAbsl(line), "HTTP/")) {
    // Headers of an interim answer say nothing about the final one.
    response_.content_type.clear();
    retry_after_.clear();
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const absl::string_view name = ToAbsl(line.substr(0, colon));
  const std::string_view value = Trimmed(line.substr(colon + 1));
  if (absl::EqualsIgnoreCase(name, "content-type")) response_.content_type = value;
  if (absl::EqualsIgnoreCase(name, "retry-after")) retry_after_ = value;
}

std::size_t CurlTransfer::OnBody(char* data, std::size_t, std::size_t size, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  transfer->body_started_ = true;
  std::string& body = transfer->response_.body;
  if (size > transfer->request_.response_bytes_max - body.size()) {
    transfer->too_large_ = true;
    return 0;
  }
  body.append(data, size);
  return size;
}

}  // namespace payout::http
