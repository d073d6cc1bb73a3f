// ChildProgram: a program in a process of its own, which can be killed at any moment.
//
// Used by: crash loops and disk faults, on the real programs. Not thread-safe. The child is killed
// with the object, and with the thread that made it, so that nothing outlives a test.

#ifndef PAYOUT_TESTS_CRASH_CHILD_PROGRAM_H_
#define PAYOUT_TESTS_CRASH_CHILD_PROGRAM_H_

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace payout::testing {

struct ProgramStart {
  std::vector<std::string> arguments;    // the first is the program's path
  std::vector<std::string> environment;  // NAME=VALUE, on top of our own
  std::string log;                       // takes its output; emptied first
};

class ChildProgram {
 public:
  // Aborts the test program when no process can be made.
  explicit ChildProgram(ProgramStart start);
  // SIGKILL, if it has not ended.
  ~ChildProgram();
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;

  // The first whole line of its output that has `text`. nullopt: it ended, or did not say so in
  // time.
  std::optional<std::string> AwaitLine(const std::string& text, int seconds = 20);
  bool AwaitEnd(int seconds);
  bool ended();
  void Signal(int number);
  // After the end: the signal that ended it, or 0; its exit code, or -1.
  int killed_by() const;
  // SIGKILL that did not come from here: from a fail point.
  bool killed_itself() const;
  int exit_code() const;
  pid_t pid() const { return pid_; }

 private:
  const ProgramStart start_;
  pid_t pid_ = -1;
  bool reaped_ = false;
  bool killed_by_us_ = false;
  int status_ = 0;
};

// The value of "key":… in a line of JSON, without quotes. Empty: there is none.
std::string JsonField(const std::string& line, const std::string& key);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_CHILD_PROGRAM_H_
