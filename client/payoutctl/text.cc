#include "client/payoutctl/text.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "client/payoutctl/times.h"

namespace payout::payoutctl {
namespace {

// "PREFIX_NAME" without the prefix; the number for values that this version does not know.
std::string Short(const std::string& name, size_t prefix, int number) {
  return name.size() > prefix ? name.substr(prefix) : std::to_string(number);
}

std::string ReviewName(int reason) {
  const auto& name = v1::ReviewReason_Name(static_cast<v1::ReviewReason>(reason));
  return Short(name, sizeof("REVIEW_REASON_") - 1, reason);
}

std::string CategoryName(v1::ReasonCategory category) {
  return Short(v1::ReasonCategory_Name(category), sizeof("REASON_CATEGORY_") - 1, category);
}

std::string Amount(const v1::Money& money) { return money.amount() + " " + money.currency_code(); }

std::string Recipient(const v1::Destination& destination) {
  std::string text;
  switch (destination.method()) {
    case v1::PAYOUT_METHOD_BANK_TRANSFER:
      text = "bank";
      break;
    case v1::PAYOUT_METHOD_CRYPTO_TRANSFER:
      text = "crypto";
      break;
    case v1::PAYOUT_METHOD_WALLET_TRANSFER:
      text = "wallet";
      break;
    default:
      break;
  }
  const auto add = [&text](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : " ") + part;
  };
  add(destination.masked_account());
  add(destination.masked_phone());
  add(destination.masked_email());
  if (!destination.payment_operator_code().empty()) {
    add("via " + destination.payment_operator_code());
  }
  return text;
}

std::string ReasonText(const v1::PayoutReason& reason) {
  std::string text = reason.code();
  if (reason.category() != v1::REASON_CATEGORY_UNSPECIFIED) {
    text += " (" + CategoryName(reason.category()) + ")";
  }
  if (!reason.attribute().empty()) text += " at " + reason.attribute();
  if (!reason.message().empty()) text += ": " + reason.message();
  return text;
}

// Rows of "name  value".
class Facts {
 public:
  explicit Facts(bool colored) : colored_(colored) {}
  void Add(const std::string& name, const std::string& value, Ink ink = Ink::kPlain) {
    if (!value.empty()) rows_.push_back({{name, Ink::kDim}, {value, ink}});
  }
  void AddTime(const std::string& name, bool present, const google::protobuf::Timestamp& time) {
    if (present) Add(name, FormatTime(time));
  }
  std::string Format() const { return Table(colored_).Format(rows_); }

 private:
  const bool colored_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace

const char kOutcomeUnknownAdvice[] =
    "do not pay by other means: the payout may be at the platform; repeat with the same id to ask "
    "again";

bool IsSettled(v1::PayoutState state) {
  return state == v1::PAYOUT_STATE_SUCCEEDED || IsNotPaid(state);
}

bool IsNotPaid(v1::PayoutState state) {
  return state == v1::PAYOUT_STATE_FAILED || state == v1::PAYOUT_STATE_REFUSED ||
         state == v1::PAYOUT_STATE_CANCELLED;
}

std::string StateName(v1::PayoutState state) {
  return Short(v1::PayoutState_Name(state), sizeof("PAYOUT_STATE_") - 1, state);
}

Ink StateInk(v1::PayoutState state) {
  switch (state) {
    case v1::PAYOUT_STATE_SUCCEEDED:
      return Ink::kGood;
    case v1::PAYOUT_STATE_FAILED:
    case v1::PAYOUT_STATE_REFUSED:
      return Ink::kBad;
    case v1::PAYOUT_STATE_OUTCOME_UNKNOWN:
      return Ink::kWarning;
    case v1::PAYOUT_STATE_PROCESSING:
    case v1::PAYOUT_STATE_SUBMITTING:
      return Ink::kActive;
    case v1::PAYOUT_STATE_CANCELLED:
      return Ink::kDim;
    default:
      return Ink::kPlain;
  }
}

std::string StateMeaning(v1::PayoutState state) {
  switch (state) {
    case v1::PAYOUT_STATE_QUEUED:
      return "recorded, not sent yet; can be cancelled";
    case v1::PAYOUT_STATE_SUBMITTING:
      return "being sent to the platform";
    case v1::PAYOUT_STATE_OUTCOME_UNKNOWN:
      return "may be at the platform; the gateway keeps asking";
    case v1::PAYOUT_STATE_PROCESSING:
      return "accepted by the platform, not finished";
    case v1::PAYOUT_STATE_SUCCEEDED:
      return "paid";
    case v1::PAYOUT_STATE_FAILED:
      return "not paid: accepted by the platform, then failed";
    case v1::PAYOUT_STATE_REFUSED:
      return "not paid: refused by the platform; a new try needs a new id";
    case v1::PAYOUT_STATE_CANCELLED:
      return "not paid: cancelled before anything was sent";
    default:
      return "a state that this version does not know; not settled";
  }
}

std::optional<v1::PayoutState> ParseState(const std::string& text) {
  std::string name;
  for (const char c : text) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  if (name.rfind("PAYOUT_STATE_", 0) != 0) name = "PAYOUT_STATE_" + name;
  v1::PayoutState state = v1::PAYOUT_STATE_UNSPECIFIED;
  if (!v1::PayoutState_Parse(name, &state) || state == v1::PAYOUT_STATE_UNSPECIFIED) {
    return std::nullopt;
  }
  return state;
}

std::string StateList() {
  std::string list;
  for (int number = 1; number < v1::PayoutState_ARRAYSIZE; ++number) {
    std::string name = StateName(static_cast<v1::PayoutState>(number));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
}

std::string DescribePayout(const v1::Payout& payout, bool colored) {
  Facts facts(colored);
  facts.Add("payout", payout.payout_id(), Ink::kBold);
  // Revision 0 is what validate_only answers with: the payout does not exist.
  const std::string meaning =
      payout.revision() == 0 ? "checked only, nothing is recorded" : StateMeaning(payout.state());
  facts.Add("state", StateName(payout.state()) + ": " + meaning, StateInk(payout.state()));
  for (const v1::PayoutReason& reason : payout.reasons()) {
    facts.Add("reason", ReasonText(reason), Ink::kBad);
  }
  for (const int reason : payout.needs_review()) {
    facts.Add("needs review", ReviewName(reason), Ink::kWarning);
  }
  if (payout.has_correction()) {
    facts.Add("correction",
              "the platform now reports " + StateName(payout.correction().reported_state()),
              Ink::kWarning);
  }
  facts.Add("amount", Amount(payout.money()));
  facts.Add("to", Recipient(payout.destination()));
  facts.Add("merchant", payout.merchant());
  facts.Add("segment", payout.segment_code());
  facts.Add("exchanged to", payout.exchanged_to_currency());
  if (payout.has_fee()) facts.Add("fee", Amount(payout.fee()));
  facts.Add("platform ref", payout.platform_reference());
  facts.Add("transaction", payout.transaction_reference());
  facts.Add("platform says", payout.platform_status());
  if (payout.is_test()) facts.Add("test", "yes, no money moves");
  facts.Add("revision", std::to_string(payout.revision()));
  facts.AddTime("created", payout.has_create_time(), payout.create_time());
  facts.AddTime("updated", payout.has_update_time(), payout.update_time());
  facts.AddTime("settled", payout.has_settle_time(), payout.settle_time());
  facts.AddTime("submit before", payout.has_submit_before(), payout.submit_before());
  // A map has no order of its own.
  const std::map<std::string, std::string> labels(payout.labels().begin(), payout.labels().end());
  for (const auto& [key, value] : labels) facts.Add("label", key + "=" + value);
  return facts.Format();
}

std::string Remarks(const v1::Payout& payout) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  for (const v1::PayoutReason& reason : payout.reasons()) add(ReasonText(reason));
  for (const int reason : payout.needs_review()) add("needs review: " + ReviewName(reason));
  return text;
}

std::vector<Cell> ListHeader() {
  return {{"PAYOUT", Ink::kDim}, {"STATE", Ink::kDim}, {"AMOUNT", Ink::kDim, true},
          {"CUR", Ink::kDim},    {"TO", Ink::kDim},    {"CREATED", Ink::kDim},
          {"REMARKS", Ink::kDim}};
}

std::vector<Cell> ListRow(const v1::Payout& payout) {
  return {{payout.payout_id()},
          {StateName(payout.state()), StateInk(payout.state())},
          {payout.money().amount(), Ink::kPlain, true},
          {payout.money().currency_code()},
          {Recipient(payout.destination())},
          {payout.has_create_time() ? FormatTime(payout.create_time()) : ""},
          {Remarks(payout)}};
}

namespace {

std::string Line(const std::string& when, const v1::Payout& payout, const std::string& states,
                 bool colored) {
  std::string line = Paint(when, Ink::kDim, colored) + "  " + Clean(payout.payout_id()) + "  " +
                     states + "  " + Clean(Amount(payout.money()));
  const std::string remarks = Clean(Remarks(payout));
  if (!remarks.empty()) line += "  " + remarks;
  return line;
}

}  // namespace

std::string DescribeEvent(const v1::PayoutEvent& event, bool colored) {
  const v1::Payout& payout = event.payout();
  std::string states;
  if (event.previous_state() != v1::PAYOUT_STATE_UNSPECIFIED &&
      event.previous_state() != payout.state()) {
    states = StateName(event.previous_state()) + " -> ";
  }
  states += Paint(StateName(payout.state()), StateInk(payout.state()), colored);
  return Line(event.has_event_time() ? FormatTime(event.event_time()) : "", payout, states,
              colored);
}

std::string DescribeSnapshot(const v1::Payout& payout, bool colored) {
  return Line(payout.has_update_time() ? FormatTime(payout.update_time()) : "", payout,
              "is " + Paint(StateName(payout.state()), StateInk(payout.state()), colored), colored);
}

}  // namespace payout::payoutctl
