// Places: bounded, and not for one tenant alone.

#include "server/rpc/admission.h"

#include <vector>

#include <gtest/gtest.h>

namespace payout {
namespace {

const TenantName kMany("many");
const TenantName kFew("few");

// Takes places until there are no more; how many.
std::vector<Places::Place> Fill(Places& places, const TenantName& tenant) {
  std::vector<Places::Place> taken;
  while (std::optional<Places::Place> place = places.Enter(tenant)) {
    taken.push_back(*std::move(place));
  }
  return taken;
}

TEST(PlacesTest, OneTenantLeavesAQuarterForWhoeverComes) {
  Places places(100);
  const std::vector<Places::Place> many = Fill(places, kMany);
  EXPECT_EQ(many.size(), 75u);
  const std::vector<Places::Place> few = Fill(places, kFew);
  EXPECT_EQ(few.size(), 25u);
  EXPECT_EQ(places.taken(), 100);
}

TEST(PlacesTest, HalfIsTheMostWhileOthersArePresent) {
  Places places(100);
  const std::optional<Places::Place> few = places.Enter(kFew);
  ASSERT_TRUE(few.has_value());
  std::vector<Places::Place> many = Fill(places, kMany);
  EXPECT_EQ(many.size(), 50u);
}

TEST(PlacesTest, PlacesComeBackWhenTheyAreLeft) {
  Places places(8);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Fill(places, kMany).size(), 6u);
  EXPECT_EQ(places.taken(), 0);
  std::optional<Places::Place> place = places.Enter(kMany);
  const Places::Place moved = *std::move(place);
  place.reset();
  EXPECT_EQ(places.taken(), 1);
}

TEST(PlacesTest, SinglePlaceCanBeTakenByAnybody) {
  Places places(1);
  EXPECT_EQ(Fill(places, kMany).size(), 1u);
  EXPECT_EQ(Fill(places, kFew).size(), 1u);
}

}  // namespace
}  // namespace payout
