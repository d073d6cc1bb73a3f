#include "tests/client/program.h"

#include <csignal>
#include <cstdlib>
#include <iostream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace payout::client {
namespace {

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
    read = ends[0];
    write = ends[1];
  }
};

bool ReadSome(int descriptor, std::string& text) {
  char buffer[4096];
  const ssize_t size = read(descriptor, buffer, sizeof(buffer));
  if (size <= 0) return false;
  text.append(buffer, static_cast<size_t>(size));
  return true;
}

void WriteAll(int descriptor, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t size = write(descriptor, text.data() + done, text.size() - done);
    if (size <= 0) break;
    done += static_cast<size_t>(size);
  }
  close(descriptor);
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Program::Program(const std::string& path, std::vector<std::string> arguments,
                 const std::string& input, const std::map<std::string, std::string>& environment) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe in;
  Pipe out;
  Pipe err;
  arguments.insert(arguments.begin(), path);
  std::vector<std::string> variables = {"PATH=/usr/bin:/bin"};
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  // gRPC's threads block signals in this process; the child starts without that.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  if (posix_spawn(&pid_, path.c_str(), &actions, &attributes, Pointers(arguments).data(),
                  Pointers(variables).data()) != 0) {
    std::cerr << "cannot start " << path << "\n";
    std::abort();
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(in.read);
  close(out.write);
  close(err.write);
  out_ = out.read;
  in_writer_ = std::thread([descriptor = in.write, input] { WriteAll(descriptor, input); });
  err_reader_ = std::thread([this, descriptor = err.read] {
    while (ReadSome(descriptor, err_text_)) {
    }
    close(descriptor);
  });
}

Program::~Program() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
}

std::string Program::ReadLine() {
  for (;;) {
    const size_t end = buffered_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffered_.substr(0, end);
      buffered_.erase(0, end + 1);
      return line;
    }
    if (!ReadSome(out_, buffered_)) return "";
  }
}

void Program::Signal(int signal) { kill(pid_, signal); }

ProgramResult Program::Wait() {
  ProgramResult result;
  while (ReadSome(out_, buffered_)) {
  }
  result.out = buffered_;
  close(out_);
  in_writer_.join();
  err_reader_.join();
  result.err = err_text_;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace payout::client
