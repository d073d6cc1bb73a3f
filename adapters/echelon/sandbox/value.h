// Value: a parsed JSON or TOML document whose numbers stay text, so that 42.05 is never a double.
//
// Used by: the request decoders, the admin API and the scenario file, which is turned into the same
// tree with positions.
// Thread-safety: a value. Bounds: nesting depth 16; duplicate names are an error.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_VALUE_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_VALUE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace payout::sandbox {

struct Value {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;                // kString: decoded; kNumber: the token as written
  std::vector<Value> items;        // kArray and kObject
  std::vector<std::string> names;  // kObject: names[i] belongs to items[i]
  int line = 0;                    // where it stands in a file; 0 = unknown
  int column = 0;

  bool Is(Kind k) const { return kind == k; }

  // The member, or nullptr. Not an object: nullptr.
  const Value* Find(std::string_view name) const;
  void Add(std::string name, Value member);
};

// InvalidArgument for anything that is not one valid UTF-8 JSON document within the bounds.
absl::StatusOr<Value> ParseJson(std::string_view text);

// Unicode code points of valid UTF-8.
std::size_t CountCodePoints(std::string_view utf8);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_VALUE_H_
