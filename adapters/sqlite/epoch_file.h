// EpochFile: how far the store had come, kept beside the database, so that a backup that was put in
// its place is recognised.
//
//   payout store epoch 1
//   store 0f1e…
//   epoch 00000000000000001234
//   position 00000000000000000042
//   action 00000000000000000003
//
// The last event's position and the last operator's action are noted after each group of commits,
// before anyone is told of it, with one write and no sync: it outlives a process that is killed.
// After a power failure it may be behind the database, which is synced with every commit; ahead of
// it, it cannot be. So a database that is behind the note is not the one that the note was made
// for.
//
// Used by: open_store (reading, writing anew), group_commit (noting).
// Thread-safety: none; one thread at a time. Errors: those of reading and writing anew are
// returned, and the store does not open. A note that fails ends the process, as any I/O error of
// the store does, unless the disk is full: then the file stays behind, as after a power failure.

#ifndef PAYOUT_ADAPTERS_SQLITE_EPOCH_FILE_H_
#define PAYOUT_ADAPTERS_SQLITE_EPOCH_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace payout::sqlite {

// How far a store has come. Neither number ever goes back.
struct Reach {
  std::int64_t position = 0;  // of the last event
  std::int64_t action = 0;    // number of the last operator's action
  friend bool operator==(const Reach&, const Reach&) = default;
};

struct EpochMark {
  std::string store_id;
  std::uint64_t epoch = 0;
  Reach reach;
  friend bool operator==(const EpochMark&, const EpochMark&) = default;
};

struct EpochReading {
  bool exists = false;
  std::optional<EpochMark> mark;  // nullopt: nothing that this program has written
};

absl::StatusOr<EpochReading> ReadEpochFile(const std::string& path);

// Why a database that says `is` of itself must be taken for a restored one, in a word for logs;
// empty: it need not. Pure.
std::string_view WhyRestored(const EpochReading& noted, const EpochMark& is);

class EpochFile {
 public:
  // Writes the file anew, durable, in one step, readable by its owner only.
  static absl::StatusOr<std::unique_ptr<EpochFile>> Write(const std::string& path,
                                                          const EpochMark& mark);
  ~EpochFile();
  EpochFile(const EpochFile&) = delete;
  EpochFile& operator=(const EpochFile&) = delete;

  // The database is durable up to here.
  void Note(const Reach& reach);

 private:
  EpochFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  const std::string path_;
  const int descriptor_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_EPOCH_FILE_H_
