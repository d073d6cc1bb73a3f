#include "server/main/config/load_lists.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/main/config/name_rule.h"
#include "server/main/config/suggest.h"

namespace payout {
namespace {

// One table of a list, such as the second [[merchants]].
class Entry {
 public:
  Entry(LoadState& state, std::string section, const TomlNode& table)
      : state_(state), section_(std::move(section)), table_(table) {}

  const Place& place() const { return table_.place; }

  void Error(const Place& place, std::string_view key, const std::string& message) {
    state_.Fail(section_, place, absl::StrCat(section_, ".", ToAbsl(key), " ", message));
  }

  // Looks a key up and remembers that it is known.
  const TomlNode* Find(std::string_view key) {
    known_.emplace_back(key);
    const TomlMember* member = table_.Find(key);
    return member == nullptr ? nullptr : &member->value;
  }

  std::string RequiredText(std::string_view key) {
    const TomlNode* value = Find(key);
    if (value == nullptr) {
      Error(place(), key, "is missing");
      return "";
    }
    const std::string text = Text(key, *value);
    if (text.empty() && value->kind == TomlNode::Kind::kText) {
      Error(value->place, key, "is empty");
    }
    return text;
  }

  // "" after an error, too.
  std::string Text(std::string_view key, const TomlNode& value) {
    std::string text;
    const Setting plain{.section = section_, .key = key};
    const absl::Status status = SetFromToml(plain, Slot(&text), value);
    if (!status.ok()) Error(value.place, key, std::string(status.message()));
    return text;
  }

  // A name that must not occur twice in the list.
  std::string UniqueName(std::map<std::string, Place>& seen) {
    const std::string name = RequiredText("name");
    if (name.empty()) return name;
    const Place where = table_.Find("name")->value.place;
    if (!IsName(name)) {
      Error(where, "name", Quoted(name) + " is no name; " + std::string(kNameRule));
    } else if (const auto [first, is_new] = seen.emplace(name, where); !is_new) {
      Error(
          where, "name",
          absl::StrCat(Quoted(name), " is used twice; the first is at line ", first->second.line));
    }
    return name;
  }

  // After all Find calls.
  void RefuseOthers() {
    for (const TomlMember& member : table_.members) {
      if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
      const std::optional<std::string> secret = ExplainSecretKey(section_, member.key);
      state_.Fail(section_, member.place,
                  secret ? *secret
                         : absl::StrCat("unknown key ", section_, ".", member.key,
                                        DidYouMean(member.key, known_)));
    }
  }

 private:
  LoadState& state_;
  const std::string section_;
  const TomlNode& table_;
  std::vector<std::string> known_;
};

// The tables of [[name]]; anything else is an error.
std::vector<const TomlNode*> TablesOf(const TomlNode& value, const std::string& name,
                                      LoadState& state) {
  std::vector<const TomlNode*> tables;
  if (value.kind != TomlNode::Kind::kArray) {
    state.Fail(name, value.place, absl::StrCat(name, " is a list; write [[", name, "]]"));
    return tables;
  }
  for (const TomlNode& item : value.items) {
    if (item.kind == TomlNode::Kind::kTable) {
      tables.push_back(&item);
    } else {
      state.Fail(name, item.place,
                 absl::StrCat(name, " must hold tables, not ", ToAbsl(item.KindName())));
    }
  }
  return tables;
}

void SetOrigins(const std::string& path, const TomlNode& table, LoadState& state) {
  state.origins[path] = {Origin::Kind::kFile, table.place};
  for (const TomlMember& member : table.members) {
    state.origins[absl::StrCat(path, ".", member.key)] = {Origin::Kind::kFile, member.value.place};
  }
}

void LoadMerchants(const TomlNode& list, LoadState& state) {
  std::map<std::string, Place> seen;
  std::size_t index = 0;
  for (const TomlNode* table : TablesOf(list, "merchants", state)) {
    SetOrigins(absl::StrCat("merchants[", index++, "]"), *table, state);
    Entry entry(state, "merchants", *table);
    MerchantConfig merchant;
    merchant.name = MerchantName(entry.UniqueName(seen));
    merchant.code = entry.RequiredText("code");
    merchant.secret_file = entry.RequiredText("secret_file");
    merchant.platform = state.target.config.platform;
    for (const Setting& setting : AllSettings()) {
      if (setting.platform_slot == nullptr) continue;
      const TomlNode* value = entry.Find(setting.key);
      if (value == nullptr) continue;
      const absl::Status status =
          SetFromToml(setting, setting.platform_slot(merchant.platform), *value);
      if (!status.ok()) entry.Error(value->place, setting.key, std::string(status.message()));
    }
    entry.RefuseOthers();
    state.target.config.merchants.push_back(std::move(merchant));
  }
}

bool IsPayoutIdText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

// The merchants that a tenant names, as far as they are right.
std::vector<MerchantName> TenantMerchants(Entry& entry, LoadState& state) {
  std::vector<MerchantName> merchants;
  const TomlNode* list = entry.Find("merchants");
  if (list == nullptr) {
    entry.Error(entry.place(), "merchants", "is missing; write for example merchants = [\"main\"]");
    return merchants;
  }
  if (list->kind != TomlNode::Kind::kArray) {
    entry.Error(list->place, "merchants",
                "must be a list of names, not " + std::string(list->KindName()));
    return merchants;
  }
  if (list->items.empty()) entry.Error(list->place, "merchants", "is empty");
  std::vector<std::string> known;
  for (const MerchantConfig& merchant : state.target.config.merchants) {
    known.push_back(merchant.name.value());
  }
  for (const TomlNode& item : list->items) {
    const std::string name = entry.Text("merchants", item);
    if (name.empty()) continue;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      if (state.HasFailed("merchants")) continue;  // it may be the one that could not be read
      entry.Error(
          item.place, "merchants",
          "names " + Quoted(name) + ", which is not among [[merchants]]" + DidYouMean(name, known));
    } else if (std::count(merchants.begin(), merchants.end(), MerchantName(name)) > 0) {
      entry.Error(item.place, "merchants", "names " + Quoted(name) + " twice");
    } else {
      merchants.emplace_back(name);
    }
  }
  return merchants;
}

void LoadTenants(const TomlNode& list, LoadState& state) {
  std::map<std::string, Place> seen;
  std::size_t index = 0;
  for (const TomlNode* table : TablesOf(list, "tenants", state)) {
    SetOrigins(absl::StrCat("tenants[", index++, "]"), *table, state);
    Entry entry(state, "tenants", *table);
    TenantConfig tenant;
    tenant.name = TenantName(entry.UniqueName(seen));
    tenant.merchants = TenantMerchants(entry, state);
    if (const TomlNode* prefix = entry.Find("payout_id_prefix")) {
      tenant.payout_id_prefix = entry.Text("payout_id_prefix", *prefix);
      if (tenant.payout_id_prefix.size() > 100 || !IsPayoutIdText(tenant.payout_id_prefix)) {
        entry.Error(prefix->place, "payout_id_prefix",
                    "must have at most 100 letters, digits, _ and -, as payout ids do");
      }
    }
    entry.RefuseOthers();
    state.target.config.tenants.push_back(std::move(tenant));
  }
}

// What a callback's path may hold, and the key that is derived from the store's secret.
constexpr std::string_view kKeyIdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kDerivedKeyId = "s1";

void LoadCallbackKeys(const TomlNode& list, LoadState& state) {
  std::vector<CallbackKeyConfig>& keys = state.target.config.callbacks.keys;
  for (const TomlNode* table : TablesOf(list, "callbacks.keys", state)) {
    SetOrigins(absl::StrCat("callbacks.keys[", keys.size(), "]"), *table, state);
    Entry entry(state, "callbacks.keys", *table);
    CallbackKeyConfig key;
    key.id = entry.RequiredText("id");
    if (!key.id.empty()) {
      const Place& place = table->Find("id")->value.place;
      if (key.id.size() > 16 || key.id.find_first_not_of(kKeyIdAlphabet) != std::string::npos) {
        entry.Error(place, "id", "must have 1 to 16 lower-case letters and digits");
      }
      if (key.id == kDerivedKeyId) {
        entry.Error(place, "id", "s1 is the id of the key that the store brings along");
      }
      if (std::any_of(keys.begin(), keys.end(), [&](const auto& k) { return k.id == key.id; })) {
        entry.Error(place, "id", Quoted(key.id) + " is used twice");
      }
    }
    key.file = entry.RequiredText("file");
    entry.RefuseOthers();
    keys.push_back(std::move(key));
    if (keys.size() == 3) {
      state.Fail("callbacks.keys", table->place,
                 "callbacks.keys has more than two entries: one that signs and the one before it");
    }
  }
}

bool IsCurrencyCode(std::string_view code) {
  return code.size() >= 2 && code.size() <= 10 && std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

void LoadCurrencies(const TomlNode& value, LoadState& state) {
  CurrenciesConfig& currencies = state.target.config.currencies;
  if (value.kind != TomlNode::Kind::kTable) {
    state.Fail("currencies", value.place,
               "currencies must hold tables such as [currencies.USDT], not " +
                   std::string(value.KindName()));
    return;
  }
  for (const TomlMember& member : value.members) {
    const std::string path = "currencies." + member.key;
    if (!IsCurrencyCode(member.key)) {
      state.Fail(path, member.place,
                 "currencies: " + Quoted(member.key) +
                     " is no currency code; they have 2 to 10 upper-case letters and digits");
      continue;
    }
    if (member.value.kind != TomlNode::Kind::kTable) {
      state.Fail(path, member.value.place,
                 path + " must be a table, not " + std::string(member.value.KindName()));
      continue;
    }
    SetOrigins(path, member.value, state);
    Entry entry(state, path, member.value);
    int decimals = 0;
    bool exact = false;
    if (const TomlNode* number = entry.Find("decimals")) {
      const Setting range{.section = path, .key = "decimals", .min = 0, .max = Decimal::kScaleMax};
      const absl::Status status = SetFromToml(range, Slot(&decimals), *number);
      if (!status.ok()) entry.Error(number->place, "decimals", std::string(status.message()));
      currencies.decimals[member.key] = decimals;
    }
    if (const TomlNode* flag = entry.Find("exact")) {
      const absl::Status status =
          SetFromToml({.section = path, .key = "exact"}, Slot(&exact), *flag);
      if (!status.ok()) entry.Error(flag->place, "exact", std::string(status.message()));
      if (exact) currencies.exact.insert(member.key);
    }
    entry.RefuseOthers();
  }
}

}  // namespace

void LoadLists(const TomlNode& root, LoadState& state) {
  if (const TomlMember* callbacks = root.Find("callbacks")) {
    if (const TomlMember* keys = callbacks->value.Find("keys"))
      LoadCallbackKeys(keys->value, state);
  }
  if (const TomlMember* merchants = root.Find("merchants")) LoadMerchants(merchants->value, state);
  if (const TomlMember* tenants = root.Find("tenants")) LoadTenants(tenants->value, state);
  if (const TomlMember* list = root.Find("currencies")) LoadCurrencies(list->value, state);
}

std::optional<std::string> ExplainSecretKey(std::string_view section, std::string_view key) {
  const std::string path = std::string(section) + "." + std::string(key);
  const bool secret = key == "secret" || key == "password" || key == "key";
  if (secret && (section == "merchants" || section == "merchant")) {
    return path + ": secrets are read from files only; write it into a file and name that as " +
           std::string(section) + ".secret_file";
  }
  if (secret && section == "platform") {
    return path +
           ": secrets are read from files only; write it into a file and name that as "
           "secret_file under [[merchants]]";
  }
  if (secret && section == "callbacks.keys") {
    return path +
           ": keys are read from files only; write it into a file and name that as "
           "callbacks.keys.file";
  }
  if (section == "auth" && (secret || key == "token" || key == "tokens")) {
    return path + ": tokens are kept in a file, hashed; name it as auth.tokens_file";
  }
  return std::nullopt;
}

}  // namespace payout
