// Properties of fingerprints over random intents: equal requests are equal, every difference is
// named and nothing else, and no text can pass for another by moving between fields. The seed is
// printed; PAYOUT_PROPERTY_SEED chooses another.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/domain/fingerprint.h"

namespace payout {
namespace {

const HmacKey kKey("0123456789abcdef0123456789abcdef");

unsigned Seed() {
  const char* chosen = std::getenv("PAYOUT_PROPERTY_SEED");
  const unsigned seed =
      chosen == nullptr ? 20260131U : static_cast<unsigned>(std::strtoul(chosen, nullptr, 10));
  std::cout << "seed " << seed << "\n";
  return seed;
}

// An intent as text by field, as fingerprints name them: the independent account of what it asks
// for.
using Fields = std::map<std::string, std::string>;

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  // Short, from few characters that matter to encodings, so that collisions would be likely.
  std::string Text(bool may_be_empty = true) {
    static constexpr char kCharacters[] = {'a', 'b', '1', ':', ';', '=', '\0', '\xC3', ' '};
    std::string text(static_cast<std::size_t>(Below(4) + (may_be_empty ? 0 : 1)), ' ');
    for (char& c : text) c = kCharacters[Below(static_cast<int>(sizeof(kCharacters)))];
    return text;
  }

  // "42.5" and "42.50" are the same amount, written in one of two ways.
  std::string Amount(std::string& canonical) {
    canonical = std::to_string(Below(3) + 1);
    const int tenths = Below(4);
    if (tenths != 0) canonical += "." + std::to_string(tenths);
    std::string text = canonical;
    if (tenths == 0 && Below(2) == 0) text += ".";
    const bool has_point = text.find('.') != std::string::npos;
    const int zeros = has_point ? Below(3) + (text.back() == '.' ? 1 : 0) : 0;
    return text + std::string(static_cast<std::size_t>(zeros), '0');
  }

  std::pair<Intent, Fields> Next() {
    Intent intent;
    Fields fields;
    const auto set = [&](std::string& member, const char* name, bool may_be_empty = true) {
      member = Text(may_be_empty);
      if (!member.empty()) fields[name] = member;
    };
    std::string merchant;
    set(merchant, "merchant", false);
    intent.key = {MerchantName(merchant), PayoutId("p" + std::to_string(Below(100)))};
    intent.tenant = TenantName(Text());
    std::string canonical;
    intent.money.amount = *Decimal::Parse(Amount(canonical));
    fields["money.amount"] = canonical;
    set(intent.money.currency, "money.currency_code", false);
    SetMethod(intent, fields);
    set(intent.segment_code, "segment_code");
    set(intent.exchanged_to_currency, "exchanged_to_currency");
    set(intent.customer_ip, "customer_ip");
    set(intent.customer_id, "customer_id");
    // Not sent, so not part of it.
    if (Below(2) == 0) intent.labels[Text()] = Text();
    if (Below(2) == 0) intent.submit_before = absl::FromUnixSeconds(Below(1000));
    return {std::move(intent), std::move(fields)};
  }

 private:
  void SetMethod(Intent& intent, Fields& fields) {
    const auto set = [&](std::string& member, const std::string& name) {
      member = Text();
      if (!member.empty()) fields[name] = member;
    };
    switch (Below(3)) {
      case 0: {
        BankTransfer bank;
        set(bank.account_name, "bank_transfer.account_name");
        set(bank.account_number, "bank_transfer.account_number");
        set(bank.account_type, "bank_transfer.account_type");
        set(bank.bank_code, "bank_transfer.bank_code");
        set(bank.bank_name, "bank_transfer.bank_name");
        set(bank.bank_branch, "bank_transfer.bank_branch");
        set(bank.bank_city, "bank_transfer.bank_city");
        set(bank.bank_province, "bank_transfer.bank_province");
        set(bank.operator_code, "bank_transfer.payment_operator_code");
        set(bank.email_address, "bank_transfer.email_address");
        set(bank.remark, "bank_transfer.remark");
        intent.method = bank;
        break;
      }
      case 1: {
        CryptoTransfer crypto;
        set(crypto.account_number, "crypto_transfer.account_number");
        set(crypto.operator_code, "crypto_transfer.payment_operator_code");
        set(crypto.remark, "crypto_transfer.remark");
        intent.method = crypto;
        break;
      }
      default: {
        WalletTransfer wallet;
        set(wallet.account_name, "wallet_transfer.account_name");
        set(wallet.account_number, "wallet_transfer.account_number");
        set(wallet.operator_code, "wallet_transfer.payment_operator_code");
        set(wallet.phone_number, "wallet_transfer.phone_number");
        set(wallet.remark, "wallet_transfer.remark");
        intent.method = wallet;
      }
    }
    fields["method"] = MethodCode(intent.method);
  }

  std::mt19937 random_;
};

std::vector<std::string> Differences(const Fields& a, const Fields& b) {
  std::set<std::string> names;
  for (const auto& [name, value] : a) {
    const auto found = b.find(name);
    if (found == b.end() || found->second != value) names.insert(name);
  }
  for (const auto& [name, value] : b) {
    if (!a.contains(name)) names.insert(name);
  }
  return {names.begin(), names.end()};
}

TEST(FingerprintPropertyTest, RandomPairsDifferInExactlyTheFieldsThatDiffer) {
  Generator generator(Seed());
  for (int i = 0; i < 5'000; ++i) {
    const auto [a, fields_a] = generator.Next();
    const auto [b, fields_b] = generator.Next();
    std::vector<std::string> named = DifferingFields(Fingerprint(a, kKey), Fingerprint(b, kKey));
    std::ranges::sort(named);
    ASSERT_EQ(named, Differences(fields_a, fields_b)) << "pair " << i;
  }
}

TEST(FingerprintPropertyTest, EqualRequestsAreEqualHoweverTheAmountIsWrittenAndWhateverIsNotSent) {
  Generator generator(Seed());
  for (int i = 0; i < 2'000; ++i) {
    const auto [intent, fields] = generator.Next();
    Intent again = intent;
    again.labels = {{"other", "label"}};
    again.submit_before = absl::FromUnixSeconds(7);
    again.tenant = TenantName("another");
    std::string text = intent.money.amount.ToString();
    text += text.find('.') == std::string::npos ? ".000" : "000";
    again.money.amount = *Decimal::Parse(text);
    ASSERT_EQ(Fingerprint(intent, kKey), Fingerprint(again, kKey)) << "intent " << i;
  }
}

TEST(FingerprintPropertyTest, OneChangedFieldIsTheOneThatIsNamed) {
  Generator generator(Seed());
  using Change = std::pair<const char*, std::string Intent::*>;
  const std::vector<Change> changes = {{"segment_code", &Intent::segment_code},
                                       {"exchanged_to_currency", &Intent::exchanged_to_currency},
                                       {"customer_ip", &Intent::customer_ip},
                                       {"customer_id", &Intent::customer_id}};
  for (int i = 0; i < 2'000; ++i) {
    const auto [intent, fields] = generator.Next();
    const auto [name, member] = changes[static_cast<std::size_t>(i) % changes.size()];
    Intent changed = intent;
    changed.*member += generator.Text(false);
    ASSERT_EQ(DifferingFields(Fingerprint(intent, kKey), Fingerprint(changed, kKey)),
              std::vector<std::string>{name});
    changed = intent;
    changed.money.amount = *Decimal::Parse(intent.money.amount.ToString() + "1");
    ASSERT_EQ(DifferingFields(Fingerprint(intent, kKey), Fingerprint(changed, kKey)),
              std::vector<std::string>{"money.amount"});
  }
}

// Every way to cut one text into two neighbouring fields is another request.
TEST(FingerprintPropertyTest, NoTextPassesForAnotherByMovingBetweenFields) {
  const std::vector<std::string> texts = {"11:customer_id1:b", "a;customer_id=b",
                                          "1:1:1:1:", std::string("a\0b\0c", 5), "12:34:56"};
  for (const std::string& text : texts) {
    std::set<std::string> prints;
    for (std::size_t at = 0; at <= text.size(); ++at) {
      Intent intent;
      intent.method = CryptoTransfer{};
      intent.customer_ip = text.substr(0, at);
      intent.customer_id = text.substr(at);
      prints.insert(Fingerprint(intent, kKey));
      intent.customer_ip.clear();
      intent.customer_id.clear();
      intent.method =
          CryptoTransfer{.account_number = text.substr(0, at), .remark = text.substr(at)};
      prints.insert(Fingerprint(intent, kKey));
    }
    EXPECT_EQ(prints.size(), 2 * (text.size() + 1)) << text;
  }
}

// Names and values are text of the caller or of ours; neither can break the list of fields.
TEST(FingerprintPropertyTest, ValuesCannotAddOrHideFields) {
  Intent plain;
  plain.customer_id = "x";
  Intent crafted = plain;
  crafted.customer_id = "x;segment_code=0123456789ab";
  EXPECT_EQ(DifferingFields(Fingerprint(plain, kKey), Fingerprint(crafted, kKey)),
            std::vector<std::string>{"customer_id"});
}

}  // namespace
}  // namespace payout
