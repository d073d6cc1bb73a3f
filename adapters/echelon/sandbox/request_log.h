// RequestLog: the last requests that the platform saw, for people and tests. No bodies, no secrets,
// no account numbers: a path holds at most a payout id.
//
// Used by: Sandbox and the admin API. Thread-safety: none. Bound: kEntriesMax, the oldest go first.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_REQUEST_LOG_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_REQUEST_LOG_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace payout::sandbox {

struct LoggedRequest {
  absl::Time at;  // of arrival
  std::string method;
  std::string path;      // without the query, at most 300 bytes
  std::string merchant;  // empty = unknown
  int answer = 0;        // HTTP status; 0 = none was sent
  std::string fault;     // actions, comma-separated; empty = none
};

class RequestLog {
 public:
  static constexpr std::size_t kEntriesMax = 10000;

  void Add(LoggedRequest request) {
    ++total_;
    entries_.push_back(std::move(request));
    if (entries_.size() > kEntriesMax) entries_.pop_front();
  }
  void Clear() {
    entries_.clear();
    total_ = 0;
  }
  const std::deque<LoggedRequest>& entries() const { return entries_; }
  std::int64_t total() const { return total_; }

 private:
  std::deque<LoggedRequest> entries_;
  std::int64_t total_ = 0;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_REQUEST_LOG_H_
