// TcpGate: passes bytes both ways between clients and a server, until it cuts the connections.
//
// Used by: tests of streams over broken connections. It knows nothing of what it passes on.
// Thread-safe. One blocking thread per connection.

#ifndef PAYOUT_TESTS_CRASH_TCP_GATE_H_
#define PAYOUT_TESTS_CRASH_TCP_GATE_H_

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>

namespace payout::testing {

class TcpGate {
 public:
  // `upstream_port` on 127.0.0.1; 0: nobody there yet.
  explicit TcpGate(int upstream_port);
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  int port() const { return port_; }
  void SetUpstream(int port) { upstream_port_ = port; }

  // Ends every open connection, on both sides; the next ones are passed on. Returns how many.
  int CutAll(bool reset);

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    bool cut = false;
    bool reset = false;
    bool ended = false;
    std::thread thread;
  };
  void AcceptLoop();
  void Pump(Pair& pair);
  void Reap();

  std::atomic<int> upstream_port_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::list<Pair> pairs_;  // guarded by mutex_
  std::thread acceptor_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_TCP_GATE_H_
