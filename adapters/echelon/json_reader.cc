#include "adapters/echelon/json_reader.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace payout::echelon {
namespace {

// RapidJSON turns the escape of an unpaired low surrogate into its three bytes, which are not
// UTF-8.
bool HasSurrogate(std::string_view text) {
  for (std::size_t i = text.find('\xED'); i != std::string_view::npos;
       i = text.find('\xED', i + 1)) {
    if (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xA0) return true;
  }
  return false;
}

bool HasDuplicateNames(const std::vector<JsonValue>& members) {
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const JsonValue& member : members) names.emplace_back(member.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Builds the tree from RapidJSON's events; returning false stops the reader.
class TreeBuilder {
 public:
  using Ch = char;

  bool Null() { return Add({}); }
  bool Bool(bool value) {
    JsonValue item;
    item.kind = JsonValue::Kind::kBool;
    item.boolean = value;
    return Add(std::move(item));
  }
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    return AddText(JsonValue::Kind::kNumber, {data, size});
  }
  bool String(const char* data, rapidjson::SizeType size, bool) {
    const std::string_view text(data, size);
    return !HasSurrogate(text) && AddText(JsonValue::Kind::kString, text);
  }
  bool Key(const char* data, rapidjson::SizeType size, bool) {
    name_.assign(data, size);
    return !HasSurrogate(name_);
  }
  bool StartObject() { return Open(JsonValue::Kind::kObject); }
  bool StartArray() { return Open(JsonValue::Kind::kArray); }
  bool EndObject(rapidjson::SizeType) { return !HasDuplicateNames(open_.back().items) && Close(); }
  bool EndArray(rapidjson::SizeType) { return Close(); }

  // The reader reports every number as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  JsonValue TakeRoot() { return std::move(root_); }

 private:
  bool AddText(JsonValue::Kind kind, std::string_view text) {
    JsonValue item;
    item.kind = kind;
    item.text = text;
    return Add(std::move(item));
  }

  bool Open(JsonValue::Kind kind) {
    if (open_.size() == kJsonDepthMax || !CountOne()) return false;
    open_.emplace_back();
    open_.back().kind = kind;
    open_.back().name = std::move(name_);
    name_.clear();
    return true;
  }

  bool Close() {
    JsonValue item = std::move(open_.back());
    open_.pop_back();
    Attach(std::move(item));
    return true;
  }

  bool Add(JsonValue item) {
    if (!CountOne()) return false;
    item.name = std::move(name_);
    name_.clear();
    Attach(std::move(item));
    return true;
  }

  bool CountOne() { return ++values_ <= kJsonValuesMax; }

  void Attach(JsonValue item) {
    if (open_.empty()) {
      root_ = std::move(item);
    } else {
      open_.back().items.push_back(std::move(item));
    }
  }

  JsonValue root_;
  std::vector<JsonValue> open_;  // from the outermost inwards
  std::string name_;             // of the member whose value comes next
  std::size_t values_ = 0;
};

}  // namespace

const JsonValue* JsonValue::Find(std::string_view wanted) const {
  if (kind != Kind::kObject) return nullptr;
  for (const JsonValue& member : items) {
    if (member.name == wanted) return member.kind == Kind::kNull ? nullptr : &member;
  }
  return nullptr;
}

const std::string* JsonValue::AsString() const { return kind == Kind::kString ? &text : nullptr; }

const std::string* JsonValue::AsNumber() const { return kind == Kind::kNumber ? &text : nullptr; }

std::optional<bool> JsonValue::AsBool() const {
  return kind == Kind::kBool ? std::optional<bool>(boolean) : std::nullopt;
}

std::optional<JsonValue> ReadJson(std::string_view text) {
  if (text.size() > kJsonBytesMax) return std::nullopt;
  // RapidJSON takes a NUL byte for the end and would ignore what follows.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;

  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseNumbersAsStringsFlag |
                              rapidjson::kParseValidateEncodingFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  TreeBuilder builder;
  if (reader.Parse<kFlags>(stream, builder).IsError()) return std::nullopt;
  return builder.TakeRoot();
}

bool BeginsAsObject(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == '{';
}

}  // namespace payout::echelon
