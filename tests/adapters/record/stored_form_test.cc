#include "adapters/record/stored_form.h"

#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/record/record_codec.h"
#include "tests/contract/payout_builder.h"

namespace payout::record {
namespace {

using ::payout::testing::At;
using ::payout::testing::FullPayout;
using ::payout::testing::Quiet;

TEST(StoredForm, TimesAreRoundedDownToMicrosecondsAlsoBeforeTheEpoch) {
  absl::Time time = At(0) + absl::Nanoseconds(1'999);
  ASSERT_EQ(ToStoredForm(time), absl::OkStatus());
  EXPECT_EQ(time, At(0) + absl::Microseconds(1));
  time = absl::UnixEpoch() - absl::Nanoseconds(1);
  ASSERT_EQ(ToStoredForm(time), absl::OkStatus());
  EXPECT_EQ(time, absl::UnixEpoch() - absl::Microseconds(1));
}

// Every time of a payout, each made impossible in turn.
TEST(StoredForm, NoTimeOfAPayoutMayBeInfinite) {
  const absl::Time never = absl::InfiniteFuture();
  const std::vector<std::function<void(Payout&)>> mutations = {
      [&](Payout& p) { p.intent.submit_before = never; },
      [&](Payout& p) { p.status.correction->seen_at = never; },
      [&](Payout& p) { p.status.reasons[1].failed_at = never; },
      [&](Payout& p) { p.status.platform_created_at = never; },
      [&](Payout& p) { p.status.platform_processed_at = never; },
      [&](Payout& p) { p.status.settled_at = never; },
      [&](Payout& p) { p.created_at = absl::InfinitePast(); },
      [&](Payout& p) { p.updated_at = never; },
      [&](Payout& p) { p.submission.refusals[0].failed_at = never; },
      [&](Payout& p) { p.submission.first_claim_at = never; },
      [&](Payout& p) { p.submission.last_post_closed_at = never; },
      [&](Payout& p) { p.absence.post_closed = absl::InfiniteDuration(); },
      [&](Payout& p) { p.absence.last = -absl::InfiniteDuration(); },
      [&](Payout& p) { p.contradiction->first_seen = never; },
      [&](Payout& p) { p.schedule.due_at = never; },
      [&](Payout& p) { p.last_read_at = never; },
      [&](Payout& p) { p.last_answer_at = never; },
  };
  Payout fine = FullPayout();
  ASSERT_EQ(ToStoredForm(fine), absl::OkStatus());
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    Payout payout = FullPayout();
    mutations[i](payout);
    EXPECT_TRUE(absl::IsInvalidArgument(ToStoredForm(payout))) << i;
  }
}

TEST(StoredForm, AStoredPayoutIsWhatItsRecordsBringBack) {
  Payout payout = FullPayout();
  payout.status.settled_at = At(1) + absl::Nanoseconds(1);
  payout.absence.last = absl::Nanoseconds(5) / 4;
  payout.last_read_at = At(1) + absl::Nanoseconds(999);
  payout.last_answer_at = At(1) + absl::Nanoseconds(999);
  ASSERT_EQ(ToStoredForm(payout), absl::OkStatus());
  Payout back;
  ASSERT_EQ(DecodeBookkeeping(EncodeBookkeeping(payout), back), absl::OkStatus());
  EXPECT_EQ(back.absence, payout.absence);
  EXPECT_EQ(back.last_read_at, payout.last_read_at);
  EXPECT_EQ(back.last_answer_at, payout.last_answer_at);
  EXPECT_EQ(*DecodeStatus(EncodeStatus(payout.status)), payout.status);
}

TEST(StoredForm, AChangeMayLeaveOutWhenAMissedCallbackIsDue) {
  Change change = Quiet(FullPayout());
  change.hint_due_at = absl::InfiniteFuture();
  EXPECT_EQ(ToStoredForm(change), absl::OkStatus());
  EXPECT_EQ(change.hint_due_at, absl::InfiniteFuture());
  change.at = absl::InfiniteFuture();
  EXPECT_TRUE(absl::IsInvalidArgument(ToStoredForm(change)));
}

}  // namespace
}  // namespace payout::record
