#include "adapters/sqlite/checkpointer.h"

#include <chrono>
#include <utility>

#include "adapters/sqlite/worker_thread.h"
#include "server/base/instrument.h"
#include "server/base/log.h"

namespace payout::sqlite {
namespace {

// How long nothing was committed before a short log is moved.
constexpr std::chrono::seconds kIdle{1};
// How long it waits for a reader that keeps it from moving anything.
constexpr std::chrono::milliseconds kHeldUp{50};

// A log that is always being appended to never starts anew by itself. From this many thresholds on,
// the writer is made to wait for the rest of it; if a reader stays that needs the log, again only
// after as many more.
constexpr int kRestartFactor = 4;

}  // namespace

Checkpointer::Checkpointer(std::unique_ptr<Database> database, SharedReader& readers, int threshold)
    : database_(std::move(database)),
      readers_(readers),
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
    // Each call follows new pages, so if there are not more, the log started anew.
    if (pages <= pages_) done_ = 0;
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
    if (pages_ < before) continue;
    const bool moved = done > std::exchange(done_, done);
    if (!moved) changed_.wait_for(lock, kHeldUp, [this] { return stop_; });
  }
}

int Checkpointer::Run() {
  const SharedReader::NothingKept nothing_kept(readers_);
  PAYOUT_FAIL_POINT("checkpoint.before");
  absl::StatusOr<Database::LogState> state = database_->Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  PAYOUT_FAIL_POINT("checkpoint.after");
  if (state.ok() && state->pages < kept_at_) kept_at_ = 0;  // It is another log.
  if (state.ok() && state->pages > kept_at_ + kRestartFactor * threshold_) {
    SetRestarting(true);
    state = database_->Checkpoint(SQLITE_CHECKPOINT_RESTART);
    SetRestarting(false);
    kept_at_ = state.ok() && state->busy ? state->pages : 0;
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
