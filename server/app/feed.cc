#include "server/app/feed.h"

#include <algorithm>
#include <utility>

#include "server/app/wait.h"
#include "server/base/instrument.h"

namespace payout {
namespace {

constexpr int kBatch = 1000;

template <class T>
bool EmptyOrHas(const std::vector<T>& list, const T& value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

}  // namespace

bool Wants(const StreamFilter& filter, const Event& event) {
  const bool own = event.tenant == filter.tenant || PAYOUT_BUG(stream_across_tenants);
  return own && EmptyOrHas(filter.merchants, event.key.merchant) &&
         EmptyOrHas(filter.states, event.status.state) && EmptyOrHas(filter.keys, event.key);
}

Feed::Feed(Core& core, std::size_t tail_max) : core_(core), tail_max_(tail_max) {}
// What commits from now on has nobody to tell.
Feed::~Feed() { core_.store.OnCommit(nullptr); }

Task<absl::Status> Feed::Start() {
  absl::StatusOr<std::int64_t> last = co_await core_.store.LastPosition();
  if (!last.ok()) co_return last.status();
  begin_ = end_ = committed_ = *last;
  core_.store.OnCommit([this](std::int64_t position, std::vector<EventPtr> events) {
    committed_ = std::max(committed_, position);
    if (reading_) return;  // It goes on up to there.
    for (EventPtr& event : events) {
      if (event->position == end_ + 1) Append(std::move(event));
    }
    if (end_ < committed_) scope_.Spawn(TakeIn());
  });
  co_return absl::OkStatus();
}

Task<void> Feed::TakeIn() {
  reading_ = true;
  while (end_ < committed_) {
    absl::StatusOr<EventPage> page = co_await core_.store.ReadEvents(end_, kBatch);
    if (!page.ok()) {
      core_.observer.OnStoreError("read_events", std::string_view(page.status().message().data(),
                                                                  page.status().message().size()));
      co_await SleepFor(core_.env, absl::Milliseconds(100));
      continue;
    }
    for (Event& event : page->events) {
      Append(std::make_shared<const Event>(std::move(event)));
    }
    end_ = std::max(end_, page->scanned_to);
  }
  reading_ = false;
}

void Feed::Append(EventPtr event) {
  end_ = event->position;
  tail_.push_back(event);
  while (tail_.size() > tail_max_) {
    begin_ = tail_.front()->position;
    tail_.pop_front();
  }
  for (const auto& listener : listeners_) listener(*event);
  const auto fire = [&event](const Subscriptions& subscriptions) {
    for (Subscription* subscription : subscriptions) {
      subscription->latest_ = event;
      subscription->trigger_.Notify();
    }
  };
  if (const auto found = by_tenant_.find(event->tenant); found != by_tenant_.end()) {
    fire(found->second);
  }
  if (const auto found = by_key_.find(event->key); found != by_key_.end()) fire(found->second);
}

std::vector<EventPtr> Feed::Read(const StreamFilter& filter, std::int64_t after, std::size_t limit,
                                 std::int64_t& scanned_to) const {
  std::vector<EventPtr> events;
  auto next =
      std::ranges::upper_bound(tail_, after, {}, [](const EventPtr& e) { return e->position; });
  for (; next != tail_.end(); ++next) {
    if (!Wants(filter, **next)) continue;
    if (events.size() == limit) {
      scanned_to = PAYOUT_BUG(stream_skips_backlog) ? end_ : events.back()->position;
      return events;
    }
    events.push_back(*next);
  }
  scanned_to = std::max(after, end_);
  return events;
}

void Feed::WakeAll() {
  for (const auto& [tenant, subscriptions] : by_tenant_) {
    for (Subscription* subscription : subscriptions) subscription->trigger_.Notify();
  }
  for (const auto& [key, subscriptions] : by_key_) {
    for (Subscription* subscription : subscriptions) subscription->trigger_.Notify();
  }
}

void Feed::OnEvent(std::function<void(const Event&)> listener) {
  listeners_.push_back(std::move(listener));
}

Feed::Subscription::Subscription(Feed& feed, TenantName tenant)
    : feed_(feed), number_(++feed.subscriptions_), tenant_(std::move(tenant)) {
  feed_.by_tenant_[tenant_].insert(this);
}

Feed::Subscription::Subscription(Feed& feed, std::vector<PayoutKey> keys)
    : feed_(feed), number_(++feed.subscriptions_), keys_(std::move(keys)) {
  for (const PayoutKey& key : keys_) feed_.by_key_[key].insert(this);
}

Feed::Subscription::~Subscription() {
  if (!tenant_.empty()) {
    const auto found = feed_.by_tenant_.find(tenant_);
    found->second.erase(this);
    if (found->second.empty()) feed_.by_tenant_.erase(found);
  }
  for (const PayoutKey& key : keys_) {
    const auto found = feed_.by_key_.find(key);
    if (found == feed_.by_key_.end()) continue;
    found->second.erase(this);
    if (found->second.empty()) feed_.by_key_.erase(found);
  }
}

}  // namespace payout
