// CallBook: what the callers of a crash loop asked for and were told, for as long as the store
// lives. Whatever they are told later has to agree with it.
//
// Used by: callers, readers, checks. Thread-safe.

#ifndef PAYOUT_TESTS_CRASH_CALL_BOOK_H_
#define PAYOUT_TESTS_CRASH_CALL_BOOK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "payout/v1/payout_service.pb.h"
#include "tests/support/stream_history.h"

namespace payout::testing {

class CallBook {
 public:
  // An intent whose id a caller has chosen; it is repeated until it is answered.
  void Begin(const v1::CreatePayoutRequest& request);
  // The gateway said OK to a create, or showed the payout. `floor` is what Floor said before the
  // call: whoever asks afterwards sees that or something newer.
  void Created(const v1::CreatePayoutResponse& response, std::int64_t floor);
  void Shown(const std::string& who, const v1::Payout& payout, std::int64_t floor);
  // A whole list: every payout that anyone knew of before the list was asked for is in it.
  void Listed(const std::map<std::string, std::int64_t>& floors,
              const std::map<std::string, v1::Payout>& list);
  // The newest revision of the payout that anyone was shown; 0: none.
  std::int64_t Floor(const std::string& id) const;
  std::map<std::string, std::int64_t> Floors() const;
  void Violate(const std::string& text);

  // As they are repeated: without waiting for the platform.
  std::vector<v1::CreatePayoutRequest> Unanswered() const;
  std::vector<std::string> Acknowledged() const;
  // One of the acknowledged intents, chosen by a random number; false when there is none.
  bool Pick(std::uint64_t number, v1::CreatePayoutRequest* request) const;

  // Runs with the book's lock held: histories of streams share its content.
  void WithContent(const std::function<void(ContentBook&)>& use);

  std::vector<std::string> violations() const;
  std::int64_t intents() const;
  std::int64_t replays() const;

 private:
  struct Intent {
    v1::CreatePayoutRequest request;
    bool acknowledged = false;
    std::int64_t revision = 0;  // the newest that anyone was shown
  };
  void Note(const std::string& who, const v1::Payout& payout, std::int64_t floor);

  mutable std::mutex mutex_;
  std::map<std::string, Intent> intents_;
  std::vector<std::string> acknowledged_;
  ContentBook content_;
  std::vector<std::string> violations_;
  std::int64_t replays_ = 0;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_CALL_BOOK_H_
