// StreamHistory: checks, message by message, what one reader of a status stream saw, across broken
// connections, restarts and resumptions. ContentBook: what all readers and Gets together were told.
//
// Used by: the simulation, the stream checks and the crash loops. Plain values, no gRPC: whoever
// reads a stream translates. Not thread-safe; a book and the histories that share it belong to one
// thread or one lock. Violations are kept as text and never end anything; memory grows with what
// was read.
//
// The six properties, as etcd states them for its watches:
//   ordered         positions and revisions grow; a snapshot comes before the changes after it
//   unique          no change comes twice, across resumptions neither
//   reliable        no gap: the revisions of a payout follow one another from where the reader
//   began resumable       a stream goes on strictly after the token that it was resumed with same
//   content    one (payout, revision) has one content, whoever asks and however often honest
//   progress after a progress message nothing at or before its token comes

#ifndef PAYOUT_TESTS_SUPPORT_STREAM_HISTORY_H_
#define PAYOUT_TESTS_SUPPORT_STREAM_HISTORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace payout::testing {

enum class StreamProperty {
  kOrdered,
  kUnique,
  kReliable,
  kResumable,
  kSameContent,
  kHonestProgress,
};

// "unique", "same content", ...
const char* StreamPropertyName(StreamProperty property);

struct StreamViolation {
  StreamProperty property;
  std::string text;  // begins with the reader's name and the property
};

// A payout as a stream or a Get showed it.
struct ShownPayout {
  std::string payout;  // key: unique over everything that shares a book
  std::int64_t revision = 0;
  std::string state;
  std::string digest;  // of everything that the message says of the payout; empty: not compared
  // Of an event: the payout was settled before it. A feed's snapshot leaves settled payouts out, so
  // that one may first show at a later revision.
  bool was_settled = false;

  friend bool operator==(const ShownPayout&, const ShownPayout&) = default;
};

// Where a message stands.
struct StreamPlace {
  std::string token;
  std::optional<std::int64_t> position;  // when the reader can tell; the store's order of commits
};

class ContentBook {
 public:
  // What `who` was told. A text when someone was told otherwise before.
  std::optional<std::string> Note(const std::string& who, const ShownPayout& shown);
  std::size_t size() const { return pages_.size(); }

 private:
  struct Page {
    std::string state;
    std::string digest;
    std::string first_reader;
  };
  std::map<std::pair<std::string, std::int64_t>, Page> pages_;
};

enum class StreamOrigin { kSnapshot, kNow, kOldest };

struct ReaderKind {
  std::string name;
  StreamOrigin origin = StreamOrigin::kSnapshot;
  bool every_change = true;             // false: a filter by states leaves revisions out
  bool snapshot_shows_settled = false;  // true for streams by ids
};

class StreamHistory {
 public:
  // `book` outlives it.
  StreamHistory(ReaderKind kind, ContentBook& book) : kind_(std::move(kind)), book_(book) {}

  // A stream was opened: anew with an empty token, then only what it shows from now on counts;
  // otherwise after the message with that token, which need not be the last one: what comes then
  // has to be what came before.
  void Opened(const std::string& resume_token);
  void SnapshotBegin(const StreamPlace& place);
  void SnapshotPayout(const StreamPlace& place, const ShownPayout& shown);
  void SnapshotEnd(const StreamPlace& place, std::int64_t payout_count);
  void Event(const StreamPlace& place, const ShownPayout& shown);
  void Progress(const StreamPlace& place);
  // The last message of a stream; its token resumes like any other.
  void Closing(const StreamPlace& place);

  // At the end: the changes of the reader's target since it began, in the order of commits. Reports
  // what is missing, too much, or in another order.
  void ExpectEvents(const std::vector<ShownPayout>& truth);

  // The token to resume with; empty before the first message.
  const std::string& token() const { return token_; }
  // What the reader must be told begins after this position.
  std::optional<std::int64_t> began_after() const { return began_after_; }
  // The reader's changes, each once, in their order.
  const std::vector<ShownPayout>& events() const { return events_; }
  std::int64_t resumptions() const { return resumptions_; }
  const std::vector<StreamViolation>& violations() const { return violations_; }

 private:
  enum class Kind { kSnapshotBegin, kSnapshotPayout, kSnapshotEnd, kEvent };
  struct Message {
    Kind kind;
    std::string token;
    ShownPayout shown;
  };
  // What is known after the first `messages` of log_.
  struct Mark {
    std::size_t messages = 0;
    std::optional<std::int64_t> position;
  };

  bool Take(Kind kind, const StreamPlace& place, const ShownPayout& shown);
  void Arrive(const StreamPlace& place, bool is_event = false);
  void CheckPosition(Kind kind, const StreamPlace& place);
  void CheckRevision(const ShownPayout& shown);
  void Violate(StreamProperty property, const std::string& text);

  const ReaderKind kind_;
  ContentBook& book_;
  std::vector<Message> log_;           // all but progress and closing; each once
  std::map<std::string, Mark> marks_;  // by token
  std::size_t next_ = 0;               // log_.size(), or less while a resumption repeats
  std::map<std::string, std::int64_t> revisions_;
  std::map<std::string, std::int64_t> revisions_before_;  // when it was last opened anew
  std::vector<ShownPayout> events_;
  std::string token_;
  std::optional<std::int64_t> position_;  // of the last message
  std::optional<std::int64_t> progress_;  // of the last progress message; of this stream
  std::optional<std::int64_t> began_after_;
  bool just_resumed_ = false;
  bool in_snapshot_ = false;
  std::int64_t snapshot_payouts_ = 0;
  std::int64_t resumptions_ = 0;
  std::vector<StreamViolation> violations_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_SUPPORT_STREAM_HISTORY_H_
