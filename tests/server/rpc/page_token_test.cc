#include "server/rpc/page_token.h"

#include <gtest/gtest.h>

namespace payout {
namespace {

ListQuery Query() {
  ListQuery query;
  query.tenant = TenantName("billing");
  query.states = {State::kQueued};
  return query;
}

TEST(PageTokenTest, TokenLeadsBackToItsPlace) {
  const std::string token = EncodePageToken(42, Query());
  EXPECT_EQ(DecodePageToken(token, Query()), 42);
  ListQuery other_size = Query();
  other_size.limit = 7;
  EXPECT_EQ(DecodePageToken(token, other_size), 42);
}

TEST(PageTokenTest, TokenOfAnotherQueryOrTenantIsRefused) {
  const std::string token = EncodePageToken(42, Query());
  ListQuery other = Query();
  other.needs_review = true;
  EXPECT_FALSE(DecodePageToken(token, other));
  other = Query();
  other.tenant = TenantName("payroll");
  EXPECT_FALSE(DecodePageToken(token, other));
}

TEST(PageTokenTest, DamagedTokensAreRefused) {
  const std::string token = EncodePageToken(42, Query());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(DecodePageToken(damaged, Query())) << i;
    EXPECT_FALSE(DecodePageToken(token.substr(0, i), Query())) << i;
  }
  EXPECT_FALSE(DecodePageToken(std::string(1000, 'A'), Query()));
}

}  // namespace
}  // namespace payout
