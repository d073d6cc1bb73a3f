// DiskFaultPage: a page of memory that a test shares with payout-gateway-crash, through which the
// disk under the gateway's store is made to fail.
//
// Used by: disk_faults.cc inside the gateway, disk_faults_test.cc outside. The environment variable
// PAYOUT_DISK_FAULTS names the file behind the page.

#ifndef PAYOUT_TESTS_CRASH_DISK_FAULTS_H_
#define PAYOUT_TESTS_CRASH_DISK_FAULTS_H_

#include <atomic>
#include <string>

namespace payout::testing {

struct DiskFaultPage {
  std::atomic<int> write_error;  // errno of SQLite's writes; 0: they work
  std::atomic<int> sync_error;   // errno of fsync and fdatasync
  std::atomic<int> after;        // writes, or syncs, that still work before the error
  std::atomic<int> failed;       // calls that failed
};
static_assert(std::atomic<int>::is_always_lock_free);

// The page of a file, which is made when it is missing. Aborts when that fails. Never unmapped.
DiskFaultPage& MapDiskFaults(const std::string& path);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_DISK_FAULTS_H_
