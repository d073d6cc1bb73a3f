#include "tests/simulation/stream_check.h"

#include <algorithm>

#include "server/app/stream_token.h"

namespace payout::simulation {
namespace {

template <class T>
bool EmptyOrHas(const std::vector<T>& list, const T& value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

}  // namespace

void StreamCheck::Fail(const std::string& text) {
  checker_.Fail("streams", filter_.tenant.value() + ": " + text);
}

bool StreamCheck::Wants(const Committed& event) const {
  return event.tenant == filter_.tenant && EmptyOrHas(filter_.merchants, event.key.merchant) &&
         EmptyOrHas(filter_.states, event.status.state) && EmptyOrHas(filter_.keys, event.key);
}

std::int64_t StreamCheck::NextWanted(std::int64_t after, std::int64_t until) const {
  for (std::int64_t position = after + 1; position <= until; ++position) {
    if (Wants(At(position))) return position;
  }
  return 0;
}

void StreamCheck::OnBegin(StreamStart start, std::int64_t last) {
  begun_ = true;
  in_snapshot_ = false;
  expected_.clear();
  earliest_ = start == StreamStart::kOldest ? 0 : last;
  at_ = begun_by_ = earliest_;
  // Where it begins is told by its first message.
  position_known_ = start == StreamStart::kOldest;
}

void StreamCheck::OnResume(const std::string& text) {
  const std::optional<StreamToken> token = DecodeToken(text);
  if (!token) return Fail("a token that cannot be read");
  at_ = token->position;
  position_known_ = true;
  in_snapshot_ = token->snapshot_after >= 0;
  if (!in_snapshot_) return;
  expected_ = Standing();
  last_sequence_ = token->snapshot_after;
  expected_.erase(expected_.begin(), expected_.upper_bound(last_sequence_));
}

std::map<std::int64_t, std::int64_t> StreamCheck::Standing() const {
  std::map<std::int64_t, std::int64_t> standing;
  for (const auto& [key, known] : checker_.cases()) {
    if (!known.row) continue;
    const auto after = std::ranges::upper_bound(known.positions, at_);
    if (after == known.positions.begin()) continue;
    const Committed& then = At(*std::prev(after));
    const bool shown =
        !filter_.keys.empty() || !IsSettled(then.status.state) || !then.status.needs_review.empty();
    if (shown && Wants(then)) standing[then.sequence] = *std::prev(after);
  }
  return standing;
}

void StreamCheck::OnMessage(const StreamMessage& message) {
  const std::optional<StreamToken> token = DecodeToken(EncodeToken(message.token));
  if (!token) return Fail("a token that cannot be read");
  if (token->position > LastPosition()) return Fail("a position that was never committed");
  if (std::holds_alternative<SnapshotBegin>(message.content)) {
    if (token->position < earliest_) Fail("a snapshot older than the last commit at its request");
    at_ = token->position;
    position_known_ = in_snapshot_ = true;
    last_sequence_ = 0;
    expected_ = Standing();
  } else if (const auto* payout = std::get_if<PayoutPtr>(&message.content)) {
    OnSnapshotPayout(**payout);
  } else if (const auto* end = std::get_if<SnapshotEnd>(&message.content)) {
    OnSnapshotEnd(end->count);
  } else if (const auto* event = std::get_if<EventPtr>(&message.content)) {
    OnEvent(**event);
  } else {
    if (in_snapshot_) return Fail("progress within a snapshot");
    OnProgress(token->position);
  }
  if (!in_snapshot_ && token->position > at_ && NextWanted(at_, token->position) != 0) {
    Fail("a token past a change that was not sent");
  }
}

void StreamCheck::OnSnapshotPayout(const Payout& payout) {
  if (!in_snapshot_) return Fail("a payout outside a snapshot");
  if (payout.intent.tenant != filter_.tenant) {
    return checker_.Fail("tenants-isolated", payout.intent.key, "on another tenant's stream");
  }
  const auto found = expected_.find(payout.sequence);
  if (found == expected_.end())
    return Fail("a snapshot shows what does not belong to it, or twice");
  const Committed& then = At(found->second);
  if (then.key != payout.intent.key || then.revision != payout.revision ||
      then.status != payout.status) {
    Fail("a snapshot shows a payout otherwise than it stood");
  }
  if (payout.sequence <= last_sequence_) Fail("a snapshot is out of order");
  last_sequence_ = payout.sequence;
  expected_.erase(found);
}

void StreamCheck::OnSnapshotEnd(std::int64_t count) {
  if (!in_snapshot_) Fail("the end of a snapshot that never began");
  if (!expected_.empty())
    Fail("a snapshot misses " + At(expected_.begin()->second).key.payout_id.value());
  if (count != static_cast<std::int64_t>(Standing().size())) Fail("a snapshot miscounts");
  in_snapshot_ = false;
}

void StreamCheck::OnEvent(const Event& event) {
  if (event.tenant != filter_.tenant || event.intent.tenant != filter_.tenant) {
    return checker_.Fail("tenants-isolated", event.key, "on another tenant's stream");
  }
  if (in_snapshot_) return Fail("a change within a snapshot");
  if (event.position < 1 || event.position > LastPosition()) {
    return checker_.Fail("commit-before-show", event.key, "a change that was never committed");
  }
  const Committed& committed = At(event.position);
  if (committed.key != event.key || committed.revision != event.revision ||
      committed.status != event.status) {
    checker_.Fail("commit-before-show", event.key, "a change otherwise than it was committed");
  }
  if (!Wants(committed)) Fail("a change that the filter does not want");
  if (event.position <= at_) return Fail("a change comes again, or too late");
  const std::int64_t seen = position_known_ ? at_ : begun_by_;
  if (event.position > seen && NextWanted(seen, event.position) != event.position) {
    Fail("a change is missing before " + event.key.payout_id.value() + " revision " +
         std::to_string(event.revision));
  }
  at_ = event.position;
  position_known_ = true;
}

void StreamCheck::OnProgress(std::int64_t position) {
  if (position < at_) Fail("progress goes back");
  if (NextWanted(position_known_ ? at_ : begun_by_, position) != 0) {
    Fail("progress past a change that was not sent");
  }
  at_ = position;
  position_known_ = true;
}

void StreamCheck::OnClosing(const std::string& text) {
  const std::optional<StreamToken> token = DecodeToken(text);
  if (!token) return Fail("a token that cannot be read");
  if (token->snapshot_after == kNoSnapshot) return OnProgress(token->position);
  if (!in_snapshot_) {
    if (token->snapshot_after != kSnapshotToBegin) Fail("a last token within no snapshot");
    return;
  }
  const bool all_sent = expected_.empty() || expected_.begin()->first > token->snapshot_after;
  if (token->snapshot_after < last_sequence_ || !all_sent) {
    Fail("a last token that is not where the snapshot is");
  }
}

void StreamCheck::OnComplete() {
  if (filter_.keys.empty()) return Fail("a tenant's stream ended by itself");
  for (const PayoutKey& key : filter_.keys) {
    const Case& known = checker_.case_of(key);
    if (!known.row) return Fail("complete, and a payout does not exist");
    const auto after = std::ranges::upper_bound(known.positions, at_);
    const bool settled =
        after != known.positions.begin() && IsSettled(At(*std::prev(after)).status.state);
    if (!settled) Fail("complete, and not everything is settled");
  }
}

}  // namespace payout::simulation
