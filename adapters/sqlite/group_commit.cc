#include "adapters/sqlite/group_commit.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/worker_thread.h"
#include "server/base/instrument.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

int OnWal(void* checkpointer, sqlite3*, const char*, int pages) {
  static_cast<Checkpointer*>(checkpointer)->NoteLog(pages);
  return SQLITE_OK;
}

}  // namespace

GroupCommit::GroupCommit(std::unique_ptr<Database> database, std::unique_ptr<EpochFile> epoch_file,
                         const Reach& reach, Executor& executor,
                         std::shared_ptr<CommitListener> listener, Limits limits,
                         Checkpointer& checkpointer, SharedReader& readers)
    : database_(std::move(database)),
      epoch_file_(std::move(epoch_file)),
      executor_(executor),
      listener_(std::move(listener)),
      limits_(limits),
      checkpointer_(checkpointer),
      readers_(readers),
      ops_(*database_, reach),
      committed_(reach),
      queue_(limits.queue) {
  sqlite3_wal_hook(database_->handle(), OnWal, &checkpointer_);
  thread_ = StartWorker([this] { Loop(); });
}

GroupCommit::~GroupCommit() {
  queue_.Close();
  thread_.join();
  const absl::StatusOr<Database::LogState> state =
      database_->Checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  if (!state.ok())
    Log(LogLevel::kWarning, "store.checkpoint_failed", {{"error", state.status().ToString()}});
}

void GroupCommit::Loop() {
  for (Jobs<WriteOps> jobs = queue_.Take(limits_.group); !jobs.empty();
       jobs = queue_.Take(limits_.group)) {
    const absl::Status committed = RunGroup(jobs);
    if (!committed.ok()) {
      if (database_->InTransaction()) database_->Execute("ROLLBACK").IgnoreError();
      ops_.Forget(committed_);
      Log(LogLevel::kError, "store.commit_failed",
          {{"calls", jobs.size()}, {"error", committed.ToString()}});
      const absl::Status error = absl::UnavailableError(committed.message());
      for (const auto& job : jobs) job->Fail(error);
    } else {
      ++commits_;
      calls_ += static_cast<std::int64_t>(jobs.size());
      rows_ = database_->TotalChanges();
    }
    // Durable, so it may be noted; noted, so that nothing that was told can be forgotten unnoticed.
    if (ops_.reach() != committed_) epoch_file_->Note(ops_.reach());
    committed_ = ops_.reach();
    PAYOUT_FAIL_POINT("sqlite.answer.before");
    executor_.Post([listener = listener_, jobs = std::move(jobs), position = committed_.position,
                    events = ops_.TakeEvents()]() mutable {
      for (const auto& job : jobs) job->Finish();
      if (!events.empty() && listener->callback) listener->callback(position, std::move(events));
    });
    PAYOUT_FAIL_POINT("sqlite.answer.after");
  }
}

absl::Status GroupCommit::RunGroup(const Jobs<WriteOps>& jobs) {
  checkpointer_.AwaitTurn();
  PAYOUT_FAIL_POINT("sqlite.begin.before");
  const bool goes_on = PAYOUT_BUG(answer_before_commit) && database_->InTransaction();
  if (!goes_on) PAYOUT_RETURN_IF_ERROR(database_->Run("BEGIN IMMEDIATE").Finish());
  PAYOUT_FAIL_POINT("sqlite.begin.after");
  PAYOUT_ASSIGN_OR_RETURN(const bool ran, RunAll(jobs));
  // A call that fails in the middle is so rare that calls have savepoints only once one has failed.
  if (!ran) PAYOUT_RETURN_IF_ERROR(RunAgainWithSavepoints(jobs));
  if (PAYOUT_BUG(answer_before_commit) && !goes_on) return absl::OkStatus();
  PAYOUT_FAIL_POINT("sqlite.commit.before");
  {
    const SharedReader::Committing committing(readers_);
    PAYOUT_RETURN_IF_ERROR(database_->Run("COMMIT").Finish());
  }
  PAYOUT_FAIL_POINT("sqlite.commit.after");
  return absl::OkStatus();
}

// Errors of these functions are the group's; that of one call alone is in the call.

absl::StatusOr<bool> GroupCommit::RunAll(const Jobs<WriteOps>& jobs) {
  for (const auto& job : jobs) {
    PAYOUT_FAIL_POINT("sqlite.call.before");
    const std::int64_t rows = database_->TotalChanges();
    const absl::Status status = job->Run(ops_);
    PAYOUT_FAIL_POINT("sqlite.call.after");
    if (status.ok()) continue;
    if (!database_->InTransaction()) return status;  // It took the others with it.
    if (database_->TotalChanges() != rows) return false;
  }
  return true;
}

absl::Status GroupCommit::RunAgainWithSavepoints(const Jobs<WriteOps>& jobs) {
  PAYOUT_RETURN_IF_ERROR(database_->Run("ROLLBACK").Finish());
  ops_.Forget(committed_);
  checkpointer_.AwaitTurn();
  PAYOUT_RETURN_IF_ERROR(database_->Run("BEGIN IMMEDIATE").Finish());
  for (const auto& job : jobs) {
    PAYOUT_RETURN_IF_ERROR(database_->Run("SAVEPOINT call").Finish());
    const Reach before = ops_.reach();
    const absl::Status status = job->Run(ops_);
    if (!status.ok()) {
      if (!database_->InTransaction()) return status;
      PAYOUT_RETURN_IF_ERROR(database_->Run("ROLLBACK TO call").Finish());
      ops_.Forget(before);
    }
    PAYOUT_RETURN_IF_ERROR(database_->Run("RELEASE call").Finish());
  }
  return absl::OkStatus();
}

}  // namespace payout::sqlite
