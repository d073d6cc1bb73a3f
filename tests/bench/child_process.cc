#include "tests/bench/child_process.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tests/bench/interrupt.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kStep{5};
constexpr std::chrono::seconds kStartLimit{15};
constexpr std::chrono::seconds kStopLimit{10};
// Somebody waits at a terminal.
constexpr std::chrono::milliseconds kInterruptedStopLimit{500};
constexpr std::size_t kShownBytes = 2000;

// Other threads may hold locks at the time of the fork, so the child only makes system calls. Why
// it became nothing goes to `failure`, which a program that starts closes.
[[noreturn]] void Become(char* const* arguments, const char* log, pid_t parent, int failure) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  const int file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0) {
    execv(arguments[0], arguments);
  }
  const int error = errno;
  if (write(failure, &error, sizeof(error)) < 0) _exit(126);
  _exit(127);
}

absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& arguments, const std::string& log) {
  unlink(log.c_str());
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "no pipe");
  const pid_t parent = getpid();
  const pid_t pid = fork();
  const int fork_error = errno;
  if (pid == 0) Become(pointers.data(), log.c_str(), parent, ends[1]);
  close(ends[1]);
  int error = pid < 0 ? fork_error : 0;
  ssize_t count = 0;
  do {
    count = read(ends[0], &error, sizeof(error));
  } while (count < 0 && errno == EINTR);
  close(ends[0]);
  if (error == 0) return pid;
  if (pid > 0) waitpid(pid, nullptr, 0);
  return absl::UnavailableError(
      absl::StrCat(arguments[0], " cannot be started: ", std::strerror(error)));
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string EndOf(const std::string& path) {
  const std::string text = ReadFile(path);
  return text.size() <= kShownBytes ? text : text.substr(text.size() - kShownBytes);
}

std::string FindLine(const std::string& path, const std::string& text) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    // Only whole lines: the last one may still be in the making.
    if (line.find(text) != std::string::npos && !in.eof()) return line;
  }
  return "";
}

std::size_t Entries(const std::string& folder) {
  std::error_code error;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    ++count;
  }
  return count;
}

void Pause(std::chrono::milliseconds time) { poll(nullptr, 0, static_cast<int>(time.count())); }

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(
    const std::vector<std::string>& arguments, const std::string& log, const std::string& ready) {
  const absl::StatusOr<pid_t> pid = Spawn(arguments, log);
  if (!pid.ok()) return pid.status();
  std::unique_ptr<ChildProcess> child(new ChildProcess(*pid));
  const auto end = Clock::now() + kStartLimit;
  while (Clock::now() < end) {
    child->ready_line_ = FindLine(log, ready);
    if (!child->ready_line_.empty()) return child;
    if (child->Ended(kStep)) {
      return absl::UnavailableError(absl::StrCat(arguments[0], " ends at once, with exit code ",
                                                 child->exit_code(), "; ", log, ": ", EndOf(log)));
    }
    if (Interrupted()) return CheckInterrupt();
  }
  return absl::UnavailableError(absl::StrCat(arguments[0], " is not ready after ",
                                             kStartLimit.count(), " s; ", log, ": ", EndOf(log)));
}

absl::StatusOr<std::string> ChildProcess::Run(const std::vector<std::string>& arguments,
                                              const std::string& log, std::chrono::seconds limit) {
  const absl::StatusOr<pid_t> pid = Spawn(arguments, log);
  if (!pid.ok()) return pid.status();
  ChildProcess child(*pid);
  if (!child.Ended(limit)) {
    if (Interrupted()) return CheckInterrupt();
    return absl::DeadlineExceededError(arguments[0] + " does not end; see " + log);
  }
  std::string text = ReadFile(log);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (child.exit_code() != 0) {
    return absl::InternalError(
        absl::StrCat(arguments[0], " ends with exit code ", child.exit_code(), ": ", EndOf(log)));
  }
  const std::size_t line = text.rfind('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

ChildProcess::~ChildProcess() { Stop(); }

int ChildProcess::Stop() {
  if (reaped_) return exit_code_;
  kill(pid_, SIGTERM);
  if (!Ended(kStopLimit)) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    exit_code_ = 128 + SIGKILL;
  }
  return exit_code_;
}

bool ChildProcess::Ended(std::chrono::milliseconds wait) {
  const auto begin = Clock::now();
  while (!reaped_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      reaped_ = true;
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (Clock::now() >= begin + wait ||
               (Interrupted() && Clock::now() >= begin + kInterruptedStopLimit)) {
      return false;
    } else {
      Pause(kStep);
    }
  }
  return true;
}

std::chrono::nanoseconds ChildProcess::CpuTime() const {
  clockid_t clock = 0;
  timespec time{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::chrono::nanoseconds ChildProcess::CpuTimeWhenQuiet() const {
  constexpr std::chrono::milliseconds kWindow{25};
  constexpr std::chrono::microseconds kQuiet{500};
  const auto end = Clock::now() + std::chrono::seconds(1);
  std::chrono::nanoseconds before = CpuTime();
  while (Clock::now() < end) {
    Pause(kWindow);
    const std::chrono::nanoseconds now = CpuTime();
    if (now - before < kQuiet) return now;
    before = now;
  }
  return before;
}

std::int64_t ChildProcess::StatusKb(const std::string& key) const {
  const std::string status = ReadFile(absl::StrCat("/proc/", pid_, "/status"));
  const std::size_t at = status.find(key);
  if (at == std::string::npos) return 0;
  return std::strtoll(status.c_str() + at + key.size(), nullptr, 10);
}

double ChildProcess::PeakMemoryMb() const { return static_cast<double>(StatusKb("VmHWM:")) / 1024; }

double ChildProcess::MemoryMb() const { return static_cast<double>(StatusKb("VmRSS:")) / 1024; }

std::size_t ChildProcess::Threads() const { return Entries(absl::StrCat("/proc/", pid_, "/task")); }

std::size_t ChildProcess::Descriptors() const {
  return Entries(absl::StrCat("/proc/", pid_, "/fd"));
}

std::string FindProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const absl::string_view folder : absl::StrSplit(path == nullptr ? "" : path, ':')) {
    std::string program = absl::StrCat(folder, "/", name);
    if (!folder.empty() && access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
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
