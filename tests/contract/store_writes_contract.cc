#include <deque>

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(PayoutStoreWrites, InsertStoresEveryFieldAndIsTheFirstRevision) {
  const Payout given = FullPayout();
  const Payout stored = Insert(given);
  Payout expected = given;
  expected.revision = 1;
  expected.version = 1;
  expected.position = 1;
  expected.sequence = stored.sequence;
  expected.hint_read_seq = 0;
  ExpectSame(stored, expected);
  ExpectSame(Get(given.intent.key), expected);
}

TEST_P(PayoutStoreWrites, AReaderFindsWhatFindDoesAtOnce) {
  PayoutReader* const reader = store().reader();
  ASSERT_NE(reader, nullptr) << "both stores have one";
  const Payout stored = Insert(FullPayout());
  ExpectSame(reader->Find(stored.intent.key)->value(), stored);
  const Payout moved = Move(stored, State::kSubmitting, At(1));
  ExpectSame(reader->Find(stored.intent.key)->value(), moved);
  EXPECT_EQ(reader->Find(Key("nobody-has-it")).value(), std::nullopt);
}

TEST_P(PayoutStoreWrites, TimesAreKeptToTheMicrosecondAndWritesReturnWhatReadsReturn) {
  Payout given = NewPayout(Key("a"), "alice", At(0) + absl::Nanoseconds(1'999));
  given.absence.last = absl::Nanoseconds(7) + absl::Nanoseconds(1) / 4;
  const Payout stored = Insert(given);
  EXPECT_EQ(stored.created_at, At(0) + absl::Microseconds(1));
  EXPECT_EQ(stored.absence.last, absl::Nanoseconds(7));
  ExpectSame(Get(Key("a")), stored);
}

TEST_P(PayoutStoreWrites, ATimeThatHasNoStoredFormIsRefused) {
  Payout given = NewPayout("a");
  given.schedule.due_at = absl::InfiniteFuture();
  EXPECT_EQ(Run(store().Insert(given)).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Must(store().Find(Key("a"))), std::nullopt);
}

TEST_P(PayoutStoreWrites, SecondInsertOfAKeyReturnsTheFirstUnchanged) {
  const Payout first = Insert(NewPayout("a"));
  Payout other = NewPayout("a");
  other.intent.money.amount = *Decimal::Parse("1");
  const InsertResult second = Must(store().Insert(other));
  EXPECT_FALSE(second.inserted);
  ExpectSame(second.payout, first);
  EXPECT_EQ(AllEvents().size(), 1u);
}

TEST_P(PayoutStoreWrites, AnIdOfAnotherTenantIsReturnedAndNotTaken) {
  Insert(NewPayout(Key("a"), "alice"));
  const InsertResult second = Must(store().Insert(NewPayout(Key("a"), "bob")));
  EXPECT_FALSE(second.inserted);
  EXPECT_EQ(second.payout.intent.tenant.value(), "alice");
}

TEST_P(PayoutStoreWrites, TheSameIdAtAnotherMerchantIsAnotherPayout) {
  Insert(NewPayout(Key("a", "shop")));
  Insert(NewPayout(Key("a", "other")));
  EXPECT_EQ(Get(Key("a", "other")).intent.key.merchant.value(), "other");
}

TEST_P(PayoutStoreWrites, OfConcurrentInsertsOfAKeyExactlyOneInserts) {
  std::deque<std::optional<absl::StatusOr<InsertResult>>> results(20);
  TaskScope scope;
  for (std::size_t i = 0; i < results.size(); ++i) {
    Payout payout = NewPayout("a");
    payout.fingerprint = absl::StrCat("1;n=", i);
    scope.Spawn(LoopExecutor::Keep(store().Insert(payout), results[i]));
  }
  loop().RunUntil([&scope] { return scope.active() == 0; });

  int inserted = 0;
  for (const auto& result : results) {
    ASSERT_TRUE((*result).ok()) << (*result).status();
    inserted += (*result)->inserted ? 1 : 0;
    EXPECT_EQ((*result)->payout.fingerprint, Get(Key("a")).fingerprint);
  }
  EXPECT_EQ(inserted, 1);
  EXPECT_EQ(AllEvents().size(), 1u);
}

TEST_P(PayoutStoreWrites, ApplyWritesEverythingThatADecisionMayChange) {
  const Payout before = Insert(NewPayout("full"));
  Change change;
  change.after = FullPayout();
  change.after.intent.tenant = TenantName("mallory");
  change.after.intent.customer_id = "someone else";
  change.after.fingerprint = "another";
  change.after.rendered.body = "another";
  change.after.created_at = At(-100);
  change.after.sequence = 99;
  change.after.hint_seq = 99;
  change.expected_version = before.version;
  change.emits_event = true;
  change.at = At(50);
  const Payout after = Must(store().Apply(change));

  Payout expected = FullPayout();
  expected.intent = before.intent;  // What was asked for never changes.
  expected.fingerprint = before.fingerprint;
  expected.rendered = before.rendered;
  expected.created_at = before.created_at;
  expected.sequence = before.sequence;
  expected.hint_seq = 0;
  expected.revision = 2;
  expected.version = 2;
  expected.position = 2;
  expected.updated_at = At(50);
  ExpectSame(after, expected);
  ExpectSame(Get(Key("full")), expected);
}

TEST_P(PayoutStoreWrites, AChangeThatNobodySeesRaisesTheVersionOnly) {
  const Payout before = Insert(NewPayout("a"));
  Change change = Quiet(before);
  change.after.schedule = {WorkClass::kPoll, At(9), 3};
  change.at = At(50);
  Payout expected = before;
  expected.schedule = change.after.schedule;
  expected.version = 2;
  ExpectSame(Must(store().Apply(change)), expected);
  ExpectSame(Get(Key("a")), expected);
  EXPECT_EQ(AllEvents().size(), 1u);
}

TEST_P(PayoutStoreWrites, AChangeOfStatusWithoutAnEventIsRefused) {
  const Payout before = Insert(NewPayout("a"));
  Change change = Quiet(before);
  change.after.status.platform_status = "NEWS";
  EXPECT_EQ(Run(store().Apply(change)).status().code(), absl::StatusCode::kInvalidArgument);
  ExpectSame(Get(Key("a")), before);
}

TEST_P(PayoutStoreWrites, AChangeDecidedOnAnotherVersionIsAbortedAndWritesNothing) {
  const Payout first = Insert(NewPayout("a"));
  const Payout second = Move(first, State::kSubmitting, At(1));
  Change late = To(State::kCancelled, first, At(2));
  late.attempt = Attempt{};
  EXPECT_EQ(Run(store().Apply(late)).status().code(), absl::StatusCode::kAborted);
  ExpectSame(Get(Key("a")), second);
  EXPECT_EQ(AllEvents().size(), 2u);
  EXPECT_THAT(Must(store().Attempts(Key("a"))), IsEmpty());
}

TEST_P(PayoutStoreWrites, AChangeOfAnUnknownPayoutIsNotFound) {
  EXPECT_EQ(Run(store().Apply(Quiet(NewPayout("a")))).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(PayoutStoreWrites, RevisionsHaveNoGapsAndPositionsIncreaseOverInterleavedPayouts) {
  Payout a = Insert(NewPayout("a"));
  Payout b = Insert(NewPayout("b"));
  for (int round = 0; round < 5; ++round) {
    a = Move(a, State::kSubmitting, At(round));
    b = Must(store().Apply(Quiet(b)));
    b = Move(b, State::kSubmitting, At(round));
    EXPECT_EQ(Run(store().Apply(To(State::kQueued, a, At(round)))).ok(), true);
    EXPECT_FALSE(Run(store().Apply(To(State::kFailed, a, At(round)))).ok());
    a = Get(Key("a"));
  }

  std::map<std::string, std::int64_t> revisions;
  std::int64_t position = 0;
  for (const Event& event : AllEvents()) {
    EXPECT_EQ(event.revision, ++revisions[event.key.payout_id.value()]);
    EXPECT_GT(event.position, position);
    position = event.position;
  }
  EXPECT_EQ(revisions["a"], a.revision);
  EXPECT_EQ(revisions["b"], b.revision);
  EXPECT_EQ(Must(store().LastPosition()), position);
}

TEST_P(PayoutStoreWrites, AnEventTellsTheStatusThatTheRowGot) {
  const Payout first = Insert(NewPayout("full"));
  Change change = To(State::kFailed, first, At(7));
  change.after.status = FullStatus();
  const Payout after = Must(store().Apply(change));

  const std::vector<Event> events = AllEvents();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].previous_state, std::nullopt);
  EXPECT_EQ(events[0].status, first.status);
  EXPECT_EQ(events[0].at, first.created_at);
  EXPECT_EQ(events[1].position, after.position);
  EXPECT_EQ(events[1].tenant, after.intent.tenant);
  EXPECT_EQ(events[1].key, after.intent.key);
  EXPECT_EQ(events[1].revision, 2);
  EXPECT_EQ(events[1].previous_state, State::kQueued);
  EXPECT_EQ(events[1].at, At(7));
  EXPECT_EQ(events[1].status, after.status);
}

TEST_P(PayoutStoreWrites, TheListenerHearsOfEventsThatCanBeReadAlready) {
  std::vector<std::int64_t> heard;
  std::vector<std::optional<absl::StatusOr<std::int64_t>>> readable(100);
  std::vector<EventPtr> told;
  TaskScope scope;
  store().OnCommit([&](std::int64_t position, const std::vector<EventPtr>& events) {
    heard.push_back(position);
    told.insert(told.end(), events.begin(), events.end());
    scope.Spawn(LoopExecutor::Keep(store().LastPosition(), readable[heard.size() - 1]));
  });
  Payout a = Insert(NewPayout("a"));
  a = Must(store().Apply(Quiet(a)));  // No event.
  Move(a, State::kSubmitting, At(1));
  loop().RunUntil([&] { return !heard.empty() && heard.back() == 2 && scope.active() == 0; });

  for (std::size_t i = 0; i < heard.size(); ++i) EXPECT_GE(**readable[i], heard[i]);
  EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
  EXPECT_EQ(std::adjacent_find(heard.begin(), heard.end()), heard.end());
  store().OnCommit(nullptr);

  const std::vector<Event> read = Must(store().ReadEvents(0, 10)).events;
  ASSERT_EQ(told.size(), read.size());
  for (std::size_t i = 0; i < read.size(); ++i) ExpectSame(*told[i], read[i]);
}

TEST_P(PayoutStoreWrites, TheListenerHearsNothingOfWhatWasRefused) {
  std::vector<EventPtr> told;
  store().OnCommit([&](std::int64_t, const std::vector<EventPtr>& events) {
    told.insert(told.end(), events.begin(), events.end());
  });
  const Payout a = Insert(NewPayout("a"));
  Move(a, State::kSubmitting, At(1));
  EXPECT_TRUE(absl::IsAborted(Run(store().Apply(To(State::kCancelled, a, At(2)))).status()));
  Insert(NewPayout("b"));
  loop().RunUntil([&] { return !told.empty() && told.back()->key.payout_id.value() == "b"; });
  store().OnCommit(nullptr);
  std::vector<std::int64_t> positions;
  for (const EventPtr& event : told) positions.push_back(event->position);
  EXPECT_THAT(positions, ElementsAre(1, 2, 3));
}

TEST_P(PayoutStoreWrites, AttemptsAreKeptInOrderAndAnOpenOneIsClosedInPlace) {
  Payout a = Insert(NewPayout("a"));
  const Attempt token{Call::kToken, At(1),     At(2),      Certainty::kAnswered,
                      200,          "GRANTED", "token.use"};
  const Attempt open{Call::kCreate, At(3), std::nullopt, Certainty::kOpen, 0, "", "claim"};
  const Attempt closed{Call::kCreate, At(3),           At(4), Certainty::kMaybeSent, 0,
                       "MAYBE_SENT",  "create.unknown"};
  const Attempt read{Call::kRead, At(5), At(6), Certainty::kAnswered, 410, "GONE", "read.absent"};
  const auto apply = [&](const Attempt& attempt, bool closes) {
    Change change = Quiet(a);
    change.attempt = attempt;
    change.closes_attempt = closes;
    a = Must(store().Apply(change));
  };
  apply(token, false);
  apply(open, false);
  EXPECT_THAT(Must(store().Attempts(Key("a"))), ElementsAre(token, open));
  apply(closed, true);
  EXPECT_THAT(Must(store().Attempts(Key("a"))), ElementsAre(token, closed));
  apply(read, true);  // None is open: nothing may be lost.
  EXPECT_THAT(Must(store().Attempts(Key("a"))), ElementsAre(token, closed, read));
  EXPECT_THAT(Must(store().Attempts(Key("nobody"))), IsEmpty());
}

}  // namespace
}  // namespace payout::testing
