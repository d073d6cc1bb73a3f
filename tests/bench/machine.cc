#include "tests/bench/machine.h"

#include <fstream>
#include <sstream>

#include <curl/curl.h>
#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>
#include <sqlite3.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/bench/child_process.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

std::string CpuName() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "?";
}

// The longest mount point that `path` begins with.
std::string FileSystemOf(const std::string& path) {
  std::ifstream in("/proc/self/mounts");
  std::string best = "?";
  std::size_t length = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string device, point, type;
    fields >> device >> point >> type;
    const bool inside = point == "/" || path == point || path.rfind(point + "/", 0) == 0;
    if (inside && point.size() >= length) {
      length = point.size();
      best = type;
    }
  }
  return best;
}

void Ask(const std::string& dir, const std::string& name, const std::string& program,
         const std::string& option, std::map<std::string, std::string>& to) {
  if (access(program.c_str(), X_OK) != 0) return;
  const absl::StatusOr<std::string> answer =
      ChildProcess::Run({program, option}, dir + "/version.log", std::chrono::seconds(5));
  if (answer.ok()) to[name] = *answer;
  unlink((dir + "/version.log").c_str());
}

}  // namespace

Machine DescribeMachine(const std::string& dir) {
  Machine machine;
  machine.cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  machine.cpu = CpuName();
  utsname names{};
  if (uname(&names) == 0) machine.kernel = names.release;
  machine.file_system = FileSystemOf(dir);
  machine.versions["grpc"] = grpc::Version();
  machine.versions["protobuf"] = google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION);
  machine.versions["curl"] = curl_version_info(CURLVERSION_NOW)->version;
  machine.versions["sqlite"] = sqlite3_libversion();
  Ask(dir, "nginx", NginxProgram(), "-v", machine.versions);
  Ask(dir, "node", FindProgram("node"), "--version", machine.versions);
  Ask(dir, "python", "/usr/bin/python3", "--version", machine.versions);
  // Nothing without git, or where the source is no clone.
  const absl::StatusOr<std::string> commit =
      ChildProcess::Run({"/usr/bin/env", "git", "-C", PAYOUT_BENCH_SOURCE, "describe", "--tags",
                         "--always", "--dirty"},
                        dir + "/version.log", std::chrono::seconds(5));
  if (commit.ok()) machine.commit = *commit;
  unlink((dir + "/version.log").c_str());
  return machine;
}

}  // namespace payout::bench
