#include "client/payoutctl/explain_text.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "client/payoutctl/table.h"
#include "client/payoutctl/text.h"
#include "client/payoutctl/times.h"

namespace payout::payoutctl {
namespace {

using google::protobuf::Timestamp;

// One line of the timeline.
struct Moment {
  Timestamp at;
  std::vector<Cell> cells;  // after the time
};

std::string ReviewName(int reason) {
  const std::string& name = v1::ReviewReason_Name(static_cast<v1::ReviewReason>(reason));
  constexpr size_t kPrefix = sizeof("REVIEW_REASON_") - 1;
  return name.size() > kPrefix ? name.substr(kPrefix) : std::to_string(reason);
}

std::string CallName(v1::PlatformCall call) {
  switch (call) {
    case v1::PLATFORM_CALL_TOKEN:
      return "token call";
    case v1::PLATFORM_CALL_CREATE:
      return "create call";
    case v1::PLATFORM_CALL_READ:
      return "read call";
    default:
      return "call";
  }
}

std::string Millis(int64_t millis) {
  std::string digits = std::to_string(millis % 1000);
  return digits.insert(0, 3 - digits.size(), '0');
}

// "2026-03-01 09:30:05.042Z": calls and changes are often less than a second apart.
std::string FormatMoment(const Timestamp& time) {
  std::string text = FormatTime(time);
  if (text.empty() || text.back() != 'Z') return text;
  text.pop_back();
  return text + "." + Millis(time.nanos() / 1'000'000) + "Z";
}

// " after 0.042 s"; empty while it is under way.
std::string Took(const v1::CallAttempt& attempt) {
  if (!attempt.has_end_time()) return "";
  const int64_t took = (attempt.end_time().seconds() - attempt.start_time().seconds()) * 1000 +
                       (attempt.end_time().nanos() - attempt.start_time().nanos()) / 1'000'000;
  const int64_t millis = std::max<int64_t>(took, 0);
  return " after " + std::to_string(millis / 1000) + "." + Millis(millis) + " s";
}

Cell AnswerOf(const v1::CallAttempt& attempt) {
  switch (attempt.certainty()) {
    case v1::CALL_CERTAINTY_SURELY_NOT_SENT:
      return {"not sent", Ink::kDim};
    case v1::CALL_CERTAINTY_MAYBE_SENT:
      return {"no answer" + Took(attempt) + "; perhaps sent", Ink::kWarning};
    case v1::CALL_CERTAINTY_ANSWERED:
      break;
    default:
      return {"begun; its end was not recorded", Ink::kWarning};
  }
  std::string text = attempt.http_status() == 0 ? "" : std::to_string(attempt.http_status()) + " ";
  return {text + attempt.answer() + Took(attempt)};
}

Moment MomentOf(const v1::HistoryEvent& event) {
  std::string states = StateName(event.state());
  const bool first = event.previous_state() == v1::PAYOUT_STATE_UNSPECIFIED;
  if (!first && event.previous_state() != event.state()) {
    states = StateName(event.previous_state()) + " -> " + states;
  }
  std::string more;
  for (const int reason : event.needs_review()) {
    more += (more.empty() ? "needs review: " : ", ") + ReviewName(reason);
  }
  if (!event.platform_status().empty()) {
    more += (more.empty() ? "" : "; ") + ("platform says " + event.platform_status());
  }
  return {event.event_time(),
          {{"revision " + std::to_string(event.revision()), Ink::kBold},
           {states, StateInk(event.state())},
           {more}}};
}

Moment MomentOf(const v1::CallAttempt& attempt) {
  return {attempt.start_time(),
          {{CallName(attempt.call())}, AnswerOf(attempt), {attempt.rule(), Ink::kDim}}};
}

std::string Timeline(const v1::ExplainPayoutResponse& explanation, bool colored) {
  std::vector<Moment> moments;
  for (const v1::HistoryEvent& event : explanation.events()) moments.push_back(MomentOf(event));
  for (const v1::CallAttempt& attempt : explanation.attempts()) {
    moments.push_back(MomentOf(attempt));
  }
  for (const v1::OperatorReview& review : explanation.reviews()) {
    moments.push_back({review.review_time(), {{"operator", Ink::kBold}, {review.decision()}}});
  }
  std::ranges::stable_sort(moments, [](const Moment& a, const Moment& b) {
    return std::tuple(a.at.seconds(), a.at.nanos()) < std::tuple(b.at.seconds(), b.at.nanos());
  });
  std::vector<std::vector<Cell>> rows;
  for (Moment& moment : moments) {
    std::vector<Cell> row = {{FormatMoment(moment.at), Ink::kDim}};
    row.insert(row.end(), moment.cells.begin(), moment.cells.end());
    rows.push_back(std::move(row));
  }
  return Table(colored).Format(rows);
}

}  // namespace

std::string DescribeExplanation(const v1::ExplainPayoutResponse& explanation, bool colored) {
  std::string text = DescribePayout(explanation.payout(), colored);
  const auto title = [&](const std::string& name) {
    text += "\n" + Paint(name, Ink::kBold, colored) + "\n";
  };
  const v1::NextStep& next = explanation.next_step();
  title("What is next");
  text += "  " + Clean(next.action());
  if (next.has_due_time()) text += ", due " + FormatTime(next.due_time());
  text += "\n  " + Clean(next.why()) + "\n";
  if (explanation.marks_size() > 0) {
    title("What is remembered");
    for (const std::string& mark : explanation.marks()) text += "  " + Clean(mark) + "\n";
  }
  const v1::CreateCall& call = explanation.create_call();
  if (!call.path().empty()) {
    title("What is sent, every time the same");
    text +=
        "  " + Clean(call.method()) + " " + Clean(call.path()) + "\n  " + Clean(call.body()) + "\n";
  }
  title("What happened");
  text += Timeline(explanation, colored);
  if (explanation.events_left_out() > 0) {
    text += std::to_string(explanation.events_left_out()) + " older changes are not shown\n";
  }
  if (explanation.attempts_left_out() > 0) {
    text += std::to_string(explanation.attempts_left_out()) +
            " calls between the first 20 and the newest are not kept\n";
  }
  return text;
}

}  // namespace payout::payoutctl
