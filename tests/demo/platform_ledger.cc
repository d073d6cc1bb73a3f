#include "tests/demo/platform_ledger.h"

#include <memory>
#include <optional>
#include <set>

#include <curl/curl.h>
#include <rapidjson/document.h>

namespace payout::demo {
namespace {

using Json = rapidjson::Value;

std::size_t Append(char* data, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

std::string Text(const Json& object, const char* key) {
  const auto member = object.FindMember(key);
  if (member == object.MemberEnd() || !member->value.IsString()) return "";
  return {member->value.GetString(), member->value.GetStringLength()};
}

const Json* Array(const Json& object, const char* key) {
  const auto member = object.FindMember(key);
  return member == object.MemberEnd() || !member->value.IsArray() ? nullptr : &member->value;
}

absl::Status Malformed() { return absl::DataLossError("the simulator's ledger cannot be read"); }

}  // namespace

std::vector<PlatformPayment> PlatformLedger::Of(const std::string& id) const {
  std::vector<PlatformPayment> found;
  for (const PlatformPayment& payment : payments) {
    if (payment.id == id) found.push_back(payment);
  }
  return found;
}

absl::StatusOr<PlatformLedger> ParseLedger(const std::string& json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) return Malformed();
  const Json* payments = Array(document, "payments");
  const Json* not_accepted = Array(document, "not_accepted");
  if (payments == nullptr || not_accepted == nullptr) return Malformed();
  PlatformLedger ledger;
  for (const Json& item : payments->GetArray()) {
    if (!item.IsObject()) return Malformed();
    const std::optional<Decimal> amount = Decimal::Parse(Text(item, "amount"));
    const auto creates = item.FindMember("create_requests");
    const Json* bodies = Array(item, "create_body_sha256");
    if (!amount || creates == item.MemberEnd() || !creates->value.IsInt64() || bodies == nullptr) {
      return Malformed();
    }
    std::set<std::string> different;
    for (const Json& body : bodies->GetArray()) {
      if (!body.IsString()) return Malformed();
      different.emplace(body.GetString(), body.GetStringLength());
    }
    ledger.payments.push_back({.id = Text(item, "id"),
                               .amount = *amount,
                               .currency = Text(item, "currency"),
                               .method = Text(item, "method"),
                               .status = Text(item, "status"),
                               .create_requests = creates->value.GetInt64(),
                               .create_bodies = static_cast<std::int64_t>(different.size())});
  }
  for (const Json& item : not_accepted->GetArray()) {
    if (!item.IsObject()) return Malformed();
    ledger.not_accepted.push_back(Text(item, "id"));
  }
  return ledger;
}

absl::StatusOr<PlatformLedger> FetchLedger(const std::string& admin_url) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  if (curl == nullptr) return absl::InternalError("libcurl does not start");
  const std::string url = admin_url + "/admin/ledger";
  std::string body;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");  // it is on loopback
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 10'000L);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return absl::UnavailableError(url + ": " + curl_easy_strerror(code));
  return ParseLedger(body);
}

}  // namespace payout::demo
