#include "server/main/logging/line_writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

namespace payout {
namespace {

std::chrono::nanoseconds Nanoseconds(absl::Duration duration) {
  return absl::ToChronoNanoseconds(std::min(duration, absl::Hours(24)));
}

}  // namespace

struct LineWriter::State {
  State(int descriptor, std::size_t bytes_max, absl::Duration gathering)
      : fd(descriptor), queue_bytes_max(bytes_max), gather(Nanoseconds(gathering)) {}

  // With the mutex held.
  void Hurry() {
    if (!std::exchange(hurry, true)) work.notify_one();
  }

  const int fd;
  const std::size_t queue_bytes_max;
  const std::chrono::nanoseconds gather;
  std::mutex mutex;
  std::condition_variable work;  // hurry
  std::condition_variable idle;  // everything is written, or the thread has ended
  std::string queue;             // guarded by mutex, like all below
  bool resting = false;          // the thread waits for a first line, as long as it takes
  bool hurry = false;            // what is queued is to be written now
  bool writing = false;
  bool closing = false;
  bool ended = false;
  bool closed = false;
  std::uint64_t dropped = 0;
};

namespace {

// Returns what could not be written: the reader has gone.
std::string_view WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      // Somebody who shares the descriptor made it non-blocking.
      pollfd ready{fd, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else {
      break;
    }
  }
  return text;
}

}  // namespace

LineWriter::LineWriter(int fd, std::size_t queue_bytes_max, absl::Duration gather)
    : state_(std::make_shared<State>(fd, queue_bytes_max, gather)),
      thread_([state = state_] { Run(state); }) {}

LineWriter::~LineWriter() { Close(absl::Seconds(2)); }

bool LineWriter::Write(std::string_view line, bool urgent) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  if (state_->closing || state_->queue.size() + line.size() + 1 > state_->queue_bytes_max) {
    ++state_->dropped;
    return false;
  }
  state_->queue += line;
  state_->queue += '\n';
  if (urgent || state_->resting || state_->queue.size() >= state_->queue_bytes_max / 2) {
    state_->Hurry();
  }
  return true;
}

bool LineWriter::Flush(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(state_->mutex);
  if (!state_->queue.empty()) state_->Hurry();
  return state_->idle.wait_for(lock, Nanoseconds(timeout),
                               [this] { return state_->queue.empty() && !state_->writing; });
}

void LineWriter::Close(absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(state_->mutex);
  if (std::exchange(state_->closed, true)) return;
  state_->closing = true;
  state_->Hurry();
  const bool ended =
      state_->idle.wait_for(lock, Nanoseconds(timeout), [this] { return state_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

std::uint64_t LineWriter::dropped() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->dropped;
}

void LineWriter::Run(const std::shared_ptr<State>& state) {
  std::unique_lock<std::mutex> lock(state->mutex);
  while (true) {
    if (state->queue.empty()) {
      if (state->closing) break;
      state->resting = true;
      state->work.wait(lock, [&] { return state->hurry; });
      state->resting = false;
    }
    state->hurry = false;
    std::string batch;
    batch.swap(state->queue);
    state->writing = true;
    lock.unlock();
    const std::string_view rest = WriteAll(state->fd, batch);
    const auto lost = static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
    lock.lock();
    state->writing = false;
    state->dropped += lost;
    state->idle.notify_all();
    state->work.wait_for(lock, state->gather, [&] { return state->hurry || state->closing; });
  }
  state->ended = true;
  state->idle.notify_all();
}

}  // namespace payout
