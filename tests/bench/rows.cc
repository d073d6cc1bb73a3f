#include "tests/bench/rows.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

#include "client/payout_client.h"
#include "tests/bench/books.h"
#include "tests/bench/child_process.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::seconds kSettleLimit{60};
constexpr std::chrono::seconds kFloorLimit{2};

bool Fail(const std::string& what) {
  std::cout << "FAILED: " << what << std::endl;
  return false;
}

void PrintLoad(const std::string& row, const LoadResult& load) {
  std::printf("%-10s %7zu %9.0f %8.2f %8.2f %8.2f %8.2f", row.c_str(), load.latencies.size(),
              load.PerSecond(), Milliseconds(load.Percentile(0.5)).count(),
              Milliseconds(load.Percentile(0.99)).count(),
              Milliseconds(load.Percentile(0.999)).count(),
              Milliseconds(load.Percentile(1)).count());
}

void PrintCost(std::chrono::microseconds cpu, std::size_t calls, std::int64_t memory) {
  std::printf(" %8.0f %7.1f",
              static_cast<double>(cpu.count()) / static_cast<double>(std::max<size_t>(calls, 1)),
              static_cast<double>(memory) / (1 << 20));
}

std::shared_ptr<client::Channel> ChannelTo(const std::string& port) {
  client::ChannelOptions options;
  options.target = "grpc://127.0.0.1:" + port;
  auto channel = client::Channel::Open(options);
  return channel.ok() ? *channel : nullptr;
}

bool RunEcho(const BenchOptions& options) {
  const auto server = ChildProcess::Start({options.bin + "/create-bench", "--serve-echo"},
                                          options.dir + "/echo.log", "echo_port");
  if (!server.ok()) return Fail(server.status().ToString());
  const std::shared_ptr<client::Channel> channel =
      ChannelTo(JsonValue((*server)->ready_line(), "echo_port"));
  const auto cpu = (*server)->CpuTime();
  const LoadResult load =
      RunLoad(*channel, {.calls = 1'000'000, .in_flight = options.in_flight, .limit = kFloorLimit});
  PrintLoad("echo", load);
  PrintCost((*server)->CpuTime() - cpu, load.latencies.size(), (*server)->PeakMemoryBytes());
  std::printf(" %9s  floor: the same message over gRPC, nothing stored\n", "-");
  return load.failed == 0 || Fail(load.first_failure);
}

// What the disk takes for one durable write: no single payout can be recorded faster.
bool RunDisk(const BenchOptions& options) {
  const std::string path = options.dir + "/disk.bin";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Fail(path + " cannot be written");
  const std::string page(4096, 'x');
  LoadResult load;
  const Clock::time_point begin = Clock::now();
  bool good = true;
  while (good && load.latencies.size() < 1000 && Clock::now() - begin < kFloorLimit) {
    const Clock::time_point start = Clock::now();
    good = write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size()) &&
           fdatasync(file) == 0;
    load.latencies.push_back(Clock::now() - start);
  }
  load.took = Clock::now() - begin;
  close(file);
  unlink(path.c_str());
  std::sort(load.latencies.begin(), load.latencies.end());
  PrintLoad("disk", load);
  std::printf(" %8s %7s %9s  floor: 4 KiB and fdatasync, one after the other\n", "-", "-", "-");
  return good || Fail("the disk does not write");
}

bool WriteConfig(const BenchOptions& options, const std::string& platform_url) {
  std::ofstream secret(options.dir + "/merchant.secret");
  secret << "demo-secret\n";
  std::ofstream out(options.dir + "/gateway.toml");
  for (const char* section : {"grpc", "callbacks", "admin"}) {
    out << "[" << section << "]\nlisten = \"127.0.0.1:0\"\n";
  }
  out << "[store]\nurl = \"sqlite:" << options.dir << "/payouts.db\"\n"
      << "[log]\nformat = \"json\"\n"
      << "[auth]\nanonymous_tenant = \"bench\"\n"
      << "[platform]\nurl = \"" << platform_url << "\"\nrequests_per_second = 0\n"
      << "[[merchants]]\nname = \"main\"\ncode = \"demo\"\nsecret_file = \"" << options.dir
      << "/merchant.secret\"\n"
      << "[drain]\ndelay = \"0s\"\ndeadline = \"5s\"\n";
  secret.flush();
  out.flush();
  return secret.good() && out.good();
}

void RemoveStore(const BenchOptions& options) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    unlink((options.dir + "/payouts.db" + suffix).c_str());
  }
}

v1::WaitMode WaitModeOf(const std::string& row) {
  if (row == "accepted") return v1::WAIT_MODE_ACCEPTED;
  return row == "settled" ? v1::WAIT_MODE_SETTLED : v1::WAIT_MODE_RECORDED;
}

bool RunGateway(const BenchOptions& options) {
  RemoveStore(options);
  const auto platform = ChildProcess::Start(
      {options.bin + "/echelon-sandbox", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
       "--requests-per-second", "0", "--settle-after", options.settle_after, "--duration", "300s"},
      options.dir + "/platform.log", "admin_url");
  if (!platform.ok()) return Fail(platform.status().ToString());
  const std::string admin_url = JsonValue((*platform)->ready_line(), "admin_url");
  if (!WriteConfig(options, JsonValue((*platform)->ready_line(), "platform_url"))) {
    return Fail("the configuration cannot be written");
  }
  const auto gateway = ChildProcess::Start(
      {options.bin + "/payout-gateway", "serve", "--config", options.dir + "/gateway.toml"},
      options.dir + "/gateway.log", "gateway.ready");
  if (!gateway.ok()) return Fail(gateway.status().ToString());
  const std::shared_ptr<client::Channel> channel =
      ChannelTo(JsonValue((*gateway)->ready_line(), "grpc_port"));
  const client::PayoutClient client(channel);

  const auto cpu = (*gateway)->CpuTime();
  const Clock::time_point begin = Clock::now();
  const LoadResult load = RunLoad(*channel, {.calls = options.payouts,
                                             .in_flight = options.in_flight,
                                             .wait_mode = WaitModeOf(options.row)});
  if (load.failed > 0) return Fail(load.first_failure);
  const absl::Status settled = WaitUntilSettled(client, kSettleLimit);
  if (!settled.ok()) return Fail(settled.ToString());
  const double to_settled = Seconds(Clock::now() - begin).count();
  const auto cpu_used = (*gateway)->CpuTime() - cpu;
  const std::int64_t memory = (*gateway)->PeakMemoryBytes();
  const absl::StatusOr<Books> books = ReadBooks(client, admin_url);
  if (!books.ok()) return Fail(books.status().ToString());

  PrintLoad(options.row, load);
  PrintCost(cpu_used, options.payouts, memory);
  std::printf(" %9.0f  settled %zu, ledger %zu, twice %zu, creates sent %zu\n",
              static_cast<double>(options.payouts) / to_settled, books->succeeded, books->paid,
              books->twice, books->create_requests);
  std::fflush(stdout);
  RemoveStore(options);
  return books->Prove(options.payouts) || Fail("gateway and platform do not agree");
}

}  // namespace

void PrintHeader() {
  std::printf("%-10s %7s %9s %8s %8s %8s %8s %8s %7s %9s  %s\n", "row", "calls", "calls/s",
              "p50 ms", "p99 ms", "p99.9", "max ms", "CPU us", "RSS MB", "settled/s", "proof");
}

bool RunRow(const BenchOptions& options) {
  if (options.row == "echo") return RunEcho(options);
  if (options.row == "disk") return RunDisk(options);
  return RunGateway(options);
}

}  // namespace payout::bench
