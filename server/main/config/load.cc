#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/main/config/check.h"
#include "server/main/config/config.h"
#include "server/main/config/load_lists.h"
#include "server/main/config/load_state.h"
#include "server/main/config/suggest.h"

namespace payout {
namespace {

// What LoadLists reads.
bool IsList(std::string_view section) {
  return section == "merchants" || section == "tenants" || section == "currencies";
}

void Record(LoadState& state, const Setting& setting, Origin::Kind kind, Place place,
            const absl::Status& status) {
  const std::string path = setting.Path();
  if (!status.ok()) {
    state.Fail(path, place, path + " " + std::string(status.message()));
    return;
  }
  state.origins[path] = {kind, std::move(place)};
}

std::vector<std::string> SectionNames() {
  std::vector<std::string> names;
  for (const Setting& setting : AllSettings()) {
    if (setting.InFile() && (names.empty() || names.back() != setting.section)) {
      names.emplace_back(setting.section);
    }
  }
  names.insert(names.end(), {"merchants", "tenants", "currencies"});
  return names;
}

std::vector<std::string> PathsOf(std::string_view section) {
  std::vector<std::string> paths;
  for (const Setting& setting : AllSettings()) {
    if (setting.InFile() && setting.section == section) paths.push_back(setting.Path());
  }
  return paths;
}

void RefuseTopLevel(const TomlMember& member, LoadState& state) {
  std::string hint = DidYouMean(member.key, SectionNames());
  // `listen = …` before any [section]: the key is right, its place is not.
  for (const Setting& setting : AllSettings()) {
    if (setting.InFile() && setting.key == member.key) {
      hint = " (did you mean " + setting.Path() + "?)";
      break;
    }
  }
  state.Error(member.place, "unknown key " + member.key + hint);
}

void ReadSection(const TomlMember& section, LoadState& state) {
  if (section.value.kind != TomlNode::Kind::kTable) {
    state.Error(section.value.place, section.key + " must be a table; write [" + section.key + "]");
    return;
  }
  for (const TomlMember& member : section.value.members) {
    if (section.key == "callbacks" && member.key == "keys") continue;
    const Setting* setting = FindSetting(section.key, member.key);
    if (setting != nullptr) {
      Record(state, *setting, Origin::Kind::kFile, member.value.place,
             SetFromToml(*setting, setting->SlotIn(state.target), member.value));
      continue;
    }
    const std::string path = section.key + "." + member.key;
    const std::optional<std::string> secret = ExplainSecretKey(section.key, member.key);
    state.Error(member.place,
                secret ? *secret : "unknown key " + path + DidYouMean(path, PathsOf(section.key)));
  }
}

void ReadFileScalars(const TomlNode& root, LoadState& state) {
  const std::vector<std::string> sections = SectionNames();
  for (const TomlMember& member : root.members) {
    if (IsList(member.key)) continue;
    if (std::find(sections.begin(), sections.end(), member.key) == sections.end()) {
      RefuseTopLevel(member, state);
    } else {
      ReadSection(member, state);
    }
  }
}

// Kubernetes sets PAYOUT_GATEWAY_SERVICE_HOST, PAYOUT_GATEWAY_PORT_7450_TCP and the like in every
// pod next to a Service called "payout-gateway". They are not ours.
bool IsFromKubernetes(std::string_view rest) {
  return rest == "PORT" || absl::StartsWith(ToAbsl(rest), "PORT_") ||
         absl::StartsWith(ToAbsl(rest), "SERVICE_");
}

void ReadVariables(const EnvironmentVariables& environment, LoadState& state) {
  std::vector<std::string> known = {std::string(kVariablePrefix) + "CONFIG"};
  for (const Setting& setting : AllSettings()) known.push_back(setting.Variable());
  for (const auto& [name, value] : environment) {
    if (!absl::StartsWith(name, ToAbsl(kVariablePrefix)) || value.empty()) continue;
    const std::string rest = name.substr(kVariablePrefix.size());
    if (rest == "CONFIG" || IsFromKubernetes(rest)) continue;
    const Place place{name, 0, 0};
    const Setting* found = nullptr;
    for (const Setting& setting : AllSettings()) {
      if (setting.Variable() == name) found = &setting;
    }
    if (found != nullptr) {
      Record(state, *found, Origin::Kind::kEnvironment, place,
             SetFromText(*found, found->SlotIn(state.target), value));
      continue;
    }
    const std::size_t underscore = rest.find('_');
    std::optional<std::string> secret;
    if (underscore != std::string::npos) {
      const std::string section = absl::AsciiStrToLower(rest.substr(0, underscore));
      secret = ExplainSecretKey(section, absl::AsciiStrToLower(rest.substr(underscore + 1)));
    }
    state.Error(place, secret ? *secret : "unknown variable" + DidYouMean(name, known));
  }
}

void ReadFlags(const Flags& flags, LoadState& state) {
  for (const auto& [path, value] : flags) {
    const std::size_t dot = path.find('.');
    const Setting* setting =
        dot == std::string::npos ? nullptr : FindSetting(path.substr(0, dot), path.substr(dot + 1));
    if (setting == nullptr) {
      state.Error({path, 0, 0}, "unknown setting");
      continue;
    }
    const Place place{setting->flag.empty() ? path : std::string(setting->flag), 0, 0};
    Record(state, *setting, Origin::Kind::kFlag, place,
           SetFromText(*setting, setting->SlotIn(state.target), value));
  }
}

// --merchant-code and --merchant-secret-file, or their variables: a merchant called "default".
void AddSingleMerchant(const TomlNode* root, LoadState& state) {
  const LoadTarget& target = state.target;
  const bool has_code = !target.merchant_code.empty();
  const bool has_secret = !target.merchant_secret_file.empty();
  if (!has_code && !has_secret) return;
  const std::string set = has_code ? "merchant.code" : "merchant.secret_file";
  const Place place = state.PlaceOf(set);
  if (root != nullptr && root->Find("merchants") != nullptr) {
    state.Fail("merchants", place, "describes a merchant, but the file has [[merchants]] already");
    return;
  }
  if (!has_code || !has_secret) {
    const std::string path = has_code ? "merchant.secret_file" : "merchant.code";
    if (!state.HasFailed(path)) {
      state.Fail(
          "merchants", place,
          has_code ? "needs --merchant-secret-file as well" : "needs --merchant-code as well");
    }
  }
  MerchantConfig merchant{MerchantName("default"), target.merchant_code,
                          target.merchant_secret_file, target.config.platform};
  state.origins["merchants[0]"] = state.origins[set];
  for (const std::string key : {"code", "secret_file"}) {
    const auto origin = state.origins.find("merchant." + key);
    if (origin != state.origins.end()) state.origins["merchants[0]." + key] = origin->second;
  }
  state.target.config.merchants.push_back(std::move(merchant));
}

// Defaults that depend on other values.
void FillDerived(LoadState& state) {
  Config& config = state.target.config;
  if (!state.IsSet("grpc.reflection")) config.grpc.reflection = config.grpc.listen.IsLoopback();
  const ListenAddress& listen = config.callbacks.listen;
  if (!state.IsSet("callbacks.base_url") && listen.IsLoopback() && listen.port != 0) {
    config.callbacks.base_url = "http://" + listen.ToString();
  }
}

}  // namespace

ConfigResult LoadConfig(const Flags& flags, const EnvironmentVariables& environment,
                        const std::optional<ConfigFile>& file) {
  LoadState state;
  state.whole = {file ? file->name : "configuration", 0, 0};
  std::optional<TomlNode> root;
  if (file) root = ParseToml(file->text, file->name, state.problems);
  const bool complete = !file || root.has_value();
  if (root) ReadFileScalars(*root, state);
  ReadVariables(environment, state);
  ReadFlags(flags, state);
  if (complete) AddSingleMerchant(root ? &*root : nullptr, state);
  if (root) LoadLists(*root, state);
  // After a syntax error half the values are missing; rules about them would only confuse.
  if (complete) {
    FillDerived(state);
    CheckConfig(state);
  }
  SortByPlace(state.problems);
  return {std::move(state.target.config), std::move(state.origins), std::move(state.problems)};
}

}  // namespace payout
