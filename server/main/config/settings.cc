// The table of settings. What is written here is the whole truth about file keys, variables and
// flags.
#include "server/main/config/setting.h"

namespace payout {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

#define PAYOUT_SLOT(member) [](LoadTarget& target) -> Slot { return &target.member; }
#define PAYOUT_PLATFORM_SLOT(member) \
  [](PlatformConfig& platform) -> Slot { return &platform.member; }

std::vector<Setting> Table() {
  return {
      // [grpc]
      {"grpc", "listen", "--listen", "HOST:PORT",
       "Address of the gRPC API. Anything but loopback needs TLS.", 0, 0,
       PAYOUT_SLOT(config.grpc.listen)},
      {"grpc", "tls_cert_file", "--tls-cert-file", "FILE",
       "PEM file with the certificate chain of the gRPC API; together with the key.", 0, 0,
       PAYOUT_SLOT(config.grpc.tls_cert_file)},
      {"grpc", "tls_key_file", "--tls-key-file", "FILE",
       "PEM file with the private key of the gRPC API.", 0, 0,
       PAYOUT_SLOT(config.grpc.tls_key_file)},
      {"grpc", "reflection", "", "BOOL",
       "Whether tools such as grpcurl may ask for the API's description. When not set: on loopback "
       "only.",
       0, 0, PAYOUT_SLOT(config.grpc.reflection)},
      {"grpc", "streams_max", "", "N", "Open StreamStatus calls at once; further ones are refused.",
       1, 1'000'000, PAYOUT_SLOT(config.grpc.streams_max)},
      {"grpc", "calls_max", "", "N",
       "Other calls at once, of each kind: short, waiting, reading; see operating.md.", 1,
       1'000'000, PAYOUT_SLOT(config.grpc.calls_max)},
      // [callbacks]
      {"callbacks", "listen", "--callback-listen", "HOST:PORT",
       "Address where the platform's callbacks arrive.", 0, 0,
       PAYOUT_SLOT(config.callbacks.listen)},
      {"callbacks", "base_url", "--callback-base-url", "URL",
       "How the platform reaches that address from outside. When not set: http://LISTEN, on "
       "loopback only.",
       0, 0,
       [](LoadTarget& target) -> Slot { return BaseUrlSlot{&target.config.callbacks.base_url}; }},
      {"callbacks", "connections_max", "", "N",
       "Open connections at once; further ones are closed.", 1, 65'536,
       PAYOUT_SLOT(config.callbacks.connections_max)},
      {"callbacks", "request_deadline", "", "TIME", "How long a request may take to arrive.", 100,
       kMinute, PAYOUT_SLOT(config.callbacks.request_deadline)},
      // [admin]
      {"admin", "listen", "--admin-listen", "HOST:PORT",
       "Address of health, metrics and operators' commands. Health and metrics ask nobody who they "
       "are: keep it private.",
       0, 0, PAYOUT_SLOT(config.admin.listen)},
      {"admin", "token_file", "--admin-token-file", "FILE",
       "TOML file with the hashes of the operators' bearer tokens. Without it commands are taken "
       "on "
       "loopback only.",
       0, 0, PAYOUT_SLOT(config.admin.token_file)},
      // [store]
      {"store", "url", "--store", "sqlite:PATH", "Where payouts are kept.", 0, 0,
       [](LoadTarget& target) -> Slot { return StoreUrlSlot{&target.config.store.url}; }},
      // [log]
      {"log", "format", "--log-format", "FORMAT",
       "json, text, or auto: text on a terminal, otherwise json.", 0, 0,
       PAYOUT_SLOT(config.log.format)},
      {"log", "level", "--log-level", "LEVEL",
       "The least that is logged: debug, info, warning, error.", 0, 0,
       PAYOUT_SLOT(config.log.level)},
      // [auth]
      {"auth", "tokens_file", "--tokens-file", "FILE",
       "TOML file with the hashes of the tenants' bearer tokens.", 0, 0,
       PAYOUT_SLOT(config.auth.tokens_file)},
      {"auth", "anonymous_tenant", "", "NAME",
       "Whose payouts calls without a token see and make; on loopback only. Empty: they are "
       "refused.",
       0, 0, PAYOUT_SLOT(config.auth.anonymous_tenant)},
      // [platform]
      {.section = "platform",
       .key = "url",
       .flag = "--platform-url",
       .example = "URL",
       .help = "Base URL of EchelonPay. The default is its sandbox; live is "
               "https://api.echelonpay.com.",
       .platform_slot = [](PlatformConfig& platform) -> Slot {
         return BaseUrlSlot{&platform.url};
       }},
      {.section = "platform",
       .key = "requests_per_second",
       .flag = "--requests-per-second",
       .example = "N",
       .help = "What the platform allows one merchant; 0 = no limit.",
       .max = 100'000,
       .platform_slot = PAYOUT_PLATFORM_SLOT(requests_per_second)},
      {.section = "platform",
       .key = "create_timeout",
       .help = "How long the call that sends a payout may take.",
       .min = kSecond,
       .max = 10 * kMinute,
       .platform_slot = PAYOUT_PLATFORM_SLOT(create_timeout)},
      {.section = "platform",
       .key = "read_timeout",
       .help = "How long any other call may take.",
       .min = 100,
       .max = 10 * kMinute,
       .platform_slot = PAYOUT_PLATFORM_SLOT(read_timeout)},
      {.section = "platform",
       .key = "connect_timeout",
       .help = "How long a connection may take to open, TLS included.",
       .min = 100,
       .max = kMinute,
       .platform_slot = PAYOUT_PLATFORM_SLOT(connect_timeout)},
      {.section = "platform",
       .key = "token_validity",
       .help = "Life of the platform's access tokens; the platform allows 1m to 1h.",
       .min = kMinute,
       .max = kHour,
       .platform_slot = PAYOUT_PLATFORM_SLOT(token_validity)},
      {.section = "platform",
       .key = "ca_file",
       .help = "PEM file with the authorities to trust. Empty: the system's.",
       .platform_slot = PAYOUT_PLATFORM_SLOT(ca_file)},
      // The merchant that flags and variables describe.
      {"merchant", "code", "--merchant-code", "CODE",
       "Merchant code at EchelonPay: configures one merchant named \"default\".", 0, 0,
       PAYOUT_SLOT(merchant_code)},
      {"merchant", "secret_file", "--merchant-secret-file", "FILE",
       "File with that merchant's secret key.", 0, 0, PAYOUT_SLOT(merchant_secret_file)},
      // [limits]
      {"limits", "backlog", "", "TIME",
       "New payouts are refused while sending the waiting ones would take longer.", kMinute,
       24 * kHour, PAYOUT_SLOT(config.limits.backlog)},
      {"limits", "in_flight_max", "", "N",
       "Payouts worked on at once, per merchant and class of work.", 1, 4096,
       PAYOUT_SLOT(config.limits.in_flight_max)},
      {"limits", "max_wait", "", "TIME", "How long CreatePayout may wait for the platform.", 0,
       5 * kMinute, PAYOUT_SLOT(config.limits.max_wait)},
      // [streams]
      {"streams", "progress_interval", "", "TIME", "A quiet stream says this often that it lives.",
       100, 10 * kMinute, PAYOUT_SLOT(config.streams.progress_interval)},
      {"streams", "write_timeout", "", "TIME", "A stream that takes nothing for so long is ended.",
       100, 10 * kMinute, PAYOUT_SLOT(config.streams.write_timeout)},
      {"streams", "tail_events", "", "N", "Recent events kept in memory for all streams.", 16,
       1 << 20, PAYOUT_SLOT(config.streams.tail_events)},
      // [submission]
      {"submission", "resubmit", "", "MODE",
       "auto: a payout that the platform provably does not have is sent again. manual: a person "
       "decides.",
       0, 0, PAYOUT_SLOT(config.submission.resubmit)},
      {"submission", "absence_reads", "", "N",
       "How often in a row the platform must say that it has no such payout.", 1, 100,
       PAYOUT_SLOT(config.submission.absence_reads)},
      {"submission", "absence_gap", "", "TIME", "How far apart.", 0, kHour,
       PAYOUT_SLOT(config.submission.absence_gap)},
      {"submission", "absence_settle", "", "TIME",
       "How long after the last send; never less than 4 times create_timeout.", 0, 24 * kHour,
       PAYOUT_SLOT(config.submission.absence_settle)},
      {"submission", "resubmits_max", "", "N", "How often a payout is sent again.", 0, 5,
       PAYOUT_SLOT(config.submission.resubmits_max)},
      {"submission", "resubmit_window", "", "TIME", "How long after the last send.", 0, 24 * kHour,
       PAYOUT_SLOT(config.submission.resubmit_window)},
      {"submission", "pause", "", "TIME",
       "How long a merchant rests when its credentials or its route are refused.", 100, kHour,
       PAYOUT_SLOT(config.submission.pause)},
      {"submission", "refusal_settle", "", "TIME",
       "How long after a refusal that may have been a mistake the platform must still say that it "
       "has no such payout.",
       0, kHour, PAYOUT_SLOT(config.submission.refusal_settle)},
      {"submission", "adoption_slack", "", "TIME",
       "How much older than our first call a payout may be that the platform has under our id; "
       "covers clocks that differ.",
       0, kHour, PAYOUT_SLOT(config.submission.adoption_slack)},
      {"submission", "recovery_window", "", "TIME",
       "How long after a restored backup payouts that it has forgotten are adopted.", 0, 90 * kDay,
       PAYOUT_SLOT(config.submission.recovery_window)},
      // [polling]
      {"polling", "unknown", "", "TIMES",
       "Waits between reads of a payout whose outcome is unknown; the last one repeats.", kSecond,
       kDay,
       [](LoadTarget& target) -> Slot {
         return DurationsSlot{&target.config.polling.unknown, 1};
       }},
      {"polling", "processing", "", "TIMES",
       "Waits between reads of a payout that the platform has; the last one repeats.", kSecond,
       kDay,
       [](LoadTarget& target) -> Slot {
         return DurationsSlot{&target.config.polling.processing, 1};
       }},
      // [audit]
      {"audit", "schedule", "", "TIMES",
       "How long after a payout was settled it is read again. Empty: never.", kMinute, 365 * kDay,
       [](LoadTarget& target) -> Slot { return DurationsSlot{&target.config.audit.schedule}; }},
      {"audit", "sample", "", "PERCENT", "How many of a hundred payouts are audited.", 0, 100,
       PAYOUT_SLOT(config.audit.sample)},
      {"audit", "correction_gap", "", "TIME",
       "How far apart the two reads must be that correct a settled payout.", 0, kDay,
       PAYOUT_SLOT(config.audit.correction_gap)},
      // [drain]
      {"drain", "delay", "", "TIME",
       "After SIGTERM: how long health says \"not serving\" before connections are closed.", 0,
       10 * kMinute, PAYOUT_SLOT(config.drain.delay)},
      {"drain", "deadline", "", "TIME", "After SIGTERM: when the process has ended at the latest.",
       kSecond, kHour, PAYOUT_SLOT(config.drain.deadline)},
  };
}

#undef PAYOUT_SLOT
#undef PAYOUT_PLATFORM_SLOT

}  // namespace

const std::vector<Setting>& AllSettings() {
  static const std::vector<Setting>& table = *new std::vector<Setting>(Table());
  return table;
}

}  // namespace payout
