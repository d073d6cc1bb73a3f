// HeapTrimmer: gives the memory of streams back to the system once most of many have ended. glibc
// keeps what was freed, in the arena of the thread that allocated it; streams that other threads
// open later would come on top of it.
//
// Used by: stream_status. Thread-safety: the core loop, or its owner once that has stopped. The
// destructor waits for a trim that is under way.

#ifndef PAYOUT_SERVER_RPC_HEAP_TRIMMER_H_
#define PAYOUT_SERVER_RPC_HEAP_TRIMMER_H_

#include <atomic>
#include <functional>
#include <thread>

#include <malloc.h>

#include "absl/time/time.h"
#include "server/app/ports/environment.h"

namespace payout {

class HeapTrimmer {
 public:
  // Fewer streams than these, at most 20 MB, are not worth it.
  static constexpr int kMany = 1000;
  // From when half of them have ended; the others may be about to. What a stream has that is cut
  // off because its reader takes nothing is freed later, and waits for the next trim.
  static constexpr absl::Duration kDelay = absl::Milliseconds(500);

  // `trim` is run on a thread of its own: it takes some 20 ms for the memory of 10,000 streams, in
  // which other threads wait now and then for the allocator.
  explicit HeapTrimmer(
      Environment& env, std::function<void()> trim = [] { malloc_trim(0); });
  ~HeapTrimmer();
  HeapTrimmer(const HeapTrimmer&) = delete;
  HeapTrimmer& operator=(const HeapTrimmer&) = delete;

  // After each stream that began or ended.
  void Note(int open);

 private:
  void Fire();

  Environment& env_;
  const std::function<void()> trim_;
  int open_ = 0;
  int peak_ = 0;  // since the last trim
  TimerId timer_;
  std::atomic<bool> trimming_ = false;
  std::thread thread_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_HEAP_TRIMMER_H_
