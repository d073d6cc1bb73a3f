#include "adapters/echelon/sandbox/admin_json.h"

#include <map>

#include "adapters/echelon/sandbox/answers.h"
#include "adapters/echelon/sandbox/fault_codec.h"
#include "adapters/echelon/sandbox/json_writer.h"

namespace payout::sandbox {
namespace {

void WriteCallbacks(const std::vector<CallbackDelivery>& deliveries, JsonWriter& json) {
  json.BeginArray();
  for (const CallbackDelivery& delivery : deliveries) {
    json.BeginObject().Field("at", FormatTimestamp(delivery.at));
    json.Field("idEntity", delivery.id_entity).IntField("attempt", delivery.attempt);
    json.IntField("http_status", delivery.http_status).Field("result", delivery.result);
    json.EndObject();
  }
  json.EndArray();
}

void WriteCreates(const CreateSightings& creates, JsonWriter& json) {
  json.IntField("create_requests", creates.count).Key("create_body_sha256").BeginArray();
  for (const std::string& digest : creates.body_sha256) json.String(digest);
  json.EndArray();
}

void WriteEntry(const LedgerEntry& entry, JsonWriter& json) {
  json.BeginObject().Field("id", entry.id).Field("merchant", entry.merchant);
  json.Field("amount", entry.amount.ToString()).Field("currency", entry.currency);
  json.Field("method", entry.method).Field("status", entry.status());
  json.Field("accepted_at", FormatTimestamp(entry.accepted_at));
  json.Field("id_payment", entry.id_payment).Field("reference", entry.reference);
  json.Key("history").BeginArray();
  for (const StatusChange& change : entry.history) {
    json.BeginObject().Field("at", FormatTimestamp(change.at)).Field("status", change.status);
    if (!change.failure_reason.empty()) json.Field("failure_reason", change.failure_reason);
    json.EndObject();
  }
  json.EndArray().Key("callbacks");
  WriteCallbacks(entry.callbacks, json);
  WriteCreates(entry.creates, json);
  json.EndObject();
}

void WriteCounts(const std::map<std::string, std::int64_t>& counts, JsonWriter& json) {
  json.BeginObject();
  for (const auto& [name, count] : counts) json.IntField(name, count);
  json.EndObject();
}

}  // namespace

std::string LedgerJson(const LedgerSnapshot& ledger) {
  JsonWriter json;
  json.BeginObject().Key("payments").BeginArray();
  for (const LedgerEntry& entry : ledger.payments) WriteEntry(entry, json);
  json.EndArray().Key("not_accepted").BeginArray();
  for (const UnacceptedId& one : ledger.not_accepted) {
    json.BeginObject().Field("id", one.id).Field("merchant", one.merchant);
    WriteCreates(one.creates, json);
    json.EndObject();
  }
  json.EndArray().Key("callbacks_sent_by_hand");
  WriteCallbacks(ledger.sent_by_hand, json);
  json.EndObject();
  return json.Text();
}

std::string RequestsJson(const RequestLog& log) {
  JsonWriter json;
  json.BeginObject().IntField("total", log.total()).Key("requests").BeginArray();
  for (const LoggedRequest& request : log.entries()) {
    json.BeginObject().Field("at", FormatTimestamp(request.at));
    json.Field("method", request.method).Field("path", request.path);
    json.Field("merchant", request.merchant).IntField("answer", request.answer);
    json.Field("fault", request.fault).EndObject();
  }
  json.EndArray().EndObject();
  return json.Text();
}

std::string SummaryJson(const Ledger& ledger, const RequestLog& log) {
  std::map<std::string, std::int64_t> by_status;
  for (const LedgerEntry& entry : ledger.payments()) ++by_status[entry.status()];
  JsonWriter json;
  json.BeginObject();
  json.IntField("payments", static_cast<std::int64_t>(ledger.payments().size()));
  json.Key("payments_by_status");
  WriteCounts(by_status, json);
  json.IntField("requests", log.total()).Key("counts");
  WriteCounts(ledger.Counts(), json);
  json.EndObject();
  return json.Text();
}

std::string FaultsJson(const std::vector<FaultState>& faults) {
  JsonWriter json;
  json.BeginObject().Key("faults").BeginArray();
  for (const FaultState& state : faults) WriteFault(state, json);
  json.EndArray().EndObject();
  return json.Text();
}

}  // namespace payout::sandbox
