#include "tests/bench/question.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/bench/report.h"

namespace payout::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kInterrupted = 130;

volatile std::sig_atomic_t interrupted = 0;

void NoteSignal(int) { interrupted = 1; }

void WatchSignals() {
  struct sigaction action {};
  action.sa_handler = NoteSignal;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

struct Options {
  std::size_t rounds = 0;
  std::vector<std::string> rows;
  std::string dir;
  std::string json;
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
      ->check(CLI::Range(0.05, 3600.0));
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
        report_.rows.push_back({.row = &row, .rounds = {}, .skipped = ""});
      }
    }
  }

  // The exit code.
  int Run() {
    began_ = std::chrono::steady_clock::now();
    for (std::size_t round = 1; round <= options_.rounds; ++round) {
      for (RowResult& result : report_.rows) {
        if (!result.skipped.empty()) continue;
        const int code = RunRow(round, result);
        if (code != 0) return code;
      }
    }
    return 0;
  }

 private:
  int RunRow(std::size_t round, RowResult& result) {
    const std::string& name = result.row->name;
    Tell(round, name);
    RowContext context = options_.context;
    context.dir = absl::StrCat(folder_, "/", name, "-", round);
    std::error_code error;
    fs::create_directory(context.dir, error);
    const absl::StatusOr<Figures> figures = result.row->run(context);
    if (interrupted != 0) return kInterrupted;
    ++done_;
    if (!figures.ok() && absl::IsUnimplemented(figures.status())) {
      result.skipped = std::string(figures.status().message());
      std::cerr << question_.name << ": " << name << " skipped: " << result.skipped << std::endl;
    } else if (!figures.ok()) {
      std::cerr << question_.name << ": the row " << name
                << " failed: " << figures.status().ToString() << "\n  logs: " << context.dir
                << std::endl;
      return 1;
    } else {
      result.rounds.push_back(*figures);
    }
    fs::remove_all(context.dir, error);
    return 0;
  }

  void Tell(std::size_t round, const std::string& name) const {
    const std::size_t all = options_.rounds * report_.rows.size();
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

absl::Status SkipRow(const std::string& why) { return absl::UnimplementedError(why); }

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

int RunQuestion(int argc, char** argv, const Question& question) {
  std::string rows;
  for (const Row& row : question.rows) absl::StrAppend(&rows, "  ", row.name, ": ", row.what, "\n");
  CLI::App app{question.text};
  app.name(question.name);
  app.footer("Rows:\n" + rows +
             "\nExit code: 0 each row ran, and proved that its work was done; "
             "1 not; goals are told, never judged.");
  Options options;
  AddOptions(app, question, options);
  if (question.options) question.options(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.dir.empty()) options.dir = fs::path(options.context.bin).parent_path().string();
  const std::string folder = MakeFolder(fs::absolute(options.dir).string());
  if (folder.empty()) {
    std::cerr << question.name << ": no folder can be made in " << options.dir << "\n";
    return 2;
  }

  WatchSignals();
  Report report;
  report.question = &question;
  report.context = options.context;
  report.command = argv[0];
  report.machine = DescribeMachine(folder);
  const int code = Runner(question, options, folder, report).Run();
  std::error_code error;
  if (code != 1) fs::remove_all(folder, error);
  if (code != 0) return code;
  std::cout << TableText(report) << std::flush;
  if (!options.json.empty() && !(std::ofstream(options.json) << JsonText(report)).flush()) {
    std::cerr << question.name << ": " << options.json << " cannot be written\n";
    return 1;
  }
  return 0;
}

}  // namespace payout::bench
