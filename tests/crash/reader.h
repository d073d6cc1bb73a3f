// Reader: one reader of a status stream, through all lives of the gateway on one store. It
// disconnects at random, resumes with the last token or with an older one, and keeps a history that
// is checked.
//
// Used by: crash loops, stream checks. Start and Stop by one thread; the history is guarded by the
// book.

#ifndef PAYOUT_TESTS_CRASH_READER_H_
#define PAYOUT_TESTS_CRASH_READER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/channel.h"
#include "client/interrupt.h"
#include "payout/v1/payout_service.pb.h"
#include "tests/crash/call_book.h"
#include "tests/crash/stream_recorder.h"
#include "tests/support/stream_history.h"

namespace payout::testing {

enum class ReaderTarget {
  kFeedFromOldest,
  kFeedFromSnapshot,
  kFeedFromNow,
  kFeedOfStates,  // changes into SUCCEEDED and FAILED, from the oldest
  kIds,
  kSlowFeed,  // from the oldest
};

struct ReaderOptions {
  int messages_max = 60;    // until it disconnects by itself
  bool reconnects = false;  // after a broken connection; otherwise the gateway's life is over
};

class Reader {
 public:
  Reader(ReaderTarget target, CallBook& book, std::uint64_t seed, ReaderOptions options = {});
  ~Reader() { Stop(); }

  // Reads from a gateway that lives, until that dies or Stop.
  void Start(std::shared_ptr<client::Channel> channel);
  void Stop();

  // Reads on until the stream says that everything up to this position was sent.
  void ReadUpTo(std::int64_t position) { wanted_ = position; }
  bool CaughtUp() const { return caught_up_ || target_ == ReaderTarget::kIds; }

  // Streams that were broken off, whoever did it.
  int disconnects() const { return disconnects_; }
  // What it should have seen; nullopt when that depends on which ids it asked for.
  std::optional<std::vector<ShownPayout>> Expected(const StoredEvents& stored) const;
  // Only while stopped.
  StreamHistory& history() { return history_; }

 private:
  void Run(const std::shared_ptr<client::Channel>& channel);
  // False: nothing more to read in this life.
  bool ReadOne(const client::Channel& channel);
  v1::StreamStatusRequest Request();
  void Note(const v1::StreamStatusResponse& message);

  const ReaderTarget target_;
  const ReaderOptions options_;
  CallBook& book_;
  std::mt19937_64 random_;
  StreamHistory history_;
  std::vector<std::string> tokens_;  // of some messages since it was opened anew
  std::vector<std::string> ids_;
  bool anew_ = true;
  std::atomic<std::int64_t> wanted_{0};  // 0: for ever
  std::atomic<bool> caught_up_{false};
  std::atomic<int> disconnects_{0};
  std::unique_ptr<client::Interrupt> stop_;
  std::thread thread_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_READER_H_
