#include "adapters/echelon/sandbox/admin.h"

#include <utility>
#include <vector>

#include "adapters/echelon/sandbox/admin_json.h"
#include "adapters/echelon/sandbox/fault_codec.h"
#include "adapters/echelon/sandbox/json_writer.h"
#include "adapters/echelon/sandbox/object_reader.h"
#include "server/base/status_macros.h"

namespace payout::sandbox {
namespace {

Answer Error(int status, std::string_view text) {
  JsonWriter json;
  json.BeginObject().Field("error", text).EndObject();
  return {status, json.Text()};
}

Answer FromStatus(const absl::Status& status) {
  if (status.ok()) return {200, R"({"status":"ok"})"};
  return Error(absl::IsNotFound(status) ? 404 : 400, ToStd(status.message()));
}

}  // namespace

Answer Admin::Handle(const PlatformRequest& request, absl::Time now) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (request.method == "GET") return Get(path);
  if (request.method == "POST") return Post(path, request, now);
  if (request.method == "DELETE" && path == "/admin/faults") {
    model_.ClearFaults();
    return FromStatus(absl::OkStatus());
  }
  return Error(405, "no such method");
}

Answer Admin::Get(const std::string& path) const {
  if (path == "/admin/healthz") return FromStatus(absl::OkStatus());
  if (path == "/admin/ledger") return {200, LedgerJson(model_.Snapshot())};
  if (path == "/admin/requests") return {200, RequestsJson(log_)};
  if (path == "/admin/summary") return {200, SummaryJson(model_.ledger(), log_)};
  if (path == "/admin/faults") return {200, FaultsJson(model_.Faults())};
  return Error(404, "no such page; try /admin/summary");
}

Answer Admin::Post(const std::string& path, const PlatformRequest& request, absl::Time now) {
  if (path == "/admin/reset") {
    model_.Reset();
    log_.Clear();
    return FromStatus(absl::OkStatus());
  }
  const bool known =
      path == "/admin/faults" || path == "/admin/callbacks" || path == "/admin/settle";
  if (!known) return Error(404, "no such page; try /admin/summary");
  const absl::StatusOr<Value> body = ParseJson(request.body);
  if (!body.ok()) return FromStatus(body.status());
  if (path == "/admin/faults") return FromStatus(AddFaults(*body));
  if (path == "/admin/callbacks") return FromStatus(SendCallback(*body, now));
  return FromStatus(Settle(*body, now));
}

absl::Status Admin::AddFaults(const Value& body) {
  std::vector<Fault> faults;
  const Value* list = body.Find("faults");
  const std::vector<Value> single{body};
  const std::vector<Value>& items = list == nullptr ? single : list->items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    PAYOUT_ASSIGN_OR_RETURN(
        Fault fault, DecodeFault(items[i], list ? "faults[" + std::to_string(i) + "]" : "fault"));
    faults.push_back(std::move(fault));
  }
  if (model_.Faults().size() + faults.size() > FaultSet::kFaultsMax) {
    return absl::ResourceExhaustedError("too many faults");
  }
  for (Fault& fault : faults) PAYOUT_RETURN_IF_ERROR(model_.AddFault(std::move(fault)));
  return absl::OkStatus();
}

absl::Status Admin::SendCallback(const Value& body, absl::Time now) {
  absl::Status status;
  ObjectReader reader(body, "", status);
  const std::string url = reader.String("url", Need::kRequired, {.min = 1}).value_or("");
  const std::string id = reader.String("idEntity", Need::kRequired).value_or("");
  reader.RefuseUnknown();
  if (!status.ok()) return status;
  return model_.SendCallback(url, id, now);
}

absl::Status Admin::Settle(const Value& body, absl::Time now) {
  absl::Status status;
  ObjectReader reader(body, "", status);
  const std::string id = reader.String("id", Need::kRequired, {.min = 1}).value_or("");
  const std::string to = reader.String("status", Need::kRequired, {.min = 1}).value_or("");
  const std::string merchant = reader.String("merchant", Need::kOptional).value_or("");
  const std::string reason = reader.String("failure_reason", Need::kOptional).value_or("");
  reader.RefuseUnknown();
  if (!status.ok()) return status;
  return model_.Settle(merchant, id, to, reason, now);
}

}  // namespace payout::sandbox
