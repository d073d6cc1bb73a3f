#include "tests/bench/gateway_run.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/bench/http_call.h"

namespace payout::bench {
namespace {

absl::Status WriteFiles(const GatewayRun::Plan& plan, const std::string& store) {
  const std::string secret = plan.dir + "/merchant.secret";
  const std::string config = plan.dir + "/gateway.toml";
  if (!(std::ofstream(secret) << kBenchMerchantSecret << "\n").flush()) {
    return absl::InternalError(secret + " cannot be written");
  }
  std::ofstream out(config);
  for (const char* section : {"grpc", "callbacks", "admin"}) {
    out << "[" << section << "]\nlisten = \"127.0.0.1:0\"\n";
    if (section == std::string("grpc")) out << plan.grpc;
    if (section == std::string("callbacks")) out << "connections_max = 1000\n";
  }
  if (plan.callback_key) {
    const std::string key = plan.dir + "/callback.key";
    if (!(std::ofstream(key) << kBenchCallbackKey << "\n").flush()) {
      return absl::InternalError(key + " cannot be written");
    }
    out << "[[callbacks.keys]]\nid = \"" << kBenchCallbackKeyId << "\"\nfile = \"" << key << "\"\n";
  }
  out << "[store]\nurl = \"sqlite:" << store << "\"\n"
      << "[log]\nformat = \"json\"\nlevel = \"info\"\n"
      << "[auth]\nanonymous_tenant = \"bench\"\n"
      << "[platform]\nurl = \"" << plan.platform_url << "\"\n"
      << "requests_per_second = " << plan.requests_per_second << "\n"
      << "[[merchants]]\nname = \"main\"\ncode = \"" << kBenchMerchantCode << "\"\nsecret_file = \""
      << secret << "\"\n"
      << "[drain]\ndelay = \"0s\"\ndeadline = \"5s\"\n"
      << plan.config;
  if (!out.flush()) return absl::InternalError(config + " cannot be written");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<GatewayRun>> GatewayRun::Start(const Plan& plan) {
  std::unique_ptr<GatewayRun> run(new GatewayRun());
  run->store_path_ = plan.dir + "/payouts.db";
  run->secret_ = kBenchMerchantSecret;
  const absl::Status written = WriteFiles(plan, run->store_path_);
  if (!written.ok()) return written;
  absl::StatusOr<std::unique_ptr<ChildProcess>> process = ChildProcess::Start(
      {plan.bin + "/payout-gateway", "serve", "--config", plan.dir + "/gateway.toml"},
      plan.dir + "/gateway.log", "\"gateway.ready\"");
  if (!process.ok()) return process.status();
  run->process_ = *std::move(process);
  const std::string& line = run->process_->ready_line();
  run->grpc_address_ = "127.0.0.1:" + JsonValue(line, "grpc_port");
  run->callback_url_ = "http://127.0.0.1:" + JsonValue(line, "callback_port");
  run->admin_url_ = "http://127.0.0.1:" + JsonValue(line, "admin_port");
  return run;
}

absl::Status GatewayRun::PauseSubmission() {
  return HttpCall(admin_url_ + "/admin/v1/pause", R"({"operator":"bench","note":"measuring"})")
      .status();
}

absl::StatusOr<double> GatewayRun::Metric(const std::string& name, const std::string& label) {
  const absl::StatusOr<std::string> text = HttpCall(admin_url_ + "/metrics");
  if (!text.ok()) return text.status();
  double sum = 0;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t end = line.find_first_of("{ ");
    if (end == std::string::npos || line.compare(0, end, name) != 0) continue;
    if (!absl::StrContains(line, label)) continue;
    sum += std::strtod(line.c_str() + line.rfind(' '), nullptr);
  }
  return sum;
}

}  // namespace payout::bench
