// The bytes that are sent, as files. A change of them is a change of what the platform sees, and
// breaks the promise that a stored body is what any version would send; so it must be visible in a
// review. PAYOUT_UPDATE_GOLDEN=1 writes the files anew.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "adapters/echelon/create_codec.h"
#include "adapters/echelon/token_codec.h"
#include "tests/adapters/echelon/samples.h"

namespace payout::echelon {
namespace {

constexpr char kCallback[] = "https://pay.example.com/callbacks/v1/acct/k1/aGVsbG8";

void ExpectGolden(const std::string& name, const std::string& body) {
  const std::string path =
      std::string(PAYOUT_SOURCE_DIR) + "/tests/adapters/echelon/golden/" + name + ".json";
  if (std::getenv("PAYOUT_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << body << '\n';
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path;
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(body + '\n', expected.str()) << path;
}

TEST(Golden, BankTransferWithEveryField) {
  ExpectGolden("create_bank_full", RenderCreate(FullBankIntent(), kCallback).body);
}

TEST(Golden, BankTransferWithRequiredFieldsOnly) {
  Intent intent = FullBankIntent();
  BankTransfer bank;
  bank.account_name = "Test account";
  bank.account_number = "11223344";
  bank.operator_code = "BNK_000";
  intent.method = bank;
  intent.money = {Amount("10000"), "IDR"};
  intent.segment_code = intent.exchanged_to_currency = intent.customer_ip = "";
  ExpectGolden("create_bank_minimal", RenderCreate(intent, "").body);
}

TEST(Golden, CryptoTransfer) {
  ExpectGolden("create_crypto", RenderCreate(CryptoIntent(), kCallback).body);
}

TEST(Golden, WalletTransferWithEveryField) {
  ExpectGolden("create_wallet_full", RenderCreate(FullWalletIntent(), kCallback).body);
}

TEST(Golden, WalletTransferWithRequiredFieldsOnly) {
  ExpectGolden("create_wallet_minimal", RenderCreate(EmptyWalletIntent(), "").body);
}

TEST(Golden, TokenForOnePayout) {
  ExpectGolden("token_one",
               RenderTokenRequest("MERCHANT-1", SecretString("s3cr3t"), absl::Seconds(3600),
                                  {{PayoutId("TST-1"), {Amount("42.50"), "USD"}}}));
}

TEST(Golden, TokenForPayoutsOfDifferentAmounts) {
  ExpectGolden("token_many",
               RenderTokenRequest("MERCHANT-1", SecretString("s3cr3t"), absl::Seconds(600),
                                  {{PayoutId("TST-1"), {Amount("42.50"), "USD"}},
                                   {PayoutId("TST_2"), {Amount("42.51"), "USD"}}}));
}

}  // namespace
}  // namespace payout::echelon
