#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ListQuery Of(std::string tenant) {
  ListQuery query;
  query.tenant = TenantName(std::move(tenant));
  return query;
}

TEST_P(PayoutStoreLists, FindReturnsNothingForAnUnknownKey) {
  Insert(NewPayout("a"));
  EXPECT_EQ(Must(store().Find(Key("b"))), std::nullopt);
  EXPECT_EQ(Must(store().Find(Key("a", "other"))), std::nullopt);
}

TEST_P(PayoutStoreLists, AListHoldsTheTenantsPayoutsNewestFirst) {
  Insert(NewPayout(Key("a"), "alice"));
  Insert(NewPayout(Key("b"), "bob"));
  const Payout c = Insert(NewPayout(Key("c"), "alice"));
  const std::vector<Payout> payouts = Must(store().List(Of("alice")));
  EXPECT_THAT(Ids(payouts), ElementsAre("c", "a"));
  ExpectSame(payouts[0], c);
  EXPECT_THAT(Must(store().List(Of("carol"))), IsEmpty());
}

TEST_P(PayoutStoreLists, FiltersCombine) {
  // Twelve payouts: merchants x, y, z in turn, states in turn, one second apart.
  const State states[] = {State::kProcessing, State::kSucceeded, State::kFailed, State::kQueued};
  const char* const merchants[] = {"x", "y", "z"};
  std::vector<Payout> rows;
  for (int i = 0; i < 12; ++i) {
    Payout row = Insert(NewPayout(Key(absl::StrCat("p", i), merchants[i % 3]), "alice", At(i)));
    Change change = To(states[i % 4], row, At(100));
    if (i % 5 == 0) change.after.status.needs_review = {Review::kIdUsedElsewhere};
    rows.push_back(Must(store().Apply(change)));
  }
  Insert(NewPayout(Key("other", "x"), "bob", At(5)));

  // Each filter alone and all together, against the rule itself.
  for (int filters = 0; filters < 64; ++filters) {
    ListQuery query = Of("alice");
    if (filters & 1) query.merchants = {MerchantName("x"), MerchantName("z")};
    if (filters & 2) query.states = {State::kProcessing, State::kFailed, State::kFailed};
    if (filters & 4) query.created_from = At(2) - absl::Nanoseconds(1);
    if (filters & 8) query.created_before = At(9);
    if (filters & 16) query.needs_review = true;
    if (filters & 32) query.before_sequence = rows[8].sequence;
    std::vector<std::string> expected;
    for (int i = 11; i >= 0; --i) {
      if ((filters & 1) && i % 3 == 1) continue;
      if ((filters & 2) && i % 4 != 0 && i % 4 != 2) continue;
      if ((filters & 4) && i < 2) continue;
      if ((filters & 8) && i >= 9) continue;
      if ((filters & 16) && i % 5 != 0) continue;
      if ((filters & 32) && i >= 8) continue;
      expected.push_back(absl::StrCat("p", i));
    }
    EXPECT_EQ(Ids(Must(store().List(query))), expected) << "filters " << filters;
    query.limit = 2;
    expected.resize(std::min<std::size_t>(expected.size(), 2));
    EXPECT_EQ(Ids(Must(store().List(query))), expected) << "filters " << filters;
  }
}

TEST_P(PayoutStoreLists, PagesHaveNoGapsAndNoDuplicatesWhilePayoutsAreAdded) {
  for (int i = 0; i < 50; ++i) Insert(NewPayout(absl::StrCat("old", i)));
  std::vector<std::string> seen;
  ListQuery query = Of("alice");
  query.limit = 7;
  for (int page = 0;; ++page) {
    const std::vector<Payout> payouts = Must(store().List(query));
    if (payouts.empty()) break;
    for (const Payout& payout : payouts) seen.push_back(payout.intent.key.payout_id.value());
    query.before_sequence = payouts.back().sequence;
    Insert(NewPayout(absl::StrCat("new", page)));
    Move(Get(Key(absl::StrCat("old", page))), State::kProcessing, At(page));
  }
  ASSERT_EQ(seen.size(), 50u);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(seen[static_cast<std::size_t>(i)], absl::StrCat("old", 49 - i));
}

}  // namespace
}  // namespace payout::testing
