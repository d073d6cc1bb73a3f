#include "adapters/sqlite/checkpointer.h"

#include <chrono>
#include <utility>

#include "adapters/sqlite/worker_thread.h"
#include "server/base/instrument.h"
#include "server/base/log.h"

namespace payout::sqlite {
namespace {

constexpr std::chrono::seconds kIdle{1};

// A log that is always being appended to never starts anew by itself. From this many thresholds on,
// the writer is made to wait once for the rest of it.
constexpr int kRestartFactor = 4;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Database> database, int threshold)
    : database_(std::move(database)),
      threshold_(threshold),
      thread_(StartWorker([this] { Loop(); })) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::AwaitTurn() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !restarting_; });
}

void Checkpointer::NoteLog(int pages) {
  bool rested = false;
  bool due = false;
  {
    const std::lock_guard lock(mutex_);
    rested = pages_ <= done_;
    if (pages < pages_) done_ = 0;  // The log started anew.
    pages_ = pages;
    due = Due();
  }
  // In between it looks by itself, so that not each commit wakes it.
  if (rested || due) changed_.notify_all();
}

void Checkpointer::Loop() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (pages_ <= done_) {
      changed_.wait(lock);
      continue;
    }
    if (!Due()) {
      const int before = pages_;
      changed_.wait_for(lock, kIdle, [this] { return stop_ || Due(); });
      if (stop_ || (!Due() && pages_ != before)) continue;
    }
    const int before = pages_;
    lock.unlock();
    const int done = Run();
    lock.lock();
    // If the log started anew meanwhile, what was done says nothing about it.
    if (pages_ >= before) done_ = done;
  }
}

int Checkpointer::Run() {
  PAYOUT_FAIL_POINT("checkpoint.before");
  absl::StatusOr<Database::LogState> state = database_->Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  PAYOUT_FAIL_POINT("checkpoint.after");
  if (state.ok() && state->pages > kRestartFactor * threshold_) {
    SetRestarting(true);
    state = database_->Checkpoint(SQLITE_CHECKPOINT_RESTART);
    SetRestarting(false);
  }
  if (state.ok()) return state->done;
  Log(LogLevel::kWarning, "store.checkpoint_failed", {{"error", state.status().ToString()}});
  const std::lock_guard lock(mutex_);
  return pages_;  // Not at once again: after the next commits.
}

void Checkpointer::SetRestarting(bool restarting) {
  {
    const std::lock_guard lock(mutex_);
    restarting_ = restarting;
  }
  changed_.notify_all();
}

}  // namespace payout::sqlite
