// instruction-bench: runs one path of the gateway's work a fixed number of times, on one thread,
// with the same input in every run, for a tool that counts instructions.
//
//   instruction-bench --path NAME --times N   runs it, prints a checksum of the results
//   instruction-bench --list                  NAME, times and what is done, between tabs
//   instruction-bench --toolchain             what the counts depend on besides our code
//
// Used by: tests/bench/instruction_guard.py (make guard). Exit code 1 when the work went wrong.

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <gnu/libc-version.h>
#include <google/protobuf/stubs/common.h>
#include <openssl/crypto.h>
#include <rapidjson/rapidjson.h>
#include <sqlite3.h>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/instruction_paths.h"

namespace payout::bench {
namespace {

std::vector<InstructionPath> AllPaths() {
  std::vector<InstructionPath> all;
  for (const auto& paths : {CodecPaths(), TransitionPaths(), TokenPaths(), StorePaths()}) {
    all.insert(all.end(), paths.begin(), paths.end());
  }
  return all;
}

#ifdef __clang__
constexpr char kCompiler[] = __VERSION__;
#else
constexpr char kCompiler[] = "GCC " __VERSION__;
#endif

void PrintToolchain() {
  std::cout << "compiler\t" << kCompiler << "\n"
            << "flags\t" << PAYOUT_BENCH_FLAGS << "\n"
            << "glibc\t" << gnu_get_libc_version() << "\n"
            << "libstdc++\t" << __GLIBCXX__ << "\n"
            << "abseil\t" << ABSL_LTS_RELEASE_VERSION << "." << ABSL_LTS_RELEASE_PATCH_LEVEL << "\n"
            << "protobuf\t" << GOOGLE_PROTOBUF_VERSION << "\n"
            << "openssl\t" << OpenSSL_version(OPENSSL_VERSION_STRING) << "\n"
            << "sqlite\t" << sqlite3_libversion() << "\n"
            << "rapidjson\t" << RAPIDJSON_VERSION_STRING << "\n";
}

int RunPath(const std::string& name, int times) {
  const std::vector<InstructionPath> all = AllPaths();
  const auto path = std::ranges::find(all, name, &InstructionPath::name);
  if (path == all.end()) {
    std::cerr << "instruction-bench: no path " << name << "; --list names them\n";
    return 2;
  }
  Checksum sum;
  try {
    path->run(times, sum);
  } catch (const PathError& error) {
    std::cerr << "instruction-bench: " << name << ": " << error.what() << "\n";
    return 1;
  }
  std::cout << "checksum " << absl::StrCat(absl::Hex(sum.value(), absl::kZeroPad16)) << "\n";
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app{"Runs one path a fixed number of times, for a tool that counts instructions."};
  std::string name;
  int times = 1;
  bool list = false;
  bool toolchain = false;
  CLI::Option& path = *app.add_option("--path", name, "The path; --list names them");
  app.add_option("--times", times, "How often")->check(CLI::Range(1, 1'000'000));
  app.add_flag("--list", list, "Print the paths")->excludes(&path);
  app.add_flag("--toolchain", toolchain, "Print compiler and libraries")->excludes(&path);
  CLI11_PARSE(app, argc, argv);
  if (list) {
    for (const InstructionPath& one : AllPaths()) {
      std::cout << one.name << "\t" << one.times << "\t" << one.what << "\n";
    }
  }
  if (toolchain) PrintToolchain();
  if (list || toolchain) return 0;
  return RunPath(name, times);
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) { return payout::bench::Main(argc, argv); }
