// ModelPlatform: the platform as a PayoutProvider without HTTP: the true ledger, and answers that a
// test can bend.
//
// Used by: tests of the core under simulated time. What it records is what counts: a payment is in
// its ledger or it is not.

#ifndef PAYOUT_TESTS_SUPPORT_MODEL_PLATFORM_H_
#define PAYOUT_TESTS_SUPPORT_MODEL_PLATFORM_H_

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/app/ports/environment.h"
#include "server/app/ports/payout_provider.h"

namespace payout::testing {

// What happens to one create call. Default: accepted and answered.
struct CreateScript {
  bool apply = true;                   // the payment is made
  std::optional<CreateAnswer> answer;  // instead of the true one
};

class ModelPlatform final : public PayoutProvider {
 public:
  struct Payment {
    Money money;
    std::string method;
    std::string body;
    std::string callback_url;
    absl::Time created_at;
    absl::Duration settles_at;  // monotonic
    PlatformStatus outcome = PlatformStatus::kSuccess;
    int accepted = 0;  // how often a create was accepted: never more than once
  };
  struct Request {
    Call call;
    std::string payout_id;
    absl::Duration at;  // monotonic
  };

  explicit ModelPlatform(Environment& env) : env_(env) {}

  // ---- what a test sets ----
  absl::Duration latency = absl::Milliseconds(40);
  absl::Duration settle_after = absl::Seconds(5);
  PlatformStatus outcome = PlatformStatus::kSuccess;
  std::deque<CreateScript> creates;  // for the next create calls, in order
  std::deque<TokenAnswer> tokens;    // for the next token calls
  std::deque<ReadAnswer> reads;      // for the next reads
  std::function<void(const std::string& url, const std::string& id)> callback;  // at settlement
  bool calls_back_on_accept = false;    // and when it accepts a payout
  std::set<Call> down;                  // operations that are answered with 503, and not done
  std::set<Call> limited;               // operations that are answered with 429, and not done
  std::size_t token_subjects_max = 16;  // token calls that name more are refused with 400
  std::set<std::string> unwanted_ids;   // token calls that name one of them are refused with 400

  // ---- what it saw ----
  std::map<std::string, Payment> ledger;
  std::vector<Request> requests;
  std::map<std::string, std::set<std::string>>
      bodies;                                        // every distinct body that was sent for an id
  std::vector<std::vector<std::string>> token_sets;  // what each token call named
  int Count(Call call) const;

  // ---- PayoutProvider ----
  RenderedRequest Render(const Intent& intent, const std::string& callback_url) const override;
  Task<TokenAnswer> Prepare(MerchantName merchant, std::vector<TokenSubject> subjects) override;
  Task<CreateAnswer> Create(const Payout& payout, const SecretString& token) override;
  Task<ReadAnswer> Read(const PayoutKey& key, const SecretString& token) override;

 private:
  void Apply(const Payout& payout);
  // Does the token cover calls of the payout?
  bool Covers(const SecretString& token, const std::string& id) const;
  PlatformView ViewOf(const std::string& id, const Payment& payment) const;

  Environment& env_;
  std::map<std::string, std::set<std::string>> covered_;  // ids by token
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_SUPPORT_MODEL_PLATFORM_H_
