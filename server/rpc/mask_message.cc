#include "server/rpc/mask_message.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <variant>
#include <vector>

#include <locale.h>
#include <re2/re2.h>
#include <wctype.h>

#include "absl/strings/ascii.h"

namespace payout {
namespace {

constexpr char kMasked[] = "***";
constexpr std::size_t kBytesMin = 4;    // of a value that is looked for
constexpr std::size_t kLettersMin = 3;  // and digits, of it
constexpr int kWordDigits = 4;          // so many in a word look like an account
constexpr int kGroupsDigits = 10;       // and so many in groups

// What of an intent must not come back in anybody's words.
struct SensitiveCollector {
  std::vector<std::string>& values;
  void operator()(std::monostate) const {}
  void operator()(const BankTransfer& bank) const {
    values.insert(values.end(),
                  {bank.account_name, bank.account_number, bank.email_address, bank.remark});
  }
  void operator()(const CryptoTransfer& crypto) const {
    values.insert(values.end(), {crypto.account_number, crypto.remark});
  }
  void operator()(const WalletTransfer& wallet) const {
    values.insert(values.end(),
                  {wallet.account_name, wallet.account_number, wallet.phone_number, wallet.remark});
  }
};

std::vector<std::string> SensitiveValues(const Intent& intent) {
  std::vector<std::string> values = {intent.customer_ip, intent.customer_id};
  std::visit(SensitiveCollector{values}, intent.method);
  std::erase_if(values, [](const std::string& value) { return value.size() < kBytesMin; });
  return values;
}

// A letter or digit of a text, in lower case, and where it stands.
struct Letter {
  char32_t code;
  std::size_t begin;
  std::size_t end;
};

// Valid UTF-8 only: the codecs let nothing else in.
std::vector<Letter> LettersOf(std::string_view text) {
  // Built into glibc, so there in every container.
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (unicode == nullptr) std::abort();
  std::vector<Letter> letters;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {  // Nearly always, and much cheaper.
      if (absl::ascii_isalnum(lead)) {
        letters.push_back({static_cast<char32_t>(absl::ascii_tolower(lead)), at, at + 1});
      }
      ++at;
      continue;
    }
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = lead & (0x7Fu >> size);
    for (std::size_t i = 1; i < size && at + i < text.size(); ++i) {
      code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
    }
    const auto wide = static_cast<std::wint_t>(code);
    const std::size_t end = std::min(at + size, text.size());
    if (iswalnum_l(wide, unicode) != 0) {
      letters.push_back({static_cast<char32_t>(towlower_l(wide, unicode)), at, end});
    }
    at = end;
  }
  return letters;
}

// Replaces each place of `text` that has the letters and digits of `value`, in their order and with
// nothing but other characters between them. `letters` are those of `text`.
void MaskValue(std::string_view value, std::string& text, std::vector<Letter>& letters) {
  const std::vector<Letter> wanted = LettersOf(value);
  if (wanted.size() < kLettersMin) return;
  std::string masked;
  std::size_t copied = 0;
  for (std::size_t i = 0; i + wanted.size() <= letters.size();) {
    const auto first = letters.begin() + static_cast<std::ptrdiff_t>(i);
    const bool found =
        std::equal(wanted.begin(), wanted.end(), first,
                   [](const Letter& a, const Letter& b) { return a.code == b.code; });
    if (!found) {
      ++i;
      continue;
    }
    masked.append(text, copied, first->begin - copied).append(kMasked);
    i += wanted.size();
    copied = letters[i - 1].end;
  }
  if (copied == 0) return;
  text = masked.append(text, copied);
  letters = LettersOf(text);
}

int DigitsOf(std::string_view text) {
  return static_cast<int>(std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }));
}

// Replaces what `pattern` finds, if it has so many digits.
void MaskNumbers(const RE2& pattern, int digits, std::string& text) {
  std::string masked;
  re2::StringPiece rest(text);
  re2::StringPiece found;
  while (RE2::PartialMatch(rest, pattern, &found)) {
    masked.append(rest.data(), static_cast<std::size_t>(found.data() - rest.data()));
    const std::string_view number(found.data(), found.size());
    masked += DigitsOf(number) >= digits ? kMasked : number;
    rest.remove_prefix(static_cast<std::size_t>(found.data() + found.size() - rest.data()));
  }
  text = masked.append(rest.data(), rest.size());
}

}  // namespace

std::string MaskMessage(std::string_view message, const Intent& intent) {
  std::string text(message);
  if (text.empty()) return text;
  static const RE2& email = *new RE2(R"([^\s@<>"']+@[^\s@<>"']+)");
  RE2::GlobalReplace(&text, email, kMasked);
  std::vector<Letter> letters = LettersOf(text);
  for (const std::string& value : SensitiveValues(intent)) MaskValue(value, text, letters);

  // What is left over must not name an account of somebody else either: a number in groups, or a
  // word.
  static const RE2& groups =
      *new RE2(R"(([A-Za-z]*[0-9][A-Za-z0-9]*(?:[-./\p{Zs}][A-Za-z]*[0-9][A-Za-z0-9]*)+))");
  MaskNumbers(groups, kGroupsDigits, text);
  static const RE2& word = *new RE2("([A-Za-z0-9]{6,})");
  MaskNumbers(word, kWordDigits, text);
  return text;
}

std::string MaskCode(std::string_view code, const Intent& intent) {
  return DigitsOf(code) < kWordDigits ? std::string(code) : MaskMessage(code, intent);
}

}  // namespace payout
