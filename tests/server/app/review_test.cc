// Operators' verdicts on the whole core under simulated time, counted at the platform's ledger; and
// what an explanation tells about it all.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/explain_payout.h"
#include "server/app/review_payout.h"
#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::StatusOr<Payout> Review(CoreFixture& fixture, const std::string& id, Verdict verdict) {
  ReviewPayout review(fixture.process->core, fixture.process->directory);
  auto reviewed = fixture.env.Await(review.Run({.key = {CoreFixture::kMerchant, PayoutId(id)},
                                                .review = {.verdict = verdict, .reasons = {}},
                                                .operator_name = "ada",
                                                .note = "checked with the platform"}));
  return reviewed ? *reviewed : absl::DeadlineExceededError("no end");
}

absl::StatusOr<Explanation> Explain(CoreFixture& fixture, const TenantName& tenant,
                                    const std::string& id) {
  ExplainPayout explain(fixture.process->core, fixture.process->directory);
  auto explained = fixture.env.Await(explain.ForTenant(tenant, "", id));
  return explained ? *explained : absl::DeadlineExceededError("no end");
}

// Sending again is left to a person.
CoreFixture::Options Manual() {
  CoreFixture::Options options;
  options.policy.resubmit_auto = false;
  return options;
}

// A create whose fate nobody knows and that was not applied, up to the review.
void LoseCreate(CoreFixture& fixture, const std::string& id) {
  fixture.platform.creates.push_back({false, CreateAnswer{.kind = CreateAnswerKind::kMaybeSent}});
  fixture.Create(id);
  ASSERT_TRUE(fixture.env.RunUntil([&] { return !fixture.Get(id).status.needs_review.empty(); },
                                   absl::Hours(2)));
}

TEST(ReviewTest, ResubmitLeadsToOnePayment) {
  CoreFixture fixture(Manual());
  LoseCreate(fixture, "P1");
  const std::int64_t revision = fixture.Get("P1").revision;
  const absl::StatusOr<Payout> reviewed = Review(fixture, "P1", Verdict::kResubmit);
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(reviewed->revision, revision + 1);
  EXPECT_THAT(reviewed->status.needs_review, IsEmpty());
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Hours(1)));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
  EXPECT_THAT(fixture.platform.bodies["P1"], SizeIs(1)) << "the same bytes";
}

TEST(ReviewTest, ResubmitOfACreateThatWasAppliedAfterAllDoesNotPayTwice) {
  CoreFixture fixture(Manual());
  LoseCreate(fixture, "P1");
  ASSERT_TRUE(Review(fixture, "P1", Verdict::kResubmit).ok());
  // It shows up late, before the second create could leave.
  fixture.platform.ledger["P1"] = {.money = {*Decimal::Parse("10.00"), "EUR"},
                                   .method = "BANK_TRANSFER",
                                   .created_at = fixture.env.Now()};
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Hours(1)));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 1);
}

TEST(ReviewTest, OneVerdictAllowsOneCreate) {
  CoreFixture fixture(Manual());
  LoseCreate(fixture, "P1");
  fixture.platform.creates.push_back({false, CreateAnswer{.kind = CreateAnswerKind::kMaybeSent}});
  ASSERT_TRUE(Review(fixture, "P1", Verdict::kResubmit).ok());
  EXPECT_EQ(Review(fixture, "P1", Verdict::kResubmit).status().code(),
            absl::StatusCode::kFailedPrecondition);
  fixture.env.RunFor(absl::Hours(48));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 2);
  EXPECT_THAT(fixture.Get("P1").status.needs_review, ElementsAre(Review::kResubmitNotAllowed));
}

TEST(ReviewTest, AGrantSurvivesARestart) {
  CoreFixture fixture(Manual());
  LoseCreate(fixture, "P1");
  ASSERT_TRUE(Review(fixture, "P1", Verdict::kResubmit).ok());
  fixture.Restart();
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Hours(1)));
}

TEST(ReviewTest, AdoptTakesThePlatformsPayoutOnlyWhenItMatches) {
  for (const char* amount : {"10", "99"}) {
    CoreFixture fixture;
    fixture.platform.ledger["P1"] = {.money = {*Decimal::Parse(amount), "EUR"},
                                     .method = "BANK_TRANSFER",
                                     .created_at = fixture.env.Now() - absl::Hours(24)};
    fixture.Create("P1");
    ASSERT_TRUE(fixture.env.RunUntil([&] { return !fixture.Get("P1").status.needs_review.empty(); },
                                     absl::Hours(1)));
    ASSERT_TRUE(Review(fixture, "P1", Verdict::kAdopt).ok());
    fixture.env.RunFor(absl::Minutes(1));
    const Payout payout = fixture.Get("P1");
    if (std::string(amount) == "10") {
      EXPECT_EQ(payout.status.state, State::kSucceeded);
    } else {
      EXPECT_EQ(payout.status.state, State::kOutcomeUnknown);
      EXPECT_THAT(payout.status.needs_review, ElementsAre(Review::kIdUsedElsewhere));
    }
    EXPECT_EQ(fixture.platform.Count(Call::kCreate), 1);
  }
}

TEST(ReviewTest, AVerdictIsInTheLogOfActionsWithWhoAndWhy) {
  CoreFixture fixture(Manual());
  LoseCreate(fixture, "P1");
  ASSERT_TRUE(Review(fixture, "P1", Verdict::kAcknowledge).ok());
  const auto actions = fixture.env.Await(fixture.store.Actions({}));
  ASSERT_THAT(**actions, SizeIs(1));
  const OperatorAction& action = (**actions)[0];
  EXPECT_EQ(action.verb, OperatorVerb::kReview);
  EXPECT_EQ(action.operator_name, "ada");
  EXPECT_EQ(action.note, "checked with the platform");
  EXPECT_EQ(action.payout_id.value(), "P1");
  EXPECT_EQ(action.details,
            "acknowledge: needs_review RESUBMIT_NOT_ALLOWED -> none; OUTCOME_UNKNOWN");
  EXPECT_EQ(Review(fixture, "P1", Verdict::kAcknowledge).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const auto after = fixture.env.Await(fixture.store.Actions({}));
  EXPECT_THAT(**after, SizeIs(1)) << "what was refused is no action";
}

TEST(ReviewTest, AVerdictOnAnUnknownPayoutIsNotFound) {
  CoreFixture fixture;
  EXPECT_EQ(Review(fixture, "nobody", Verdict::kAcknowledge).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ExplainTest, ItTellsEveryCallEveryEventAndWhatIsNext) {
  CoreFixture fixture(Manual());
  LoseCreate(fixture, "P1");
  ASSERT_TRUE(Review(fixture, "P1", Verdict::kResubmit).ok());
  const absl::StatusOr<Explanation> explained = Explain(fixture, CoreFixture::kTenant, "P1");
  ASSERT_TRUE(explained.ok()) << explained.status();
  const PayoutHistory& history = explained->history;
  ASSERT_THAT(history.events, SizeIs(history.payout.revision));
  EXPECT_EQ(explained->events_left_out, 0);
  EXPECT_EQ(history.events.front().status.state, State::kQueued);
  EXPECT_EQ(history.attempts.front().call, Call::kCreate);
  EXPECT_EQ(history.attempts.front().certainty, Certainty::kMaybeSent);
  EXPECT_EQ(history.attempts.front().rule, "create.unknown");
  EXPECT_EQ(history.attempts.size(),
            static_cast<std::size_t>(fixture.platform.Count(Call::kRead)) + 1);
  EXPECT_EQ(explained->next.action, "READ");
  EXPECT_THAT(explained->next.why, HasSubstr("operator allowed one more create"));
  EXPECT_THAT(history.actions, SizeIs(1));
}

TEST(ExplainTest, FailedTokenCallsAreAttemptsToo) {
  CoreFixture fixture;
  fixture.platform.tokens.push_back({.kind = TokenAnswerKind::kServerError, .http_status = 503});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));
  const absl::StatusOr<Explanation> explained = Explain(fixture, CoreFixture::kTenant, "P1");
  const Attempt& first = explained->history.attempts.front();
  EXPECT_EQ(first.call, Call::kToken);
  EXPECT_EQ(first.http_status, 503);
  EXPECT_EQ(*first.ended_at - first.started_at, fixture.platform.latency);
  EXPECT_EQ(first.rule, "token.SERVER_ERROR");
}

TEST(ExplainTest, APayoutOfAnotherTenantDoesNotExist) {
  CoreFixture fixture;
  fixture.process->directory.AddTenant({TenantName("other"), {CoreFixture::kMerchant}, ""});
  fixture.Create("P1");
  EXPECT_EQ(Explain(fixture, TenantName("other"), "P1").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Explain(fixture, CoreFixture::kTenant, "P2").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Explain(fixture, CoreFixture::kTenant, "a b").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace payout::testing
