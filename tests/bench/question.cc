#include "tests/bench/question.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/bench/interrupt.h"
#include "tests/bench/lock_cycles.h"
#include "tests/bench/report.h"

namespace payout::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kInterrupted = 130;
constexpr char kSkip[] = "payout.bench/skip";

struct Options {
  std::size_t rounds = 0;
  std::vector<std::string> rows;
  std::string dir;
  std::string json;
  bool strict = false;
  RowContext context;
};

// The folder of this program, which the others are in, too.
std::string OwnFolder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().string();
}

void AddOptions(CLI::App& app, const Question& question, Options& to) {
  std::vector<std::string> names;
  for (const Row& row : question.rows) names.push_back(row.name);
  to.rounds = question.rounds;
  to.context.in_flight = question.in_flight;
  to.context.time = question.time;
  to.context.bin = OwnFolder();
  to.context.peers = std::string(PAYOUT_BENCH_SOURCE) + "/tests/bench/peers";
  app.add_option("--rounds", to.rounds, "How often each row runs; the table has the medians.")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--row", to.rows, "Run this row only; may be given again.")
      ->check(CLI::IsMember(names));
  app.add_option_function<double>(
         "--seconds",
         [&to](const double& seconds) {
           to.context.time = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
         },
         absl::StrCat("How long a row begins operations; default ",
                      std::chrono::duration<double>(question.time).count(), "."))
      ->check(CLI::Range(0.05, 3600.0))
      ->default_str(absl::StrCat(std::chrono::duration<double>(question.time).count()));
  app.add_option("--calls", to.context.calls, "And at most so many operations; 0: no limit.")
      ->capture_default_str();
  app.add_option("--in-flight", to.context.in_flight, "Operations at once.")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--bin", to.context.bin, "Folder of the programs; default: where this one is.")
      ->check(CLI::ExistingDirectory);
  app.add_option("--peers", to.context.peers, "Folder of the peers; default: tests/bench/peers.");
  app.add_option("--dir", to.dir,
                 "Folder on a disk for stores and logs, which are removed; default: the build "
                 "directory. Not /tmp: that may be memory, where a durable write costs nothing.")
      ->check(CLI::ExistingDirectory);
  app.add_option("--json", to.json, "Write the figures of all rounds to this file.");
  app.add_flag("--strict", to.strict, "A row that is skipped is a failure.");
}

// Options with their values, those that were not given with their defaults.
std::map<std::string, std::string> AllOptions(const CLI::App& app) {
  std::map<std::string, std::string> all;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_name() == "--help") continue;
    all[option->get_name().substr(2)] = option->count() > 0
                                            ? absl::StrJoin(option->reduced_results(), " ")
                                            : option->get_default_str();
  }
  return all;
}

// The options that were given, as a command has them, but for those that choose rows and file.
std::string GivenOptions(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || name == "--row" || name == "--json") continue;
    absl::StrAppend(&text, " ", name);
    if (option->get_items_expected_max() > 0) {
      absl::StrAppend(&text, " ", absl::StrJoin(option->reduced_results(), " "));
    }
  }
  return text;
}

// A folder of its own for this run; empty: it cannot be made.
std::string MakeFolder(const std::string& parent) {
  std::string name = parent + "/bench.XXXXXX";
  return mkdtemp(name.data()) == nullptr ? "" : name;
}

class Runner {
 public:
  Runner(const Question& question, const Options& options, std::string folder, Report& report)
      : question_(question), options_(options), folder_(std::move(folder)), report_(report) {
    for (const Row& row : question.rows) {
      const auto& chosen = options.rows;
      if (chosen.empty() || std::ranges::find(chosen, row.name) != chosen.end()) {
        report_.rows.push_back({.row = &row, .rounds = {}, .skipped = "", .failed = ""});
      }
    }
  }

  // False: interrupted.
  bool Run() {
    began_ = std::chrono::steady_clock::now();
    for (std::size_t round = 1; round <= options_.rounds; ++round) {
      for (RowResult& result : report_.rows) {
        if (!Runs(result)) continue;
        RunRow(round, result);
        if (Interrupted()) return false;
      }
    }
    return true;
  }

 private:
  static bool Runs(const RowResult& result) {
    return result.skipped.empty() && result.failed.empty();
  }

  void RunRow(std::size_t round, RowResult& result) {
    const std::string& name = result.row->name;
    Tell(round, name);
    RowContext context = options_.context;
    context.dir = absl::StrCat(folder_, "/", name, "-", round);
    std::error_code error;
    fs::create_directory(context.dir, error);
    const absl::StatusOr<Figures> figures = result.row->run(context);
    if (Interrupted()) return;
    ++done_;
    if (!figures.ok() && IsSkipped(figures.status())) {
      result.skipped = std::string(figures.status().message());
      std::cerr << question_.name << ": " << name << " skipped: " << result.skipped << std::endl;
    } else if (!figures.ok()) {
      result.failed = figures.status().ToString();
      std::cerr << question_.name << ": the row " << name << " failed: " << result.failed
                << "\n  logs: " << context.dir << std::endl;
      return;
    } else {
      result.rounds.push_back(*figures);
    }
    fs::remove_all(context.dir, error);
  }

  void Tell(std::size_t round, const std::string& name) const {
    std::size_t all = done_;
    for (const RowResult& result : report_.rows) {
      if (!Runs(result)) continue;
      const bool done_now = result.rounds.size() == round;
      all += options_.rounds - round + (done_now ? 0 : 1);
    }
    std::string left;
    if (done_ > 0) {
      const double took =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
      left = absl::StrCat(
          ", about ",
          static_cast<int>(took * static_cast<double>(all - done_) / static_cast<double>(done_) +
                           1),
          " s left");
    }
    std::cerr << question_.name << ": round " << round << " of " << options_.rounds << ", " << name
              << left << std::endl;
  }

  const Question& question_;
  const Options& options_;
  const std::string folder_;
  Report& report_;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace

absl::Status SkipRow(const std::string& why) {
  absl::Status status = absl::FailedPreconditionError(why);
  status.SetPayload(kSkip, absl::Cord());
  return status;
}

bool IsSkipped(const absl::Status& status) { return status.GetPayload(kSkip).has_value(); }

double Medians::Of(const std::string& row, const std::string& figure) const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const auto figures = rows_.find(row);
  if (figures == rows_.end()) return kNone;
  const auto value = figures->second.find(figure);
  return value == figures->second.end() ? kNone : value->second;
}

double Medians::Cpu(const std::vector<std::string>& rows) const {
  double sum = 0;
  for (const std::string& row : rows) sum += Cpu(row);
  return sum;
}

int RunQuestion(int argc, char** argv, Question question) {
  IgnoreLockCycles();
  CLI::App app{question.text};
  app.name(question.name);
  Options options;
  AddOptions(app, question, options);
  if (question.options) question.options(app);
  if (question.adapt) question.adapt(options.context, question);
  std::string rows;
  for (const Row& row : question.rows) absl::StrAppend(&rows, "  ", row.name, ": ", row.what, "\n");
  app.footer(
      "Rows:\n" + rows +
      "\nExit code: 0 each row ran and proved that its work was done, or was skipped, because "
      "something is not installed; 1 a row failed, or with --strict was skipped; 2 wrong "
      "usage; 130 interrupted. Goals are told, never judged.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  WatchSignals();
  options.context.bin = fs::weakly_canonical(options.context.bin).string();
  if (question.adapt) question.adapt(options.context, question);
  if (options.dir.empty()) options.dir = fs::path(options.context.bin).parent_path().string();
  const std::string folder = MakeFolder(fs::absolute(options.dir).string());
  if (folder.empty()) {
    std::cerr << question.name << ": no folder can be made in " << options.dir << "\n";
    return 2;
  }

  Report report;
  report.question = &question;
  report.context = options.context;
  report.command = argv[0];
  report.given = GivenOptions(app);
  report.options = AllOptions(app);
  report.began = absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone());
  report.machine = DescribeMachine(folder);
  const bool complete = Runner(question, options, folder, report).Run();
  const bool failed = CountFailed(report) > 0;
  std::error_code error;
  if (!complete || !failed) fs::remove_all(folder, error);
  if (!complete) {
    std::cerr << question.name << ": interrupted" << std::endl;
    return kInterrupted;
  }
  std::cout << TableText(report) << std::flush;
  if (!options.json.empty() && !(std::ofstream(options.json) << JsonText(report)).flush()) {
    std::cerr << question.name << ": " << options.json << " cannot be written\n";
    return 1;
  }
  return failed || (options.strict && CountSkipped(report) > 0) ? 1 : 0;
}

}  // namespace payout::bench
