#include "client/payoutctl/json.h"

#include <google/protobuf/util/json_util.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace payout::payoutctl {
namespace {

class ObjectWriter {
 public:
  ObjectWriter() { writer_.StartObject(); }

  void Key(const std::string& key) {
    writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  }
  void Text(const std::string& text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void Member(const std::string& key, const std::string& text) {
    Key(key);
    Text(text);
  }
  void MemberIfAny(const std::string& key, const std::string& text) {
    if (!text.empty()) Member(key, text);
  }
  rapidjson::Writer<rapidjson::StringBuffer>& raw() { return writer_; }
  std::string Finish() {
    writer_.EndObject();
    return buffer_.GetString();
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

void WriteError(ObjectWriter& out, const client::CallError& error) {
  out.Member("code", client::CodeName(error.code));
  out.MemberIfAny("reason", error.reason);
  out.Member("message", error.message);
  if (!error.metadata.empty()) {
    out.Key("metadata");
    out.raw().StartObject();
    for (const auto& [key, value] : error.metadata) out.Member(key, value);
    out.raw().EndObject();
  }
  if (!error.violations.empty()) {
    out.Key("violations");
    out.raw().StartArray();
    for (const client::FieldViolation& violation : error.violations) {
      out.raw().StartObject();
      out.Member("field", violation.field);
      out.Member("description", violation.description);
      out.raw().EndObject();
    }
    out.raw().EndArray();
  }
  if (!error.preconditions.empty()) {
    out.Key("preconditions");
    out.raw().StartArray();
    for (const client::Precondition& precondition : error.preconditions) {
      out.raw().StartObject();
      out.Member("type", precondition.type);
      out.Member("subject", precondition.subject);
      out.Member("description", precondition.description);
      out.raw().EndObject();
    }
    out.raw().EndArray();
  }
  if (error.retry_after) {
    out.Key("retryAfterMs");
    out.raw().Int64(absl::ToInt64Milliseconds(*error.retry_after));
  }
  if (error.outcome_unknown) {
    out.Key("outcomeUnknown");
    out.raw().Bool(true);
  }
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message, JsonStyle style) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = style.pretty;
  options.always_print_primitive_fields = style.emit_defaults;
  std::string json;
  // Fails only for messages with Any or out-of-range times; ours have none of the first.
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return FlatJson({{"unprintable", status.ToString()}});
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

std::optional<std::string> FromJson(const std::string& text, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(text, message);
  if (status.ok()) return std::nullopt;
  return std::string(status.message());
}

std::string ErrorJson(const client::CallError& error, int exit_code, const std::string& hint,
                      const std::string& payout_id, int line) {
  ObjectWriter out;
  out.Key("error");
  out.raw().StartObject();
  WriteError(out, error);
  out.MemberIfAny("hint", hint);
  out.MemberIfAny("payoutId", payout_id);
  if (line > 0) {
    out.Key("line");
    out.raw().Int(line);
  }
  out.Key("exitCode");
  out.raw().Int(exit_code);
  out.raw().EndObject();
  return out.Finish();
}

std::string NoteJson(const std::string& text, const std::string& payout_id) {
  ObjectWriter out;
  out.Member("note", text);
  out.MemberIfAny("payoutId", payout_id);
  return out.Finish();
}

std::string FlatJson(const std::vector<std::pair<std::string, std::string>>& members) {
  ObjectWriter out;
  for (const auto& [key, value] : members) out.Member(key, value);
  return out.Finish();
}

}  // namespace payout::payoutctl
