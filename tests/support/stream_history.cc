#include "tests/support/stream_history.h"

#include <algorithm>
#include <cstddef>

namespace payout::testing {
namespace {

// Enough to see what is wrong; a broken server must not fill the memory.
constexpr std::size_t kViolationsMax = 100;

std::string Describe(const ShownPayout& shown) {
  return shown.payout + " revision " + std::to_string(shown.revision) + " (" + shown.state + ")";
}

std::string Text(const std::optional<std::int64_t>& position) {
  return position ? std::to_string(*position) : "unknown";
}

}  // namespace

const char* StreamPropertyName(StreamProperty property) {
  switch (property) {
    case StreamProperty::kOrdered:
      return "ordered";
    case StreamProperty::kUnique:
      return "unique";
    case StreamProperty::kReliable:
      return "reliable";
    case StreamProperty::kResumable:
      return "resumable";
    case StreamProperty::kSameContent:
      return "same content";
    case StreamProperty::kHonestProgress:
      return "honest progress";
  }
  return "";
}

std::optional<std::string> ContentBook::Note(const std::string& who, const ShownPayout& shown) {
  const auto [page, is_new] =
      pages_.try_emplace({shown.payout, shown.revision}, Page{shown.state, shown.digest, who});
  if (is_new) return std::nullopt;
  Page& known = page->second;
  if (known.digest.empty()) known.digest = shown.digest;
  const bool same =
      known.state == shown.state && (shown.digest.empty() || known.digest == shown.digest);
  if (same) return std::nullopt;
  return Describe(shown) + " with content " + shown.digest + ", but " + known.first_reader +
         " was told " + known.state + " with content " + known.digest;
}

void StreamHistory::Violate(StreamProperty property, const std::string& text) {
  if (violations_.size() >= kViolationsMax) return;
  violations_.push_back({property, kind_.name + ": " + StreamPropertyName(property) + ": " + text});
}

void StreamHistory::Opened(const std::string& resume_token) {
  progress_.reset();
  just_resumed_ = !resume_token.empty();
  if (!just_resumed_) {
    next_ = log_.size();
    for (const auto& [payout, revision] : revisions_) revisions_before_[payout] = revision;
    revisions_.clear();
    events_.clear();
    in_snapshot_ = false;
    position_.reset();
    began_after_.reset();
    token_.clear();
    return;
  }
  ++resumptions_;
  const auto mark = marks_.find(resume_token);
  if (mark == marks_.end()) {
    Violate(StreamProperty::kResumable, "resumed with a token that never came");
    return;
  }
  next_ = mark->second.messages;
  position_ = mark->second.position;
  token_ = resume_token;
}

void StreamHistory::Arrive(const StreamPlace& place, bool is_event) {
  token_ = place.token;
  just_resumed_ = false;
  if (place.position) {
    position_ = place.position;
    if (!began_after_) began_after_ = is_event ? *place.position - 1 : *place.position;
    if (kind_.origin == StreamOrigin::kOldest) began_after_ = 0;
  }
  // Progress repeats the token of the message before it.
  marks_[place.token] = {next_, position_};
}

void StreamHistory::CheckPosition(Kind kind, const StreamPlace& place) {
  if (place.token.empty()) Violate(StreamProperty::kResumable, "a message without a token");
  if (!place.position) return;
  if (progress_ && *place.position <= *progress_) {
    Violate(StreamProperty::kHonestProgress,
            "position " + Text(place.position) + " after progress up to " + Text(progress_));
  }
  if (!position_) return;
  // The messages of a snapshot stand at one position; every event has one of its own.
  const bool grows =
      kind == Kind::kEvent ? *place.position > *position_ : *place.position >= *position_;
  if (grows) return;
  Violate(just_resumed_ ? StreamProperty::kResumable : StreamProperty::kOrdered,
          "position " + Text(place.position) + " after position " + Text(position_));
}

// True: a new message. False: it repeats, as it should, what came before.
bool StreamHistory::Take(Kind kind, const StreamPlace& place, const ShownPayout& shown) {
  CheckPosition(kind, place);
  if (next_ < log_.size()) {
    const Message& before = log_[next_];
    const bool same = before.kind == kind && before.token == place.token &&
                      before.shown.payout == shown.payout &&
                      before.shown.revision == shown.revision;
    if (same) {
      ++next_;
      Arrive(place);
      if (kind == Kind::kSnapshotPayout || kind == Kind::kEvent) {
        if (auto other = book_.Note(kind_.name, shown)) {
          Violate(StreamProperty::kSameContent, *other);
        }
      }
      return false;
    }
    Violate(StreamProperty::kResumable,
            "resumed, then " + Describe(shown) + " where before came " + Describe(before.shown));
    next_ = log_.size();
  }
  log_.push_back({kind, place.token, shown});
  next_ = log_.size();
  return true;
}

void StreamHistory::SnapshotBegin(const StreamPlace& place) {
  if (!Take(Kind::kSnapshotBegin, place, {})) return;
  if (in_snapshot_) Violate(StreamProperty::kOrdered, "a snapshot within a snapshot");
  in_snapshot_ = true;
  snapshot_payouts_ = 0;
  Arrive(place);
}

void StreamHistory::SnapshotPayout(const StreamPlace& place, const ShownPayout& shown) {
  if (!Take(Kind::kSnapshotPayout, place, shown)) return;
  if (!in_snapshot_) Violate(StreamProperty::kOrdered, Describe(shown) + " outside a snapshot");
  ++snapshot_payouts_;
  const auto [known, is_new] = revisions_.try_emplace(shown.payout, shown.revision);
  if (!is_new) Violate(StreamProperty::kUnique, "a snapshot shows " + Describe(shown) + " again");
  const auto before = revisions_before_.find(shown.payout);
  if (before != revisions_before_.end() && before->second > shown.revision) {
    Violate(StreamProperty::kOrdered, "a snapshot shows " + Describe(shown) + " after revision " +
                                          std::to_string(before->second));
  }
  if (auto other = book_.Note(kind_.name, shown)) Violate(StreamProperty::kSameContent, *other);
  Arrive(place);
}

void StreamHistory::SnapshotEnd(const StreamPlace& place, std::int64_t payout_count) {
  if (!Take(Kind::kSnapshotEnd, place, {})) return;
  if (!in_snapshot_) Violate(StreamProperty::kOrdered, "the end of a snapshot without a beginning");
  if (payout_count != snapshot_payouts_) {
    Violate(StreamProperty::kReliable, "a snapshot of " + std::to_string(payout_count) +
                                           " payouts showed " + std::to_string(snapshot_payouts_));
  }
  in_snapshot_ = false;
  Arrive(place);
}

void StreamHistory::CheckRevision(const ShownPayout& shown) {
  const auto [known, is_new] = revisions_.try_emplace(shown.payout, shown.revision);
  if (is_new) {
    const bool whole = kind_.origin == StreamOrigin::kOldest ||
                       (kind_.origin == StreamOrigin::kSnapshot && !shown.was_settled) ||
                       kind_.snapshot_shows_settled;
    if (kind_.every_change && whole && shown.revision != 1) {
      Violate(StreamProperty::kReliable, "the first of the payout is " + Describe(shown));
    }
    return;
  }
  if (shown.revision == known->second) {
    Violate(StreamProperty::kUnique, Describe(shown) + " came again");
  } else if (shown.revision < known->second) {
    const bool repeated = std::any_of(events_.begin(), events_.end(), [&](const ShownPayout& e) {
      return e.payout == shown.payout && e.revision == shown.revision;
    });
    Violate(repeated ? StreamProperty::kUnique : StreamProperty::kOrdered,
            Describe(shown) + " after revision " + std::to_string(known->second));
  } else if (kind_.every_change && shown.revision != known->second + 1) {
    Violate(StreamProperty::kReliable,
            Describe(shown) + " after revision " + std::to_string(known->second));
  }
  known->second = std::max(known->second, shown.revision);
}

void StreamHistory::Event(const StreamPlace& place, const ShownPayout& shown) {
  if (!Take(Kind::kEvent, place, shown)) return;
  if (in_snapshot_) Violate(StreamProperty::kOrdered, Describe(shown) + " within a snapshot");
  CheckRevision(shown);
  if (auto other = book_.Note(kind_.name, shown)) Violate(StreamProperty::kSameContent, *other);
  events_.push_back(shown);
  Arrive(place, true);
}

void StreamHistory::Progress(const StreamPlace& place) {
  if (place.position && position_ && *place.position < *position_) {
    Violate(StreamProperty::kHonestProgress,
            "progress up to " + Text(place.position) + " after position " + Text(position_));
  }
  if (next_ < log_.size()) {
    const Message& expected = log_[next_];
    const auto mark = marks_.find(expected.token);
    const bool skips = place.position && mark != marks_.end() && mark->second.position &&
                       *place.position >= *mark->second.position;
    if (skips) {
      Violate(StreamProperty::kReliable, "progress up to " + Text(place.position) + " without " +
                                             Describe(expected.shown) + ", which came before");
    }
  }
  if (place.position) progress_ = place.position;
  Arrive(place);
}

void StreamHistory::Closing(const StreamPlace& place) { Arrive(place); }

void StreamHistory::ExpectEvents(const std::vector<ShownPayout>& truth) {
  const std::size_t both = std::min(truth.size(), events_.size());
  for (std::size_t i = 0; i < both; ++i) {
    const bool same = truth[i].payout == events_[i].payout &&
                      truth[i].revision == events_[i].revision &&
                      truth[i].state == events_[i].state;
    if (same) continue;
    Violate(StreamProperty::kOrdered, "change " + std::to_string(i + 1) + " was " +
                                          Describe(events_[i]) + "; the store has " +
                                          Describe(truth[i]));
    return;
  }
  if (events_.size() < truth.size()) {
    Violate(StreamProperty::kReliable, "never saw " + Describe(truth[both]) + " and " +
                                           std::to_string(truth.size() - both - 1) + " more");
  } else if (events_.size() > truth.size()) {
    Violate(StreamProperty::kReliable,
            "saw " + Describe(events_[both]) + ", which the store does not have");
  }
}

}  // namespace payout::testing
