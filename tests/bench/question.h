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

// What a row measured, by name. The first names below have columns in the table; any other one may
// be added (lower_case_with_unit) and is printed under the table. A figure that a row does not
// measure is left out.
using Figures = std::map<std::string, double>;
inline constexpr char kPerSecond[] = "per_second";  // operations that went well, per second
inline constexpr char kP50Ms[] = "p50_ms";          // latency of one operation
inline constexpr char kP99Ms[] = "p99_ms";
inline constexpr char kP999Ms[] = "p999_ms";
inline constexpr char kCpuUs[] = "cpu_us";    // of the process under test, per operation
inline constexpr char kPeakMb[] = "peak_mb";  // its largest resident memory, MiB
// What rates and CPU per operation were computed of. In the JSON file only, of each round; also
// with something before it: get_operations.
inline constexpr char kOperations[] = "operations";
inline constexpr char kElapsed[] = "elapsed_seconds";
inline constexpr char kCpuSeconds[] = "cpu_seconds";  // of the process under test

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
  // proven to be done. SkipRow: the machine lacks something that is known by name; that is no
  // failure.
  std::function<absl::StatusOr<Figures>(const RowContext&)> run;
  // Names of rows that it is compared with in the table: its CPU with the sum of theirs, its rate
  // with that of the first. Empty: with none.
  std::vector<std::string> beside;
  // Also with each of these, on a line of its own.
  std::vector<std::string> peers = {};
};

absl::Status SkipRow(const std::string& why);
bool IsSkipped(const absl::Status& status);

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
  // What a row does in one round, part of a sentence; empty: time and operations in flight.
  std::string plan;
  // The table has a line for each figure and a column for each row: for rows whose figures are not
  // a rate, latencies and CPU.
  bool by_figure = false;
  // Defaults of the options of the same names.
  std::size_t rounds = 5;
  std::chrono::milliseconds time{1500};
  std::size_t in_flight = 64;
  // Adds options that only this program has. May be null.
  std::function<void(CLI::App&)> options;
  // Called once the options are read: puts into the texts what depends on them. May be null.
  std::function<void(const RowContext&, Question&)> adapt;
};

// Options: --rounds N, --row NAME (again for more), --seconds S, --calls N, --in-flight N,
// --bin DIR, --peers DIR, --dir DIR, --json FILE, --strict. Runs the rows A,B,C,A,B,C..., tells
// each on stderr while it runs, then prints the table and the goals, and writes the JSON file. A
// row that fails is not run again; the others go on.
// Returns the exit code: 0 every row ran and proved its work or was skipped; 1 a row failed, or was
// skipped with --strict, or the JSON file cannot be written; 2 wrong usage, or no folder to work
// in; 130 interrupted.
int RunQuestion(int argc, char** argv, Question question);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_QUESTION_H_
