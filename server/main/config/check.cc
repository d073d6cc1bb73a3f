#include "server/main/config/check.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/main/config/duration_text.h"
#include "server/main/config/suggest.h"

namespace payout {
namespace {

// The platform limits callback URLs to 1,000 characters; what we append to the base has less than
// 300.
constexpr std::size_t kBaseUrlMax = 700;

bool IsLoopbackUrl(const std::string& url) {
  const absl::StatusOr<BaseUrl> parsed = ParseBaseUrl(url);
  return parsed.ok() && parsed->loopback;
}

bool IsHttps(const std::string& url) { return url.rfind("https://", 0) == 0; }

// Whether every platform that is called is a simulator on this machine.
bool PlatformIsLocal(const Config& config) {
  return std::all_of(config.merchants.begin(), config.merchants.end(),
                     [](const MerchantConfig& m) { return IsLoopbackUrl(m.platform.url); });
}

void CheckGrpc(LoadState& state) {
  const Config& config = state.target.config;
  const std::string listen = config.grpc.listen.ToString();
  const bool has_cert = !config.grpc.tls_cert_file.empty();
  const bool has_key = !config.grpc.tls_key_file.empty();
  if (has_cert && !has_key) {
    state.Error(state.PlaceOf("grpc.tls_cert_file"), "grpc.tls_cert_file needs grpc.tls_key_file");
  }
  if (has_key && !has_cert) {
    state.Error(state.PlaceOf("grpc.tls_key_file"), "grpc.tls_key_file needs grpc.tls_cert_file");
  }
  if (config.grpc.listen.IsLoopback()) return;
  if (!has_cert && !has_key) {
    state.Error(state.PlaceOf("grpc.listen"),
                absl::StrCat("grpc.listen ", listen,
                             " can be reached from other machines, so it needs TLS: set "
                             "grpc.tls_cert_file and grpc.tls_key_file, or listen on 127.0.0.1"));
  }
  if (!config.auth.anonymous_tenant.empty()) {
    state.Error(
        state.PlaceOf("auth.anonymous_tenant"),
        absl::StrCat("auth.anonymous_tenant is only allowed when grpc.listen is loopback; it is ",
                     listen));
  }
}

void CheckCallers(LoadState& state) {
  const Config& config = state.target.config;
  const TenantName& anonymous = config.auth.anonymous_tenant;
  if (config.auth.tokens_file.empty() && anonymous.empty() &&
      !state.HasFailed("auth.tokens_file") && !state.HasFailed("auth.anonymous_tenant")) {
    state.Error(state.whole,
                "nobody may call: set auth.tokens_file (--tokens-file) or, on loopback, "
                "auth.anonymous_tenant");
  }
  if (!anonymous.empty() && !state.HasFailed("tenants") && !FindTenant(config, anonymous)) {
    std::vector<std::string> known;
    for (const TenantConfig& tenant : config.tenants) known.push_back(tenant.name.value());
    state.Error(state.PlaceOf("auth.anonymous_tenant"),
                absl::StrCat("auth.anonymous_tenant ", Quoted(anonymous.value()),
                             " is not among [[tenants]]", DidYouMean(anonymous.value(), known)));
  }
}

void CheckCallbacks(LoadState& state) {
  const Config& config = state.target.config;
  const std::string& url = config.callbacks.base_url;
  const Place place = state.PlaceOf("callbacks.base_url");
  if (url.size() > kBaseUrlMax) {
    state.Error(place,
                absl::StrCat("callbacks.base_url has ", url.size(), " characters; ", kBaseUrlMax,
                             " are the most, because the platform takes URLs of 1,000"));
  }
  if (url.empty()) {
    if (!config.callbacks.listen.IsLoopback() && !state.HasFailed("callbacks.base_url")) {
      state.Error(
          state.PlaceOf("callbacks.listen"),
          absl::StrCat("callbacks.base_url is missing: the platform needs a URL for callbacks "
                       "to ",
                       config.callbacks.listen.ToString(), ", such as https://pay.example.com"));
    }
    return;
  }
  if (config.merchants.empty() || PlatformIsLocal(config)) return;
  if (IsLoopbackUrl(url)) {
    state.Warn(place, absl::StrCat("callbacks.base_url ", Quoted(url),
                                   " cannot be reached by the platform; payouts settle by polling, "
                                   "which takes minutes"));
  } else if (!IsHttps(url)) {
    state.Warn(place,
               "callbacks.base_url is http: callback URLs are secret and should not travel in "
               "the clear");
  }
}

void CheckListeners(LoadState& state) {
  const Config& config = state.target.config;
  const std::vector<std::pair<std::string, ListenAddress>> all = {
      {"grpc.listen", config.grpc.listen},
      {"callbacks.listen", config.callbacks.listen},
      {"admin.listen", config.admin.listen}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (all[i].second.port == 0 || all[i].second != all[j].second) continue;
      state.Error(state.PlaceOf(all[j].first),
                  absl::StrCat(all[j].first, " and ", all[i].first, " are both ",
                               all[i].second.ToString()));
    }
  }
}

void CheckMerchants(LoadState& state) {
  const Config& config = state.target.config;
  if (config.merchants.empty() && !state.HasFailed("merchants") &&
      !state.HasFailed("merchant.code") && !state.HasFailed("merchant.secret_file")) {
    state.Error(state.whole,
                "no merchants: add [[merchants]] with name, code and secret_file, or pass "
                "--merchant-code and --merchant-secret-file");
  }
  const auto check_url = [&](const std::string& path, const std::string& url, const Place& place) {
    if (IsHttps(url) || IsLoopbackUrl(url)) return;
    state.Error(place,
                path +
                    " must be https: merchant secrets travel there; http is only allowed for "
                    "127.0.0.1 and localhost");
  };
  check_url("platform.url", config.platform.url, state.PlaceOf("platform.url"));
  for (std::size_t i = 0; i < config.merchants.size(); ++i) {
    const MerchantConfig& merchant = config.merchants[i];
    const std::string path = absl::StrCat("merchants[", i, "]");
    if (state.IsSet(path + ".url")) {
      check_url("merchants.url", merchant.platform.url, state.PlaceOf(path + ".url"));
    }
    for (std::size_t j = 0; j < i; ++j) {
      const MerchantConfig& other = config.merchants[j];
      if (merchant.code.empty() || merchant.code != other.code ||
          merchant.platform.url != other.platform.url) {
        continue;
      }
      state.Error(state.PlaceOf(path + ".code"),
                  absl::StrCat("merchants.code ", Quoted(merchant.code), " is the account of ",
                               Quoted(other.name.value()),
                               " already; one account is one merchant, or "
                               "ids and request limits would clash"));
    }
  }
}

// Beyond these bounds the guarantees do not hold at a real platform. Tests against a simulator may
// be hasty.
void CheckSubmission(LoadState& state) {
  const Config& config = state.target.config;
  if (config.merchants.empty() || PlatformIsLocal(config)) return;
  const SubmissionConfig safe;
  const auto refuse = [&](const std::string& path, const std::string& is, const std::string& bound,
                          const std::string& why = "is below",
                          const std::string& harm = "pay twice") {
    state.Error(state.PlaceOf(path),
                absl::StrCat(path, " ", is, " ", why, " ", bound, ", which could ", harm,
                             "; that is only allowed when every platform URL is loopback"));
  };
  const SubmissionConfig& set = config.submission;
  if (set.absence_reads < safe.absence_reads) {
    refuse("submission.absence_reads", std::to_string(set.absence_reads),
           std::to_string(safe.absence_reads));
  }
  if (set.absence_gap < safe.absence_gap) {
    refuse("submission.absence_gap", FormatDurationText(set.absence_gap),
           FormatDurationText(safe.absence_gap));
  }
  if (set.absence_settle < safe.absence_settle) {
    refuse("submission.absence_settle", FormatDurationText(set.absence_settle),
           FormatDurationText(safe.absence_settle));
  }
  if (set.refusal_settle < safe.refusal_settle) {
    refuse("submission.refusal_settle", FormatDurationText(set.refusal_settle),
           FormatDurationText(safe.refusal_settle), "is below",
           "tell a payout REFUSED that the platform is about to make");
  }
  if (set.adoption_slack > safe.adoption_slack) {
    refuse("submission.adoption_slack", FormatDurationText(set.adoption_slack),
           FormatDurationText(safe.adoption_slack), "is above", "adopt somebody else's payout");
  }
  const AuditConfig audit;
  if (config.audit.correction_gap < audit.correction_gap) {
    refuse("audit.correction_gap", FormatDurationText(config.audit.correction_gap),
           FormatDurationText(audit.correction_gap), "is below",
           "correct a payout for a passing mistake of the platform");
  }
}

void CheckAudit(LoadState& state) {
  const std::vector<absl::Duration>& schedule = state.target.config.audit.schedule;
  for (std::size_t i = 1; i < schedule.size(); ++i) {
    if (schedule[i] > schedule[i - 1]) continue;
    state.Error(state.PlaceOf("audit.schedule"),
                absl::StrCat("audit.schedule must grow: ", FormatDurationText(schedule[i]),
                             " comes after ", FormatDurationText(schedule[i - 1])));
    return;
  }
}

void CheckDrain(LoadState& state) {
  const DrainConfig& drain = state.target.config.drain;
  if (drain.deadline > drain.delay) return;
  const bool by_delay = state.IsSet("drain.delay");
  state.Error(state.PlaceOf(by_delay ? "drain.delay" : "drain.deadline"),
              absl::StrCat("drain.deadline ", FormatDurationText(drain.deadline),
                           " must be longer than drain.delay ", FormatDurationText(drain.delay),
                           ", which is part of it"));
}

}  // namespace

void CheckConfig(LoadState& state) {
  CheckGrpc(state);
  CheckCallers(state);
  CheckCallbacks(state);
  CheckListeners(state);
  CheckMerchants(state);
  CheckSubmission(state);
  CheckAudit(state);
  CheckDrain(state);
}

}  // namespace payout
