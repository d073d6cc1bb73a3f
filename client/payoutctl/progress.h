// Progress: how far a long run has come, on standard error: a redrawn line with the remaining time
// on a terminal, a plain line every few seconds elsewhere. Thread-safe.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_PROGRESS_H_
#define PAYOUT_CLIENT_PAYOUTCTL_PROGRESS_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "client/payoutctl/talk.h"

namespace payout::payoutctl {

// "120/1000, 24.0/s, 3 failed", with ", 37s left" when `with_eta`.
std::string ProgressText(size_t done, size_t failed, size_t total, absl::Duration elapsed,
                         bool with_eta);

class Progress {
 public:
  // Reports until destroyed. `talk` outlives it.
  Progress(Talk& talk, size_t total, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Done(bool failed);

 private:
  void Report();

  Talk& talk_;
  const size_t total_;
  const absl::Time start_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  size_t done_ = 0;
  size_t failed_ = 0;
  std::thread reporter_;
};

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_PROGRESS_H_
