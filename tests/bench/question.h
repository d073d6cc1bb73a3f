// Question: what a benchmark asks, with the rows that answer it and the goals that the answers are
// held against. A bench program is a main() that builds one Question and calls RunQuestion.
//
// Used by: every *_bench.cc. Rows run one at a time, on the main thread.

#ifndef PAYOUT_TESTS_BENCH_QUESTION_H_
#define PAYOUT_TESTS_BENCH_QUESTION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace CLI {
class App;
}

namespace payout::bench {

// What a row measured, by name. The names below have columns in the table; any other one may be
// added (lower_case_with_unit), is printed under the table and written to the JSON file. A figure
// that a row does not measure is left out.
using Figures = std::map<std::string, double>;
inline constexpr char kPerSecond[] = "per_second";  // operations that went well, per second
inline constexpr char kP50Ms[] = "p50_ms";          // latency of one operation
inline constexpr char kP99Ms[] = "p99_ms";
inline constexpr char kP999Ms[] = "p999_ms";
inline constexpr char kCpuUs[] = "cpu_us";    // of the process under test, per operation
inline constexpr char kPeakMb[] = "peak_mb";  // its largest resident memory, MiB

// What a row is given.
struct RowContext {
  std::string bin;    // folder of the programs
  std::string peers;  // folder of the peers: node/adapter.js, python/adapter.py
  std::string dir;    // empty, on disk, for this one run; removed after it, kept when it failed
  std::size_t in_flight = 0;         // operations at once
  std::chrono::milliseconds time{};  // how long to begin operations; the measured part of the row
  std::size_t calls = 0;             // and at most so many; 0: no limit
};

enum class RowKind {
  kOurs,   // the gateway
  kFloor,  // what cannot be avoided: the same work on the bare library
  kPeer,   // what a user would write instead
};

struct Row {
  std::string name;  // one word, unique in the question: --row NAME
  std::string what;  // one line
  RowKind kind = RowKind::kOurs;
  // Starts and ends all of its processes itself. An error: something failed, or the work was not
  // proven to be done. SkipRow: the machine lacks something; that is no failure.
  std::function<absl::StatusOr<Figures>(const RowContext&)> run;
  // Names of rows that it is compared with in the table: its CPU with the sum of theirs, its rate
  // with that of the first. Empty: with none.
  std::vector<std::string> beside;
};

absl::Status SkipRow(const std::string& why);

// The medians over all rounds.
class Medians {
 public:
  void Set(const std::string& row, Figures figures) { rows_[row] = std::move(figures); }
  // NaN: the row did not run, or does not have that figure. Arithmetic with NaN stays NaN, so a
  // goal needs no checks.
  double Of(const std::string& row, const std::string& figure) const;
  double Rate(const std::string& row) const { return Of(row, kPerSecond); }
  double Cpu(const std::string& row) const { return Of(row, kCpuUs); }
  // Sum of the CPU of rows.
  double Cpu(const std::vector<std::string>& rows) const;

 private:
  std::map<std::string, Figures> rows_;
};

// Goals are reported. They never decide the exit code: a shared machine is too noisy for that.
struct Goal {
  enum class Bound { kAtMost, kAtLeast };

  std::string text;                               // "recorded: CPU / (echo + rows-recorded)"
  std::function<double(const Medians&)> measure;  // the ratio; NaN: cannot be told
  Bound kind = Bound::kAtMost;
  double bound = 0;
};

struct Question {
  std::string name;  // of the program: create-bench
  std::string text;  // what is asked, one or more lines; heads the table and --help
  std::vector<Row> rows;
  std::vector<Goal> goals;
  // Defaults of the options of the same names.
  std::size_t rounds = 5;
  std::chrono::milliseconds time{1500};
  std::size_t in_flight = 64;
  // Adds options that only this program has. May be null.
  std::function<void(CLI::App&)> options;
};

// Options: --rounds N, --row NAME (again for more), --seconds S, --calls N, --in-flight N,
// --bin DIR, --peers DIR, --dir DIR, --json FILE. Runs the rows A,B,C,A,B,C..., tells each on
// stderr while it runs, then prints the table and the goals, and writes the JSON file.
// Returns the exit code: 0 every row ran and proved its work or was skipped; 1 not; 2 wrong usage;
// 130 interrupted.
int RunQuestion(int argc, char** argv, const Question& question);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_QUESTION_H_
