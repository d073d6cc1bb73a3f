#include "adapters/sqlite/read_thread.h"

#include <utility>

#include "adapters/sqlite/worker_thread.h"
#include "server/base/log.h"

namespace payout::sqlite {
namespace {

// Answers that are posted together: each post wakes the loop once.
constexpr std::size_t kAnswersPerPost = 32;

}  // namespace

ReadThread::ReadThread(std::unique_ptr<Database> database, Executor& executor,
                       std::size_t queue_limit)
    : database_(std::move(database)), executor_(executor), queue_(queue_limit) {
  thread_ = StartWorker([this] { Loop(); });
}

ReadThread::~ReadThread() {
  queue_.Close();
  thread_.join();
}

void ReadThread::Loop() {
  ReadOps ops(*database_);
  for (Jobs<ReadOps> jobs = queue_.Take(kAnswersPerPost); !jobs.empty();
       jobs = queue_.Take(kAnswersPerPost)) {
    for (const auto& job : jobs) {
      const absl::Status status = job->Run(ops);
      if (!status.ok()) Log(LogLevel::kError, "store.read_failed", {{"error", status.ToString()}});
    }
    executor_.Post([jobs = std::move(jobs)] {
      for (const auto& job : jobs) job->Finish();
    });
  }
}

}  // namespace payout::sqlite
