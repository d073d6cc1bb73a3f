// With a million settled payouts, a query that scans a table is an outage. So the plans are tested,
// not timed.

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/list_sql.h"
#include "adapters/sqlite/migrations.h"
#include "adapters/sqlite/sql.h"
#include "server/base/status_macros.h"
#include "tests/contract/payout_builder.h"
#include "tests/contract/temp_dir.h"

namespace payout::sqlite {
namespace {

class QueryPlanTest : public ::testing::Test {
 protected:
  QueryPlanTest() {
    std::ofstream create(directory_.File("a.db"));
    create.close();
    database_ = *Database::Open(directory_.File("a.db"), Database::Access::kReadWrite);
    EXPECT_EQ(Migrate(*database_, SchemaMigrations()), absl::OkStatus());
  }

  std::vector<std::string> Plan(std::string_view sql) {
    std::vector<std::string> steps;
    Query query = database_->Run(absl::StrCat("EXPLAIN QUERY PLAN ", ToAbsl(sql)));
    while (true) {
      const absl::StatusOr<bool> row = query.Step();
      EXPECT_TRUE(row.ok()) << row.status();
      if (!row.ok() || !*row) return steps;
      steps.push_back(query.String(3));
    }
  }

  // Every table is searched by an index or by its key.
  void ExpectSearches(std::string_view sql, bool sorts = false) {
    SCOPED_TRACE(std::string(sql));
    const std::vector<std::string> steps = Plan(sql);
    EXPECT_FALSE(steps.empty());
    for (const std::string& step : steps) {
      const bool sort = step.rfind("USE TEMP B-TREE FOR ORDER BY", 0) == 0;
      EXPECT_TRUE(step.rfind("SEARCH ", 0) == 0 || (sorts && sort)) << step;
    }
  }

  testing::TempDir directory_;
  std::unique_ptr<Database> database_;
};

// They look at every open payout, and at no settled one.
TEST_F(QueryPlanTest, StatementsAfterAClockWasSetBackScanTheIndexOfOpenPayouts) {
  for (const std::string_view sql : {sql::kShiftDue, sql::kDueTooLate}) {
    const std::vector<std::string> steps = Plan(sql);
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_TRUE(steps[0].ends_with(" payouts USING INDEX payouts_counted")) << steps[0];
  }
}

TEST_F(QueryPlanTest, StatementsOnPayoutsAndEventsSearch) {
  for (const std::string_view sql : {sql::kRowByKey,
                                     sql::kRowBySequence,
                                     sql::kPlaceByKey,
                                     sql::kUpdateRow,
                                     sql::kUpdateBookkeeping,
                                     sql::kDueRows,
                                     sql::kTakeLease,
                                     sql::kRelease,
                                     sql::kRowForHint,
                                     sql::kNoteHint,
                                     sql::kParkAgain,
                                     sql::kLastAttempt,
                                     sql::kOpenAttempt,
                                     sql::kAttempts,
                                     sql::kLastPosition,
                                     sql::kFirstPosition,
                                     sql::kEventsAfter,
                                     sql::kTenantEventsAfter,
                                     sql::kPayoutEventsAfter,
                                     sql::kPayoutEventAt,
                                     sql::kOpenAfter,
                                     sql::kNewestEvents,
                                     sql::kDropAttempts,
                                     sql::kActionsOfPayout,
                                     sql::kActions}) {
    ExpectSearches(sql);
  }
  ExpectSearches(sql::kChangedAfter,
                 /*sorts=*/true);  // Sorts what changed since the snapshot's position.
}

TEST_F(QueryPlanTest, DueRowsComeInTheOrderOfTheirIndex) {
  EXPECT_EQ(Plan(sql::kDueRows),
            std::vector<std::string>{
                "SEARCH payouts USING INDEX payouts_due (merchant=? AND work=? AND due_at>?)"});
}

TEST_F(QueryPlanTest, ExpiringRowsComeInTheOrderOfTheirIndex) {
  EXPECT_EQ(Plan(sql::kExpiringRows),
            std::vector<std::string>{
                "SEARCH payouts USING INDEX payouts_expiring (merchant=? AND submit_before>?)"});
}

TEST_F(QueryPlanTest, WhatNeedsReviewIsCountedFromItsPartialIndexAlone) {
  EXPECT_EQ(Plan(sql::kCountReview),
            std::vector<std::string>{"SCAN payouts USING COVERING INDEX payouts_in_review"});
}

TEST_F(QueryPlanTest, OpenPayoutsAreCountedFromTheirPartialIndexAlone) {
  EXPECT_EQ(Plan(sql::kCountOpen),
            std::vector<std::string>{"SCAN payouts USING COVERING INDEX payouts_counted"});
}

TEST_F(QueryPlanTest, RecoveryLooksAtScheduledPayoutsOnly) {
  for (const std::string& step : Plan(sql::kRecover)) {
    EXPECT_NE(step.find("INDEX payouts_due"), std::string::npos) << step;
  }
}

TEST_F(QueryPlanTest, ARestoreLooksAtOpenPayoutsOnly) {
  const std::vector<std::string> steps = Plan(sql::kRestoredRows);
  ASSERT_FALSE(steps.empty());
  EXPECT_NE(steps[0].find("INDEX payouts_counted"), std::string::npos) << steps[0];
}

TEST_F(QueryPlanTest, EveryCombinationOfListFiltersSearches) {
  for (int filters = 0; filters < 64; ++filters) {
    ListQuery query;
    query.tenant = TenantName("alice");
    if (filters & 1) query.merchants = {MerchantName("x"), MerchantName("y")};
    if (filters & 2) query.states = {State::kSucceeded, State::kFailed};
    if (filters & 4) query.created_from = testing::At(0);
    if (filters & 8) query.created_before = testing::At(0);
    if (filters & 16) query.needs_review = true;
    if (filters & 32) query.before_sequence = 7;
    const bool by_time = (filters & 12) != 0;
    for (const ListPart& part : ListParts(query)) ExpectSearches(part.sql, by_time);
  }
}

}  // namespace
}  // namespace payout::sqlite
