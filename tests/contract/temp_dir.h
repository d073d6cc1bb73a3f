// TempDir: a directory that goes with the test.

#ifndef PAYOUT_TESTS_CONTRACT_TEMP_DIR_H_
#define PAYOUT_TESTS_CONTRACT_TEMP_DIR_H_

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace payout::testing {

class TempDir {
 public:
  TempDir() {
    path_ = (std::filesystem::temp_directory_path() / "payout-test-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CONTRACT_TEMP_DIR_H_
