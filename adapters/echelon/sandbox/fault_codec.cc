#include "adapters/echelon/sandbox/fault_codec.h"

#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "adapters/echelon/sandbox/object_reader.h"
#include "server/base/status_macros.h"

namespace payout::sandbox {
namespace {

constexpr std::int64_t kCountMax = std::numeric_limits<std::int64_t>::max();

void ReadMatcher(ObjectReader& reader, Fault& fault) {
  if (const auto name = reader.String("on", Need::kRequired)) {
    const auto operation = ParseOperation(*name);
    if (operation) fault.on = *operation;
    if (!operation) reader.Fail("on", "must be one of token, create, read, callback");
  }
  fault.id = reader.String("id", Need::kOptional, {.min = 1}).value_or("*");
  // Text only: a TOML or JSON number may have lost digits on the way here.
  fault.amount = reader.String("amount", Need::kOptional, {.min = 1}).value_or("");
  fault.nth = reader.Integer("nth", Need::kOptional, 1, kCountMax);
  fault.first = reader.Integer("first", Need::kOptional, 1, kCountMax);
  fault.per_payout = reader.Bool("per_payout").value_or(false);
  if (const Value* probability = reader.Member("probability", Need::kOptional)) {
    double number = -1;
    if (!probability->Is(Value::Kind::kNumber) || !absl::SimpleAtod(probability->text, &number) ||
        !(number >= 0 && number <= 1)) {
      reader.Fail("probability", "must be a number between 0 and 1");
    }
    fault.probability = number;
  }
}

void ReadParameters(ObjectReader& reader, Fault& fault) {
  if (const auto name = reader.String("action", Need::kRequired)) {
    const auto action = ParseFaultAction(*name);
    if (action) fault.action = *action;
    if (!action) reader.Fail("action", "is not a known action");
  }
  fault.name = reader.String("name", Need::kOptional, {.max = 100}).value_or("");
  fault.codes = reader.Strings("codes", Need::kOptional);
  if (const auto status = reader.Integer("http_status", Need::kOptional, 200, 599)) {
    fault.http_status = static_cast<int>(*status);
  }
  fault.status = reader.String("status", Need::kOptional, {.min = 1}).value_or("");
  fault.failure_reason = reader.String("failure_reason", Need::kOptional, {.min = 1}).value_or("");
  fault.delay = reader.Duration("delay");
  fault.body = reader.String("body", Need::kOptional);
  fault.size = reader.Integer("size", Need::kOptional, 1, 64 << 20);
  fault.copies = reader.Integer("copies", Need::kOptional, 1, 100);
  fault.id_entity = reader.String("id_entity", Need::kOptional, {.min = 1}).value_or("");
}

void WriteIfGiven(JsonWriter& json, std::string_view name, const std::string& text) {
  if (!text.empty()) json.Field(name, text);
}
void WriteIfGiven(JsonWriter& json, std::string_view name,
                  const std::optional<std::int64_t>& number) {
  if (number) json.IntField(name, *number);
}

}  // namespace

absl::StatusOr<Fault> DecodeFault(const Value& value, const std::string& path) {
  absl::Status status;
  Fault fault;
  ObjectReader reader(value, path, status);
  ReadMatcher(reader, fault);
  ReadParameters(reader, fault);
  if (status.ok()) reader.RefuseUnknown();
  if (status.ok()) {
    const absl::Status valid = ValidateFault(fault);
    if (!valid.ok()) reader.Fail("action", ToStd(valid.message()));
  }
  if (!status.ok()) return status;
  return fault;
}

void WriteFault(const FaultState& state, JsonWriter& json) {
  const Fault& fault = state.fault;
  json.BeginObject();
  WriteIfGiven(json, "name", fault.name);
  json.Field("on", OperationName(fault.on)).Field("id", fault.id);
  WriteIfGiven(json, "amount", fault.amount);
  WriteIfGiven(json, "nth", fault.nth);
  WriteIfGiven(json, "first", fault.first);
  if (fault.per_payout) json.BoolField("per_payout", true);
  if (fault.probability) json.Key("probability").Number(absl::StrCat(*fault.probability));
  json.Field("action", FaultActionName(fault.action));
  if (!fault.codes.empty()) {
    json.Key("codes").BeginArray();
    for (const std::string& code : fault.codes) json.String(code);
    json.EndArray();
  }
  if (fault.http_status) json.IntField("http_status", *fault.http_status);
  WriteIfGiven(json, "status", fault.status);
  WriteIfGiven(json, "failure_reason", fault.failure_reason);
  if (fault.delay) json.Field("delay", absl::FormatDuration(*fault.delay));
  if (fault.body) json.Field("body", *fault.body);
  WriteIfGiven(json, "size", fault.size);
  WriteIfGiven(json, "copies", fault.copies);
  WriteIfGiven(json, "id_entity", fault.id_entity);
  json.IntField("matched", state.matched).IntField("acted", state.acted).EndObject();
}

}  // namespace payout::sandbox
