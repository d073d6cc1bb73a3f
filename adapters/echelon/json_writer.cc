#include "adapters/echelon/json_writer.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace payout::echelon {

struct JsonWriter::Sink {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};

  void Key(std::string_view name) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  void Text(std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
};

JsonWriter::JsonWriter() : sink_(std::make_unique<Sink>()) {}
JsonWriter::~JsonWriter() = default;

void JsonWriter::StartObject() { sink_->writer.StartObject(); }

void JsonWriter::StartObject(std::string_view name) {
  sink_->Key(name);
  sink_->writer.StartObject();
}

void JsonWriter::EndObject() { sink_->writer.EndObject(); }

void JsonWriter::StartArray(std::string_view name) {
  sink_->Key(name);
  sink_->writer.StartArray();
}

void JsonWriter::EndArray() { sink_->writer.EndArray(); }

void JsonWriter::Member(std::string_view name, std::string_view value) {
  sink_->Key(name);
  sink_->Text(value);
}

void JsonWriter::MemberUnlessEmpty(std::string_view name, std::string_view value) {
  if (!value.empty()) Member(name, value);
}

void JsonWriter::Member(std::string_view name, int value) {
  sink_->Key(name);
  sink_->writer.Int(value);
}

void JsonWriter::Element(std::string_view value) { sink_->Text(value); }

void JsonWriter::Member(std::string_view name, const Money& money) {
  StartObject(name);
  const std::string amount = money.amount.ToString();
  sink_->Key("amount");
  sink_->writer.RawValue(amount.data(), amount.size(), rapidjson::kNumberType);
  Member("currencyCode", money.currency);
  EndObject();
}

std::string JsonWriter::Take() { return {sink_->buffer.GetString(), sink_->buffer.GetSize()}; }

}  // namespace payout::echelon
