#include "adapters/admin/operator_json.h"

#include <algorithm>
#include <string_view>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "absl/time/time.h"
#include "server/base/status_macros.h"
#include "server/domain/decide_review.h"

namespace payout::admin {
namespace {

class Json {
 public:
  Json() : writer_(buffer_) { writer_.StartObject(); }
  std::string Take() {
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

  void Key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  void Value(std::string_view text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void Text(std::string_view name, std::string_view text) {
    Key(name);
    Value(text);
  }
  void Number(std::string_view name, std::int64_t value) {
    Key(name);
    writer_.Int64(value);
  }
  void Flag(std::string_view name, bool value) {
    Key(name);
    writer_.Bool(value);
  }
  void Time(std::string_view name, absl::Time time) {
    Text(name, absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()));
  }
  // null: all merchants.
  void Merchant(const MerchantName& merchant) {
    Key("merchant");
    if (merchant.empty()) {
      writer_.Null();
    } else {
      Value(merchant.value());
    }
  }
  void Raw(std::string_view name, const std::string& json) {
    Key(name);
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  void StartObject() { writer_.StartObject(); }
  void StartObject(std::string_view name) {
    Key(name);
    writer_.StartObject();
  }
  void EndObject() { writer_.EndObject(); }
  void StartArray(std::string_view name) {
    Key(name);
    writer_.StartArray();
  }
  void EndArray() { writer_.EndArray(); }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

void WriteMembers(Json& json, const OperatorAction& action) {
  json.Number("number", action.number);
  json.Time("time", action.at);
  json.Text("operator", action.operator_name);
  json.Text("action", OperatorVerbName(action.verb));
  json.Merchant(action.merchant);
  if (!action.payout_id.empty()) json.Text("payout_id", action.payout_id.value());
  json.Text("note", action.note);
  json.Text("details", action.details);
}

void WriteList(Json& json, const std::vector<OperatorAction>& actions) {
  json.StartArray("actions");
  for (const OperatorAction& action : actions) {
    json.StartObject();
    WriteMembers(json, action);
    json.EndObject();
  }
  json.EndArray();
}

// One merchant of StatusJson.
void WriteMerchant(Json& json, MerchantDesk& desk, const std::vector<MerchantCounts>& open,
                   const std::vector<ReviewCount>& review, absl::Duration monotonic) {
  json.StartObject();
  json.Text("merchant", desk.name().value());
  json.Flag("submitting", !desk.operator_paused() && !desk.paused_until());
  json.StartArray("paused_by");
  if (desk.operator_paused()) json.Value("operator");
  if (desk.paused_until()) json.Value("credentials");
  json.EndArray();
  if (desk.paused_until()) {
    const absl::Duration left = std::max(*desk.paused_until() - monotonic, absl::ZeroDuration());
    json.Number("credentials_tried_again_in_seconds", absl::ToInt64Seconds(left));
  }
  json.Number("queued", desk.queued());
  json.StartObject("open");
  for (const MerchantCounts& counts : open) {
    if (counts.merchant == desk.name()) json.Number(StateName(counts.state), counts.count);
  }
  json.EndObject();
  std::int64_t needs_review = 0;
  for (const ReviewCount& counts : review) {
    if (counts.merchant == desk.name()) needs_review = counts.count;
  }
  json.Number("needs_review", needs_review);
  json.Number("requests_per_second", desk.budget().rate());
  json.Number("requests_waiting", desk.budget().waiting());
  json.EndObject();
}

}  // namespace

std::string ActionJson(const OperatorAction& action) {
  Json json;
  json.StartObject("action");
  WriteMembers(json, action);
  json.EndObject();
  return json.Take();
}

std::string ActionsJson(const std::vector<OperatorAction>& actions) {
  Json json;
  WriteList(json, actions);
  return json.Take();
}

std::string ReviewedJson(const Payout& payout) {
  Json json;
  json.StartObject("payout");
  json.Text("merchant", payout.intent.key.merchant.value());
  json.Text("payout_id", payout.intent.key.payout_id.value());
  json.Text("state", StateName(payout.status.state));
  json.Number("revision", payout.revision);
  json.StartArray("needs_review");
  for (const Review reason : payout.status.needs_review) json.Value(ReviewName(reason));
  json.EndArray();
  if (payout.schedule.due_at) json.Time("next_read_time", *payout.schedule.due_at);
  json.EndObject();
  return json.Take();
}

std::string StatusJson(const std::map<MerchantName, PauseSwitch>& switches,
                       const Directory& directory, const std::vector<MerchantCounts>& open,
                       const std::vector<ReviewCount>& review, absl::Duration monotonic) {
  Json json;
  json.StartArray("switches");
  for (const auto& [merchant, value] : switches) {
    json.StartObject();
    json.Merchant(merchant);
    json.Flag("paused", value.paused);
    json.Time("time", value.at);
    json.Text("operator", value.operator_name);
    json.Text("note", value.note);
    json.EndObject();
  }
  json.EndArray();
  json.StartArray("merchants");
  for (const auto& [name, desk] : directory.merchants()) {
    WriteMerchant(json, *desk, open, review, monotonic);
  }
  json.EndArray();
  return json.Take();
}

std::string PayoutJson(const Payout& payout, const std::string& explanation,
                       const std::vector<OperatorAction>& actions) {
  Json json;
  json.Text("tenant", payout.intent.tenant.value());
  json.Raw("explanation", explanation);
  WriteList(json, actions);
  return json.Take();
}

std::string ErrorJson(const absl::Status& status) {
  Json json;
  json.Text("error", ToStd(status.message()));
  json.Text("reason", absl::StatusCodeToString(status.code()));
  return json.Take();
}

}  // namespace payout::admin
