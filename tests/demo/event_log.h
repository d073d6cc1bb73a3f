// EventLog: follows the tenant's feed on a thread of its own, prints every event as it comes, and
// remembers what it saw.
//
// Used by: payout-demo. Thread-safe. The feed begins with a snapshot, so nothing that happens after
// the constructor returned is missed.

#ifndef PAYOUT_TESTS_DEMO_EVENT_LOG_H_
#define PAYOUT_TESTS_DEMO_EVENT_LOG_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/status_watch.h"

namespace payout::demo {

class EventLog {
 public:
  // Times are printed since `start`.
  EventLog(std::shared_ptr<const client::Channel> channel,
           std::chrono::steady_clock::time_point start);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // Waits for the end of the snapshot. nullopt: it did not come in time.
  std::optional<int64_t> WaitForSnapshot(std::chrono::seconds limit);
  // Events are held back until now, so that they do not stand between the lines of the creates.
  void BeginPrinting();
  // True when `count` payouts are settled; false when time is up or the stream broke.
  bool WaitUntilSettled(std::size_t count, std::chrono::seconds limit);

  // The events of one payout, in order of arrival.
  std::vector<v1::PayoutEvent> Of(const std::string& payout_id) const;
  client::WatchCounters counters() const { return watch_.counters(); }
  // Empty while the stream is well.
  std::string problem() const;

 private:
  void Follow();
  void Take(const v1::PayoutEvent& event);

  const std::chrono::steady_clock::time_point start_;
  client::StatusWatch watch_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<int64_t> snapshot_;                             // guarded by mutex_
  std::map<std::string, std::vector<v1::PayoutEvent>> events_;  // guarded by mutex_
  std::size_t settled_ = 0;                                     // guarded by mutex_
  std::string problem_;                                         // guarded by mutex_
  bool printing_ = false;                                       // guarded by mutex_
  std::vector<std::string> held_back_;                          // guarded by mutex_
  std::thread thread_;
};

}  // namespace payout::demo

#endif  // PAYOUT_TESTS_DEMO_EVENT_LOG_H_
