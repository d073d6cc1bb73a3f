// Options of a running simulator: the platform's settings, its faults, and where it listens.
//
// Used by: Sandbox::Start, the echelon-sandbox program, tests. Ports: 0 lets the system choose.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_OPTIONS_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "adapters/echelon/sandbox/faults.h"
#include "adapters/echelon/sandbox/settings.h"

namespace payout::sandbox {

struct Options : PlatformSettings {
  std::string listen = "127.0.0.1:0";        // loopback only
  std::string admin_listen = "127.0.0.1:0";  // loopback only
  std::vector<Fault> faults;
  // Text of a scenario file; what it sets wins over the fields of this struct.
  std::string scenario;

  absl::Duration idle_timeout = absl::Seconds(75);     // of a kept connection
  absl::Duration request_timeout = absl::Seconds(10);  // first to last byte of one request
  absl::Duration callback_timeout = absl::Seconds(10);
  std::size_t body_bytes_max = 1 << 20;
  std::size_t connections_max = 1024;  // per port
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_OPTIONS_H_
