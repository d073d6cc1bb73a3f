// CrashWorld: the real gateway program, with fail points, beside the real simulator, each in a
// process of its own, and everything on disk that they need.
//
// Used by: crash loops and disk faults. The simulator lives as long as the world; gateways come and
// go on the same store. The platform loses answers, is slow, refuses and fails now and then; its
// seed is given. Not thread-safe.

#ifndef PAYOUT_TESTS_CRASH_WORLD_H_
#define PAYOUT_TESTS_CRASH_WORLD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/channel.h"
#include "tests/crash/child_program.h"
#include "tests/crash/http_gate.h"
#include "tests/demo/platform_ledger.h"

namespace payout::testing {

struct WorldOptions {
  std::string bin;         // folder of the programs
  std::string dir;         // for store, configuration and logs; exists
  std::uint64_t seed = 1;  // of the platform; below 2^63
  bool faults = true;      // of the platform
};

class CrashWorld {
 public:
  // Aborts the program when the simulator does not start.
  explicit CrashWorld(WorldOptions options);

  // A gateway; `environment` has its fail point. The one before has ended.
  std::unique_ptr<ChildProgram> StartGateway(std::vector<std::string> environment);
  // Waits until it can be called; nullptr when it ended first.
  std::shared_ptr<client::Channel> Connect(ChildProgram& gateway);

  absl::StatusOr<demo::PlatformLedger> Ledger() const { return demo::FetchLedger(admin_url_); }
  std::string store_path() const { return options_.dir + "/payouts.db"; }
  const std::string& dir() const { return options_.dir; }

 private:
  const WorldOptions options_;
  // The platform's way to the callback port, which is another one in every life of the gateway.
  HttpGate callbacks_{0};
  std::string admin_url_;
  std::unique_ptr<ChildProgram> platform_;  // goes before the gate that it calls
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_WORLD_H_
