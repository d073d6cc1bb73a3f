// pause, resume, review, admin status, admin actions: what operators order and ask.

#include <utility>
#include <vector>

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "client/payoutctl/admin_http.h"
#include "client/payoutctl/session.h"
#include "client/payoutctl/table.h"

namespace payout::payoutctl {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// ---- requests ----

void Put(Struct& body, const char* name, const std::string& text) {
  if (!text.empty()) (*body.mutable_fields())[name].set_string_value(text);
}

std::string BodyOf(const CommandLine& line) {
  const AdminOptions& admin = line.admin;
  Struct body;
  Put(body, "merchant", admin.merchant);
  Put(body, "note", admin.note);
  Put(body, "operator", admin.operator_name);
  if (line.command == Command::kReview) {
    Put(body, "payout_id", admin.id);
    Put(body, "verdict", admin.verdict);
    for (const std::string& reason : admin.reasons) {
      ListValue& list = *(*body.mutable_fields())["reasons"].mutable_list_value();
      list.add_values()->set_string_value(reason);
    }
  }
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(body, &json);
  return status.ok() ? json : "";
}

AdminRequest RequestOf(const CommandLine& line) {
  switch (line.command) {
    case Command::kPause:
      return {"/admin/v1/pause", BodyOf(line)};
    case Command::kResume:
      return {"/admin/v1/resume", BodyOf(line)};
    case Command::kReview:
      return {"/admin/v1/review", BodyOf(line)};
    case Command::kAdminActions:
      return {"/admin/v1/actions?limit=" + std::to_string(line.admin.limit), ""};
    default:
      return {"/admin/v1/status", ""};
  }
}

// ---- answers ----

const Value& Field(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? Value::default_instance() : found->second;
}
const Struct& Object(const Struct& object, const std::string& name) {
  return Field(object, name).struct_value();
}
std::string Text(const Struct& object, const std::string& name) {
  return Field(object, name).string_value();
}
std::string Count(const Struct& object, const std::string& name) {
  return std::to_string(static_cast<int64_t>(Field(object, name).number_value()));
}
std::string Names(const Struct& object, const std::string& name) {
  std::string names;
  for (const Value& value : Field(object, name).list_value().values()) {
    names += (names.empty() ? "" : ", ") + value.string_value();
  }
  return names;
}
// null means all of them.
std::string Merchant(const Struct& object) {
  const std::string name = Text(object, "merchant");
  return name.empty() ? "all" : name;
}
// "2026-03-01T09:30:05.123456Z" as other commands write it.
std::string Time(const Struct& object) {
  std::string time = Text(object, "time");
  if (time.size() < 20) return time;
  time[10] = ' ';
  return time.substr(0, 19) + "Z";
}

std::string DescribeStatus(const Struct& answer, bool colored) {
  std::vector<std::vector<Cell>> rows = {{{"MERCHANT", Ink::kDim},
                                          {"SUBMISSION", Ink::kDim},
                                          {"QUEUED", Ink::kDim, true},
                                          {"UNKNOWN", Ink::kDim, true},
                                          {"PROCESSING", Ink::kDim, true},
                                          {"NEED REVIEW", Ink::kDim, true},
                                          {"REQUESTS WAITING", Ink::kDim, true}}};
  for (const Value& value : Field(answer, "merchants").list_value().values()) {
    const Struct& merchant = value.struct_value();
    const bool submitting = Field(merchant, "submitting").bool_value();
    const Struct& open = Object(merchant, "open");
    rows.push_back({{Merchant(merchant), Ink::kBold},
                    submitting ? Cell{"running", Ink::kGood}
                               : Cell{"paused: " + Names(merchant, "paused_by"), Ink::kWarning},
                    {Count(merchant, "queued"), Ink::kPlain, true},
                    {Count(open, "OUTCOME_UNKNOWN"), Ink::kPlain, true},
                    {Count(open, "PROCESSING"), Ink::kPlain, true},
                    {Count(merchant, "needs_review"), Ink::kPlain, true},
                    {Count(merchant, "requests_waiting"), Ink::kPlain, true}});
  }
  std::string text = Table(colored).Format(rows);
  rows.clear();
  for (const Value& value : Field(answer, "switches").list_value().values()) {
    const Struct& entry = value.struct_value();
    const bool paused = Field(entry, "paused").bool_value();
    rows.push_back({{"switch " + Merchant(entry)},
                    paused ? Cell{"paused", Ink::kWarning} : Cell{"running"},
                    {Time(entry), Ink::kDim},
                    {Text(entry, "operator")},
                    {Text(entry, "note")}});
  }
  if (!rows.empty()) text += "\n" + Table(colored).Format(rows);
  return text;
}

std::vector<Cell> ActionRow(const Struct& action) {
  const std::string payout = Text(action, "payout_id");
  return {{Count(action, "number"), Ink::kDim, true},
          {Time(action), Ink::kDim},
          {Text(action, "operator"), Ink::kBold},
          {Text(action, "action")},
          {Merchant(action) + (payout.empty() ? "" : "/" + payout)},
          {Text(action, "details")},
          {Text(action, "note"), Ink::kDim}};
}

std::string DescribeActions(const Struct& answer, bool colored) {
  std::vector<std::vector<Cell>> rows;
  for (const Value& value : Field(answer, "actions").list_value().values()) {
    rows.push_back(ActionRow(value.struct_value()));
  }
  return rows.empty() ? "no actions\n" : Table(colored).Format(rows);
}

// What an order did.
std::string DescribeOrder(const Struct& answer) {
  if (answer.fields().contains("action")) {
    const Struct& action = Object(answer, "action");
    return Clean(Text(action, "details")) + "  (by " + Clean(Text(action, "operator")) +
           ", action " + Count(action, "number") + ")\n";
  }
  const Struct& payout = Object(answer, "payout");
  const std::string left = Names(payout, "needs_review");
  std::string text = Clean(Text(payout, "payout_id")) + " is " + Clean(Text(payout, "state")) +
                     ", revision " + Count(payout, "revision") +
                     "; still needs review: " + (left.empty() ? "no" : Clean(left)) + "\n";
  return text + "The next read of the platform decides; follow it with: payoutctl watch " +
         Clean(Text(payout, "payout_id")) + "\n";
}

}  // namespace

ExitCode RunAdmin(const CommandLine& line, Talk& talk, client::Interrupt& interrupt) {
  const AdminRequest request = RequestOf(line);
  const client::Result<std::string> answer = CallAdmin(line.admin, line.global, request, interrupt);
  if (!answer.ok()) {
    if (interrupt.fired()) {
      talk.Error(answer.error());
      return kExitInterrupted;
    }
    Talk::About about;
    const bool lost = answer.error().code == grpc::StatusCode::UNAVAILABLE;
    if (lost && !request.body.empty()) {
      about.hint = "it may have been carried out: look at `payoutctl admin actions`";
    }
    return talk.Error(answer.error(), about);
  }
  Struct parsed;
  if (!google::protobuf::util::JsonStringToMessage(*answer, &parsed).ok()) {
    return talk.Error(
        client::LocalError(grpc::StatusCode::INTERNAL, "the admin port's answer cannot be read"));
  }
  if (talk.json()) {
    talk.Out(*answer + "\n");
  } else if (line.command == Command::kAdminStatus) {
    talk.Out(DescribeStatus(parsed, talk.color_out()));
  } else if (line.command == Command::kAdminActions) {
    talk.Out(DescribeActions(parsed, talk.color_out()));
  } else {
    talk.Out(DescribeOrder(parsed));
  }
  return kExitOk;
}

}  // namespace payout::payoutctl
