#include "tests/bench/child_process.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace payout::bench {
namespace {

constexpr std::chrono::milliseconds kStep{10};

[[noreturn]] void Become(const std::vector<std::string>& arguments, const std::string& log) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0) _exit(127);
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(strdup(argument.c_str()));
  pointers.push_back(nullptr);
  execv(pointers[0], pointers.data());
  _exit(127);
}

std::string FindLine(const std::string& path, const std::string& text) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    // Only whole lines: the last one may still be in the making.
    if (line.find(text) != std::string::npos && !in.eof()) return line;
  }
  return "";
}

std::string ProcFile(pid_t pid, const char* name) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/" + name);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    std::vector<std::string> arguments, const std::string& log, const std::string& ready) {
  unlink(log.c_str());
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError("fork fails");
  if (pid == 0) Become(arguments, log);
  std::unique_ptr<ChildProcess> child(new ChildProcess(pid));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (std::chrono::steady_clock::now() < end) {
    child->ready_line_ = FindLine(log, ready);
    if (!child->ready_line_.empty()) return child;
    if (child->Ended(kStep)) break;
  }
  return absl::UnavailableError(arguments[0] + " does not start; see " + log);
}

ChildProcess::~ChildProcess() {
  if (reaped_) return;
  kill(pid_, SIGTERM);
  if (Ended(std::chrono::seconds(10))) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool ChildProcess::Ended(std::chrono::milliseconds wait) {
  const auto end = std::chrono::steady_clock::now() + wait;
  do {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) reaped_ = true;
    if (reaped_) return true;
    poll(nullptr, 0, static_cast<int>(kStep.count()));
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

std::chrono::microseconds ChildProcess::CpuTime() const {
  const std::string stat = ProcFile(pid_, "stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;  // state to cmajflt
  std::int64_t user = 0;
  std::int64_t system = 0;
  fields >> user >> system;
  return std::chrono::microseconds((user + system) * 1'000'000 / sysconf(_SC_CLK_TCK));
}

std::int64_t ChildProcess::PeakMemoryBytes() const {
  const std::string status = ProcFile(pid_, "status");
  const std::string key = "VmHWM:";
  const std::size_t at = status.find(key);
  if (at == std::string::npos) return 0;
  return std::strtoll(status.c_str() + at + key.size(), nullptr, 10) * 1024;
}

std::string JsonValue(const std::string& line, const std::string& key) {
  const std::string name = "\"" + key + "\":";
  std::size_t begin = line.find(name);
  if (begin == std::string::npos) return "";
  begin += name.size();
  if (line[begin] == '"') ++begin;
  return line.substr(begin, line.find_first_of("\",}", begin) - begin);
}

}  // namespace payout::bench
