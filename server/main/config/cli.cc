#include "server/main/config/cli.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "server/main/config/duration_text.h"
#include "server/main/config/setting.h"
#include "server/main/config/suggest.h"

namespace payout {
namespace {

constexpr int kUsageError = 2;

constexpr const char* kAbout =
    "Sends payouts through EchelonPay for callers that speak gRPC: each one once, none lost.\n"
    "Try it without an account:  payout-gateway dev";
constexpr const char* kSources =
    "A flag wins over its variable (--listen: PAYOUT_GATEWAY_GRPC_LISTEN), that over the file, "
    "and\n"
    "that over the default. 'payout-gateway config print' shows every value and whence it came.";
constexpr const char* kServeFooter =
    "\nExample:\n"
    "  payout-gateway serve --config gateway.toml\n"
    "Exit codes: 0 after SIGTERM or SIGINT, 1 when something failed, 2 when the configuration is "
    "wrong.";
constexpr const char* kCheckFooter =
    "\nExit codes: 0 when it is right (warnings included), 2 when it is not.";

// What the options of one subcommand write to.
struct SourceOptions {
  std::string file;
  std::map<std::string, std::string> values;  // path → text
  std::vector<std::pair<std::string, CLI::Option*>> options;

  ConfigSource Take(const EnvironmentVariables& environment) const {
    ConfigSource source;
    const auto variable = environment.find(std::string(kVariablePrefix) + "CONFIG");
    if (!file.empty()) {
      source.file = file;
    } else if (variable != environment.end() && !variable->second.empty()) {
      source.file = variable->second;
    }
    for (const auto& [path, option] : options) {
      if (option->count() > 0) source.flags[path] = values.at(path);
    }
    return source;
  }
};

void AddSource(CLI::App& app, SourceOptions& to) {
  app.add_option("--config", to.file, "TOML file with the configuration (PAYOUT_GATEWAY_CONFIG).")
      ->type_name("FILE");
  for (const Setting& setting : AllSettings()) {
    if (setting.flag.empty()) continue;
    const std::string path = setting.Path();
    CLI::Option* option =
        app.add_option(std::string(setting.flag), to.values[path], std::string(setting.help))
            ->type_name(std::string(setting.example));
    to.options.emplace_back(path, option);
  }
}

std::string Complaint(const absl::Status& status) { return std::string(status.message()); }

CLI::Validator DurationCheck() {
  return CLI::Validator(
      [](std::string& text) { return Complaint(ParseDurationText(text).status()); }, "");
}

std::string CheckSetting(std::string_view section, std::string_view key, const std::string& text) {
  LoadTarget target;
  const Setting& setting = *FindSetting(section, key);
  return Complaint(SetFromText(setting, setting.SlotIn(target), text));
}
std::string CheckRate(std::string& text) {
  return CheckSetting("platform", "requests_per_second", text);
}
std::string CheckLogFormat(std::string& text) { return CheckSetting("log", "format", text); }

std::string CheckLoopback(std::string& text) {
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
  if (!address.ok()) return Complaint(address.status());
  return address->IsLoopback() ? ""
                               : Quoted(text) + " is not loopback; dev serves this machine only";
}

struct DevOptions {
  DevCommand command;
  std::string listen = command.listen.ToString();
  std::string callback_listen = command.callback_listen.ToString();
  std::string admin_listen = command.admin_listen.ToString();
  std::string settle_after = FormatDurationText(command.settle_after);
  std::string scenario;
  std::string log_format = "auto";

  // After the checks of the options.
  DevCommand Take() const {
    DevCommand dev = command;
    dev.listen = *ParseListenAddress(listen);
    dev.callback_listen = *ParseListenAddress(callback_listen);
    dev.admin_listen = *ParseListenAddress(admin_listen);
    dev.settle_after = *ParseDurationText(settle_after);
    if (!scenario.empty()) dev.scenario_file = scenario;
    if (log_format == "json") dev.log_format = LogFormat::kJson;
    if (log_format == "text") dev.log_format = LogFormat::kText;
    return dev;
  }
};

void AddDev(CLI::App& app, DevOptions& to) {
  const CLI::Validator loopback(CheckLoopback, "");
  app.add_option("--dir", to.command.dir, "Folder for the store; made when missing.")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--listen", to.listen, "Address of the gRPC API.")
      ->type_name("HOST:PORT")
      ->check(loopback)
      ->capture_default_str();
  app.add_option("--callback-listen", to.callback_listen, "Address where callbacks arrive.")
      ->type_name("HOST:PORT")
      ->check(loopback)
      ->capture_default_str();
  app.add_option("--admin-listen", to.admin_listen,
                 "Address of health, metrics and operators' commands.")
      ->type_name("HOST:PORT")
      ->check(loopback)
      ->capture_default_str();
  app.add_option("--settle-after", to.settle_after,
                 "How long the simulated platform takes for a payout, such as 300ms.")
      ->type_name("TIME")
      ->check(DurationCheck())
      ->capture_default_str();
  app.add_option("--requests-per-second", to.command.requests_per_second,
                 "What the simulated platform allows; 0 = no limit.")
      ->type_name("N")
      ->check(CLI::Validator(CheckRate, ""))
      ->capture_default_str();
  app.add_option("--scenario", to.scenario,
                 "TOML file with settings and faults of the simulated platform.")
      ->type_name("FILE");
  app.add_option("--log-format", to.log_format, "json, text, or auto: text on a terminal.")
      ->type_name("FORMAT")
      ->check(CLI::Validator(CheckLogFormat, ""))
      ->capture_default_str();
}

// All of the program's commands; the members outlive the parse.
struct Tree {
  CLI::App app{kAbout};
  SourceOptions serve_source;
  SourceOptions check_source;
  SourceOptions print_source;
  DevOptions dev_options;
  bool skip_files = false;
  bool restored = false;
  bool version_flag = false;
  CLI::App* serve = nullptr;
  CLI::App* dev = nullptr;
  CLI::App* config = nullptr;
  CLI::App* check = nullptr;
  CLI::App* print = nullptr;
  CLI::App* version = nullptr;

  Tree() {
    app.name("payout-gateway");
    app.require_subcommand(0, 1);
    app.add_flag("--version", version_flag, "Print the version.");
    serve = app.add_subcommand("serve", "Run the gateway.");
    AddSource(*serve, serve_source);
    serve->add_flag("--restored", restored,
                    "For one start: the store is a backup that was put back. The gateway finds "
                    "that out by itself, unless the file PATH.epoch was put back with it.");
    serve->footer(std::string(kSources) + kServeFooter);
    dev = app.add_subcommand(
        "dev", "Run gateway and simulated platform in one process. No account, no configuration.");
    AddDev(*dev, dev_options);
    dev->footer("Payouts stay in DIR between runs. No money moves. Stop it with Ctrl-C.");
    config = app.add_subcommand("config", "Look at a configuration without running it.");
    config->require_subcommand(0, 1);
    check = config->add_subcommand("check", "Say everything that is wrong with a configuration.");
    AddSource(*check, check_source);
    check->add_flag("--skip-files", skip_files,
                    "Do not look into the files that it names: secrets, tokens, certificates.");
    check->footer(std::string(kSources) + kCheckFooter);
    print = config->add_subcommand(
        "print", "Print the values in effect as TOML, with their origins. No secrets.");
    AddSource(*print, print_source);
    print->footer(kSources);
    version = app.add_subcommand("version", "Print the version.");
  }

  // The innermost command that was named.
  CLI::App& Deepest() {
    CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return *at;
  }
};

std::string FullName(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : FullName(*parent) + " " + app.get_name();
}

ExitCommand UsageError(const CLI::App& app, const std::string& message) {
  const std::string name = FullName(app);
  return {kUsageError, "",
          absl::StrCat("payout-gateway: ", message, "\nTry '", name, " --help'.\n")};
}

// An unexpected word, up to its value: that could be a secret.
ExitCommand Unexpected(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> known;
  const bool is_flag = argument.rfind('-', 0) == 0;
  if (is_flag) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    const std::string flag = argument.substr(0, argument.find('='));
    return UsageError(app, "unknown flag " + flag + DidYouMean(flag, known));
  }
  for (const CLI::App* sub : app.get_subcommands({})) known.push_back(sub->get_name());
  if (known.empty()) return UsageError(app, "takes no arguments besides its flags");
  return UsageError(app, "unknown command " + Quoted(argument) + DidYouMean(argument, known));
}

// The first flag among the words that were not expected, or else the first word: what follows an
// unknown flag is probably its value.
std::string FirstExtra(const std::vector<std::string>& extras,
                       const std::vector<std::string>& arguments) {
  std::string first;
  for (const std::string& argument : arguments) {
    if (std::find(extras.begin(), extras.end(), argument) == extras.end()) continue;
    if (argument.rfind('-', 0) == 0) return argument;
    if (first.empty()) first = argument;
  }
  return first;
}

std::string Help(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return app.help(parent == nullptr ? "" : FullName(*parent));
}

ExitCommand Explain(Tree& tree, const CLI::ParseError& error,
                    const std::vector<std::string>& arguments) {
  CLI::App& app = tree.Deepest();
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    return {0, Help(app), ""};
  }
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    return Unexpected(app, FirstExtra(app.remaining(), arguments));
  }
  return UsageError(app, error.what());
}

}  // namespace

Command ParseCommandLine(const std::vector<std::string>& arguments,
                         const EnvironmentVariables& environment) {
  const auto tree = std::make_unique<Tree>();
  // CLI11 takes the arguments from the end.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    tree->app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return Explain(*tree, error, arguments);
  }
  if (tree->version_flag || tree->version->parsed()) return VersionCommand{};
  if (tree->serve->parsed())
    return ServeCommand{tree->serve_source.Take(environment), tree->restored};
  if (tree->dev->parsed()) return tree->dev_options.Take();
  if (tree->check->parsed()) {
    return ConfigCheckCommand{tree->check_source.Take(environment), tree->skip_files};
  }
  if (tree->print->parsed()) return ConfigPrintCommand{tree->print_source.Take(environment)};
  const CLI::App& app = tree->Deepest();
  return ExitCommand{kUsageError, "", Help(app)};
}

}  // namespace payout
