#include "server/domain/reason.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace payout {
namespace {

const std::string kHostile[] = {"",
                                ":",
                                "1:",
                                "5:abc",
                                "0:0:0:",
                                "-1",
                                std::string("\0", 1),
                                std::string("a\0:b", 4),
                                "\n",
                                "\xff\xfe",
                                std::string(100'000, ':'),
                                "18446744073709551616:",
                                "4:abcd4:efgh"};

TEST(ReasonTest, DetailsSurviveTheStatusWhateverTheTextIs) {
  for (const std::string& text : kHostile) {
    ErrorDetails details{.reason = Reason::kPayoutContentDiffers};
    details.metadata = {{text, text}, {"differing_fields", text + "," + text}};
    details.violations = {{text, Reason::kAmountMalformed, text}, {"", Reason::kInternal, ""}};
    details.retry_after = absl::Milliseconds(1500);
    const absl::Status status = MakeError(absl::StatusCode::kAlreadyExists, text, details);
    EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
    EXPECT_EQ(std::string(status.message()), text);
    EXPECT_EQ(DetailsOf(status), details);
  }
}

TEST(ReasonTest, EveryPartMayBeMissing) {
  const ErrorDetails none{.reason = Reason::kPayoutNotFound};
  EXPECT_EQ(DetailsOf(MakeError(absl::StatusCode::kNotFound, "m", none)), none);
  EXPECT_EQ(DetailsOf(MakeError(absl::StatusCode::kNotFound, "m", Reason::kPayoutNotFound)), none);

  ErrorDetails violations{.reason = Reason::kInternal};
  violations.violations = {{"f", Reason::kTextInvalid, "d"}};
  EXPECT_EQ(DetailsOf(MakeError(absl::StatusCode::kInternal, "m", violations)), violations);

  ErrorDetails metadata{.reason = Reason::kInternal, .metadata = {{"", ""}}};
  EXPECT_EQ(DetailsOf(MakeError(absl::StatusCode::kInternal, "m", metadata)), metadata);
}

TEST(ReasonTest, ARetryAfterOfNothingIsNotAMissingOne) {
  const ErrorDetails at_once{.reason = Reason::kServerDraining,
                             .retry_after = absl::ZeroDuration()};
  const auto details = DetailsOf(MakeError(absl::StatusCode::kUnavailable, "m", at_once));
  ASSERT_TRUE(details);
  EXPECT_EQ(details->retry_after, absl::ZeroDuration());
}

TEST(ReasonTest, StatusesOfOthersHaveNoDetails) {
  EXPECT_EQ(DetailsOf(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(DetailsOf(absl::InternalError("m")), std::nullopt);
  absl::Status other = absl::InternalError("m");
  other.SetPayload("type.example/other", absl::Cord("1:1"));
  EXPECT_EQ(DetailsOf(other), std::nullopt);
}

TEST(ReasonTest, CopiesOfAStatusKeepTheDetails) {
  const absl::Status status = MakeError(absl::StatusCode::kNotFound, "m", Reason::kPayoutNotFound);
  const absl::Status copy = status;
  EXPECT_EQ(DetailsOf(copy), DetailsOf(status));
}

TEST(ReasonTest, InvalidArgumentNamesTheFirstViolationAndCarriesAll) {
  const std::vector<Violation> violations = {
      {"money.amount", Reason::kAmountMalformed, "must be decimal text"},
      {"labels", Reason::kLabelsInvalid, "there must be at most 32"},
      {"customer_ip", Reason::kCustomerIpInvalid, "must be an address"}};
  const absl::Status status = InvalidArgument(violations);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()), "money.amount: must be decimal text (and 2 more)");
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details);
  EXPECT_EQ(details->reason, Reason::kAmountMalformed);
  EXPECT_EQ(details->violations, violations);

  EXPECT_EQ(std::string(InvalidArgument({violations[1]}).message()),
            "labels: there must be at most 32");
}

}  // namespace
}  // namespace payout
