// The disk under the gateway's store, made to fail from outside; see disk_faults.h.
//
// The faults sit between SQLite and the system: its writes go through a replaced system call, and
// this program has an fsync and an fdatasync of its own.

#include "tests/crash/disk_faults.h"

#include <cerrno>
#include <cstdlib>

#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using payout::testing::DiskFaultPage;

DiskFaultPage* Page() {
  static DiskFaultPage* const page = [] {
    const char* path = std::getenv("PAYOUT_DISK_FAULTS");
    return path == nullptr ? nullptr : &payout::testing::MapDiskFaults(path);
  }();
  return page;
}

// Sets errno and returns true when this call is to fail.
bool Fails(std::atomic<int> DiskFaultPage::*error) {
  DiskFaultPage* page = Page();
  if (page == nullptr) return false;
  const int number = (page->*error).load();
  if (number == 0 || page->after.fetch_sub(1) > 0) return false;
  ++page->failed;
  errno = number;
  return true;
}

ssize_t FaultyWrite(int descriptor, const void* data, size_t size) {
  return Fails(&DiskFaultPage::write_error) ? -1 : write(descriptor, data, size);
}

ssize_t FaultyPwrite(int descriptor, const void* data, size_t size, off_t offset) {
  return Fails(&DiskFaultPage::write_error) ? -1 : pwrite(descriptor, data, size, offset);
}

[[maybe_unused]] const bool replaced = [] {
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  vfs->xSetSystemCall(vfs, "write", reinterpret_cast<sqlite3_syscall_ptr>(FaultyWrite));
  for (const char* name : {"pwrite", "pwrite64"}) {
    vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(FaultyPwrite));
  }
  return true;
}();

}  // namespace

extern "C" int fsync(int descriptor) {
  if (Fails(&DiskFaultPage::sync_error)) return -1;
  return static_cast<int>(syscall(SYS_fsync, descriptor));
}

extern "C" int fdatasync(int descriptor) {
  if (Fails(&DiskFaultPage::sync_error)) return -1;
  return static_cast<int>(syscall(SYS_fdatasync, descriptor));
}
