// Machine: on what something was measured, and what.
//
// Used by: question.cc, report.cc.

#ifndef PAYOUT_TESTS_BENCH_MACHINE_H_
#define PAYOUT_TESTS_BENCH_MACHINE_H_

#include <map>
#include <string>

namespace payout::bench {

struct Machine {
  int cpus = 0;
  std::string cpu;                              // as the processor calls itself
  std::string kernel;                           // release
  std::string file_system;                      // of the folder of the stores: ext4
  std::string commit;                           // git describe of the source; empty: not known
  std::map<std::string, std::string> versions;  // of libraries and programs that are measured
};

// `dir` exists; files of short life are written to it.
Machine DescribeMachine(const std::string& dir);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_MACHINE_H_
