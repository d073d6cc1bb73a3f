#include "adapters/sqlite/epoch_file.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/sqlite/lock_file.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr std::string_view kHead = "payout store epoch 1\nstore ";
constexpr std::string_view kEpoch = "\nepoch ";
constexpr std::string_view kPosition = "\nposition ";
constexpr std::string_view kAction = "\naction ";
constexpr std::size_t kIdSize = 32;
constexpr std::size_t kDigits = 20;
// One place in the first sector of the file, so that a write of it is whole or not at all.
constexpr std::size_t kReachAt = kHead.size() + kIdSize + kEpoch.size() + kDigits;
constexpr std::size_t kSize = kReachAt + kPosition.size() + kDigits + kAction.size() + kDigits + 1;

std::string Digits(std::uint64_t number) { return absl::StrFormat("%020u", number); }
std::string Digits(std::int64_t number) { return Digits(static_cast<std::uint64_t>(number)); }

std::string TextOf(const Reach& reach) {
  return absl::StrCat(ToAbsl(kPosition), Digits(reach.position), ToAbsl(kAction),
                      Digits(reach.action), "\n");
}

std::string TextOf(const EpochMark& mark) {
  std::string text(kHead);
  return text.append(mark.store_id)
      .append(kEpoch)
      .append(Digits(mark.epoch))
      .append(TextOf(mark.reach));
}

// Takes `size` characters off the front of `rest`.
std::string_view Take(std::string_view& rest, std::size_t size) {
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(taken.size());
  return taken;
}

std::optional<std::uint64_t> TakeNumber(std::string_view& rest) {
  const std::string_view digits = Take(rest, kDigits);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + kDigits) return std::nullopt;
  return number;
}

// After `label`; nullopt also for what int64 cannot hold.
std::optional<std::int64_t> TakeSigned(std::string_view label, std::string_view& rest) {
  if (Take(rest, label.size()) != label) return std::nullopt;
  const std::optional<std::uint64_t> number = TakeNumber(rest);
  if (!number || *number > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<EpochMark> Parse(std::string_view text) {
  if (text.size() != kSize) return std::nullopt;
  EpochMark mark;
  if (Take(text, kHead.size()) != kHead) return std::nullopt;
  mark.store_id = Take(text, kIdSize);
  if (Take(text, kEpoch.size()) != kEpoch) return std::nullopt;
  const std::optional<std::uint64_t> epoch = TakeNumber(text);
  const std::optional<std::int64_t> position = TakeSigned(kPosition, text);
  const std::optional<std::int64_t> action = TakeSigned(kAction, text);
  if (!epoch || !position || !action || text != "\n") return std::nullopt;
  mark.epoch = *epoch;
  mark.reach = {*position, *action};
  return mark;
}

absl::Status Failed(int error, std::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", ToAbsl(what), " ", path));
}

// 0, or the error.
int WriteAt(int descriptor, std::string_view text, std::size_t offset) {
  ssize_t written = 0;
  do {
    written = pwrite(descriptor, text.data(), text.size(), static_cast<off_t>(offset));
  } while (written < 0 && errno == EINTR);
  if (written < 0) return errno;
  return written == static_cast<ssize_t>(text.size()) ? 0 : ENOSPC;
}

}  // namespace

absl::StatusOr<EpochReading> ReadEpochFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return EpochReading{};
    return Failed(errno, "open", path);
  }
  char text[kSize + 1];  // One more shows that the file is longer.
  const ssize_t size = pread(descriptor, text, sizeof(text), 0);
  const int error = errno;
  close(descriptor);
  if (size < 0) return Failed(error, "read", path);
  return EpochReading{true, Parse({text, static_cast<std::size_t>(size)})};
}

std::string_view WhyRestored(const EpochReading& noted, const EpochMark& is) {
  // A store that nobody has written to yet has no file before its first start has ended.
  if (!noted.exists) return is.reach == Reach{} ? "" : "no_epoch_file";
  if (!noted.mark) return "epoch_file_unreadable";
  if (noted.mark->store_id != is.store_id) return "other_store";
  if (noted.mark->epoch != is.epoch) return "other_epoch";
  const Reach& reach = noted.mark->reach;
  const bool older = is.reach.position < reach.position || is.reach.action < reach.action;
  return older ? "older_than_noted" : "";
}

absl::StatusOr<std::unique_ptr<EpochFile>> EpochFile::Write(const std::string& path,
                                                            const EpochMark& mark) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  const int descriptor = open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) return Failed(errno, "create", fresh);
  std::unique_ptr<EpochFile> file(new EpochFile(path, descriptor));
  if (const int error = WriteAt(descriptor, TextOf(mark), 0)) return Failed(error, "write", fresh);
  if (fsync(descriptor) != 0) return Failed(errno, "sync", fresh);
  if (rename(fresh.c_str(), path.c_str()) != 0) return Failed(errno, "rename", fresh);
  PAYOUT_RETURN_IF_ERROR(SyncDirectoryOf(path));
  return file;
}

EpochFile::~EpochFile() { close(descriptor_); }

void EpochFile::Note(const Reach& reach) {
  const int error = WriteAt(descriptor_, TextOf(reach), kReachAt);
  if (error == 0) return;
  const bool full = error == ENOSPC || error == EDQUOT;
  Log(LogLevel::kError, full ? "store.epoch_file_behind" : "store.io_error",
      {{"path", path_}, {"what", "note"}, {"code", error}, {"error", std::strerror(error)}});
  if (!full) std::abort();
}

}  // namespace payout::sqlite
