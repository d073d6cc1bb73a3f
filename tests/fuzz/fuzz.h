// What fuzz targets share: saying that an answer is wrong, and taking an input apart.
//
// Used by: the targets. Each is one LLVMFuzzerTestOneInput: under libFuzzer it is fed by clang's
// engine, in the default build by replay.cc with the kept corpus. Thread-safety: none.

#ifndef PAYOUT_TESTS_FUZZ_FUZZ_H_
#define PAYOUT_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace payout::fuzz {

// Ends the process, which is how the engine learns of a find.
inline void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "BROKEN: %s\n", promise);
  std::abort();
}

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  // Up to the next line feed, which is left out; all of it where there is none.
  std::string_view Line() {
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return line;
  }
  // A line of digits, such as the status of an answer: 0 to 999, whatever it says.
  int SmallNumber() {
    int number = 0;
    for (const char c : Line())
      number = (number * 10 + (static_cast<unsigned char>(c) % 16)) % 1000;
    return number;
  }
  // 0 when nothing is left.
  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
    return number;
  }
  std::string_view Rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace payout::fuzz

#endif  // PAYOUT_TESTS_FUZZ_FUZZ_H_
