#include "adapters/sqlite/lock_file.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

constexpr mode_t kOwnerOnly = 0600;

absl::Status Failed(int error, std::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", ToAbsl(what), " ", path));
}

std::filesystem::path DirectoryOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

absl::Status SyncDirectory(const std::filesystem::path& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed(errno, "open directory", directory);
  const int synced = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  return synced == 0 ? absl::OkStatus() : Failed(error, "sync directory", directory);
}

// Leaves the directory alone when it exists.
absl::Status MakeDirectory(const std::filesystem::path& directory) {
  if (mkdir(directory.c_str(), 0700) != 0) {
    return errno == EEXIST ? absl::OkStatus() : Failed(errno, "make directory", directory);
  }
  return SyncDirectory(DirectoryOf(directory));
}

}  // namespace

absl::Status CreatePrivateFile(const std::string& path) {
  const std::filesystem::path directory = DirectoryOf(path);
  PAYOUT_RETURN_IF_ERROR(MakeDirectory(directory));
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) return errno == EEXIST ? absl::OkStatus() : Failed(errno, "create", path);
  close(descriptor);
  return SyncDirectory(directory);
}

absl::Status SyncDirectoryOf(const std::string& path) { return SyncDirectory(DirectoryOf(path)); }

absl::StatusOr<std::string> RealPath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  if (error) return Failed(error.value(), "resolve", path);
  return real.string();
}

absl::Status RefuseHardLinks(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return Failed(errno, "look at", path);
  if (info.st_nlink == 1) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, " has ", info.st_nlink, " names (hard links); a store must have one"));
}

absl::StatusOr<std::unique_ptr<LockFile>> LockFile::Acquire(const std::string& path) {
  PAYOUT_RETURN_IF_ERROR(CreatePrivateFile(path));
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return Failed(errno, "open", path);
  std::unique_ptr<LockFile> lock(new LockFile(descriptor));

  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed(errno, "lock", path);
    char text[32];
    const ssize_t length = pread(descriptor, text, sizeof(text), 0);
    const std::string holder(text, length > 0 ? static_cast<std::size_t>(length) : 0);
    return absl::FailedPreconditionError(absl::StrCat(
        "the store is in use by process ",
        holder.empty() ? "?" : absl::StripAsciiWhitespace(holder), ", which holds ", path));
  }
  const std::string self = absl::StrCat(getpid(), "\n");
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, self.data(), self.size(), 0) < 0) {
    return Failed(errno, "write", path);
  }
  return lock;
}

LockFile::~LockFile() { close(descriptor_); }

}  // namespace payout::sqlite
