// The domain's numbers and names are those of the public API.

#include <string>

#include <gtest/gtest.h>

#include "payout/v1/error_reason.pb.h"
#include "payout/v1/payout.pb.h"
#include "server/domain/payout.h"
#include "server/domain/reason.h"

namespace payout {
namespace {

// Text that ReasonName gives for numbers that are no Reason.
constexpr std::string_view kFallback = "INTERNAL";

TEST(ReasonProtoTest, EveryReasonOfTheApiIsOneOfTheDomain) {
  const auto* reasons = v1::ErrorReason_descriptor();
  int compared = 0;
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto* value = reasons->value(i);
    if (value->number() == 0) continue;
    EXPECT_EQ("ERROR_REASON_" + std::string(ReasonName(static_cast<Reason>(value->number()))),
              value->name());
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST(ReasonProtoTest, EveryReasonOfTheDomainIsOneOfTheApi) {
  for (int number = 1; number < 1'000; ++number) {
    const std::string_view name = ReasonName(static_cast<Reason>(number));
    if (name == kFallback && number != static_cast<int>(Reason::kInternal)) continue;
    const auto* value = v1::ErrorReason_descriptor()->FindValueByNumber(number);
    ASSERT_NE(value, nullptr) << name;
    EXPECT_EQ(value->name(), "ERROR_REASON_" + std::string(name));
  }
}

// Compares every value of an enum of the API with a name of the domain, and the domain's values
// with the API's.
template <class Name>
void ExpectSame(const google::protobuf::EnumDescriptor* api, const std::string& prefix, Name name) {
  for (int number = 1; number < 100; ++number) {
    const auto* value = api->FindValueByNumber(number);
    const std::string ours(name(number));
    if (value == nullptr) {
      EXPECT_EQ(ours, "?") << "only the domain knows " << number;
    } else {
      EXPECT_EQ(prefix + ours, value->name());
    }
  }
}

TEST(ReasonProtoTest, StatesAreThoseOfTheApi) {
  ExpectSame(v1::PayoutState_descriptor(), "PAYOUT_STATE_",
             [](int number) { return StateName(static_cast<State>(number)); });
}

TEST(ReasonProtoTest, ReviewReasonsAreThoseOfTheApi) {
  ExpectSame(v1::ReviewReason_descriptor(), "REVIEW_REASON_",
             [](int number) { return ReviewName(static_cast<Review>(number)); });
}

TEST(ReasonProtoTest, ReasonCategoriesAreThoseOfTheApi) {
  const auto expect = [](ReasonCategory category, int number) {
    EXPECT_EQ(static_cast<int>(category), number);
  };
  expect(ReasonCategory::kOther, v1::REASON_CATEGORY_OTHER);
  expect(ReasonCategory::kRequest, v1::REASON_CATEGORY_REQUEST);
  expect(ReasonCategory::kConfiguration, v1::REASON_CATEGORY_CONFIGURATION);
  expect(ReasonCategory::kLimit, v1::REASON_CATEGORY_LIMIT);
  expect(ReasonCategory::kBalance, v1::REASON_CATEGORY_BALANCE);
  expect(ReasonCategory::kUnavailable, v1::REASON_CATEGORY_UNAVAILABLE);
  expect(ReasonCategory::kDenied, v1::REASON_CATEGORY_DENIED);
  expect(ReasonCategory::kExpired, v1::REASON_CATEGORY_EXPIRED);
  expect(ReasonCategory::kPlatform, v1::REASON_CATEGORY_PLATFORM);
  expect(ReasonCategory::kCancelled, v1::REASON_CATEGORY_CANCELLED);
  EXPECT_EQ(v1::ReasonCategory_MAX, v1::REASON_CATEGORY_CANCELLED) << "the domain lacks a category";
}

}  // namespace
}  // namespace payout
