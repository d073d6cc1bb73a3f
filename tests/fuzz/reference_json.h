// A second reader of JSON, written from RFC 8259 alone: what the adapters' readers are compared
// with.
//
// Used by: fuzz targets. Plain recursion with a bound; speed does not matter. Pure.

#ifndef PAYOUT_TESTS_FUZZ_REFERENCE_JSON_H_
#define PAYOUT_TESTS_FUZZ_REFERENCE_JSON_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace payout::fuzz {

struct JsonMember;

struct Json {
  enum class Kind { kNull, kBool, kNumber, kString, kObject, kArray };
  Kind kind = Kind::kNull;
  std::string text;  // of a string, decoded; of a number, as written
  std::vector<JsonMember> members;
  std::vector<Json> items;

  // The only member of that name; nullptr when there is none or it is null.
  const Json* Find(std::string_view name) const;
  bool Is(Kind wanted) const { return kind == wanted; }
};

struct JsonMember {
  std::string name;
  Json value;
};

struct JsonText {
  Json root;
  bool duplicates = false;       // some object has a name twice
  bool lone_surrogates = false;  // some string has half of a pair
  bool extreme_numbers = false;  // some number is very long or has an exponent of three digits
  int depth = 0;
  int values = 0;
};

// nullopt for text that is not JSON, or nested deeper than 64.
std::optional<JsonText> ReadReferenceJson(std::string_view text);

bool IsUtf8(std::string_view text);
std::size_t CodePoints(std::string_view utf8);

}  // namespace payout::fuzz

#endif  // PAYOUT_TESTS_FUZZ_REFERENCE_JSON_H_
