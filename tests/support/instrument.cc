#include "tests/support/instrument.h"

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "server/base/instrument.h"

namespace payout {
namespace testing {
namespace {

// PAYOUT_PLANTED_BUG=NAME in the environment plants one from the beginning.
std::string PlantedByEnvironment() {
  const char* name = std::getenv("PAYOUT_PLANTED_BUG");
  return name == nullptr ? "" : name;
}

std::string planted = PlantedByEnvironment();
long visits = 0;

// PAYOUT_FAIL_POINT=NAME:N in the environment kills the process at the N-th visit of NAME.
struct Wanted {
  Wanted() {
    const char* text = std::getenv("PAYOUT_FAIL_POINT");
    if (text == nullptr) return;
    const std::string_view all = text;
    const std::size_t colon = all.rfind(':');
    name = all.substr(0, colon);
    if (colon == std::string_view::npos) return;
    std::from_chars(all.data() + colon + 1, all.data() + all.size(), visit);
  }
  std::string name;
  long visit = 1;
};

}  // namespace

void PlantBug(std::string name) {
  planted = std::move(name);
  visits = 0;
}

long PlantedBugVisits() { return visits; }

}  // namespace testing

bool IsPlanted(std::string_view bug) {
  if (testing::planted.empty() || bug != testing::planted) return false;
  ++testing::visits;
  return true;
}

void VisitFailPoint(std::string_view name) {
  static const testing::Wanted wanted;
  static std::atomic<long> visited = 0;
  if (name == wanted.name && ++visited == wanted.visit) std::raise(SIGKILL);
}

}  // namespace payout
