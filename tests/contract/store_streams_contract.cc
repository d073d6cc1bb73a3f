#include <map>
#include <random>

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "adapters/record/store_rules.h"
#include "tests/contract/payout_store_contract.h"

namespace payout::testing {

std::vector<Payout> PayoutStoreStreams::Snapshot(const StreamFilter& filter, std::int64_t position,
                                                 int limit,
                                                 const std::function<void()>& between_pages) {
  std::vector<Payout> payouts;
  std::int64_t after = 0;
  while (true) {
    SnapshotPage page = Must(store().Snapshot(filter, position, after, limit));
    EXPECT_LE(page.payouts.size(), static_cast<std::size_t>(limit));
    for (Payout& payout : page.payouts) {
      EXPECT_GT(payout.sequence, after);
      after = payout.sequence;
      payouts.push_back(std::move(payout));
    }
    if (!page.next_after) return payouts;
    EXPECT_GE(*page.next_after, after);
    after = *page.next_after;
    between_pages();
  }
}

std::vector<Event> PayoutStoreStreams::Events(const StreamFilter& filter, std::int64_t after,
                                              int limit) {
  std::vector<Event> events;
  const std::int64_t last = Must(store().LastPosition());
  while (after < last) {
    EventPage page = Must(store().ReadEvents(filter, after, limit));
    EXPECT_LE(page.events.size(), static_cast<std::size_t>(limit));
    EXPECT_GT(page.scanned_to, after) << "a reader would go round in circles";
    if (page.scanned_to <= after) break;
    for (Event& event : page.events) {
      EXPECT_GT(event.position, after);
      after = event.position;
      events.push_back(std::move(event));
    }
    EXPECT_GE(page.scanned_to, after);
    after = page.scanned_to;
  }
  return events;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

StreamFilter Feed(std::string tenant = "alice") {
  StreamFilter filter;
  filter.tenant = TenantName(std::move(tenant));
  return filter;
}

StreamFilter Of(std::vector<PayoutKey> keys, std::string tenant = "alice") {
  StreamFilter filter = Feed(std::move(tenant));
  filter.keys = std::move(keys);
  return filter;
}

TEST_P(PayoutStoreStreams, PositionsOfAnEmptyStoreAreZero) {
  EXPECT_EQ(Must(store().LastPosition()), 0);
  EXPECT_EQ(Must(store().OldestPosition()), 0);
  const EventPage page = Must(store().ReadEvents(0, 10));
  EXPECT_THAT(page.events, IsEmpty());
  EXPECT_EQ(page.scanned_to, 0);
  EXPECT_THAT(Snapshot(Feed(), 0, 10), IsEmpty());
}

TEST_P(PayoutStoreStreams, AnEventTellsTheWholePayout) {
  const Payout row = Insert(NewPayout("a"));
  for (const StreamFilter& filter : {Feed(row.intent.tenant.value()), Of({Key("a")})}) {
    const EventPage page = Must(store().ReadEvents(filter, 0, 10));
    ASSERT_THAT(page.events, SizeIs(1));
    EXPECT_EQ(page.events[0].intent, row.intent);
    EXPECT_EQ(page.events[0].created_at, row.created_at);
    EXPECT_EQ(page.events[0].status, row.status);
  }
}

TEST_P(PayoutStoreStreams, AllEventsAreKeptFromTheFirstOn) {
  Insert(NewPayout("a"));
  Insert(NewPayout("b"));
  EXPECT_EQ(Must(store().OldestPosition()), 0);
  EXPECT_EQ(Must(store().LastPosition()), 2);
}

TEST_P(PayoutStoreStreams, EventsOfTheWholeStoreComeInPages) {
  Insert(NewPayout(Key("a"), "alice"));
  Insert(NewPayout(Key("b"), "bob"));
  Insert(NewPayout(Key("c"), "alice"));
  EventPage page = Must(store().ReadEvents(0, 2));
  EXPECT_THAT(Ids(page.events), ElementsAre("a", "b"));
  EXPECT_EQ(page.scanned_to, 2);
  page = Must(store().ReadEvents(2, 2));
  EXPECT_THAT(Ids(page.events), ElementsAre("c"));
  EXPECT_EQ(page.scanned_to, 3);
  page = Must(store().ReadEvents(3, 2));
  EXPECT_THAT(page.events, IsEmpty());
  EXPECT_EQ(page.scanned_to, 3);
}

TEST_P(PayoutStoreStreams, EventsAreFilteredByTenantMerchantAndTheirOwnState) {
  Payout a = Insert(NewPayout(Key("a", "x"), "alice"));
  Insert(NewPayout(Key("b", "y"), "alice"));
  Insert(NewPayout(Key("c", "x"), "bob"));
  a = Move(a, State::kSubmitting, At(1));
  a = Move(a, State::kProcessing, At(2));

  EXPECT_THAT(Ids(Events(Feed("alice"), 0, 10)), ElementsAre("a", "b", "a", "a"));
  EXPECT_THAT(Ids(Events(Feed("bob"), 0, 10)), ElementsAre("c"));
  EXPECT_THAT(Ids(Events(Feed("alice"), 2, 10)), ElementsAre("a", "a"));

  StreamFilter filter = Feed();
  filter.merchants = {MerchantName("y")};
  EXPECT_THAT(Ids(Events(filter, 0, 10)), ElementsAre("b"));
  filter = Feed();
  filter.states = {State::kQueued, State::kProcessing};
  const std::vector<Event> events = Events(filter, 0, 1);
  EXPECT_THAT(Ids(events), ElementsAre("a", "b", "a"));
  EXPECT_EQ(events[2].status.state, State::kProcessing);
}

TEST_P(PayoutStoreStreams, AReaderGetsOnThoughNothingMatches) {
  for (int i = 0; i < 30; ++i) Insert(NewPayout(absl::StrCat("p", i)));
  StreamFilter filter = Feed();
  filter.states = {State::kFailed};
  const EventPage page = Must(store().ReadEvents(filter, 0, 5));
  EXPECT_THAT(page.events, IsEmpty());
  EXPECT_EQ(page.scanned_to, 30);
  EXPECT_EQ(Must(store().ReadEvents(Feed("carol"), 0, 5)).scanned_to, 30);
}

TEST_P(PayoutStoreStreams, EventsByIdAreThoseOfTheIdsOfTheTenant) {
  Payout a = Insert(NewPayout(Key("a"), "alice"));
  Payout b = Insert(NewPayout(Key("b"), "alice"));
  Insert(NewPayout(Key("c"), "bob"));
  Insert(NewPayout(Key("d"), "alice"));
  b = Move(b, State::kProcessing, At(1));
  a = Move(a, State::kProcessing, At(2));
  b = Move(b, State::kSucceeded, At(3));

  const StreamFilter filter = Of({Key("b"), Key("a"), Key("c"), Key("nobody"), Key("a")});
  EXPECT_THAT(Ids(Events(filter, 0, 10)), ElementsAre("a", "b", "b", "a", "b"));
  for (int limit = 1; limit < 5; ++limit) {
    EXPECT_THAT(Ids(Events(filter, 0, limit)), ElementsAre("a", "b", "b", "a", "b")) << limit;
  }
  EXPECT_THAT(Ids(Events(filter, 5, 10)), ElementsAre("a", "b"));
  EXPECT_EQ(Must(store().ReadEvents(Of({Key("d")}), 4, 10)).scanned_to, 7);
}

TEST_P(PayoutStoreStreams, AFeedsSnapshotHoldsWhatWasOpenOrNeededReview) {
  Payout open = Insert(NewPayout("open"));
  Payout settled = Insert(NewPayout("settled"));
  Payout review = Insert(NewPayout("review"));
  Insert(NewPayout(Key("foreign"), "bob"));
  Move(settled, State::kSucceeded, At(1));
  Change change = To(State::kSucceeded, review, At(2));
  change.after.status.needs_review = {Review::kCorrected};
  review = Must(store().Apply(change));

  const std::int64_t now = Must(store().LastPosition());
  const std::vector<Payout> payouts = Snapshot(Feed(), now, 10);
  EXPECT_THAT(Ids(payouts), ElementsAre("open", "review"));
  ExpectSame(payouts[0], open);
  ExpectSame(payouts[1], review);
}

TEST_P(PayoutStoreStreams, ASnapshotShowsPayoutsAsTheyStoodThen) {
  const Payout first = Insert(NewPayout("a"));
  Payout processing = Move(first, State::kProcessing, At(1));
  const std::int64_t then = Must(store().LastPosition());
  Change settle = To(State::kFailed, processing, At(2));
  settle.after.status = FullStatus();
  settle.after.status.needs_review.clear();
  const Payout settled = Must(store().Apply(settle));
  Insert(NewPayout("later"));

  std::vector<Payout> payouts = Snapshot(Feed(), then, 10);
  ASSERT_THAT(Ids(payouts), ElementsAre("a"));  // Settled by now, open then.
  EXPECT_EQ(payouts[0].status, processing.status);
  EXPECT_EQ(payouts[0].revision, 2);
  EXPECT_EQ(payouts[0].position, then);
  EXPECT_EQ(payouts[0].updated_at, At(1));
  EXPECT_EQ(payouts[0].intent, first.intent);

  payouts = Snapshot(Feed(), 1, 10);
  ASSERT_THAT(Ids(payouts), ElementsAre("a"));
  EXPECT_EQ(payouts[0].status, first.status);
  EXPECT_EQ(payouts[0].revision, 1);
  EXPECT_EQ(payouts[0].updated_at, first.created_at);

  EXPECT_THAT(Ids(Snapshot(Feed(), settled.position, 10)), IsEmpty());
  EXPECT_THAT(Snapshot(Feed(), 0, 10), IsEmpty());
}

TEST_P(PayoutStoreStreams, AReviewThatCameOrWentLaterCountsAsItWasThen) {
  Payout a = Move(Insert(NewPayout("a")), State::kSucceeded, At(1));
  const std::int64_t before = a.position;
  Change change = To(State::kSucceeded, a, At(2));
  change.after.status.needs_review = {Review::kCorrected};
  a = Must(store().Apply(change));
  const std::int64_t during = a.position;
  change = To(State::kSucceeded, a, At(3));
  change.after.status.needs_review.clear();
  a = Must(store().Apply(change));
  EXPECT_THAT(Ids(Snapshot(Feed(), before, 10)), IsEmpty());
  EXPECT_THAT(Ids(Snapshot(Feed(), during, 10)), ElementsAre("a"));
  EXPECT_THAT(Ids(Snapshot(Feed(), a.position, 10)), IsEmpty());
}

TEST_P(PayoutStoreStreams, ASnapshotIsFilteredByMerchantAndByTheStateThen) {
  Payout a = Insert(NewPayout(Key("a", "x")));
  Insert(NewPayout(Key("b", "y")));
  const std::int64_t then = Must(store().LastPosition());
  Move(a, State::kProcessing, At(1));
  StreamFilter filter = Feed();
  filter.merchants = {MerchantName("x")};
  filter.states = {State::kQueued};
  EXPECT_THAT(Ids(Snapshot(filter, then, 10)), ElementsAre("a"));
  filter.states = {State::kProcessing};
  EXPECT_THAT(Ids(Snapshot(filter, then, 10)), IsEmpty());
  EXPECT_THAT(Ids(Snapshot(filter, then + 1, 10)), ElementsAre("a"));
}

TEST_P(PayoutStoreStreams, ASnapshotByIdShowsThePayoutsWhateverTheirState) {
  Payout a = Move(Insert(NewPayout(Key("a"))), State::kSucceeded, At(1));
  Payout b = Insert(NewPayout(Key("b")));
  Insert(NewPayout(Key("c"), "bob"));
  const std::int64_t then = Must(store().LastPosition());
  Move(b, State::kCancelled, At(2));
  Insert(NewPayout("later"));

  const StreamFilter filter =
      Of({Key("later"), Key("c"), Key("b"), Key("a"), Key("nobody"), Key("a")});
  for (int limit = 1; limit < 4; ++limit) {
    const std::vector<Payout> payouts = Snapshot(filter, then, limit);
    ASSERT_THAT(Ids(payouts), ElementsAre("a", "b")) << limit;
    ExpectSame(payouts[0], a);
    EXPECT_EQ(payouts[1].status.state, State::kQueued);
  }
}

TEST_P(PayoutStoreStreams, ReadersGetThroughThousandsOfPayoutsThatTheyDoNotWant) {
  std::vector<std::optional<absl::StatusOr<InsertResult>>> inserts(2500);
  TaskScope scope;
  for (std::size_t i = 0; i < inserts.size(); ++i) {
    scope.Spawn(
        LoopExecutor::Keep(store().Insert(NewPayout(Key(absl::StrCat("p", i), "x"))), inserts[i]));
  }
  loop().RunUntil([&scope] { return scope.active() == 0; });
  Insert(NewPayout(Key("wanted", "y")));

  StreamFilter filter = Feed();
  filter.merchants = {MerchantName("y")};
  EXPECT_THAT(Ids(Events(filter, 0, 10)), ElementsAre("wanted"));
  EXPECT_THAT(Ids(Snapshot(filter, 2501, 10)), ElementsAre("wanted"));
  EXPECT_EQ(Snapshot(Feed(), 2501, 700).size(), 2501u);
  EXPECT_EQ(Snapshot(Feed(), 2400, 700).size(), 2400u);  // What came later is left out.
}

// Snapshot and events together must be the whole story, whatever happens while the snapshot is
// read.
TEST_P(PayoutStoreStreams, ASnapshotAndTheEventsAfterItMissNothingWhilePayoutsChange) {
  constexpr unsigned kSeed = 20240607;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  std::mt19937 random(kSeed);
  const auto pick = [&random](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  std::vector<PayoutKey> keys;
  const auto change_something = [&] {
    if (keys.empty() || pick(4) == 0) {
      keys.push_back(Key(absl::StrCat("p", keys.size())));
      Insert(NewPayout(keys.back(), pick(5) == 0 ? "bob" : "alice"));
      return;
    }
    const Payout row = Get(keys[static_cast<std::size_t>(pick(static_cast<int>(keys.size())))]);
    Change change = To(kAllStates[pick(8)], row, At(pick(1000)));
    change.after.status.needs_review.clear();
    if (pick(4) == 0) change.after.status.needs_review = {Review::kIdUsedElsewhere};
    Must(store().Apply(change));
  };

  for (int i = 0; i < 200; ++i) change_something();
  const std::int64_t then = Must(store().LastPosition());
  std::map<std::string, Event> expected;  // What was shown then, from the events themselves.
  for (const Event& event : AllEvents()) {
    if (event.tenant.value() == "alice") expected[event.key.payout_id.value()] = event;
  }
  std::erase_if(expected,
                [](const auto& entry) { return !record::OpenOrNeedsReview(entry.second.status); });

  const std::vector<Payout> payouts = Snapshot(Feed(), then, 3, [&] {
    for (int i = 0; i < 5; ++i) change_something();
  });
  ASSERT_EQ(payouts.size(), expected.size());
  for (const Payout& payout : payouts) {
    SCOPED_TRACE(payout.intent.key.payout_id.value());
    const Event& event = expected.at(payout.intent.key.payout_id.value());
    EXPECT_EQ(payout.status, event.status);
    EXPECT_EQ(payout.revision, event.revision);
    EXPECT_EQ(payout.position, event.position);
    EXPECT_EQ(payout.updated_at, event.at);
  }

  std::map<std::string, std::int64_t> revisions;
  for (const Payout& payout : payouts)
    revisions[payout.intent.key.payout_id.value()] = payout.revision;
  for (const Event& event : Events(Feed(), then, 4)) {
    std::int64_t& revision = revisions[event.key.payout_id.value()];
    if (revision != 0) {
      EXPECT_EQ(event.revision, revision + 1);
    }
    revision = event.revision;
  }
  for (const auto& [id, revision] : revisions) EXPECT_EQ(Get(Key(id)).revision, revision) << id;
}

}  // namespace
}  // namespace payout::testing
