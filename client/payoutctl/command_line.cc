#include "client/payoutctl/command_line.h"

#include <deque>
#include <functional>
#include <map>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/payoutctl/exit_code.h"
#include "client/payoutctl/operator_command_line.h"
#include "client/payoutctl/suggest.h"
#include "client/payoutctl/text.h"
#include "client/payoutctl/times.h"

namespace payout::payoutctl {
namespace {

constexpr char kDescription[] =
    "Creates payouts through the payout gateway and follows them.\n"
    "Data goes to standard output, everything else to standard error.";

constexpr char kJsonHelp[] =
    "JSON is canonical protobuf JSON, the same as from `buf curl`: fields with their default value "
    "are\n"
    "left out unless --emit-defaults is given. With -o json and -o jsonl every line on standard "
    "error is\n"
    "a JSON object, an error being the last.\n";

constexpr char kCreateHelp[] =
    "Examples:\n"
    "  payoutctl create --amount 42.05 --currency EUR --account-name 'Ada Example' \\\n"
    "      --account-number DE89370400440532013000 --operator SEPA --wait settled\n"
    "  payoutctl create --method crypto --amount 10 --currency USDT --wallet-address T9y... \\\n"
    "      --operator TRC20\n"
    "  payoutctl create -f payouts.jsonl -o jsonl > answers.jsonl\n"
    "Repeating a create with the same id and content never pays twice.\n";

// Reads a duration above zero, such as 500ms, 30s or 2m.
std::function<bool(const CLI::results_t&)> Span(std::optional<absl::Duration>* target) {
  return [target](const CLI::results_t& values) {
    *target = ParseSpan(values.back());
    return target->has_value() && **target > absl::ZeroDuration();
  };
}

CLI::Option* AddSpan(CLI::App* app, const std::string& name, std::optional<absl::Duration>* target,
                     const std::string& help) {
  return app->add_option(name, Span(target), help)->type_name("DURATION")->expected(1);
}

const CLI::Validator& States() {
  static const CLI::Validator* const validator = new CLI::Validator(
      [](std::string& text) -> std::string {
        if (ParseState(text)) return "";
        return "\"" + text + "\" is no state; the states are " + StateList();
      },
      "STATE");
  return *validator;
}

void AddGlobal(CLI::App& app, GlobalOptions& global) {
  app.add_option("-s,--server", global.server, "grpc://HOST:PORT or, with TLS, grpcs://HOST:PORT")
      ->envname("PAYOUTCTL_SERVER")
      ->capture_default_str();
  app.add_option("--token-file", global.token_file, "File with the bearer token")
      ->envname("PAYOUTCTL_TOKEN_FILE");
  app.add_option("--ca-file", global.ca_file, "PEM file of the authorities to trust (TLS)")
      ->envname("PAYOUTCTL_CA_FILE");
  app.add_flag("--allow-plaintext", global.allow_plaintext,
               "Allow grpc:// to hosts other than this one, the token included")
      ->envname("PAYOUTCTL_ALLOW_PLAINTEXT");
  AddSpan(&app, "--timeout", &global.timeout,
          "Time for the call, repetitions included; default 30s, --wait accepted 90s,\n"
          "--wait settled 5m30s, watch none")
      ->envname("PAYOUTCTL_TIMEOUT");
  static const std::map<std::string, Output> outputs = {
      {"text", Output::kText}, {"json", Output::kJson}, {"jsonl", Output::kJsonl}};
  app.add_option("-o,--output", global.output, "text, json or jsonl (one object per line)")
      ->transform(CLI::CheckedTransformer(outputs).description(""))
      ->type_name("FORMAT")
      ->envname("PAYOUTCTL_OUTPUT");
  app.add_flag("--emit-defaults", global.emit_defaults,
               "JSON: print fields that have their default value, too");
  static const std::map<std::string, Color> colors = {
      {"auto", Color::kAuto}, {"always", Color::kAlways}, {"never", Color::kNever}};
  app.add_option("--color", global.color, "auto, always or never; auto honours NO_COLOR")
      ->transform(CLI::CheckedTransformer(colors).description(""))
      ->type_name("WHEN")
      ->envname("PAYOUTCTL_COLOR");
  app.add_flag("-q,--quiet", global.quiet, "Only errors and what must be known");
  app.add_flag("-v,--verbose", global.verbose, "More about what happens");
}

void AddMerchant(CLI::App* app, std::string& merchant) {
  app->add_option("--merchant", merchant, "Merchant account; needed when there are several")
      ->envname("PAYOUTCTL_MERCHANT");
}

void AddCreate(CLI::App* app, CreateOptions& create) {
  auto* file = app->add_option("-f,--file", create.file,
                               "JSON request, or one request per line; - reads standard input");
  app->add_option("--parallel", create.parallel, "Calls at once for a file of many")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app->add_option("--id", create.id, "The payout's id; generated and printed when absent");
  app->add_option("--id-prefix", create.id_prefix, "Put before a generated id")
      ->envname("PAYOUTCTL_ID_PREFIX");
  AddMerchant(app, create.merchant);
  app->add_flag("--validate-only", create.validate_only, "Check the request, create nothing");
  app->add_option("--wait", create.wait, "recorded, accepted or settled")
      ->check(CLI::IsMember({"recorded", "accepted", "settled"}).description(""))
      ->type_name("UNTIL");
  // What a file says itself. Not CLI11's excludes(), which writes the whole list into the help.
  std::vector<const CLI::Option*> of_flags;
  const auto own = [app, &of_flags](const std::string& name, std::string& target,
                                    const std::string& help, const std::string& group) {
    CLI::Option* option = app->add_option(name, target, help)->group(group);
    of_flags.push_back(option);
    return option;
  };
  own("--amount", create.amount, "Decimal text, such as 42.05", "Money");
  own("--currency", create.currency, "ISO 4217 code, such as EUR", "Money");
  own("--method", create.method, "bank (default), crypto or wallet", "Method")
      ->check(CLI::IsMember({"bank", "crypto", "wallet"}).description(""))
      ->type_name("METHOD");
  own("--operator", create.operator_code, "Code of the payment operator", "Method");
  own("--remark", create.remark, "Free text for the beneficiary", "Method");
  own("--account-name", create.account_name, "Holder of the account", "Method bank");
  own("--account-number", create.account_number, "Account number, such as an IBAN", "Method bank");
  own("--account-type", create.account_type, "Kind of account (JPY, ZAR)", "Method bank");
  own("--bank-code", create.bank_code, "Code of the bank (INR: IFSC)", "Method bank");
  own("--bank-name", create.bank_name, "Name of the bank", "Method bank");
  own("--bank-branch", create.bank_branch, "Branch of the bank (JPY)", "Method bank");
  own("--bank-city", create.bank_city, "City of the bank", "Method bank");
  own("--bank-province", create.bank_province, "Province of the bank", "Method bank");
  own("--email", create.email, "E-mail address of the customer", "Method bank");
  own("--wallet-address", create.wallet_address, "Address of the wallet", "Method crypto");
  own("--wallet-name", create.wallet_name, "Holder of the wallet", "Method wallet");
  own("--wallet-account", create.wallet_account, "Address such as a UPI id", "Method wallet");
  own("--phone", create.phone, "Mobile number, international form", "Method wallet");
  own("--segment", create.segment, "The merchant's segment", "More");
  own("--exchange-to", create.exchange_to, "Currency to exchange to", "More");
  own("--customer-ip", create.customer_ip, "IP address of the customer", "More");
  own("--customer-id", create.customer_id, "Id of the customer", "More");
  own("--submit-before", create.submit_before, "RFC 3339, or +10m: send nothing later", "More");
  of_flags.push_back(app->add_option("--label", create.labels, "KEY=VALUE; may be repeated")
                         ->group("More")
                         ->expected(1)
                         ->take_all());
  app->footer(kCreateHelp);
  app->parse_complete_callback([file, of_flags] {
    for (const CLI::Option* option : of_flags) {
      if (file->count() > 0 && option->count() > 0) {
        throw CLI::ExcludesError(option->get_name(), "--file");
      }
    }
  });
}

void AddList(CLI::App* app, ListOptions& list) {
  app->add_option("--state", list.states, "Only these states; repeat or separate by commas")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->check(States());
  AddMerchant(app, list.merchant);
  app->add_option("--since", list.since, "Created since: 1h, 7d or RFC 3339");
  app->add_option("--until", list.until, "Created before: 1h (ago) or RFC 3339");
  app->add_flag("--needs-review", list.needs_review, "Only what a person has to look at");
  auto* limit = app->add_option("--limit", list.limit, "At most so many, newest first")
                    ->check(CLI::Range(1, 1'000'000))
                    ->capture_default_str();
  app->add_flag("--all", list.all, "All of them")->excludes(limit);
}

void AddWatch(CLI::App* app, WatchFlags& watch) {
  app->add_option("ids", watch.ids, "Ids to watch; none: all payouts")->type_name("ID");
  app->add_option("--merchant", watch.merchants, "Only these merchants; may be repeated")
      ->expected(1)
      ->take_all();
  app->add_option("--state", watch.states, "Only changes into these states")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->check(States());
  app->add_option("--from", watch.from, "snapshot, now, oldest, or a resume token")
      ->capture_default_str();
  app->add_option("--resume-file", watch.resume_file,
                  "Keep the resume token here and go on from it; wins over --from");
  app->add_option_function<std::string>(
         "--until", [&watch](const std::string&) { watch.until_settled = true; },
         "settled: end when all payouts seen are settled; exit 8 if one was not paid, 9 when "
         "--timeout "
         "ends it")
      ->check(CLI::IsMember({"settled"}).description(""))
      ->type_name("WHAT");
  app->add_flag(
      "--restart", watch.restart,
      "When the token is too old or of another store: start again with a snapshot, and say so");
}

// Long names and subcommands that would have been understood.
std::vector<std::string> KnownWords(const CLI::App& app, bool flags) {
  std::vector<std::string> words;
  const auto add = [&words, flags](const CLI::App& level) {
    if (flags) {
      for (const CLI::Option* option : level.get_options()) {
        for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
      }
      return;
    }
    for (const CLI::App* command : level.get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(command->get_name());
    }
  };
  add(app);
  for (const CLI::App* command : app.get_subcommands()) add(*command);
  return words;
}

std::string Explain(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> extras = app.remaining(true);
  std::string text = error.what();
  if (!extras.empty()) {
    const std::string& word = extras.front();
    const bool flag = word.size() > 1 && word.front() == '-';
    const bool command = !flag && app.get_subcommands().empty();
    text = std::string(flag      ? "unknown flag "
                       : command ? "unknown command "
                                 : "unexpected argument ");
    text += "\"" + word + "\"";
    const std::string name = word.substr(0, word.find('='));
    const std::string meant = flag || command ? Suggest(name, KnownWords(app, flag)) : "";
    if (!meant.empty()) text += "; did you mean " + meant + "?";
  } else if (app.get_subcommands().empty()) {
    text =
        "a command is missing: create, get, list, cancel, watch, explain, pause, resume, review, "
        "admin, health or "
        "version";
  }
  return text;
}

// The output format is needed for errors about other flags, too, when parsing stopped before it was
// set.
Output GuessOutput(int argc, const char* const* argv) {
  const auto format = [](const std::string& text) {
    return text == "json" ? Output::kJson : text == "jsonl" ? Output::kJsonl : Output::kText;
  };
  const char* variable = std::getenv("PAYOUTCTL_OUTPUT");
  Output output = variable != nullptr ? format(variable) : Output::kText;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if ((word == "-o" || word == "--output") && i + 1 < argc) output = format(argv[i + 1]);
    if (word.rfind("--output=", 0) == 0) output = format(word.substr(9));
    if (word.rfind("-o", 0) == 0 && word.size() > 2) output = format(word.substr(2));
  }
  return output;
}

}  // namespace

Parsed ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app(kDescription, "payoutctl");
  app.footer(std::string(kJsonHelp) + "\n" + kExitCodeHelp);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", PAYOUT_VERSION);
  AddGlobal(app, line.global);
  const auto command = [&](const char* name, const char* help, Command value) {
    CLI::App* added = app.add_subcommand(name, help);
    added->callback([&line, value] { line.command = value; });
    return added;
  };
  AddCreate(command("create", "Create a payout, or many from a file", Command::kCreate),
            line.create);
  CLI::App* get = command("get", "Show a payout", Command::kGet);
  get->add_option("id", line.get.id, "The payout's id")->required()->type_name("ID");
  AddMerchant(get, line.get.merchant);
  AddSpan(get, "--max-staleness", &line.get.max_staleness,
          "Ask the platform first if it was last asked longer ago than this, at least 5s");
  AddList(command("list", "List payouts, newest first", Command::kList), line.list);
  CLI::App* cancel = command("cancel", "Cancel a payout that was not sent yet", Command::kCancel);
  cancel->add_option("id", line.cancel.id, "The payout's id")->required()->type_name("ID");
  AddMerchant(cancel, line.cancel.merchant);
  AddWatch(command("watch", "Follow status changes as they happen", Command::kWatch), line.watch);
  CLI::App* explain =
      command("explain", "Show everything about a payout: every call, what came back, what is next",
              Command::kExplain);
  explain->add_option("id", line.explain.id, "The payout's id")->required()->type_name("ID");
  AddMerchant(explain, line.explain.merchant);
  std::deque<AdminOptions> admin_options;
  AddOperatorCommands(app, line, admin_options);
  CLI::App* health = command("health", "Ask whether the gateway takes calls", Command::kHealth);
  health->add_option("--service", line.health.service, "Health of one service, not of the whole");
  command("version", "Print versions", Command::kVersion);

  Parsed parsed;
  try {
    app.parse(argc, argv);
    parsed.command = line;
  } catch (const CLI::CallForHelp&) {
    // The help of a command lists the flags of all commands as well, where people look for them.
    const auto chosen = app.get_subcommands();
    parsed.text = chosen.empty() ? app.help() : chosen.front()->help("payoutctl");
    if (!chosen.empty())
      parsed.text += "\nFlags of all commands and exit codes: payoutctl --help\n";
  } catch (const CLI::CallForVersion&) {
    parsed.text = std::string(PAYOUT_VERSION) + "\n";
  } catch (const CLI::ParseError& error) {
    parsed.is_error = true;
    parsed.text = Explain(app, error);
  }
  parsed.global = line.global;
  if (parsed.is_error) parsed.global.output = GuessOutput(argc, argv);
  return parsed;
}

}  // namespace payout::payoutctl
