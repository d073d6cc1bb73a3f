// HttpGate: stands between an HTTP client and its server, passes every exchange on, and spoils the
// ones that it is told to, byte by byte.
//
// Used by: wire faults between gateway and platform, and in front of the callback port, whose
// address survives the gateway that way. Every request goes upstream over a connection of its own.
// Thread-safe. Lifetime: the clients go before the gate, the server may go at any time.

#ifndef PAYOUT_TESTS_CRASH_HTTP_GATE_H_
#define PAYOUT_TESTS_CRASH_HTTP_GATE_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/adapters/http/raw_server.h"

namespace payout::testing {

enum class WireFault {
  // The server does not get the request.
  kCloseBefore,
  kResetBefore,
  kHalfRequest,  // half of it arrives, then both connections are reset
  // The server gets it late or twice.
  kDelayRequest,
  kRequestTwice,
  // The server applies it, the answer does not arrive.
  kCloseAfter,
  kResetAfter,
  kSilence,  // the connection stays open and silent
  // ... or arrives spoilt.
  kHalfHeader,  // half of the header, then FIN
  kHalfBody,    // all but the last bytes, then FIN
  kHalfBodyReset,
  kCorruptStatusLine,
  kCorruptLength,  // more is announced than comes, then FIN
  kCorruptBody,
  kGarbage,   // not HTTP at all
  kSlowDrip,  // a byte at a time, for longer than anyone waits
  // ... or arrives, and the connection is strange.
  kDrip,  // a byte at a time
  kDelayAnswer,
  kHalfClose,        // FIN behind the answer although the connection was to be kept
  kAnswerTwice,      // in one piece
  kAnswerTwiceLate,  // the second one when SendLateAnswers says so
};

const char* WireFaultName(WireFault fault);

struct GateFault {
  std::vector<std::string> match;  // texts that the request contains, all of them
  WireFault fault = WireFault::kCloseBefore;
  std::chrono::milliseconds delay{0};  // of the faults with time in them
};

class HttpGate {
 public:
  // `upstream_port` on 127.0.0.1; 0: nobody there yet.
  explicit HttpGate(int upstream_port);
  ~HttpGate();

  int port() const { return server_.port(); }
  std::string Url(std::string_view path = "") const { return server_.Url(path); }
  void SetUpstream(int port) { upstream_port_ = port; }

  // Acts on the first request that matches, once.
  void Arm(GateFault fault);
  // Faults that are armed and have not acted.
  int waiting() const;

  // Sends the second answers of kAnswerTwiceLate, while the client has no request open and begins
  // none: one that met a request would be its answer, HTTP/1.1 has nothing to tell them apart.
  // Returns once they have arrived; false when that takes too long.
  bool SendLateAnswers();
  // Open connections that have, or will get, a second answer.
  int late_answers() const;

  // All requests that came.
  std::vector<std::string> requests() const { return server_.requests(); }

 private:
  void Serve(RawConnection& client);
  // False: the connection is over.
  bool Exchange(RawConnection& client, const std::string& request);
  bool Spoil(RawConnection& client, const std::string& request, const GateFault& fault);
  bool Deliver(RawConnection& client, const std::string& answer, const GateFault& fault);
  bool Drip(RawConnection& client, const std::string& answer, std::chrono::milliseconds pause);
  std::optional<GateFault> Take(const std::string& request);
  // The whole answer, or as much of it as came before the connection ended.
  std::string Ask(std::string_view request, bool reset_at_once = false);
  // False when the gate goes away meanwhile.
  bool Pause(std::chrono::milliseconds time);

  std::atomic<int> upstream_port_;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::deque<GateFault> faults_;
  std::multimap<RawConnection*, std::string> late_;
  RawServer server_;  // the last member: its threads use the others
};

// A connection to 127.0.0.1; -1 when nobody listens. The caller closes it.
int ConnectLoopback(int port);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_HTTP_GATE_H_
