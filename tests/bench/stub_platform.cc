#include "tests/bench/stub_platform.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/bench/http_call.h"
#include "tests/bench/question.h"

namespace payout::bench {
namespace {

// Where make bench unpacks it, and where a package installs it.
const std::array<std::string, 2> kPrograms = {
    std::string(PAYOUT_BENCH_SOURCE) + "/.deps/nginx/usr/sbin/nginx", "/usr/sbin/nginx"};

constexpr int kTries = 3;

// Only `return` inside `if`: that is what nginx guarantees to work there. $time_iso8601 keeps the
// payout from looking older than the gateway's first call.
constexpr char kConfig[] = R"(daemon off;
master_process off;
pid @DIR@/nginx.pid;
error_log stderr notice;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path @DIR@/body;
  proxy_temp_path @DIR@/proxy;
  fastcgi_temp_path @DIR@/fastcgi;
  uwsgi_temp_path @DIR@/uwsgi;
  scgi_temp_path @DIR@/scgi;
  default_type application/json;
  server {
    listen 127.0.0.1:@PORT@ backlog=4096;
    location = /stub-status { stub_status; }
    location = /auth-tokens {
      if ($http_x_api_version = "") { return 404; }
      if ($request_method != POST) { return 404; }
      return 200 '{"token":"@TOKEN@"}';
    }
    location ~ "^/payouts/(?<id>[A-Za-z0-9_-]+)$" {
      if ($http_x_api_version = "") { return 404; }
      if ($http_authorization !~ "^Bearer .") { return 401 '{"description":"no token"}'; }
      if ($request_method = POST) {
        return 201 '{@MONEY@,@METHOD@}';
      }
      if ($request_method = GET) {
        return 200 '{@MONEY@,"process":{"status":"@STATUS@","createdAt":"$time_iso8601","isTest":true},"fee":{"amount":0.25,"currencyCode":"@CURRENCY@"},@METHOD@}';
      }
      return 404;
    }
    location / { return 404; }
  }
}
)";

// Of the length and alphabet of the platform's: a JWT with two operations.
std::string Token() {
  const std::string part = "eyJvcGVyYXRpb25zIjpbIlBPU1QgL3BheW91dHMvYmVuY2gtMCIsIkdFVCAvcGF5";
  return absl::StrCat("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.", part, part, part, part,
                      ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c");
}

// Another program may take it before nginx does; Start tries again then.
int FreePort() {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool good = bind(socket_fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                    getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(socket_fd);
  return good ? ntohs(address.sin_port) : 0;
}

std::string ConfigText(const StubPlatform::Plan& plan, const std::string& dir, int port) {
  const std::string money = absl::StrCat(R"("paymentRequested":{"money":{"amount":)", kBenchAmount,
                                         R"(,"currencyCode":")", kBenchCurrency, R"("}})");
  const std::string method = R"("paymentMethodResponse":{"idPayout":"$id","idPayment":"P-$id",)"
                             R"("paymentMethodCode":"BANK_TRANSFER","reference":"R-$id"})";
  return absl::StrReplaceAll(kConfig, {{"@DIR@", dir},
                                       {"@PORT@", absl::StrCat(port)},
                                       {"@TOKEN@", Token()},
                                       {"@MONEY@", money},
                                       {"@METHOD@", method},
                                       {"@STATUS@", plan.status},
                                       {"@CURRENCY@", kBenchCurrency}});
}

}  // namespace

std::string NginxProgram() {
  for (const std::string& program : kPrograms) {
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

absl::StatusOr<std::unique_ptr<StubPlatform>> StubPlatform::Start(const Plan& plan) {
  const std::string program = NginxProgram();
  if (program.empty()) return SkipRow("nginx is missing: tests/setup/install_packages.sh bench");
  const std::string dir = plan.dir + "/nginx";
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  absl::Status last = absl::UnavailableError("no free port");
  for (int i = 0; i < kTries; ++i) {
    const int port = FreePort();
    if (port == 0) continue;
    const std::string config = dir + "/nginx.conf";
    if (!(std::ofstream(config) << ConfigText(plan, dir, port)).flush()) {
      return absl::InternalError(config + " cannot be written");
    }
    // It says so once it has its sockets.
    absl::StatusOr<std::unique_ptr<ChildProcess>> process = ChildProcess::Start(
        {program, "-p", dir, "-c", config}, dir + "/nginx.log", "using the \"epoll\"");
    last = process.status();
    if (!process.ok()) continue;
    std::unique_ptr<StubPlatform> platform(new StubPlatform());
    platform->url_ = absl::StrCat("http://127.0.0.1:", port);
    platform->process_ = *std::move(process);
    return platform;
  }
  return last;
}

std::int64_t StubPlatform::Requests() {
  const absl::StatusOr<std::string> text = HttpCall(url_ + "/stub-status");
  ++own_requests_;
  // "server accepts handled requests", then a line with their three numbers.
  const std::size_t head = text.ok() ? text->find("requests") : std::string::npos;
  if (head == std::string::npos) return -1;
  const char* at = text->c_str() + head + sizeof("requests") - 1;
  std::int64_t number = -1;
  for (int i = 0; i < 3; ++i) {
    char* end = nullptr;
    number = std::strtoll(at, &end, 10);
    if (end == at) return -1;
    at = end;
  }
  return number - own_requests_;
}

}  // namespace payout::bench
