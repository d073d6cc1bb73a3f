// StreamCheck: what one reader of a status stream may see, message by message: exactly the changes
// that were committed and that its filter wants, in their order, each once, strictly after the
// token that it resumed with; a snapshot shows exactly what stood at its position.
//
// Used by: readers.h. It compares with what the checker saw committed. Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_STREAM_CHECK_H_
#define PAYOUT_TESTS_SIMULATION_STREAM_CHECK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/app/status_stream.h"
#include "tests/simulation/checker.h"

namespace payout::simulation {

class StreamCheck {
 public:
  StreamCheck(Checker& checker, StreamFilter filter)
      : checker_(checker), filter_(std::move(filter)) {}

  // A stream begins at `start` while `last` is the last committed position.
  void OnBegin(StreamStart start, std::int64_t last);
  // It has begun; `last` is the last committed position now.
  void OnBegun(std::int64_t last) { begun_by_ = last; }
  // It resumes with a token of a message that it had received.
  void OnResume(const std::string& token);
  void OnMessage(const StreamMessage& message);
  // The stream was ended with a last token.
  void OnClosing(const std::string& token);
  // The stream said that it is complete.
  void OnComplete();

  // Every change that is committed and wanted was seen.
  bool caught_up() const {
    return begun_ && !in_snapshot_ &&
           NextWanted(position_known_ ? at_ : begun_by_, LastPosition()) == 0;
  }

 private:
  std::int64_t LastPosition() const { return static_cast<std::int64_t>(checker_.events().size()); }
  const Committed& At(std::int64_t position) const {
    return checker_.events()[static_cast<std::size_t>(position - 1)];
  }
  bool Wants(const Committed& event) const;
  // The first wanted position after `after` and not after `until`; 0: none.
  std::int64_t NextWanted(std::int64_t after, std::int64_t until) const;
  void OnSnapshotPayout(const Payout& payout);
  void OnSnapshotEnd(std::int64_t count);
  void OnEvent(const Event& event);
  // Everything up to `position` was sent.
  void OnProgress(std::int64_t position);
  // What the snapshot at `at_` has to show: sequences and the positions of their last changes.
  std::map<std::int64_t, std::int64_t> Standing() const;
  void Fail(const std::string& text);

  Checker& checker_;
  const StreamFilter filter_;
  bool begun_ = false;
  bool in_snapshot_ = false;
  std::int64_t at_ = 0;        // everything wanted up to here was seen
  std::int64_t earliest_ = 0;  // a new stream begins no earlier
  std::int64_t begun_by_ = 0;  // and no later
  bool position_known_ = true;
  std::int64_t last_sequence_ = 0;
  std::map<std::int64_t, std::int64_t> expected_;  // of the snapshot
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_STREAM_CHECK_H_
