// Reads JSON that came from outside into a small tree, strictly and within bounds.
//
// Used by: the answer codecs. Pure.
// Numbers stay text: 42.05 and "42.05" are different things, and no amount ever passes through
// binary floating point. What is malformed, oversize, too deep or ambiguous (a member name given
// twice) is not read at all; what is merely unknown is kept and ignored by the codecs.

#ifndef PAYOUT_ADAPTERS_ECHELON_JSON_READER_H_
#define PAYOUT_ADAPTERS_ECHELON_JSON_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace payout::echelon {

inline constexpr std::size_t kJsonBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kJsonDepthMax = 8;      // the outermost object or array is 1
inline constexpr std::size_t kJsonValuesMax = 4096;  // in the whole text

struct JsonValue {
  enum class Kind { kNull, kBool, kNumber, kString, kObject, kArray };

  // Member `name` of an object; nullptr when there is none, when it is null, and for everything
  // that is not an object.
  const JsonValue* Find(std::string_view name) const;

  // nullptr or nullopt for values of another kind.
  const std::string* AsString() const;
  const std::string* AsNumber() const;  // the token as written
  std::optional<bool> AsBool() const;

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string name;              // of a member of an object
  std::string text;              // of a string (valid UTF-8, may hold NUL) or a number
  std::vector<JsonValue> items;  // members or elements, in order
};

// nullopt unless `text` is exactly one JSON value (RFC 8259) in valid UTF-8, within the bounds
// above, without duplicate member names and without unpaired surrogates.
std::optional<JsonValue> ReadJson(std::string_view text);

// Whether `text` begins as an object does. All that the platform says about a payout is one; other
// text comes from something in front of it, such as a page that tells of maintenance, and proves
// nothing.
bool BeginsAsObject(std::string_view text);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_JSON_READER_H_
