// Config: everything that can be set about a gateway, and how it is read.
//
// Used by: server/main, which reads it once and hands parts of it to the edges and use cases.
// Thread-safety: values. LoadConfig is pure: it reads no file and no environment; see secrets.h for
// the files that a configuration names.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_CONFIG_H_
#define PAYOUT_SERVER_MAIN_CONFIG_CONFIG_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/base/log.h"
#include "server/domain/ids.h"
#include "server/domain/money.h"
#include "server/domain/policy.h"
#include "server/main/config/address.h"
#include "server/main/config/problem.h"
#include "server/main/logging/log_style.h"

namespace payout {

enum class ResubmitMode { kAuto, kManual };

struct GrpcConfig {
  ListenAddress listen{"127.0.0.1", 7450};
  std::string tls_cert_file;  // both or none
  std::string tls_key_file;
  bool reflection = true;  // when not set: whether `listen` is loopback
  int streams_max = 20000;
  int calls_max = 10000;
  friend bool operator==(const GrpcConfig&, const GrpcConfig&) = default;
};

struct CallbackKeyConfig {
  std::string id;
  std::string file;
  friend bool operator==(const CallbackKeyConfig&, const CallbackKeyConfig&) = default;
};

struct CallbacksConfig {
  ListenAddress listen{"127.0.0.1", 7451};
  // Without a slash at the end. Empty only when `listen` is loopback with port 0: then it is
  // http://127.0.0.1 and the port that was bound.
  std::string base_url;
  // At most two; the first signs, all verify. Empty: a key derived from the store's secret.
  std::vector<CallbackKeyConfig> keys;
  int connections_max = 256;
  absl::Duration request_deadline = absl::Seconds(5);
  friend bool operator==(const CallbacksConfig&, const CallbacksConfig&) = default;
};

struct AdminConfig {
  ListenAddress listen{"127.0.0.1", 7452};
  // Empty: operators' commands are taken without tokens when `listen` is loopback, else refused.
  std::string token_file;
  friend bool operator==(const AdminConfig&, const AdminConfig&) = default;
};

struct StoreConfig {
  std::string url = "sqlite:/var/lib/payout-gateway/payouts.db";

  std::string SqlitePath() const;  // what follows "sqlite:"
  friend bool operator==(const StoreConfig&, const StoreConfig&) = default;
};

struct LogConfig {
  LogFormat format = LogFormat::kAuto;
  LogLevel level = LogLevel::kInfo;
  friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

struct AuthConfig {
  std::string tokens_file;      // empty: no tokens
  TenantName anonymous_tenant;  // empty: calls without a token are refused
  friend bool operator==(const AuthConfig&, const AuthConfig&) = default;
};

// How one merchant's platform is reached.
struct PlatformConfig {
  std::string url = "https://api.sandbox.echelonpay.com";  // without a slash at the end
  int requests_per_second = 5;                             // 0: unlimited
  absl::Duration create_timeout = absl::Seconds(60);
  absl::Duration read_timeout = absl::Seconds(15);
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration token_validity = absl::Minutes(30);
  std::string ca_file;  // PEM; empty: the system's
  friend bool operator==(const PlatformConfig&, const PlatformConfig&) = default;
};

struct MerchantConfig {
  MerchantName name;
  std::string code;  // the platform's merchant code
  std::string secret_file;
  PlatformConfig platform;  // [platform] with this merchant's own values on top
  friend bool operator==(const MerchantConfig&, const MerchantConfig&) = default;
};

struct TenantConfig {
  TenantName name;
  std::vector<MerchantName> merchants;  // never empty
  std::string payout_id_prefix;         // its payout ids must begin with it
  friend bool operator==(const TenantConfig&, const TenantConfig&) = default;
};

struct CurrenciesConfig {
  std::map<std::string, int> decimals;
  std::set<std::string> exact;
  friend bool operator==(const CurrenciesConfig&, const CurrenciesConfig&) = default;
};

struct LimitsConfig {
  absl::Duration backlog = absl::Minutes(60);  // creates are refused beyond it
  int in_flight_max = 64;                      // calls to the platform per merchant
  absl::Duration max_wait = absl::Minutes(5);  // of CreatePayout
  friend bool operator==(const LimitsConfig&, const LimitsConfig&) = default;
};

struct StreamsConfig {
  absl::Duration progress_interval = absl::Seconds(15);
  absl::Duration write_timeout = absl::Seconds(30);
  int tail_events = 16384;
  friend bool operator==(const StreamsConfig&, const StreamsConfig&) = default;
};

// See domain/policy.h.
struct SubmissionConfig {
  ResubmitMode resubmit = ResubmitMode::kAuto;
  int absence_reads = 3;
  absl::Duration absence_gap = absl::Seconds(30);
  absl::Duration absence_settle = absl::Seconds(120);  // PolicyOf raises it to 4 x create_timeout
  int resubmits_max = 5;
  absl::Duration resubmit_window = absl::Hours(24);
  absl::Duration pause = absl::Minutes(1);
  absl::Duration refusal_settle = Policy().refusal_settle;
  absl::Duration adoption_slack = Policy().adoption_slack;
  absl::Duration recovery_window = absl::Hours(168);  // after a restore; see app/core.h
  friend bool operator==(const SubmissionConfig&, const SubmissionConfig&) = default;
};

// Waits between the reads of an open payout.
struct PollingConfig {
  std::vector<absl::Duration> unknown = Policy().poll_unknown;
  std::vector<absl::Duration> processing = Policy().poll_processing;
  friend bool operator==(const PollingConfig&, const PollingConfig&) = default;
};

// Reads of settled payouts.
struct AuditConfig {
  std::vector<absl::Duration> schedule = Policy().audits;  // since a payout was settled
  int sample = Policy().audit_percent;
  absl::Duration correction_gap = Policy().correction_gap;
  friend bool operator==(const AuditConfig&, const AuditConfig&) = default;
};

struct DrainConfig {
  absl::Duration delay = absl::Seconds(2);      // between "not ready" and closing the listeners
  absl::Duration deadline = absl::Seconds(25);  // from the signal to the exit
  friend bool operator==(const DrainConfig&, const DrainConfig&) = default;
};

struct Config {
  GrpcConfig grpc;
  CallbacksConfig callbacks;
  AdminConfig admin;
  StoreConfig store;
  LogConfig log;
  AuthConfig auth;
  PlatformConfig platform;  // defaults of the merchants
  std::vector<MerchantConfig> merchants;
  std::vector<TenantConfig> tenants;  // empty: every tenant may use every merchant; see FindTenant
  CurrenciesConfig currencies;
  LimitsConfig limits;
  StreamsConfig streams;
  SubmissionConfig submission;
  PollingConfig polling;
  AuditConfig audit;
  DrainConfig drain;
  friend bool operator==(const Config&, const Config&) = default;
};

// Whence a value came.
struct Origin {
  enum class Kind { kDefault, kFile, kEnvironment, kFlag };
  Kind kind = Kind::kDefault;
  Place place;
};

// By path: "grpc.listen", "merchants[0].code", "tenants[1]". A path that is missing has its
// default.
using Origins = std::map<std::string, Origin>;

struct ConfigResult {
  Config config;  // to be used only when ok()
  Origins origins;
  Problems problems;  // errors and warnings, by place

  bool ok() const { return !HasErrors(problems); }
};

// Path of a setting ("grpc.listen", "merchant.code", …) → text.
using Flags = std::map<std::string, std::string>;

// The whole environment; what does not begin with PAYOUT_GATEWAY_ is not looked at.
using EnvironmentVariables = std::map<std::string, std::string>;

struct ConfigFile {
  std::string name;  // as positions call it
  std::string text;
};

// Flags win over the environment, that over the file, and that over the defaults. Every layer is
// checked even where another one wins, and all problems are found at once, unknown keys and
// variables included. An empty variable counts as not set.
ConfigResult LoadConfig(const Flags& flags, const EnvironmentVariables& environment,
                        const std::optional<ConfigFile>& file);

// What a tenant may do. nullopt: nothing. Without [[tenants]] every tenant may use every merchant.
std::optional<TenantConfig> FindTenant(const Config& config, const TenantName& tenant);

// The rules for one merchant's payouts.
Policy PolicyOf(const Config& config, const MerchantConfig& merchant);

CurrencyRules CurrencyRulesOf(const Config& config);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_CONFIG_H_
