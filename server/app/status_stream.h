// StatusStream: one caller's stream of status changes: a snapshot at a position, then every event
// after it, in commit order, without gaps and duplicates.
//
// Used by: server/rpc/stream_status, one per stream. It holds a position and at most one batch; the
// store is the buffer. Streams in step are served from the feed's tail, others from the store.
// Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_STATUS_STREAM_H_
#define PAYOUT_SERVER_APP_STATUS_STREAM_H_

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "server/app/feed.h"
#include "server/app/stream_token.h"
#include "server/base/task.h"

namespace payout {

enum class StreamStart { kSnapshot, kNow, kOldest };

struct StreamRequest {
  StreamFilter filter;
  StreamStart start = StreamStart::kSnapshot;
  std::string resume_token;  // empty: as `start` says
};

// Messages of a stream; each has a token that resumes strictly after it. Messages of a change with
// equal tokens are equal, whichever streams they are of.
struct SnapshotBegin {};
struct SnapshotEnd {
  std::int64_t count = 0;
};
struct Progress {};
using PayoutPtr = std::shared_ptr<const Payout>;
struct StreamMessage {
  StreamToken token;
  // PayoutPtr: one of the snapshot. EventPtr: a change.
  std::variant<SnapshotBegin, PayoutPtr, SnapshotEnd, EventPtr, Progress> content;
};

class StatusStream {
 public:
  struct Options {
    absl::Duration progress_interval = absl::Seconds(15);
    int batch = 100;
  };
  StatusStream(Core& core, Feed& feed, StreamRequest request, Options options);

  // Checks the request against the store and finds out where to start. Call once, before Next.
  // Errors: NOT_FOUND (ids, in the metadata), INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION,
  // UNAVAILABLE.
  Task<absl::Status> Begin();

  // The next messages, in order; suspends until there is at least one. Empty: the stream is
  // complete (all payouts of a stream by ids are settled), or `stop` was called. Errors:
  // OUT_OF_RANGE (fell behind what is kept), UNAVAILABLE.
  Task<absl::StatusOr<std::vector<StreamMessage>>> Next();

  // Makes Next return soon.
  void Stop();
  bool stopped() const { return stopped_; }

  // Resumes after everything that Next has returned.
  const StreamToken& token() const { return at_; }

 private:
  bool by_ids() const { return !request_.filter.keys.empty(); }
  bool in_snapshot() const { return at_.snapshot_after != kNoSnapshot; }
  Task<absl::Status> CheckIds();
  Task<absl::Status> ResumeFrom(const std::string& text);
  Task<absl::Status> LoadOpenIds();
  // How Next goes on; all of them move `at_`. Of the store and the feed there may be nothing.
  Task<absl::StatusOr<std::vector<StreamMessage>>> NextOfSnapshot();
  Task<absl::StatusOr<std::vector<StreamMessage>>> NextOfStore();
  std::vector<StreamMessage> NextOfFeed();
  std::vector<StreamMessage> ShowProgress();
  std::vector<StreamMessage> Show(std::vector<EventPtr> events, std::int64_t scanned_to);

  Core& core_;
  Feed& feed_;
  StreamRequest request_;
  const Options options_;
  std::unique_ptr<Feed::Subscription> subscription_;
  StreamToken at_;                       // where the stream stands
  absl::flat_hash_set<PayoutKey> open_;  // of a stream by ids: not settled as of at_
  bool stopped_ = false;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_STATUS_STREAM_H_
