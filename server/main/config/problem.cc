#include "server/main/config/problem.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace payout {

std::string Place::ToString() const {
  return line == 0 ? name : absl::StrCat(name, ":", line, ":", column);
}

std::string Problem::ToString() const {
  return absl::StrCat(place.ToString(),
                      severity == Severity::kError ? ": error: " : ": warning: ", message);
}

bool HasErrors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.severity == Problem::Severity::kError;
  });
}

void SortByPlace(Problems& problems) {
  const auto key = [](const Problem& problem) {
    const Place& place = problem.place;
    const std::string file = place.line == 0 ? "" : place.name;
    return std::tuple(place.line == 0, file, place.line, place.column);
  };
  std::stable_sort(problems.begin(), problems.end(),
                   [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
}

std::string Quoted(std::string_view value) {
  constexpr std::size_t kShownMax = 80;
  const std::string_view shown = value.substr(0, kShownMax);
  return absl::StrCat("\"", absl::Utf8SafeCEscape(absl::string_view(shown.data(), shown.size())),
                      shown.size() < value.size() ? "…\"" : "\"");
}

}  // namespace payout
