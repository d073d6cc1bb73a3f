#include "adapters/echelon/sandbox/value.h"

#include <utility>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "absl/status/status.h"

namespace payout::sandbox {
namespace {

constexpr std::size_t kDepthMax = 16;

// SAX handler; returning false stops the parser, and `error` says why.
class TreeBuilder {
 public:
  bool Null() { return Put({}); }
  bool Bool(bool b) {
    Value value;
    value.kind = Value::Kind::kBool;
    value.boolean = b;
    return Put(std::move(value));
  }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return Put(Text(Value::Kind::kNumber, text, length));
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return Put(Text(Value::Kind::kString, text, length));
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    std::string name(text, length);
    if (open_.back().Find(name) != nullptr) return Stop("a name appears twice");
    open_.back().names.push_back(std::move(name));
    return true;
  }
  bool StartObject() { return Open(Value::Kind::kObject); }
  bool StartArray() { return Open(Value::Kind::kArray); }
  bool EndObject(rapidjson::SizeType) { return Close(); }
  bool EndArray(rapidjson::SizeType) { return Close(); }

  // Numbers arrive through RawNumber only.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  Value root;
  const char* error = nullptr;

 private:
  static Value Text(Value::Kind kind, const char* text, rapidjson::SizeType length) {
    Value value;
    value.kind = kind;
    value.text.assign(text, length);
    return value;
  }
  bool Stop(const char* why) {
    error = why;
    return false;
  }
  bool Open(Value::Kind kind) {
    if (open_.size() == kDepthMax) return Stop("nested too deeply");
    open_.emplace_back();
    open_.back().kind = kind;
    return true;
  }
  bool Close() {
    Value done = std::move(open_.back());
    open_.pop_back();
    return Put(std::move(done));
  }
  bool Put(Value value) {
    if (open_.empty()) {
      root = std::move(value);
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Value> open_;
};

}  // namespace

const Value* Value::Find(std::string_view name) const {
  for (std::size_t i = 0; i < names.size() && i < items.size(); ++i) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

void Value::Add(std::string name, Value member) {
  names.push_back(std::move(name));
  items.push_back(std::move(member));
}

absl::StatusOr<Value> ParseJson(std::string_view text) {
  rapidjson::MemoryStream memory(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(memory);
  rapidjson::Reader reader;
  TreeBuilder builder;
  const auto result =
      reader.Parse<rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag>(
          input, builder);
  if (result.IsError()) {
    const char* why =
        builder.error != nullptr ? builder.error : rapidjson::GetParseError_En(result.Code());
    return absl::InvalidArgumentError(std::string("not JSON: ") + why);
  }
  // The parser takes a NUL byte for the end of the text.
  if (input.Tell() != text.size()) return absl::InvalidArgumentError("not JSON: trailing bytes");
  return std::move(builder.root);
}

std::size_t CountCodePoints(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

}  // namespace payout::sandbox
