// ForEachParallel: the same function on many items, in processes of their own (worlds are single
// threaded, and the switch of a planted bug is global).
//
// Used by: campaign.cc. `Result` is trivially copyable. Results arrive in any order, on the
// caller's thread. POSIX.

#ifndef PAYOUT_TESTS_SIMULATION_PARALLEL_H_
#define PAYOUT_TESTS_SIMULATION_PARALLEL_H_

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <type_traits>
#include <vector>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace payout::simulation {

namespace parallel_internal {

inline bool ReadAll(int fd, void* to, std::size_t size) {
  auto* out = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = ::read(fd, out, size);
    if (got <= 0) return false;
    out += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

inline void WriteAll(int fd, const void* from, std::size_t size) {
  const auto* in = static_cast<const char*>(from);
  while (size > 0) {
    const ssize_t put = ::write(fd, in, size);
    if (put <= 0) std::_Exit(2);
    in += put;
    size -= static_cast<std::size_t>(put);
  }
}

}  // namespace parallel_internal

// Runs work(i) for i in 0 .. count-1 in up to `jobs` processes, each its share in ascending order,
// and calls take(i, result) for each result until it returns false. False when a process died.
template <class Result, class Work, class Take>
bool ForEachParallel(std::size_t count, int jobs, Work work, Take take) {
  static_assert(std::is_trivially_copyable_v<Result>);
  struct Message {
    std::size_t index;
    Result result;
  };
  std::vector<pollfd> pipes;
  std::vector<pid_t> children;
  std::fflush(nullptr);
  for (int job = 0; job < jobs; ++job) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    const pid_t child = ::fork();
    if (child < 0) std::abort();
    if (child == 0) {
      ::close(ends[0]);
      for (std::size_t i = static_cast<std::size_t>(job); i < count;
           i += static_cast<std::size_t>(jobs)) {
        const Message message{i, work(i)};
        parallel_internal::WriteAll(ends[1], &message, sizeof(message));
      }
      std::_Exit(0);
    }
    ::close(ends[1]);
    pipes.push_back({ends[0], POLLIN, 0});
    children.push_back(child);
  }
  std::size_t open = pipes.size();
  bool wanted = true;
  while (open > 0 && wanted) {
    if (::poll(pipes.data(), pipes.size(), -1) < 0) break;
    for (pollfd& pipe : pipes) {
      if (pipe.fd < 0 || pipe.revents == 0 || !wanted) continue;
      Message message;
      if (parallel_internal::ReadAll(pipe.fd, &message, sizeof(message))) {
        wanted = take(message.index, message.result);
      } else {
        ::close(pipe.fd);
        pipe.fd = -1;
        --open;
      }
    }
  }
  bool all_ended_well = true;
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (pipes[i].fd >= 0) ::close(pipes[i].fd);
    if (!wanted) ::kill(children[i], SIGKILL);
    int status = 0;
    ::waitpid(children[i], &status, 0);
    if (wanted && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) all_ended_well = false;
  }
  return all_ended_well;
}

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_PARALLEL_H_
