#include "tests/bench/figures_json.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "absl/status/status.h"

namespace payout::bench {

std::string FiguresToJson(const Figures& figures) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  for (const auto& [name, value] : figures) {
    json.Key(name.c_str());
    json.Double(value);
  }
  json.EndObject();
  return buffer.GetString();
}

absl::StatusOr<Figures> FiguresFromJson(const std::string& line) {
  rapidjson::Document document;
  document.Parse(line.data(), line.size());
  const absl::Status wrong = absl::DataLossError("these are no figures: " + line);
  if (document.HasParseError() || !document.IsObject()) return wrong;
  Figures figures;
  for (const auto& member : document.GetObject()) {
    if (!member.value.IsNumber()) return wrong;
    figures[member.name.GetString()] = member.value.GetDouble();
  }
  return figures;
}

}  // namespace payout::bench
