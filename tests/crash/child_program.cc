#include "tests/crash/child_program.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string FindLine(const std::string& path, const std::string& text) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    // The last line may still be in the making.
    if (line.find(text) != std::string::npos && !in.eof()) return line;
  }
  return "";
}

}  // namespace

ChildProgram::ChildProgram(ProgramStart start) : start_(std::move(start)) {
  // Between fork and exec nothing may allocate: other threads may hold locks.
  std::vector<std::string> arguments = start_.arguments;
  std::vector<std::string> environment = start_.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> environment_pointers = Pointers(environment);
  unlink(start_.log.c_str());
  pid_ = fork();
  if (pid_ < 0) std::abort();
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{};
  setrlimit(RLIMIT_CORE, &no_core);
  const int log = open(start_.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) _exit(127);
  execve(argument_pointers[0], argument_pointers.data(), environment_pointers.data());
  _exit(127);
}

ChildProgram::~ChildProgram() {
  if (ended()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

std::optional<std::string> ChildProgram::AwaitLine(const std::string& text, int seconds) {
  std::string line;
  bool over = false;
  Eventually(
      [&] {
        over = ended();
        line = FindLine(start_.log, text);
        return over || !line.empty();
      },
      seconds);
  if (line.empty()) return std::nullopt;
  return line;
}

bool ChildProgram::AwaitEnd(int seconds) {
  return Eventually([this] { return ended(); }, seconds);
}

bool ChildProgram::ended() {
  if (!reaped_) reaped_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  return reaped_;
}

void ChildProgram::Signal(int number) {
  if (ended()) return;
  killed_by_us_ = killed_by_us_ || number == SIGKILL;
  kill(pid_, number);
}

bool ChildProgram::killed_itself() const { return killed_by() == SIGKILL && !killed_by_us_; }

int ChildProgram::killed_by() const { return WIFSIGNALED(status_) ? WTERMSIG(status_) : 0; }

int ChildProgram::exit_code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }

std::string JsonField(const std::string& line, const std::string& key) {
  const std::string name = "\"" + key + "\":";
  std::size_t begin = line.find(name);
  if (begin == std::string::npos) return "";
  begin += name.size();
  if (line[begin] == '"') ++begin;
  return line.substr(begin, line.find_first_of("\",}", begin) - begin);
}

}  // namespace payout::testing
