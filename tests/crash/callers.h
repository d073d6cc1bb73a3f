// Callers: several callers of one life of the gateway. They first repeat what was never answered
// and look at everything that was, then create, repeat, read and cancel at random, until the
// gateway dies or their share is done.
//
// Used by: crash loops. Start and Stop by one thread.

#ifndef PAYOUT_TESTS_CRASH_CALLERS_H_
#define PAYOUT_TESTS_CRASH_CALLERS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/interrupt.h"
#include "client/payout_client.h"
#include "tests/crash/call_book.h"

namespace payout::testing {

struct CallerPlan {
  std::string prefix;  // of new payout ids
  std::uint64_t seed = 1;
  int callers = 3;
  int payouts = 10;  // new ones of each caller
};

class Callers {
 public:
  Callers(std::shared_ptr<client::Channel> channel, CallBook& book, CallerPlan plan);
  ~Callers() { Stop(); }

  void Stop();
  // Everything that was acknowledged in earlier lives was looked at, and agrees or is a violation.
  bool checked() const { return checked_; }
  // All did their share.
  bool done() const { return running_ == 0; }

 private:
  class Caller;
  client::Interrupt interrupt_;
  std::atomic<bool> checked_{false};
  std::atomic<int> running_{0};
  std::vector<std::thread> threads_;
};

// Lists everything and notes it. False: the gateway did not answer.
bool CheckAll(const client::PayoutClient& client, CallBook& book, client::Interrupt* interrupt,
              std::map<std::string, v1::Payout>* list = nullptr);

// Creates, or repeats. False: no answer.
bool Create(const client::PayoutClient& client, CallBook& book,
            const v1::CreatePayoutRequest& request, client::Interrupt* interrupt);

// Repeats what was never answered, and waits until every payout is settled, asking for those of
// which the platform told while nobody listened. False: not within so many seconds.
bool SettleAll(const client::PayoutClient& client, CallBook& book, int seconds,
               std::map<std::string, v1::Payout>* payouts);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_CALLERS_H_
