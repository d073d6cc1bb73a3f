#include "adapters/echelon/sandbox/json_writer.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace payout::sandbox {
namespace {
rapidjson::SizeType Size(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}
}  // namespace

struct JsonWriter::Impl {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
};

JsonWriter::JsonWriter() : impl_(std::make_unique<Impl>()) {}
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::BeginObject() {
  impl_->writer.StartObject();
  return *this;
}
JsonWriter& JsonWriter::EndObject() {
  impl_->writer.EndObject();
  return *this;
}
JsonWriter& JsonWriter::BeginArray() {
  impl_->writer.StartArray();
  return *this;
}
JsonWriter& JsonWriter::EndArray() {
  impl_->writer.EndArray();
  return *this;
}
JsonWriter& JsonWriter::Key(std::string_view name) {
  impl_->writer.Key(name.data(), Size(name));
  return *this;
}
JsonWriter& JsonWriter::String(std::string_view text) {
  // A default string_view has no address, which RapidJSON refuses.
  impl_->writer.String(text.empty() ? "" : text.data(), Size(text));
  return *this;
}
JsonWriter& JsonWriter::Number(std::string_view decimal_text) {
  impl_->writer.RawValue(decimal_text.data(), decimal_text.size(), rapidjson::kNumberType);
  return *this;
}
JsonWriter& JsonWriter::Int(std::int64_t number) {
  impl_->writer.Int64(number);
  return *this;
}
JsonWriter& JsonWriter::Bool(bool value) {
  impl_->writer.Bool(value);
  return *this;
}
std::string JsonWriter::Text() const {
  return {impl_->buffer.GetString(), impl_->buffer.GetSize()};
}

}  // namespace payout::sandbox
