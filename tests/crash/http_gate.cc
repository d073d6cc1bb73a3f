#include "tests/crash/http_gate.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace payout::testing {
namespace {

constexpr std::chrono::milliseconds kDripPause{1};
// A server that does not answer must not hold a test up for ever.
constexpr timeval kServerPatience{.tv_sec = 15, .tv_usec = 0};

std::size_t HeaderSize(const std::string& message) {
  const std::size_t end = message.find("\r\n\r\n");
  return end == std::string::npos ? std::string::npos : end + 4;
}

std::size_t LengthValueAt(const std::string& message) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = message.find(kName);
  return at == std::string::npos ? at : at + kName.size();
}

bool IsWhole(const std::string& answer) {
  const std::size_t header = HeaderSize(answer);
  if (header == std::string::npos) return false;
  const std::size_t length = LengthValueAt(answer);
  if (length == std::string::npos || length > header) return true;
  return answer.size() >= header + std::strtoul(answer.c_str() + length, nullptr, 10);
}

void SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

const char* WireFaultName(WireFault fault) {
  switch (fault) {
    case WireFault::kCloseBefore:
      return "CloseBefore";
    case WireFault::kResetBefore:
      return "ResetBefore";
    case WireFault::kHalfRequest:
      return "HalfRequest";
    case WireFault::kDelayRequest:
      return "DelayRequest";
    case WireFault::kRequestTwice:
      return "RequestTwice";
    case WireFault::kCloseAfter:
      return "CloseAfter";
    case WireFault::kResetAfter:
      return "ResetAfter";
    case WireFault::kSilence:
      return "Silence";
    case WireFault::kHalfHeader:
      return "HalfHeader";
    case WireFault::kHalfBody:
      return "HalfBody";
    case WireFault::kHalfBodyReset:
      return "HalfBodyReset";
    case WireFault::kCorruptStatusLine:
      return "CorruptStatusLine";
    case WireFault::kCorruptLength:
      return "CorruptLength";
    case WireFault::kCorruptBody:
      return "CorruptBody";
    case WireFault::kGarbage:
      return "Garbage";
    case WireFault::kSlowDrip:
      return "SlowDrip";
    case WireFault::kDrip:
      return "Drip";
    case WireFault::kDelayAnswer:
      return "DelayAnswer";
    case WireFault::kHalfClose:
      return "HalfClose";
    case WireFault::kAnswerTwice:
      return "AnswerTwice";
    case WireFault::kAnswerTwiceLate:
      return "AnswerTwiceLate";
  }
  return "";
}

int ConnectLoopback(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
  }
  close(fd);
  return -1;
}

HttpGate::HttpGate(int upstream_port)
    : upstream_port_(upstream_port), server_([this](RawConnection& client) { Serve(client); }) {}

HttpGate::~HttpGate() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  server_.Finish();
}

void HttpGate::Arm(GateFault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

int HttpGate::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(faults_.size());
}

std::optional<GateFault> HttpGate::Take(const std::string& request) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(faults_.begin(), faults_.end(), [&](const GateFault& fault) {
    return std::all_of(fault.match.begin(), fault.match.end(), [&](const std::string& text) {
      return request.find(text) != std::string::npos;
    });
  });
  if (found == faults_.end()) return std::nullopt;
  GateFault taken = std::move(*found);
  faults_.erase(found);
  return taken;
}

bool HttpGate::Pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, time, [this] { return stop_; });
}

void HttpGate::Serve(RawConnection& client) {
  bool goes_on = true;
  while (goes_on) {
    const std::optional<std::string> request = client.ReadRequest();
    if (!request) break;
    const std::optional<GateFault> fault = Take(*request);
    goes_on = fault ? Spoil(client, *request, *fault) : Exchange(client, *request);
  }
  const std::lock_guard lock(mutex_);
  late_.erase(&client);
}

bool HttpGate::SendLateAnswers() {
  const std::lock_guard lock(mutex_);
  return std::all_of(late_.begin(), late_.end(), [](const auto& late) {
    late.first->Write(late.second);
    return late.first->AwaitDelivery();
  });
}

int HttpGate::late_answers() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(late_.size());
}

bool HttpGate::Exchange(RawConnection& client, const std::string& request) {
  const std::string answer = Ask(request);
  client.Write(answer);
  return IsWhole(answer);
}

std::string HttpGate::Ask(std::string_view request, bool reset_at_once) {
  std::string answer;
  const int fd = ConnectLoopback(upstream_port_);
  if (fd < 0) return answer;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kServerPatience, sizeof kServerPatience);
  SendAll(fd, request);
  char bytes[16384];
  while (!reset_at_once && !IsWhole(answer)) {
    const ssize_t count = recv(fd, bytes, sizeof bytes, 0);
    if (count <= 0) break;
    answer.append(bytes, static_cast<std::size_t>(count));
  }
  if (reset_at_once) {
    const linger hard{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
  close(fd);
  return answer;
}

bool HttpGate::Spoil(RawConnection& client, const std::string& request, const GateFault& fault) {
  switch (fault.fault) {
    case WireFault::kCloseBefore:
      return false;
    case WireFault::kResetBefore:
      client.Reset();
      return false;
    case WireFault::kHalfRequest:
      Ask(std::string_view(request).substr(0, request.size() / 2), /*reset_at_once=*/true);
      client.Reset();
      return false;
    case WireFault::kDelayRequest:
      return Pause(fault.delay) && Exchange(client, request);
    case WireFault::kRequestTwice: {
      const std::string answer = Ask(request);
      Ask(request);
      client.Write(answer);
      return true;
    }
    default:
      return Deliver(client, Ask(request), fault);
  }
}

bool HttpGate::Deliver(RawConnection& client, const std::string& answer, const GateFault& fault) {
  std::string spoilt = answer;
  const std::size_t header = std::min(HeaderSize(answer), answer.size());
  switch (fault.fault) {
    case WireFault::kResetAfter:
      client.Reset();
      return false;
    case WireFault::kSilence:
      client.ReadToEnd();
      return false;
    case WireFault::kHalfHeader:
      client.Write(answer.substr(0, header / 2));
      return false;
    case WireFault::kHalfBody:
    case WireFault::kHalfBodyReset:
      client.Write(answer.substr(0, answer.size() - std::min<std::size_t>(answer.size(), 5)));
      if (fault.fault == WireFault::kHalfBodyReset) client.Reset();
      return false;
    case WireFault::kCorruptStatusLine:
      spoilt.replace(0, std::min<std::size_t>(4, spoilt.size()), "HT\1P");
      client.Write(spoilt);
      return false;
    case WireFault::kCorruptLength:
      if (const std::size_t at = LengthValueAt(spoilt); at < header) spoilt.insert(at, "9");
      client.Write(spoilt);
      return false;
    case WireFault::kCorruptBody:
      if (const std::size_t middle = header + (spoilt.size() - header) / 2;
          middle + 4 <= spoilt.size()) {
        spoilt.replace(middle, 4, "\1\xff\xfe\2");
      }
      client.Write(spoilt);
      return true;
    case WireFault::kGarbage:
      client.Write(std::string("\x16\x03\x01\x02\0\x01\xff\xfd\r\n\r\n", 12));
      return false;
    case WireFault::kSlowDrip:
      return Drip(client, answer, fault.delay);
    case WireFault::kDrip:
      return Drip(client, answer, kDripPause);
    case WireFault::kDelayAnswer:
      if (!Pause(fault.delay)) return false;
      client.Write(answer);
      return true;
    case WireFault::kHalfClose:
      client.Write(answer);
      return false;
    case WireFault::kAnswerTwice:
      client.Write(answer + answer);
      return true;
    case WireFault::kAnswerTwiceLate: {
      {
        const std::lock_guard lock(mutex_);
        late_.emplace(&client, answer);
      }
      client.Write(answer);
      return true;
    }
    default:
      return false;
  }
}

bool HttpGate::Drip(RawConnection& client, const std::string& answer,
                    std::chrono::milliseconds pause) {
  for (const char byte : answer) {
    client.Write(std::string_view(&byte, 1));
    if (!Pause(pause)) return false;
  }
  return true;
}

}  // namespace payout::testing
