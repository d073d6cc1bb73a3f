// The list of fail points is that of the sources.

#include "tests/crash/fail_points.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace payout::testing {
namespace {

TEST(FailPointsTest, TheListIsThatOfTheSources) {
  std::set<std::string> listed;
  for (const FailPoint& point : FailPoints()) EXPECT_TRUE(listed.insert(point.name).second);
  std::set<std::string> found;
  const std::string use = "PAYOUT_FAIL_POINT(\"";
  for (const char* folder : {"server", "adapters"}) {
    const std::filesystem::path root = std::filesystem::path(PAYOUT_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".cc") continue;
      std::ifstream file(entry.path());
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      for (std::size_t at = text.find(use); at != text.npos; at = text.find(use, at)) {
        at += use.size();
        const std::string name = text.substr(at, text.find('"', at) - at);
        EXPECT_TRUE(found.insert(name).second) << name << " stands twice";
      }
    }
  }
  EXPECT_EQ(listed, found);
}

}  // namespace
}  // namespace payout::testing
