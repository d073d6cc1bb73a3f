// Feeds a target with the files of its corpus, and with what is left of each when its end is cut
// off or one of its bytes is damaged. Takes the place of libFuzzer in builds without clang.
//
//   fuzz_NAME CORPUS...     exit code 1 when there is nothing to feed; a broken promise ends the
//   process

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace {

constexpr std::size_t kVariantsMax = 400;  // of each kind and file

void Feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::size_t FeedVariants(const std::string& input) {
  Feed(input);
  const std::size_t stride = input.size() / kVariantsMax + 1;
  std::size_t count = 1;
  for (std::size_t at = 0; at < input.size(); at += stride, count += 2) {
    Feed(input.substr(0, at));
    std::string damaged = input;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    Feed(damaged);
  }
  return count;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::size_t inputs = 0;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    // Told before, so that the last line names the culprit.
    std::printf("%s\n", file.filename().c_str());
    std::fflush(stdout);
    inputs +=
        FeedVariants({std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()});
  }
  std::printf("%zu inputs of %zu files\n", inputs, files.size());
  return files.empty() ? 1 : 0;
}
