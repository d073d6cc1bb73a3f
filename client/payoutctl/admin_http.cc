#include "client/payoutctl/admin_http.h"

#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include <curl/curl.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "client/target.h"

namespace payout::payoutctl {
namespace {

using client::CallError;
using client::LocalError;
using grpc::StatusCode;

constexpr size_t kAnswerMax = size_t{16} << 20;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

CallError Bad(std::string message) {
  return LocalError(StatusCode::INVALID_ARGUMENT, std::move(message));
}

// A part of a URL; empty when there is none.
std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string result = text;
  curl_free(text);
  return result;
}

// What is wrong with calling that URL; nothing when all is well.
std::optional<CallError> CheckUrl(const AdminOptions& admin, const GlobalOptions& global) {
  const Url url(curl_url(), curl_url_cleanup);
  const bool parsed =
      url && curl_url_set(url.get(), CURLUPART_URL, admin.url.c_str(), 0) == CURLUE_OK;
  const std::string scheme = parsed ? Part(url.get(), CURLUPART_SCHEME) : "";
  if ((scheme != "http" && scheme != "https") || !Part(url.get(), CURLUPART_USER).empty() ||
      !Part(url.get(), CURLUPART_QUERY).empty()) {
    return Bad("--admin must be http(s)://HOST:PORT of the gateway's admin port");
  }
  client::Target target;
  target.host = Part(url.get(), CURLUPART_HOST);
  if (target.host.size() > 2 && target.host.front() == '[') {
    target.host = target.host.substr(1, target.host.size() - 2);
  }
  if (scheme == "http" && !admin.token_file.empty() && !target.IsLoopback() &&
      !global.allow_plaintext) {
    return Bad(
        "the operator's token would be sent in the clear to another machine; use https, "
        "a tunnel, or --allow-plaintext");
  }
  return std::nullopt;
}

client::Result<std::string> ReadToken(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  std::string token = text.str();
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  const bool sendable = token.find_first_of("\r\n\t ") == std::string::npos;
  if (!in || token.empty() || !sendable) {
    return LocalError(StatusCode::UNAUTHENTICATED,
                      "token file \"" + file + "\" cannot be read or does not hold one token");
  }
  return token;
}

size_t Append(char* data, size_t size, size_t count, void* to) {
  auto& text = *static_cast<std::string*>(to);
  if (text.size() + size * count > kAnswerMax) return 0;
  text.append(data, size * count);
  return size * count;
}

// Ends the call on Ctrl-C.
int Watch(void* interrupt, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<client::Interrupt*>(interrupt)->fired() ? 1 : 0;
}

StatusCode CodeOf(long status) {
  switch (status) {
    case 400:
    case 405:
    case 413:
    case 415:
      return StatusCode::INVALID_ARGUMENT;
    case 401:
      return StatusCode::UNAUTHENTICATED;
    case 403:
      return StatusCode::PERMISSION_DENIED;
    case 404:
      return StatusCode::NOT_FOUND;
    case 409:
      return StatusCode::FAILED_PRECONDITION;
    case 503:
      return StatusCode::UNAVAILABLE;
    default:
      return StatusCode::UNKNOWN;
  }
}

CallError ErrorOf(long status, const std::string& body) {
  google::protobuf::Struct answer;
  const bool readable = google::protobuf::util::JsonStringToMessage(body, &answer).ok();
  const auto error = answer.fields().find("error");
  if (!readable || error == answer.fields().end()) {
    return LocalError(CodeOf(status), "the admin port answered " + std::to_string(status) +
                                          "; is this the gateway's admin port?");
  }
  return LocalError(CodeOf(status), error->second.string_value());
}

}  // namespace

client::Result<std::string> CallAdmin(const AdminOptions& admin, const GlobalOptions& global,
                                      const AdminRequest& request, client::Interrupt& interrupt) {
  if (std::optional<CallError> error = CheckUrl(admin, global)) return *std::move(error);
  Headers headers(nullptr, curl_slist_free_all);
  const auto add = [&headers](const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  if (!request.body.empty()) add("Content-Type: application/json");
  add("Expect:");
  if (!admin.token_file.empty()) {
    const client::Result<std::string> token = ReadToken(admin.token_file);
    if (!token.ok()) return token.error();
    add("Authorization: Bearer " + *token);
  }

  std::string base = admin.url;
  while (!base.empty() && base.back() == '/') base.pop_back();
  const std::string url = base + request.path;
  std::string answer;
  const Easy easy(curl_easy_init(), curl_easy_cleanup);
  CURL* const call = easy.get();
  const absl::Duration timeout = global.timeout.value_or(absl::Seconds(30));
  curl_easy_setopt(call, CURLOPT_URL, url.c_str());
  curl_easy_setopt(call, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(call, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(call, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(call, CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(timeout)));
  curl_easy_setopt(call, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(call, CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(call, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(call, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(call, CURLOPT_XFERINFOFUNCTION, Watch);
  curl_easy_setopt(call, CURLOPT_XFERINFODATA, &interrupt);
  if (!global.ca_file.empty()) curl_easy_setopt(call, CURLOPT_CAINFO, global.ca_file.c_str());
  if (!request.body.empty()) {
    curl_easy_setopt(call, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(call, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
  }
  const CURLcode code = curl_easy_perform(call);
  if (interrupt.fired()) return LocalError(StatusCode::CANCELLED, "interrupted");
  if (code != CURLE_OK) {
    return LocalError(StatusCode::UNAVAILABLE, "the admin port at " + admin.url +
                                                   " does not answer: " + curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(call, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return ErrorOf(status, answer);
  return answer;
}

}  // namespace payout::payoutctl
