#include "server/main/credentials/token_table.h"

#include <cctype>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/digest.h"

namespace payout {
namespace {

using ::testing::ElementsAre;

constexpr const char* kBilling = "billing-token-0123456789";
constexpr const char* kShop = "shop-token-0123456789abc";

std::string Hash(std::string_view token) { return HexEncode(Sha256(token)); }

std::string EntryText(const std::string& tenant, std::string_view token,
                      const std::string& more = "") {
  return "[[tokens]]\ntenant = \"" + tenant + "\"\nsha256 = \"" + Hash(token) + "\"\n" + more;
}

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

TokenTable Table(const std::string& text) {
  auto table = TokenTable::Parse(text, "tokens.toml");
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *std::move(table) : TokenTable();
}

TEST(TokenTableTest, ATokenIsItsTenants) {
  const TokenTable table = Table(EntryText("billing", kBilling) + EntryText("shop", kShop));
  EXPECT_EQ(table.TenantOf(kBilling, absl::UnixEpoch()), TenantName("billing"));
  EXPECT_EQ(table.TenantOf(kShop, absl::UnixEpoch()), TenantName("shop"));
  EXPECT_THAT(table.Tenants(), ElementsAre(TenantName("billing"), TenantName("shop")));
  EXPECT_EQ(table.size(), 2u);
}

TEST(TokenTableTest, ATenantMayHaveSeveralTokens) {
  const TokenTable table =
      Table(EntryText("a", kBilling, "id = \"old\"\n") + EntryText("a", kShop, "id = \"new\"\n"));
  EXPECT_EQ(table.TenantOf(kBilling, absl::UnixEpoch()), TenantName("a"));
  EXPECT_EQ(table.TenantOf(kShop, absl::UnixEpoch()), TenantName("a"));
}

TEST(TokenTableTest, UpperCaseHashesAreTheSame) {
  std::string hash = Hash(kBilling);
  for (char& c : hash) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const TokenTable table = Table("[[tokens]]\ntenant = \"a\"\nsha256 = \"" + hash + "\"\n");
  EXPECT_EQ(table.TenantOf(kBilling, absl::UnixEpoch()), TenantName("a"));
}

TEST(TokenTableTest, OtherTokensAreNobodys) {
  const TokenTable table = Table(EntryText("billing", kBilling));
  const std::string token = kBilling;
  for (const std::string& wrong :
       {std::string(), token + " ", " " + token, token.substr(1), "B" + token.substr(1),
        token + "\n", std::string("billing"), Hash(kBilling), std::string(1 << 20, 'a')}) {
    EXPECT_EQ(table.TenantOf(wrong, absl::UnixEpoch()), std::nullopt);
  }
  EXPECT_EQ(TokenTable().TenantOf(kBilling, absl::UnixEpoch()), std::nullopt);
}

TEST(TokenTableTest, ShortAndEndlessTokensAreRefusedEvenIfTheirHashIsListed) {
  const std::string shortest(20, 's');
  const std::string too_short(19, 's');
  const std::string longest(4096, 's');
  const std::string too_long(4097, 's');
  const TokenTable table = Table(EntryText("a", shortest) + EntryText("a", too_short) +
                                 EntryText("a", longest) + EntryText("a", too_long));
  EXPECT_TRUE(table.TenantOf(shortest, absl::UnixEpoch()));
  EXPECT_FALSE(table.TenantOf(too_short, absl::UnixEpoch()));
  EXPECT_TRUE(table.TenantOf(longest, absl::UnixEpoch()));
  EXPECT_FALSE(table.TenantOf(too_long, absl::UnixEpoch()));
}

TEST(TokenTableTest, ATokenEndsWhenItExpires) {
  const TokenTable table = Table(EntryText("a", kBilling, "expires = 2027-01-01T01:30:00+01:30\n") +
                                 EntryText("a", kShop));
  EXPECT_TRUE(table.TenantOf(kBilling, At("2026-12-31T23:59:59.999Z")));
  EXPECT_FALSE(table.TenantOf(kBilling, At("2027-01-01T00:00:00Z")));
  EXPECT_TRUE(table.TenantOf(kShop, At("2999-01-01T00:00:00Z")));
  EXPECT_THAT(table.Tenants(), ElementsAre(TenantName("a")));
}

TEST(TokenTableTest, MistakesGetThesePlacesAndWords) {
  const std::string good = Hash(kBilling);
  struct Case {
    std::string text;
    std::string message;
  };
  const Case cases[] = {
      {"", "t.toml: error: no tokens: add [[tokens]] with tenant and sha256"},
      {"tokens = []", "t.toml: error: no tokens: add [[tokens]] with tenant and sha256"},
      {"[[tokens]\n",
       "t.toml:1:10: error: Error while parsing table header: expected ']', saw '\\n'"},
      {"[tokens]\n", "t.toml:1:1: error: tokens is a list; write [[tokens]]"},
      {"tokens = [1]\n", "t.toml:1:11: error: tokens must hold tables, not an integer"},
      {"[[token]]\n", "t.toml:1:3: error: unknown key token (did you mean tokens?)"},
      {"[[tokens]]\n",
       "t.toml:1:1: error: tokens.tenant is missing\nt.toml:1:1: error: tokens.sha256 is missing"},
      {"[[tokens]]\ntenant = \"A\"\nsha256 = \"" + good + "\"\n",
       "t.toml:2:10: error: tokens.tenant \"A\" is no name; names have 1 to 40 characters of a-z, "
       "0-9 and -"},
      {"[[tokens]]\ntenant = 1\nsha256 = 2\nid = 3\nexpires = \"2027-01-01\"\n",
       "t.toml:2:10: error: tokens.tenant must be text, not an integer\n"
       "t.toml:3:10: error: tokens.sha256 must be text, not an integer\n"
       "t.toml:4:6: error: tokens.id must be text, not an integer\n"
       "t.toml:5:11: error: tokens.expires must be a time with an offset, such as "
       "2027-01-01T00:00:00Z, not "
       "text"},
      {EntryText("a", kBilling, "expires = 2027-01-01T00:00:00\n"),
       "t.toml:4:11: error: tokens.expires must be a time with an offset, such as "
       "2027-01-01T00:00:00Z, not "
       "a local date or time"},
      {"[[tokens]]\ntenant = \"a\"\nsha256 = \"" + good.substr(1) + "\"\n",
       "t.toml:3:10: error: tokens.sha256 must have 64 hex digits, the SHA-256 of the token"},
      {EntryText("a", ""),
       "t.toml:3:10: error: tokens.sha256 is the hash of an empty text, not of a token"},
      {EntryText("a", "\n"),
       "t.toml:3:10: error: tokens.sha256 is the hash of an empty text, not of a token"},
      {EntryText("a", kBilling) + EntryText("b", kBilling),
       "t.toml:6:10: error: tokens.sha256 occurs twice"},
      {EntryText("a", kBilling, "id = \"1\"\n") + EntryText("a", kShop, "id = \"1\"\n"),
       "t.toml:8:6: error: tokens.id \"1\" is used twice for tenant \"a\""},
      {EntryText("a", kBilling, "expire = 1\n"),
       "t.toml:4:1: error: unknown key tokens.expire (did you mean expires?)"},
      {EntryText("a", kBilling, "token = \"canary\"\n"),
       "t.toml:4:1: error: tokens.token: tokens are not kept in the clear; write their SHA-256 as "
       "tokens.sha256"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto table = TokenTable::Parse(c.text, "t.toml");
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(table.status().message(), c.message);
  }
}

TEST(TokenTableTest, ATokenThatStandsInPlaceOfItsHashIsNotRepeated) {
  const auto table =
      TokenTable::Parse("[[tokens]]\ntenant = \"a\"\nsha256 = \"canary\"\n", "t.toml");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.status().message().find("canary"), absl::string_view::npos);
}

}  // namespace
}  // namespace payout
