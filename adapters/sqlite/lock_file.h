// LockFile: one process at a time per store, by flock on a file beside it. The system drops the
// lock with the process, however it ends, so that no stale lock needs clearing.
//
// Used by: sqlite_store.cc, before it touches the database. The lock holds as long as the object.
// Errors: FAILED_PRECONDITION naming the file and the process that holds it.

#ifndef PAYOUT_ADAPTERS_SQLITE_LOCK_FILE_H_
#define PAYOUT_ADAPTERS_SQLITE_LOCK_FILE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace payout::sqlite {

// `path` without symbolic links, so that a store has one name, and one lock file, whichever way it
// is reached. Directories that are missing stay as they are written.
absl::StatusOr<std::string> RealPath(const std::string& path);

// FAILED_PRECONDITION when the file has several names (hard links): each would have a log and a
// lock of its own.
absl::Status RefuseHardLinks(const std::string& path);

class LockFile {
 public:
  static absl::StatusOr<std::unique_ptr<LockFile>> Acquire(const std::string& path);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

// Creates `path` readable by its owner only, and its directory when only that is missing, and makes
// both durable. No effect when the file exists.
absl::Status CreatePrivateFile(const std::string& path);

// Makes names in the directory of `path` durable.
absl::Status SyncDirectoryOf(const std::string& path);

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_LOCK_FILE_H_
