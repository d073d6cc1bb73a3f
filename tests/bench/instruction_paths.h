// InstructionPath: a piece of the gateway's work that costs the same number of instructions in
// every run: one thread, fixed input, simulated time.
//
// Used by: instruction-bench. A path prepares what it needs, whatever `times` is, and then does its
// work so many times: of two runs, the difference is the work alone. Errors: PathError, when the
// work did not do what it is for.

#ifndef PAYOUT_TESTS_BENCH_INSTRUCTION_PATHS_H_
#define PAYOUT_TESTS_BENCH_INSTRUCTION_PATHS_H_

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace payout::bench {

// Of the results of the work: nothing can be left out by the compiler, and other results show. It
// costs little beside the work.
class Checksum {
 public:
  void Add(std::uint64_t value) {
    state_ = (state_ ^ value) * 0x9e3779b97f4a7c15u;
    state_ ^= state_ >> 32;
  }
  void Add(std::string_view text) {
    Add(text.size());
    for (; !text.empty(); text.remove_prefix(text.size() < 8 ? text.size() : 8)) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), text.size() < 8 ? text.size() : 8);
      Add(word);
    }
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 1;
};

struct InstructionPath {
  std::string name;
  int times;         // that the guard asks for: some millions of instructions
  std::string what;  // is done each time
  void (*run)(int times, Checksum& sum);
};

std::vector<InstructionPath> CodecPaths();
std::vector<InstructionPath> TransitionPaths();
std::vector<InstructionPath> TokenPaths();
std::vector<InstructionPath> StorePaths();

class PathError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void Expect(bool good, const char* what) {
  if (!good) throw PathError(what);
}
inline void Must(const absl::Status& status) {
  if (!status.ok()) throw PathError(status.ToString());
}
template <class T>
T Must(absl::StatusOr<T> result) {
  Must(result.status());
  return *std::move(result);
}

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_INSTRUCTION_PATHS_H_
