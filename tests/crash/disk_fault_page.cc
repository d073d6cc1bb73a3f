#include <cstdlib>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/crash/disk_faults.h"

namespace payout::testing {

DiskFaultPage& MapDiskFaults(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(DiskFaultPage)) != 0) std::abort();
  void* page = mmap(nullptr, sizeof(DiskFaultPage), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (page == MAP_FAILED) std::abort();
  return *static_cast<DiskFaultPage*>(page);
}

}  // namespace payout::testing
