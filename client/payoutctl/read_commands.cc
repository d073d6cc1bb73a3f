// get, list, cancel, explain, health, version: one question, one answer.

#include <algorithm>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "absl/time/clock.h"
#include "client/payoutctl/explain_text.h"
#include "client/payoutctl/hints.h"
#include "client/payoutctl/session.h"
#include "client/payoutctl/table.h"
#include "client/payoutctl/text.h"
#include "client/payoutctl/times.h"

namespace payout::payoutctl {
namespace {

constexpr int kPageMax = 1000;

client::CallError Bad(std::string message) {
  return client::LocalError(grpc::StatusCode::INVALID_ARGUMENT, std::move(message));
}

void PrintPayout(Talk& talk, const google::protobuf::Message& response, const v1::Payout& payout) {
  talk.Out(talk.json() ? ToJson(response, talk.style()) + "\n"
                       : DescribePayout(payout, talk.color_out()));
  if (payout.state() == v1::PAYOUT_STATE_OUTCOME_UNKNOWN) {
    talk.Note(std::string("outcome unknown: ") + kOutcomeUnknownAdvice, payout.payout_id());
  }
}

client::Result<v1::ListPayoutsRequest> ListRequest(const ListOptions& options) {
  v1::ListPayoutsRequest request;
  for (const std::string& state : options.states) request.add_states(*ParseState(state));
  request.set_merchant(options.merchant);
  request.set_needs_review(options.needs_review);
  request.set_page_size(options.all ? kPageMax : std::min(options.limit, kPageMax));
  const absl::Time now = absl::Now();
  const auto set = [now](const char* flag, const std::string& text,
                         google::protobuf::Timestamp* time) -> std::optional<client::CallError> {
    const auto parsed = ParsePast(text, now);
    if (!parsed) {
      return Bad(std::string(flag) + " " + text +
                 " is neither a span such as 1h or 7d nor a time such as 2026-03-01T09:30:00Z");
    }
    *time = ToProto(*parsed);
    return std::nullopt;
  };
  if (!options.since.empty()) {
    if (auto error = set("--since", options.since, request.mutable_created_after())) return *error;
  }
  if (!options.until.empty()) {
    if (auto error = set("--until", options.until, request.mutable_created_before())) return *error;
  }
  return request;
}

// Prints pages as they come.
class ListPrinter {
 public:
  explicit ListPrinter(Talk& talk) : talk_(talk), table_(talk.color_out()) {}

  bool Print(const std::vector<const v1::Payout*>& payouts) {
    std::string text;
    std::vector<std::vector<Cell>> rows;
    if (count_ == 0 && talk_.output() == Output::kText && !payouts.empty()) {
      rows.push_back(ListHeader());
    }
    for (const v1::Payout* payout : payouts) {
      const JsonStyle style{false, talk_.style().emit_defaults};
      if (talk_.output() == Output::kText) rows.push_back(ListRow(*payout));
      if (talk_.output() == Output::kJsonl) text += ToJson(*payout, style) + "\n";
      if (talk_.output() == Output::kJson)
        text += (count_ == 0 ? "[\n" : ",\n") + ToJson(*payout, style);
      ++count_;
    }
    return talk_.Out(text + table_.Format(rows));
  }

  void Finish() {
    if (talk_.output() == Output::kJson) talk_.Out(count_ == 0 ? "[]\n" : "\n]\n");
    if (count_ == 0 && !talk_.json()) talk_.Note("no payouts");
  }

  int count() const { return count_; }

 private:
  Talk& talk_;
  Table table_;
  int count_ = 0;
};

}  // namespace

ExitCode RunGet(const Session& session) {
  const GetOptions& options = session.line.get;
  v1::GetPayoutRequest request;
  request.set_payout_id(options.id);
  request.set_merchant(options.merchant);
  if (options.max_staleness) {
    const int64_t seconds = absl::ToInt64Seconds(*options.max_staleness);
    request.mutable_max_staleness()->set_seconds(seconds);
    request.mutable_max_staleness()->set_nanos(static_cast<int32_t>(
        (*options.max_staleness - absl::Seconds(seconds)) / absl::Nanoseconds(1)));
  }
  client::CallOptions call = session.Call();
  call.attempt_timeout = call.timeout;  // asking the platform may take its time
  client::Result<v1::GetPayoutResponse> response = session.client.GetPayout(request, call);
  if (!response.ok()) return Fail(session, response.error(), options.id);
  PrintPayout(session.talk, *response, response->payout());
  return kExitOk;
}

ExitCode RunList(const Session& session) {
  const ListOptions& options = session.line.list;
  client::Result<v1::ListPayoutsRequest> request = ListRequest(options);
  if (!request.ok()) return session.talk.Error(request.error());
  ListPrinter printer(session.talk);
  bool more = false;
  const auto error = session.client.ForEachPage(
      *request,
      [&](const v1::ListPayoutsResponse& page) {
        std::vector<const v1::Payout*> payouts;
        for (const v1::Payout& payout : page.payouts()) {
          if (!options.all && printer.count() + static_cast<int>(payouts.size()) >= options.limit) {
            more = true;
            break;
          }
          payouts.push_back(&payout);
        }
        if (!printer.Print(payouts)) return false;
        const bool full = !options.all && printer.count() >= options.limit;
        more = more || (full && !page.next_page_token().empty());
        return !full;
      },
      session.Call());
  printer.Finish();
  if (error) return Fail(session, *error);
  if (more) session.talk.Note("there are more; see --limit and --all");
  return kExitOk;
}

ExitCode RunCancel(const Session& session) {
  v1::CancelPayoutRequest request;
  request.set_payout_id(session.line.cancel.id);
  request.set_merchant(session.line.cancel.merchant);
  client::Result<v1::CancelPayoutResponse> response =
      session.client.CancelPayout(request, session.Call());
  if (!response.ok()) return Fail(session, response.error(), session.line.cancel.id);
  PrintPayout(session.talk, *response, response->payout());
  return kExitOk;
}

ExitCode RunExplain(const Session& session) {
  v1::ExplainPayoutRequest request;
  request.set_payout_id(session.line.explain.id);
  request.set_merchant(session.line.explain.merchant);
  client::Result<v1::ExplainPayoutResponse> response =
      session.client.ExplainPayout(request, session.Call());
  if (!response.ok()) return Fail(session, response.error(), session.line.explain.id);
  Talk& talk = session.talk;
  talk.Out(talk.json() ? ToJson(*response, talk.style()) + "\n"
                       : DescribeExplanation(*response, talk.color_out()));
  return kExitOk;
}

ExitCode RunHealth(const Session& session) {
  client::Result<client::Health> health =
      session.client.CheckHealth(session.line.health.service, session.Call());
  if (!health.ok()) return Fail(session, health.error());
  static constexpr const char* kNames[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
  const std::string name = kNames[static_cast<int>(*health)];
  session.talk.Out((session.talk.json() ? FlatJson({{"status", name}}) : name) + "\n");
  if (*health == client::Health::kServing) return kExitOk;
  return *health == client::Health::kServiceUnknown ? kExitNotFound : kExitUnavailable;
}

ExitCode RunVersion(Talk& talk) {
  const std::string protobuf = google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION);
  if (talk.json()) {
    talk.Out(FlatJson({{"version", PAYOUT_VERSION},
                       {"api", "payout.v1"},
                       {"grpc", grpc::Version()},
                       {"protobuf", protobuf}}) +
             "\n");
  } else {
    talk.Out("payoutctl " PAYOUT_VERSION "\nAPI payout.v1, gRPC " + grpc::Version() +
             ", Protocol Buffers " + protobuf + "\n");
  }
  return kExitOk;
}

}  // namespace payout::payoutctl
