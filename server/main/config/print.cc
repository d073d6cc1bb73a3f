#include "server/main/config/print.h"

#include <set>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/main/config/setting.h"
#include "server/main/config/toml_tree.h"

namespace payout {
namespace {

class Printer {
 public:
  explicit Printer(const ConfigResult& result) : result_(result) { target_.config = result.config; }

  std::string Print() {
    out_ =
        "# The configuration in effect; the comment after a value says whence it came.\n"
        "# Secrets are not shown: they stay in the files named here.\n";
    std::string_view section;
    for (const Setting& setting : AllSettings()) {
      if (!setting.InFile()) continue;
      if (setting.section != section) {
        EndSection(section);
        section = setting.section;
        out_ += "\n[" + std::string(section) + "]\n";
      }
      Print(setting);
    }
    EndSection(section);
    PrintCurrencies();
    return out_;
  }

 private:
  // What follows a section of plain values.
  void EndSection(std::string_view section) {
    if (section == "callbacks") PrintCallbackKeys();
    if (section != "platform") return;
    PrintMerchants();
    PrintTenants();
  }

  std::string Whence(const std::string& path) const {
    const auto found = result_.origins.find(path);
    const Origin origin = found == result_.origins.end() ? Origin{} : found->second;
    const std::string place = absl::Utf8SafeCEscape(origin.place.ToString());
    switch (origin.kind) {
      case Origin::Kind::kDefault:
        return "default";
      case Origin::Kind::kFile:
        return "file " + place;
      case Origin::Kind::kEnvironment:
        return "environment " + place;
      case Origin::Kind::kFlag:
        return "flag " + place;
    }
    return "";
  }

  void Line(std::string_view key, const std::string& value, const std::string& path) {
    absl::StrAppend(&out_, std::string(key), " = ", value, "  # ", Whence(path), "\n");
  }

  void Print(const Setting& setting) {
    out_ += "# " + std::string(setting.help) + "\n";
    if (setting.Path() == "callbacks.base_url" && target_.config.callbacks.base_url.empty()) {
      out_ += "# base_url = \"http://127.0.0.1:PORT\"  # default, with the port that is bound\n";
      return;
    }
    Line(setting.key, ToToml(setting.SlotIn(target_)), setting.Path());
  }

  void PrintCallbackKeys() {
    const auto& keys = target_.config.callbacks.keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string path = absl::StrCat("callbacks.keys[", i, "]");
      out_ += "\n[[callbacks.keys]]\n";
      Line("id", TomlQuoted(keys[i].id), path + ".id");
      Line("file", TomlQuoted(keys[i].file), path + ".file");
    }
  }

  void PrintMerchants() {
    auto& merchants = target_.config.merchants;
    for (std::size_t i = 0; i < merchants.size(); ++i) {
      const std::string path = absl::StrCat("merchants[", i, "]");
      out_ += "\n[[merchants]]\n";
      Line("name", TomlQuoted(merchants[i].name.value()), path + ".name");
      Line("code", TomlQuoted(merchants[i].code), path + ".code");
      Line("secret_file", TomlQuoted(merchants[i].secret_file), path + ".secret_file");
      for (const Setting& setting : AllSettings()) {
        const std::string own = path + "." + std::string(setting.key);
        if (setting.platform_slot == nullptr || !result_.origins.contains(own)) continue;
        Line(setting.key, ToToml(setting.platform_slot(merchants[i].platform)), own);
      }
    }
  }

  void PrintTenants() {
    const auto& tenants = target_.config.tenants;
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      const std::string path = absl::StrCat("tenants[", i, "]");
      out_ += "\n[[tenants]]\n";
      Line("name", TomlQuoted(tenants[i].name.value()), path + ".name");
      std::string list;
      for (const MerchantName& merchant : tenants[i].merchants) {
        absl::StrAppend(&list, list.empty() ? "" : ", ", TomlQuoted(merchant.value()));
      }
      Line("merchants", "[" + list + "]", path + ".merchants");
      Line("payout_id_prefix", TomlQuoted(tenants[i].payout_id_prefix), path + ".payout_id_prefix");
    }
  }

  void PrintCurrencies() {
    const CurrenciesConfig& currencies = target_.config.currencies;
    std::set<std::string> codes = currencies.exact;
    for (const auto& [code, decimals] : currencies.decimals) codes.insert(code);
    for (const std::string& code : codes) {
      const std::string path = "currencies." + code;
      out_ += "\n[" + path + "]\n";
      if (const auto found = currencies.decimals.find(code); found != currencies.decimals.end()) {
        Line("decimals", std::to_string(found->second), path + ".decimals");
      }
      Line("exact", currencies.exact.contains(code) ? "true" : "false", path + ".exact");
    }
  }

  const ConfigResult& result_;
  LoadTarget target_;
  std::string out_;
};

}  // namespace

std::string PrintConfig(const ConfigResult& result) { return Printer(result).Print(); }

}  // namespace payout
