// LoadState: what a load has gathered so far.
//
// Used by: load, load_lists, check. Lives for one LoadConfig.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_LOAD_STATE_H_
#define PAYOUT_SERVER_MAIN_CONFIG_LOAD_STATE_H_

#include <set>
#include <string>
#include <utility>

#include "server/main/config/setting.h"

namespace payout {

struct LoadState {
  LoadTarget target;
  Origins origins;
  Problems problems;
  std::set<std::string> failed;  // paths with an error: rules about them would only confuse
  Place whole;  // where to report what is written nowhere: the file, or "configuration"

  void Error(const Place& place, std::string message) {
    problems.push_back({Problem::Severity::kError, place, std::move(message)});
  }
  void Warn(const Place& place, std::string message) {
    problems.push_back({Problem::Severity::kWarning, place, std::move(message)});
  }
  void Fail(const std::string& path, const Place& place, std::string message) {
    failed.insert(path);
    Error(place, std::move(message));
  }

  bool IsSet(const std::string& path) const { return origins.contains(path); }
  bool HasFailed(const std::string& path) const { return failed.contains(path); }
  // Where the value of a path was written.
  Place PlaceOf(const std::string& path) const {
    const auto found = origins.find(path);
    return found == origins.end() ? whole : found->second.place;
  }
};

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_LOAD_STATE_H_
