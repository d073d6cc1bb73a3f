#include "tests/contract/payout_store_contract.h"

namespace payout::testing {

void ExpectSame(const Payout& actual, const Payout& expected) {
  // All fields by name: one that is added to Payout and not compared here does not compile.
  const auto& [intent, fingerprint, rendered, status, revision, position, created_at, updated_at,
               submission, absence, contradiction, schedule, hint_seq, hint_read_seq, last_read_at,
               last_answer_at, sequence, version] = expected;
  EXPECT_EQ(actual.intent, intent);
  EXPECT_EQ(actual.intent.money.amount.ToString(), intent.money.amount.ToString());
  EXPECT_EQ(actual.fingerprint, fingerprint);
  EXPECT_EQ(actual.rendered, rendered);
  EXPECT_EQ(actual.status, status);
  EXPECT_EQ(actual.revision, revision);
  EXPECT_EQ(actual.position, position);
  EXPECT_EQ(actual.created_at, created_at);
  EXPECT_EQ(actual.updated_at, updated_at);
  EXPECT_EQ(actual.submission, submission);
  EXPECT_EQ(actual.absence, absence);
  EXPECT_EQ(actual.contradiction, contradiction);
  EXPECT_EQ(actual.schedule, schedule);
  EXPECT_EQ(actual.hint_seq, hint_seq);
  EXPECT_EQ(actual.hint_read_seq, hint_read_seq);
  EXPECT_EQ(actual.last_read_at, last_read_at);
  EXPECT_EQ(actual.last_answer_at, last_answer_at);
  EXPECT_EQ(actual.sequence, sequence);
  EXPECT_EQ(actual.version, version);
}

void ExpectSame(const Event& actual, const Event& expected) {
  const auto& [position, tenant, key, revision, previous_state, at, status, intent, created_at] =
      expected;
  EXPECT_EQ(actual.position, position);
  EXPECT_EQ(actual.tenant, tenant);
  EXPECT_EQ(actual.key, key);
  EXPECT_EQ(actual.revision, revision);
  EXPECT_EQ(actual.previous_state, previous_state);
  EXPECT_EQ(actual.at, at);
  EXPECT_EQ(actual.status, status);
  EXPECT_EQ(actual.intent, intent);
  EXPECT_EQ(actual.created_at, created_at);
}

Payout PayoutStoreContract::Insert(Payout payout) {
  InsertResult result = Must(store().Insert(std::move(payout)));
  EXPECT_TRUE(result.inserted);
  return result.payout;
}

Payout PayoutStoreContract::Move(const Payout& row, State state, absl::Time at) {
  return Must(store().Apply(To(state, row, at)));
}

Payout PayoutStoreContract::Move(const Payout& row, State state, absl::Time at, Schedule schedule) {
  Change change = To(state, row, at);
  change.after.schedule = schedule;
  return Must(store().Apply(change));
}

Payout PayoutStoreContract::Get(const PayoutKey& key) {
  std::optional<Payout> found = Must(store().Find(key));
  EXPECT_TRUE(found.has_value());
  return found.value_or(Payout());
}

LeaseResult PayoutStoreContract::LeaseDue(WorkClass work, absl::Time now, int limit,
                                          std::string owner, std::string merchant) {
  return Must(store().Lease({MerchantName(std::move(merchant)), work, now, now + absl::Seconds(60),
                             std::move(owner), limit}));
}

std::vector<Event> PayoutStoreContract::AllEvents() {
  return Must(store().ReadEvents(0, 1'000'000)).events;
}

std::vector<std::string> Ids(const std::vector<Payout>& payouts) {
  std::vector<std::string> ids;
  for (const Payout& payout : payouts) ids.push_back(payout.intent.key.payout_id.value());
  return ids;
}

std::vector<std::string> Ids(const std::vector<Event>& events) {
  std::vector<std::string> ids;
  for (const Event& event : events) ids.push_back(event.key.payout_id.value());
  return ids;
}

}  // namespace payout::testing
