#include "server/main/credentials/token_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/main/config/name_rule.h"
#include "server/main/config/suggest.h"
#include "server/main/config/toml_tree.h"

namespace payout {
namespace {

constexpr std::size_t kEntriesMax = 10'000;

// What `sha256sum` says of nothing and of an empty line: a token that was lost on the way.
constexpr std::string_view kHashOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kHashOfNewline =
    "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b";

}  // namespace

// Reads one file into a table.
class TokenReader {
 public:
  TokenReader(TokenTable& table, std::string_view holder, Problems& problems)
      : table_(table), holder_(holder), problems_(problems) {}

  void Read(const TomlNode& root) {
    for (const TomlMember& member : root.members) {
      if (member.key != "tokens") {
        Error(member.place, "unknown key " + member.key + DidYouMean(member.key, {"tokens"}));
      } else if (member.value.kind != TomlNode::Kind::kArray) {
        Error(member.value.place, "tokens is a list; write [[tokens]]");
      } else if (member.value.items.size() > kEntriesMax) {
        Error(member.value.place, absl::StrCat("tokens has more than ", kEntriesMax, " entries"));
      } else {
        for (const TomlNode& item : member.value.items) ReadEntry(item);
      }
    }
    if (table_.entries_.empty() && problems_.empty()) {
      Error({root.place.name, 0, 0}, "no tokens: add [[tokens]] with " + holder_ + " and sha256");
    }
  }

 private:
  void Error(const Place& place, std::string message) {
    problems_.push_back({Problem::Severity::kError, place, std::move(message)});
  }

  // nullptr after an error, which is "is missing" unless the key is optional.
  const TomlNode* Find(const TomlNode& item, std::string_view key, TomlNode::Kind kind,
                       std::string_view wanted, bool required) {
    const TomlMember* member = item.Find(key);
    const std::string path = "tokens." + std::string(key);
    if (member == nullptr) {
      if (required) Error(item.place, path + " is missing");
      return nullptr;
    }
    if (member->value.kind == kind) return &member->value;
    Error(member->value.place, path + " must be " + std::string(wanted) + ", not " +
                                   std::string(member->value.KindName()));
    return nullptr;
  }

  void ReadEntry(const TomlNode& item) {
    if (item.kind != TomlNode::Kind::kTable) {
      Error(item.place, "tokens must hold tables, not " + std::string(item.KindName()));
      return;
    }
    TokenTable::Entry entry;
    using Kind = TomlNode::Kind;
    if (const TomlNode* tenant = Find(item, holder_, Kind::kText, "text", true)) {
      entry.tenant = TenantName(tenant->text);
      if (!IsName(tenant->text)) {
        Error(tenant->place, "tokens." + holder_ + " " + Quoted(tenant->text) + " is no name; " +
                                 std::string(kNameRule));
      }
    }
    if (const TomlNode* hash = Find(item, "sha256", Kind::kText, "text", true)) {
      ReadHash(*hash, entry);
    }
    if (const TomlNode* id = Find(item, "id", Kind::kText, "text", false)) {
      entry.id = id->text;
      for (const TokenTable::Entry& other : table_.entries_) {
        if (other.id == entry.id && other.tenant == entry.tenant) {
          Error(id->place, "tokens.id " + Quoted(entry.id) + " is used twice for " + holder_ + " " +
                               Quoted(entry.tenant.value()));
        }
      }
    }
    if (const TomlNode* expires =
            Find(item, "expires", Kind::kTime,
                 "a time with an offset, such as 2027-01-01T00:00:00Z", false)) {
      entry.expires = expires->time;
    }
    for (const TomlMember& member : item.members) RefuseUnknown(member);
    table_.entries_.push_back(std::move(entry));
  }

  void ReadHash(const TomlNode& value, TokenTable::Entry& entry) {
    // Never quoted: it might be the token itself.
    const std::optional<std::string> hash = HexDecode(value.text);
    if (!hash || hash->size() != 32) {
      Error(value.place, "tokens.sha256 must have 64 hex digits, the SHA-256 of the token");
      return;
    }
    const std::string canonical = HexEncode(*hash);
    if (canonical == kHashOfNothing || canonical == kHashOfNewline) {
      Error(value.place, "tokens.sha256 is the hash of an empty text, not of a token");
    }
    for (const TokenTable::Entry& other : table_.entries_) {
      if (other.hash == *hash) Error(value.place, "tokens.sha256 occurs twice");
    }
    entry.hash = *hash;
  }

  void RefuseUnknown(const TomlMember& member) {
    const std::vector<std::string> known = {holder_, "sha256", "id", "expires"};
    if (std::find(known.begin(), known.end(), member.key) != known.end()) return;
    if (member.key == "token" || member.key == "secret") {
      Error(member.place, "tokens." + member.key +
                              ": tokens are not kept in the clear; write their SHA-256 as "
                              "tokens.sha256");
      return;
    }
    Error(member.place, "unknown key tokens." + member.key + DidYouMean(member.key, known));
  }

  TokenTable& table_;
  const std::string holder_;
  Problems& problems_;
};

TokenTable TokenTable::Read(std::string_view text, std::string_view origin, Problems& problems,
                            std::string_view holder) {
  TokenTable table;
  Problems found;
  if (const std::optional<TomlNode> root = ParseToml(text, origin, found)) {
    TokenReader(table, holder, found).Read(*root);
  }
  SortByPlace(found);
  problems.insert(problems.end(), found.begin(), found.end());
  return table;
}

absl::StatusOr<TokenTable> TokenTable::Parse(std::string_view text, std::string_view origin) {
  Problems problems;
  TokenTable table = Read(text, origin, problems);
  if (!HasErrors(problems)) return table;
  std::string all;
  for (const Problem& problem : problems) {
    absl::StrAppend(&all, all.empty() ? "" : "\n", problem.ToString());
  }
  return absl::InvalidArgumentError(all);
}

std::optional<TenantName> TokenTable::TenantOf(std::string_view bearer_token,
                                               absl::Time now) const {
  if (bearer_token.size() < kTokenMin || bearer_token.size() > kTokenMax) return std::nullopt;
  const std::string hash = Sha256(bearer_token);
  const Entry* found = nullptr;
  // All entries are compared, whichever matches.
  for (const Entry& entry : entries_) {
    if (ConstantTimeEqual(entry.hash, hash)) found = &entry;
  }
  if (found == nullptr || found->expires <= now) return std::nullopt;
  return found->tenant;
}

std::set<TenantName> TokenTable::Tenants() const {
  std::set<TenantName> tenants;
  for (const Entry& entry : entries_) tenants.insert(entry.tenant);
  return tenants;
}

}  // namespace payout
