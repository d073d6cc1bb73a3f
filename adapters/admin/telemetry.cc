#include "adapters/admin/telemetry.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "adapters/admin/labelled.h"
#include "server/base/log.h"

namespace payout {
namespace {

using Names = std::vector<std::string>;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                              0.5,   1,      2.5,   5,    10,    30,   60,  300};

std::string_view CallName(Call call) {
  switch (call) {
    case Call::kToken:
      return "token";
    case Call::kCreate:
      return "create";
    case Call::kRead:
      return "read";
  }
  return "?";
}

Labelled<Counter> MakeCounter(prometheus::Registry& registry, const char* name, Names labels,
                              const char* help) {
  return {prometheus::BuildCounter().Name(name).Help(help).Register(registry), std::move(labels)};
}
Labelled<Gauge> MakeGauge(prometheus::Registry& registry, const char* name, Names labels,
                          const char* help) {
  return {prometheus::BuildGauge().Name(name).Help(help).Register(registry), std::move(labels)};
}
Labelled<Histogram> MakeHistogram(prometheus::Registry& registry, const char* name, Names labels,
                                  const char* help) {
  return {prometheus::BuildHistogram().Name(name).Help(help).Register(registry), std::move(labels),
          kSeconds};
}

constexpr std::string_view kRpcService = "payout.v1.PayoutService";

std::string_view RpcType(std::string_view method) {
  return method == "StreamStatus" ? "server_stream" : "unary";
}

}  // namespace

struct Telemetry::Families {
  prometheus::Registry registry;
  std::mutex rpc_mutex;  // of the next three
  Labelled<Counter> rpc_started =
      MakeCounter(registry, "grpc_server_started_total",
                  {"grpc_service", "grpc_method", "grpc_type"}, "RPCs begun.");
  Labelled<Counter> rpc_handled = MakeCounter(
      registry, "grpc_server_handled_total",
      {"grpc_service", "grpc_method", "grpc_type", "grpc_code"}, "RPCs ended, by code.");
  Labelled<Histogram> rpc_seconds =
      MakeHistogram(registry, "grpc_server_handling_seconds",
                    {"grpc_service", "grpc_method", "grpc_type"}, "How long RPCs took.");
  Labelled<Counter> created =
      MakeCounter(registry, "payout_created_total", {"merchant", "replayed"},
                  "Payouts asked for; replayed: the id existed.");
  Labelled<Counter> transitions = MakeCounter(registry, "payout_transitions_total",
                                              {"merchant", "from", "to"}, "Changes of state.");
  Labelled<Counter> platform_requests =
      MakeCounter(registry, "payout_platform_requests_total", {"merchant", "operation", "answer"},
                  "HTTP requests to the platform, by answer.");
  Labelled<Histogram> platform_seconds =
      MakeHistogram(registry, "payout_platform_request_seconds", {"merchant", "operation"},
                    "How long the platform took to answer.");
  Labelled<Counter> alarms = MakeCounter(registry, "payout_alarms_total", {"merchant", "alarm"},
                                         "Things that someone must look at.");
  Labelled<Gauge> paused =
      MakeGauge(registry, "payout_submission_paused", {"merchant", "reason"},
                "1 while a merchant's submission rests: credentials or route are wrong, or an "
                "operator paused it.");
  Labelled<Counter> operator_actions =
      MakeCounter(registry, "payout_operator_actions_total", {"action"},
                  "What operators did: pause, resume, review.");
  Labelled<Gauge> breakers =
      MakeGauge(registry, "payout_breaker_open", {"merchant", "operation"},
                "1 while calls of an operation rest because the platform does not answer them.");
  Labelled<Counter> permits =
      MakeCounter(registry, "payout_budget_permits_total", {"merchant", "class"},
                  "Requests allowed by the budget, by class of work.");
  Labelled<Histogram> permit_seconds =
      MakeHistogram(registry, "payout_budget_wait_seconds", {"merchant", "class"},
                    "How long requests waited for the budget.");
  Labelled<Gauge> budget_rate = MakeGauge(registry, "payout_budget_requests_per_second",
                                          {"merchant"}, "The merchant's budget; 0: unlimited.");
  Labelled<Gauge> budget_waiting = MakeGauge(registry, "payout_budget_waiting", {"merchant"},
                                             "Requests that wait for the budget now.");
  Labelled<Counter> callbacks =
      MakeCounter(registry, "payout_callbacks_total", {"merchant", "outcome"},
                  "Callbacks, by what became of them.");
  Labelled<Histogram> hint_seconds =
      MakeHistogram(registry, "payout_hint_to_event_seconds", {"merchant"},
                    "From a callback until what it led to was durable.");
  Labelled<Counter> store_errors =
      MakeCounter(registry, "payout_store_errors_total", {"operation"}, "Failures of the store.");
  Counter& store_commits =
      MakeCounter(registry, "payout_store_commits_total", {}, "Commits of the store.").Of({});
  Counter& store_calls = MakeCounter(registry, "payout_store_calls_total", {},
                                     "Writing calls that the commits carried.")
                             .Of({});
  Counter& store_rows =
      MakeCounter(registry, "payout_store_rows_total", {}, "Rows that the commits changed.").Of({});
  Labelled<Gauge> streams =
      MakeGauge(registry, "payout_streams_open", {}, "Status streams open now.");
  Labelled<Gauge> open =
      MakeGauge(registry, "payout_open", {"merchant", "state"}, "Payouts that are not settled.");
  Labelled<Gauge> oldest = MakeGauge(registry, "payout_oldest_seconds", {"merchant", "state"},
                                     "Age of the oldest payout in an open state.");
  std::set<std::string> merchants;  // that had open payouts at some time
  Labelled<Gauge> needs_review = MakeGauge(registry, "payout_needs_review", {"merchant"},
                                           "Payouts that a person has to look at.");
  std::set<std::string> reviewed;  // merchants that had some at some time
  Labelled<Counter> audits = MakeCounter(registry, "payout_audits_total", {"merchant", "result"},
                                         "Audits of settled payouts, by what became of them.");
  Labelled<Gauge> recovering =
      MakeGauge(registry, "payout_recovery_mode", {},
                "1 while payouts that a restored backup has forgotten are adopted.");
  Labelled<Gauge> build_info =
      MakeGauge(registry, "payout_build_info", {"version"}, "1; labels tell the build.");
};

Telemetry::Telemetry(const std::string& version) : families_(std::make_unique<Families>()) {
  families_->build_info.Of({version}).Set(1);
  families_->streams.Of({}).Set(0);
  families_->recovering.Of({}).Set(0);
}

Telemetry::~Telemetry() = default;

std::string Telemetry::Text() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

void Telemetry::SetOpen(const std::vector<MerchantCounts>& counts, absl::Time now) {
  for (const MerchantCounts& entry : counts) families_->merchants.insert(entry.merchant.value());
  // What is not told any more is zero now.
  for (const std::string& merchant : families_->merchants) {
    for (const State state : kAllStates) {
      if (IsSettled(state)) continue;
      families_->open.Of({merchant, StateName(state)}).Set(0);
      families_->oldest.Of({merchant, StateName(state)}).Set(0);
    }
  }
  for (const MerchantCounts& entry : counts) {
    const std::string& merchant = entry.merchant.value();
    families_->open.Of({merchant, StateName(entry.state)}).Set(static_cast<double>(entry.count));
    if (entry.oldest_created_at) {
      families_->oldest
          .Of({merchant, StateName(entry.state)})
          // Never below zero, however the clock was set since.
          .Set(std::max(0.0, absl::ToDoubleSeconds(now - *entry.oldest_created_at)));
    }
  }
}

void Telemetry::SetReview(const std::vector<ReviewCount>& counts) {
  std::map<std::string, std::int64_t> sums;
  for (const std::string& merchant : families_->reviewed) sums[merchant] = 0;
  for (const ReviewCount& entry : counts) sums[entry.merchant.value()] += entry.count;
  for (const auto& [merchant, count] : sums) {
    families_->reviewed.insert(merchant);
    families_->needs_review.Of({merchant}).Set(static_cast<double>(count));
  }
}

void Telemetry::SetWrites(const WriteCounts& counts) {
  const auto raise = [](Counter& counter, std::int64_t to) {
    counter.Increment(static_cast<double>(to) - counter.Value());
  };
  raise(families_->store_commits, counts.commits);
  raise(families_->store_calls, counts.calls);
  raise(families_->store_rows, counts.rows);
}

void Telemetry::SetBudget(const MerchantName& merchant, int rate, int waiting) {
  families_->budget_rate.Of({merchant.value()}).Set(rate);
  families_->budget_waiting.Of({merchant.value()}).Set(waiting);
}

void Telemetry::OnCreated(const Payout& payout, bool replayed) {
  const PayoutKey& key = payout.intent.key;
  families_->created.Of({key.merchant.value(), replayed ? "true" : "false"}).Increment();
  Log(LogLevel::kInfo, "payout.created",
      {{"payout_id", key.payout_id.value()},
       {"merchant", key.merchant.value()},
       {"tenant", payout.intent.tenant.value()},
       {"replayed", replayed}});
}

void Telemetry::OnDecided(const Payout& after, State from, std::string_view rule) {
  const PayoutKey& key = after.intent.key;
  const State to = after.status.state;
  if (from != to) {
    families_->transitions.Of({key.merchant.value(), StateName(from), StateName(to)}).Increment();
  }
  Log(from != to ? LogLevel::kInfo : LogLevel::kDebug, "payout.decided",
      {{"payout_id", key.payout_id.value()},
       {"merchant", key.merchant.value()},
       {"tenant", after.intent.tenant.value()},
       {"from", StateName(from)},
       {"to", StateName(to)},
       {"revision", after.revision},
       {"rule", rule}});
}

void Telemetry::OnPlatformCall(const MerchantName& merchant, Call call, std::string_view answer,
                               absl::Duration took) {
  const std::string_view operation = CallName(call);
  families_->platform_requests.Of({merchant.value(), operation, answer}).Increment();
  families_->platform_seconds.Of({merchant.value(), operation})
      .Observe(absl::ToDoubleSeconds(took));
}

void Telemetry::OnAlarm(Alarm alarm, const MerchantName& merchant, const PayoutKey* key) {
  families_->alarms.Of({merchant.value(), AlarmName(alarm)}).Increment();
  Log(LogLevel::kError, "payout.alarm",
      {{"alarm", AlarmName(alarm)},
       {"merchant", merchant.value()},
       {"payout_id", key == nullptr ? "" : key->payout_id.value()}});
}

void Telemetry::OnPaused(const MerchantName& merchant, bool paused) {
  families_->paused.Of({merchant.value(), "credentials"}).Set(paused ? 1 : 0);
  Log(paused ? LogLevel::kError : LogLevel::kInfo,
      paused ? "submission.paused" : "submission.resumed",
      {{"merchant", merchant.value()}, {"reason", "credentials"}});
}

void Telemetry::OnOperatorPaused(const MerchantName& merchant, bool paused) {
  families_->paused.Of({merchant.value(), "operator"}).Set(paused ? 1 : 0);
  Log(paused ? LogLevel::kWarning : LogLevel::kInfo,
      paused ? "submission.paused" : "submission.resumed",
      {{"merchant", merchant.value()}, {"reason", "operator"}});
}

void Telemetry::OnOperatorAction(const OperatorAction& action) {
  const std::string_view verb = OperatorVerbName(action.verb);
  families_->operator_actions.Of({verb}).Increment();
  // The note stays in the store: nobody knows what people write there.
  Log(LogLevel::kWarning, "operator.action",
      {{"action", verb},
       {"operator", action.operator_name},
       {"merchant", action.merchant.value()},
       {"payout_id", action.payout_id.value()},
       {"details", action.details}});
}

void Telemetry::OnBreaker(const MerchantName& merchant, Call call, bool open) {
  const std::string_view operation = CallName(call);
  families_->breakers.Of({merchant.value(), operation}).Set(open ? 1 : 0);
  Log(open ? LogLevel::kError : LogLevel::kInfo, open ? "breaker.opened" : "breaker.closed",
      {{"merchant", merchant.value()}, {"operation", operation}});
}

void Telemetry::OnPermit(const MerchantName& merchant, WorkClass work, absl::Duration waited) {
  families_->permits.Of({merchant.value(), WorkClassName(work)}).Increment();
  families_->permit_seconds.Of({merchant.value(), WorkClassName(work)})
      .Observe(absl::ToDoubleSeconds(waited));
}

void Telemetry::OnCallback(const MerchantName& merchant, std::string_view outcome) {
  families_->callbacks.Of({merchant.value(), outcome}).Increment();
}

void Telemetry::SetRecovering(bool recovering) {
  families_->recovering.Of({}).Set(recovering ? 1 : 0);
}

void Telemetry::OnAudit(const MerchantName& merchant, AuditResult result, int count) {
  families_->audits.Of({merchant.value(), AuditResultName(result)}).Increment(count);
}

void Telemetry::OnHintServed(const MerchantName& merchant, absl::Duration took) {
  families_->hint_seconds.Of({merchant.value()}).Observe(absl::ToDoubleSeconds(took));
}

void Telemetry::OnStoreError(std::string_view operation, std::string_view message) {
  families_->store_errors.Of({operation}).Increment();
  Log(LogLevel::kError, "store.error", {{"operation", operation}, {"message", message}});
}

void Telemetry::OnStreams(int open) { families_->streams.Of({}).Set(open); }

void Telemetry::OnRpcStarted(std::string_view method) {
  const std::lock_guard lock(families_->rpc_mutex);
  families_->rpc_started.Of({kRpcService, method, RpcType(method)}).Increment();
}

void Telemetry::OnRpcHandled(std::string_view method, std::string_view code, absl::Duration took) {
  const std::lock_guard lock(families_->rpc_mutex);
  families_->rpc_seconds.Of({kRpcService, method, RpcType(method)})
      .Observe(absl::ToDoubleSeconds(took));
  families_->rpc_handled.Of({kRpcService, method, RpcType(method), code}).Increment();
}

}  // namespace payout
