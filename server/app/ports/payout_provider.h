// PayoutProvider: the platform as the core sees it: a token, a create, a read. Each method is one
// HTTP request.
//
// Used by: submit_payouts, track_status, tokens. Implemented by: adapters/echelon, and by fakes in
// tests. Thread-safety: core loop only. Never retries, never decides; what an answer means is
// decided in domain/decide.h. A create that was begun is never cancelled.

#ifndef PAYOUT_SERVER_APP_PORTS_PAYOUT_PROVIDER_H_
#define PAYOUT_SERVER_APP_PORTS_PAYOUT_PROVIDER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/secret.h"
#include "server/base/task.h"
#include "server/domain/answer.h"
#include "server/domain/payout.h"

namespace payout {

// One payout that a token is to cover: its create (of exactly `money`) and its reads.
struct TokenSubject {
  PayoutId payout_id;
  Money money;
};

struct TokenAnswer {
  TokenAnswerKind kind = TokenAnswerKind::kNoAnswer;
  int http_status = 0;
  SecretString token;       // with kGranted
  absl::Duration validity;  // with kGranted, from before the request left
  std::optional<absl::Duration> retry_after;
};

// The create call of a payout, for people: nothing in it names a person, an account or a secret.
struct ShownRequest {
  std::string method;
  std::string path;
  std::string body;
};

class PayoutProvider {
 public:
  virtual ~PayoutProvider() = default;

  // The body and headers of the create call. Pure: the same intent and URL give the same bytes.
  virtual RenderedRequest Render(const Intent& intent, const std::string& callback_url) const = 0;

  // What a create call of the payout sends, but for what must not be shown. Empty where nothing is
  // known about it.
  virtual ShownRequest Show(const Payout& /*payout*/) const { return {}; }

  // Gets a token limited to POST and GET of exactly these payouts; with `money` when all of them
  // have the same. 1 to 16 subjects of one merchant.
  virtual Task<TokenAnswer> Prepare(MerchantName merchant, std::vector<TokenSubject> subjects) = 0;

  // Sends the stored request once.
  virtual Task<CreateAnswer> Create(const Payout& payout, const SecretString& token) = 0;

  // Asks for the status.
  virtual Task<ReadAnswer> Read(const PayoutKey& key, const SecretString& token) = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PORTS_PAYOUT_PROVIDER_H_
