#include "server/main/config/suggest.h"

#include <gtest/gtest.h>

namespace payout {
namespace {

TEST(SuggestTest, NearWordsAreFound) {
  const std::vector<std::string> words = {"listen", "level", "format", "reflection"};
  EXPECT_EQ(Suggest("lisen", words), "listen");
  EXPECT_EQ(Suggest("ilsten", words), "listen");
  EXPECT_EQ(Suggest("levle", words), "level");
  EXPECT_EQ(Suggest("reflecton", words), "reflection");
  EXPECT_EQ(DidYouMean("formt", words), " (did you mean format?)");
}

TEST(SuggestTest, ABeginningIsEnough) {
  EXPECT_EQ(Suggest("reflect", {"select", "reflection"}), "reflection");
  EXPECT_EQ(Suggest("re", {"reflection"}), std::nullopt);
}

TEST(SuggestTest, FarWordsAreNot) {
  const std::vector<std::string> words = {"listen", "level"};
  EXPECT_EQ(Suggest("timeout", words), std::nullopt);
  EXPECT_EQ(Suggest("", words), std::nullopt);
  EXPECT_EQ(Suggest(std::string(100'000, 'l'), words), std::nullopt);
  EXPECT_EQ(DidYouMean("timeout", words), "");
}

}  // namespace
}  // namespace payout
