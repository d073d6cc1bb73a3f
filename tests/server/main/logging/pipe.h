// A pipe for tests that read what is logged.

#ifndef PAYOUT_TESTS_SERVER_MAIN_LOGGING_PIPE_H_
#define PAYOUT_TESTS_SERVER_MAIN_LOGGING_PIPE_H_

#include <array>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace payout {

class Pipe {
 public:
  Pipe() {
    // A write to a pipe without reader is an error here, as in the programs.
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  ~Pipe() {
    CloseReader();
    CloseWriter();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  void CloseReader() { Close(ends_[0]); }
  void CloseWriter() { Close(ends_[1]); }

  // What one write has brought, if that was no more than 4,096 bytes and all before is read; waits
  // for it.
  std::string ReadSome() {
    std::array<char, 4096> buffer;
    const ssize_t count = read(ends_[0], buffer.data(), buffer.size());
    return std::string(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  // Whether there is something to read now, or within `milliseconds`.
  bool Readable(int milliseconds) {
    pollfd entry{ends_[0], POLLIN, 0};
    return poll(&entry, 1, milliseconds) > 0;
  }

  // Everything until the writer is closed.
  std::string ReadAll() {
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t count = 0;
    while ((count = read(ends_[0], buffer.data(), buffer.size())) > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

  // Writes until nothing fits any more; how many bytes that took.
  std::size_t Fill() {
    fcntl(ends_[1], F_SETFL, O_NONBLOCK);
    std::size_t total = 0;
    const std::string block(1, '#');
    while (write(ends_[1], block.data(), block.size()) > 0) ++total;
    fcntl(ends_[1], F_SETFL, 0);
    return total;
  }

 private:
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  std::array<int, 2> ends_{};
};

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_MAIN_LOGGING_PIPE_H_
