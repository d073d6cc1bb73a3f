// Feed: tells who waits that something was committed, and keeps the last events in memory for those
// in step.
//
// Used by: create_payout (waiting), status_stream, work loops, admission. It learns of commits from
// the store, reads each batch of events once, and serves everyone from that. Readers that fall
// behind the tail read the store. Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_FEED_H_
#define PAYOUT_SERVER_APP_FEED_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "server/app/core.h"
#include "server/base/task_scope.h"
#include "server/base/trigger.h"

namespace payout {

// Does the filter want this event?
bool Wants(const StreamFilter& filter, const Event& event);

class Feed {
 public:
  // Keeps up to `tail_max` events.
  Feed(Core& core, std::size_t tail_max);
  ~Feed();

  // Starts at the store's last position. Call once, before anything else.
  Task<absl::Status> Start();

  // Everything up to here was taken in; GetPayout shows it.
  std::int64_t position() const { return end_; }
  // Events after this position are in the tail.
  std::int64_t tail_begin() const { return begin_; }

  // Events of the tail after `after` that `filter` wants, at most `limit`. `after` >= tail_begin().
  // `scanned_to` receives the position up to which the tail was looked at.
  std::vector<EventPtr> Read(const StreamFilter& filter, std::int64_t after, std::size_t limit,
                             std::int64_t& scanned_to) const;

  // Fires `trigger()` when an event of the tenant or of one of the keys was taken in.
  class Subscription {
   public:
    Subscription(Feed& feed, TenantName tenant);            // of a tenant
    Subscription(Feed& feed, std::vector<PayoutKey> keys);  // of payouts
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription();

    Trigger& trigger() { return trigger_; }
    // The last event that fired the trigger; nullptr before.
    const EventPtr& latest() const { return latest_; }

   private:
    friend class Feed;
    Feed& feed_;
    const std::uint64_t number_;
    TenantName tenant_;
    std::vector<PayoutKey> keys_;
    Trigger trigger_;
    EventPtr latest_;
  };

  // Fires every subscription, so that waiters look at Core::draining.
  void WakeAll();

  // Called for every event that is taken in, in order.
  void OnEvent(std::function<void(const Event&)> listener);

 private:
  // In the order of their making, not of their addresses: the same run does the same again.
  struct Earlier {
    bool operator()(const Subscription* a, const Subscription* b) const {
      return a->number_ < b->number_;
    }
  };
  using Subscriptions = std::set<Subscription*, Earlier>;

  Task<void> TakeIn();
  void Append(EventPtr event);

  Core& core_;
  const std::size_t tail_max_;
  std::deque<EventPtr> tail_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::int64_t committed_ = 0;
  bool reading_ = false;
  std::uint64_t subscriptions_ = 0;  // ever made
  std::map<TenantName, Subscriptions> by_tenant_;
  std::map<PayoutKey, Subscriptions> by_key_;
  std::vector<std::function<void(const Event&)>> listeners_;
  TaskScope scope_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_FEED_H_
