// Runs the real payoutctl against a scripted server.

#ifndef PAYOUT_TESTS_CLIENT_PAYOUTCTL_PAYOUTCTL_FIXTURE_H_
#define PAYOUT_TESTS_CLIENT_PAYOUTCTL_PAYOUTCTL_FIXTURE_H_

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "tests/client/program.h"
#include "tests/client/scripted_service.h"
#include "tests/client/temp_dir.h"

namespace payout::client {

class PayoutctlTest : public ::testing::Test {
 protected:
  using Arguments = std::vector<std::string>;

  // With --server in front.
  ProgramResult Run(Arguments arguments, const std::string& input = "",
                    const std::map<std::string, std::string>& environment = {}) {
    arguments.insert(arguments.begin(), {"--server", server.url()});
    return RunAsIs(std::move(arguments), input, environment);
  }
  static ProgramResult RunAsIs(Arguments arguments, const std::string& input = "",
                               const std::map<std::string, std::string>& environment = {}) {
    return Program(PAYOUTCTL_PATH, std::move(arguments), input, environment).Wait();
  }

  static std::vector<std::string> Lines(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      lines.push_back(text.substr(start, end - start));
      start = end + 1;
    }
    return lines;
  }

  // Parsed; fails the test when it is not JSON.
  static rapidjson::Document Json(const std::string& text) {
    rapidjson::Document document;
    document.Parse(text.c_str());
    EXPECT_FALSE(document.HasParseError()) << text;
    return document;
  }
  static std::vector<rapidjson::Document> JsonLines(const std::string& text) {
    std::vector<rapidjson::Document> documents;
    for (const std::string& line : Lines(text)) documents.push_back(Json(line));
    return documents;
  }

  ScriptedServer server;
  TempDir directory;
};

}  // namespace payout::client

#endif  // PAYOUT_TESTS_CLIENT_PAYOUTCTL_PAYOUTCTL_FIXTURE_H_
