#include "adapters/callback/callback_body.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace payout::callback {
namespace {

constexpr int kDepthMax = 8;
constexpr std::size_t kIdLengthMax = 250;

bool IsIdCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

// Answers false, which ends the parsing, as soon as the body cannot be a callback any more.
class Reader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Reader> {
 public:
  // Every value that is neither string, object nor array.
  bool Default() { return depth_ > 0 && !expects_id_; }

  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ == 0) return false;
    if (!std::exchange(expects_id_, false)) return true;
    if (length == 0 || length > kIdLengthMax || !std::all_of(text, text + length, IsIdCharacter)) {
      return false;
    }
    id_.emplace(text, length);
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ != 1 || std::string_view(text, length) != "idEntity") return true;
    if (id_) return false;
    expects_id_ = true;
    return true;
  }

  bool StartObject() { return Enter(); }
  bool EndObject(rapidjson::SizeType) { return Leave(); }
  bool StartArray() { return depth_ > 0 && Enter(); }
  bool EndArray(rapidjson::SizeType) { return Leave(); }

  std::optional<std::string> TakeId() { return std::move(id_); }

 private:
  bool Enter() { return !expects_id_ && ++depth_ <= kDepthMax; }
  bool Leave() {
    --depth_;
    return true;
  }

  int depth_ = 0;
  bool expects_id_ = false;
  std::optional<std::string> id_;
};

}  // namespace

std::optional<std::string> ParseCallbackBody(std::string_view body) {
  // RapidJSON takes a zero byte for the end of the text, whatever follows it.
  if (body.find('\0') != std::string_view::npos) return std::nullopt;
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader parser;
  Reader reader;
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  if (parser.Parse<kFlags>(stream, reader).IsError()) return std::nullopt;
  return reader.TakeId();
}

}  // namespace payout::callback
