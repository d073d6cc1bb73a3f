// StatusWatch: reads status changes for as long as you like, across broken connections, restarts of
// the gateway and drains. It drops nothing and delivers nothing twice: every reconnection resumes
// with the token of the last message, and the revision of every payout is checked.
//
// Used by: services that follow payouts, payoutctl watch.
// Thread-safety: Next() by one thread at a time; Cancel(), token() and counters() by any.

#ifndef PAYOUT_CLIENT_STATUS_WATCH_H_
#define PAYOUT_CLIENT_STATUS_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/backoff.h"
#include "client/channel.h"
#include "client/error.h"
#include "client/interrupt.h"
#include "client/revision_table.h"
#include "client/timing.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::client {

class StatusStream;

struct WatchOptions {
  // No message for this long: the stream is dead, reconnect. The gateway sends progress every 15 s.
  absl::Duration silence_max = absl::Seconds(60);
  // When the gateway can no longer resume from the token (too old, another store): false fails with
  // that error; true starts again with a snapshot and says so with a kRestarted message.
  bool restart_when_lost = false;
  // Give up after so many failures in a row without a message. 0: never.
  int failures_max = 0;
  // Whether Next() also returns progress messages.
  bool deliver_progress = false;
  // Payouts whose revision is remembered.
  size_t remembered_max = 100'000;
  BackoffOptions backoff;
  // Called on the thread of Next() before the pause that precedes a reconnection. Optional.
  std::function<void(const CallError& why, absl::Duration pause)> on_reconnect;
  // Null: the system's.
  std::shared_ptr<Timing> timing;
};

struct WatchMessage {
  enum class Kind {
    kSnapshotBegin,
    kSnapshotPayout,
    kSnapshotEnd,
    kEvent,
    kProgress,   // only with deliver_progress
    kRestarted,  // `lost` says why; a snapshot follows. The snapshot of a feed does not show
                 // payouts that were settled in the meantime: read those with ListPayouts
    kEnd,        // all payouts of a watch by ids are settled; nothing follows
  };
  Kind kind = Kind::kEnd;
  // The message as it came; empty for kRestarted and kEnd.
  v1::StreamStatusResponse message;
  // Revisions of this payout that were never seen although the stream promises all of them. Always
  // 0 unless the server is broken.
  int64_t missing_revisions = 0;
  std::optional<CallError> lost;
};

struct WatchCounters {
  int64_t reconnects = 0;
  int64_t repeated_events =
      0;  // a revision that was seen before; suppressed, a fault of the server
  int64_t missing_revisions = 0;
  int64_t malformed = 0;  // messages of a kind that this version does not know; passed over
};

class StatusWatch {
 public:
  // request.resume_token, if set, is where it goes on. Connects at the first Next().
  StatusWatch(std::shared_ptr<const Channel> channel, v1::StreamStatusRequest request,
              WatchOptions options = {});
  ~StatusWatch();
  StatusWatch(const StatusWatch&) = delete;
  StatusWatch& operator=(const StatusWatch&) = delete;

  // Blocks for the next message. An error is final and comes again at every further call: CANCELLED
  // after Cancel(), and what reconnecting cannot mend. After kEnd it returns kEnd again.
  Result<WatchMessage> Next();

  // Ends the watch: a Next() under way and all later ones return CANCELLED.
  void Cancel();

  // Token of the last message that Next() returned, or of a progress message after it.
  std::string token() const;
  WatchCounters counters() const;

 private:
  std::optional<WatchMessage> Accept(v1::StreamStatusResponse message);
  std::optional<WatchMessage> AcceptPayout(WatchMessage item);
  std::optional<Result<WatchMessage>> AfterEnd(const std::optional<CallError>& error);
  std::optional<CallError> Reconnect(const CallError& why);
  bool Open();
  void Close();
  Result<WatchMessage> Over(Result<WatchMessage> last);
  CallError Cancelled() const;

  const std::shared_ptr<const Channel> channel_;
  const WatchOptions options_;
  const std::shared_ptr<Timing> timing_;
  v1::StreamStatusRequest request_;
  const bool every_change_;  // no state filter: revisions come without gaps
  Backoff backoff_;
  RevisionTable revisions_;
  int failures_ = 0;
  // Set by a closing message: the server ends the stream, whatever its status.
  bool closing_ = false;
  std::optional<absl::Duration> closing_pause_;
  std::optional<Result<WatchMessage>> over_;

  Interrupt interrupt_;
  mutable std::mutex mutex_;
  std::shared_ptr<StatusStream> stream_;  // replaced under mutex_
  std::string token_;                     // guarded by mutex_
  WatchCounters counters_;                // guarded by mutex_
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_STATUS_WATCH_H_
