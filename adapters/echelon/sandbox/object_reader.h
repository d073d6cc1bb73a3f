// ObjectReader: reads the members of one object and keeps the first thing that is wrong with it.
//
// Used by: the decoders of token requests, payout requests, faults and scenario files. Every getter
// returns nothing after an error, so that decoders read top to bottom and check once at the end.
// Messages name the field and the rule, never the value: values may be personal data. With a known
// position they begin with "line:column: ".
// Thread-safety: none.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_OBJECT_READER_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_OBJECT_READER_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/echelon/sandbox/value.h"
#include "server/domain/decimal.h"

namespace re2 {
class RE2;
}

namespace payout::sandbox {

enum class Need { kOptional, kRequired };

struct StringRule {
  std::size_t min = 0;  // code points
  std::size_t max = std::numeric_limits<std::size_t>::max();
  const re2::RE2* pattern = nullptr;  // must match the whole text
};

class ObjectReader {
 public:
  // `status` is shared by the readers of one document and must outlive them.
  ObjectReader(const Value& object, std::string path, absl::Status& status);

  bool Has(std::string_view name) const { return object_.Find(name) != nullptr; }
  // Any kind; marks the name as known.
  const Value* Member(std::string_view name, Need need);
  const Value* Object(std::string_view name, Need need);
  const Value* Array(std::string_view name, Need need);
  std::optional<std::string> String(std::string_view name, Need need, StringRule rule = {});
  std::optional<std::int64_t> Integer(std::string_view name, Need need, std::int64_t min,
                                      std::int64_t max);
  std::optional<bool> Bool(std::string_view name);
  // A JSON number above zero, exact.
  std::optional<Decimal> PositiveNumber(std::string_view name, Need need);
  // Text such as "250ms" or "2m".
  std::optional<absl::Duration> Duration(std::string_view name);
  std::vector<std::string> Strings(std::string_view name, Need need);

  // Refuses members that no getter asked for.
  void RefuseUnknown();

  // Records the first error of the document.
  void Fail(std::string_view name, std::string_view rule);

  std::string Path(std::string_view name) const;
  bool ok() const { return status_.ok(); }

 private:
  const Value& object_;
  std::string path_;
  absl::Status& status_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_OBJECT_READER_H_
