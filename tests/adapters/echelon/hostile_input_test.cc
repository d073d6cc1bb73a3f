// Bodies that no honest platform sends: none may crash us, and none may pass for an answer that it
// is not.

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/echelon/create_codec.h"
#include "adapters/echelon/json_reader.h"
#include "adapters/echelon/read_codec.h"
#include "adapters/echelon/token_codec.h"
#include "tests/adapters/echelon/samples.h"

namespace payout::echelon {
namespace {

constexpr char kRefusalBody[] = R"([{"code":"IP_DENIED","description":"x","attrCode":"ip"}])";
constexpr char kTokenBody[] = R"({"token":"eyJh.eyJv.c2ln"})";

void ExpectNothingReadable(const std::string& body, const std::string& what) {
  EXPECT_EQ(ParseCreateAnswer(201, body).kind, CreateAnswerKind::kAcceptedUnreadable) << what;
  EXPECT_EQ(ParseCreateAnswer(406, body).kind, CreateAnswerKind::kRefusedUnreadable) << what;
  EXPECT_EQ(ParseReadAnswer(200, body).kind,
            BeginsAsObject(body) ? ReadAnswerKind::kFoundUnreadable : ReadAnswerKind::kUnlisted)
      << what;
  EXPECT_EQ(ParseTokenAnswer(200, body).kind, TokenAnswerKind::kUnreadable) << what;
}

std::string Repeated(std::string_view part, std::size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST(HostileInput, FloodsAreUnreadable) {
  ExpectNothingReadable(std::string(2 << 20, '['), "2 MB of [");
  ExpectNothingReadable(std::string(60000, '['), "60 kB of [");
  ExpectNothingReadable(Repeated("{\"a\":", 12000), "nested objects");
  ExpectNothingReadable("[" + Repeated("{},", 20000) + "{}]", "empty objects");
  ExpectNothingReadable(std::string(2 << 20, ' '), "2 MB of spaces");
  ExpectNothingReadable("[" + std::string(60000, '9') + "]", "a long number");
  ExpectNothingReadable("\"" + std::string(60000, '\\') + "\"", "backslashes");
  ExpectNothingReadable(std::string(100, '\0'), "NULs");
  ExpectNothingReadable(std::string(60000, '\xFF'), "0xFF");
}

TEST(HostileInput, PaddingOverTheSizeLimitIsUnreadable) {
  const std::string spaces(65 * 1024, ' ');
  EXPECT_EQ(ParseCreateAnswer(201, AcceptedBody() + spaces).kind,
            CreateAnswerKind::kAcceptedUnreadable);
  EXPECT_EQ(ParseReadAnswer(200, spaces + DetailBody("SUCCESS")).kind,
            ReadAnswerKind::kFoundUnreadable);
}

TEST(HostileInput, BodiesThatWereCutOffAreUnreadable) {
  const std::vector<std::string> bodies = {AcceptedBody(), DetailBody("SUCCESS"),
                                           DetailBody("FAILED"), kRefusalBody, kTokenBody};
  for (const std::string& body : bodies) {
    for (std::size_t size = 0; size < body.size(); ++size) {
      ExpectNothingReadable(body.substr(0, size), body.substr(0, size));
    }
    ExpectNothingReadable(body + std::string(1, '\0'), "a NUL after " + body);
    ExpectNothingReadable(body + body, "twice " + body);
    ExpectNothingReadable("\xEF\xBB\xBF" + body, "a byte order mark before " + body);
  }
}

TEST(HostileInput, AmbiguousBodiesAreUnreadable) {
  const std::string status = R"("status":"FAILED",)";
  ExpectNothingReadable(Replaced(DetailBody("SUCCESS"), R"("status")", status + R"("status")"),
                        "two statuses");
  ExpectNothingReadable(
      Replaced(DetailBody("SUCCESS"), R"("status")", R"("st\u0061tus":"FAILED","status")"),
      "two statuses, one of them escaped");
  ExpectNothingReadable(Replaced(AcceptedBody(), R"("amount")", R"("amount":42.05,"amount")"),
                        "two amounts");
  ExpectNothingReadable(R"({"token":"a","x":{"y":1,"y":2}})", "duplicates elsewhere");
}

TEST(HostileInput, InvalidUtf8AnywhereIsUnreadable) {
  for (const char* bytes : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\\udc00", "\\ud800"}) {
    ExpectNothingReadable(Replaced(AcceptedBody(), "REF0001", bytes), bytes);
    ExpectNothingReadable(Replaced(DetailBody("SUCCESS"), "isTest", bytes), bytes);
  }
}

// Random damage. Whatever it does, it cannot make an open payout look settled, and what is readable
// has what later decisions rely on.
class Damage {
 public:
  explicit Damage(std::uint64_t seed) : random_(seed) {}

  std::string Apply(std::string text) {
    const int edits = 1 + static_cast<int>(Below(4));
    for (int i = 0; i < edits; ++i) {
      const std::size_t at = Below(text.size() + 1);
      const std::string_view characters = "{}[]\":,\\0179.eE+-nut \x01\x7F\xC3\xED\xFF";
      const char c = characters[Below(characters.size())];
      switch (Below(5)) {
        case 0:
          text.insert(at, 1, c);
          break;
        case 1:
          if (at < text.size()) text[at] = c;
          break;
        case 2:
          text.erase(at, 1 + Below(3));
          break;
        case 3:
          if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << Below(8)));
          break;
        default:
          text.insert(at, text.substr(Below(text.size() + 1), Below(40)));
          break;
      }
    }
    return text;
  }

 private:
  std::size_t Below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  std::mt19937_64 random_;
};

TEST(HostileInput, RandomDamageNeverSettlesAnOpenPayout) {
  const char* given = std::getenv("PAYOUT_TEST_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "PAYOUT_TEST_SEED=" << seed << '\n';
  Damage damage(seed);
  int readable = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string detail = damage.Apply(DetailBody("PROCESSING"));
    const ReadAnswer read = ParseReadAnswer(200, detail);
    if (read.kind == ReadAnswerKind::kFound) {
      ++readable;
      const Observation& seen = *read.observation;
      ASSERT_TRUE(seen.status == PlatformStatus::kProcessing ||
                  seen.status == PlatformStatus::kUnrecognised)
          << detail;
      ASSERT_FALSE(seen.view.payout_id.empty()) << detail;
      ASSERT_FALSE(seen.view.money.amount.IsZero()) << detail;
      ASSERT_FALSE(seen.view.money.currency.empty()) << detail;
    }
    const std::string accepted = damage.Apply(AcceptedBody());
    const CreateAnswer create = ParseCreateAnswer(201, accepted);
    if (create.kind == CreateAnswerKind::kAccepted) {
      ASSERT_FALSE(create.echo->payout_id.empty()) << accepted;
      ASSERT_FALSE(create.echo->money.amount.IsZero()) << accepted;
    }
    const std::string refusal = damage.Apply(kRefusalBody);
    const CreateAnswer refused = ParseCreateAnswer(406, refusal);
    if (refused.kind == CreateAnswerKind::kRefused) {
      ASSERT_FALSE(refused.refusals.empty()) << refusal;
      for (const PayoutReason& reason : refused.refusals) ASSERT_FALSE(reason.code.empty());
    }
    const TokenAnswer token = ParseTokenAnswer(200, damage.Apply(kTokenBody));
    if (token.kind == TokenAnswerKind::kGranted) {
      for (const char c : token.token.Reveal()) ASSERT_TRUE(c > ' ' && c < '\x7F');
    }
  }
  EXPECT_GT(readable, 0) << "the damage was too great to test anything";
}

}  // namespace
}  // namespace payout::echelon
