// Program: runs a binary with arguments, input and environment, and reads what it says.

#ifndef PAYOUT_TESTS_CLIENT_PROGRAM_H_
#define PAYOUT_TESTS_CLIENT_PROGRAM_H_

#include <map>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace payout::client {

struct ProgramResult {
  int exit_code = -1;  // -1: ended by a signal
  std::string out;
  std::string err;
};

class Program {
 public:
  // Starts it. The environment holds PATH, the options of sanitizers and `environment`, nothing
  // else.
  Program(const std::string& path, std::vector<std::string> arguments,
          const std::string& input = "",
          const std::map<std::string, std::string>& environment = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // The next line of standard output, without its end; empty at the end of output.
  std::string ReadLine();
  void Signal(int signal);
  // Waits for the end. `out` holds what ReadLine has not returned.
  ProgramResult Wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string buffered_;
  std::string err_text_;
  std::thread err_reader_;
  std::thread in_writer_;
};

}  // namespace payout::client

#endif  // PAYOUT_TESTS_CLIENT_PROGRAM_H_
