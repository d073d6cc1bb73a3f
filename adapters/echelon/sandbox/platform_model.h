// PlatformModel: the whole platform without sockets, threads or a clock.
//
// Used by: Sandbox (real HTTP, real time) and simulations (neither). A request goes in two steps,
// because a fault may hold it back before it is applied:
//
//   PreparedCall call = model.Prepare(request, now);   // rate limit, which faults act
//   ... wait call.delay() ...
//   Answer answer = model.Execute(call, later);        // auth, validation, ledger
//   ... wait answer.hold, deliver it as answer.delivery says ...
//
// After every call, and at NextDue(), Advance() yields the callbacks to send.
// Thread-safety: none. Deterministic: the same calls with the same times and seed give the same
// answers.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_PLATFORM_MODEL_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_PLATFORM_MODEL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/echelon/sandbox/answers.h"
#include "adapters/echelon/sandbox/business_rules.h"
#include "adapters/echelon/sandbox/fault_set.h"
#include "adapters/echelon/sandbox/ledger.h"
#include "adapters/echelon/sandbox/lifecycle.h"
#include "adapters/echelon/sandbox/rate_window.h"
#include "adapters/echelon/sandbox/settings.h"
#include "adapters/echelon/sandbox/tokens.h"
#include "adapters/echelon/sandbox/value.h"

namespace payout::sandbox {

struct PlatformRequest {
  std::string method;
  std::string target;
  std::optional<std::string> api_version;
  std::optional<std::string> authorization;
  std::optional<std::string> content_type;
  std::string body;
};

enum class Delivery {
  kSend,
  kTruncate,  // the announced length, but only half of the body, then the end of the connection
  kDrop,      // the connection ends without an answer
  kReset,     // the same, with a TCP reset
};

struct Answer {
  int status = 500;
  std::string body;
  Delivery delivery = Delivery::kSend;
  absl::Duration hold = absl::ZeroDuration();  // before it is delivered
};

struct PreparedCall {
  PlatformRequest request;
  std::string path;  // the target without its query
  std::optional<Operation> operation;
  std::string id;        // of the payout; empty for tokens
  std::string merchant;  // empty when unknown
  absl::StatusOr<Value> body = absl::UnknownError("");
  FaultDecision faults;
  std::optional<Answer> refused;  // decided already: no such route, too many requests

  absl::Duration delay() const { return faults.delay; }
};

class PlatformModel {
 public:
  // InvalidArgument when the settings contradict themselves.
  static absl::StatusOr<std::unique_ptr<PlatformModel>> Create(PlatformSettings settings);

  PreparedCall Prepare(PlatformRequest request, absl::Time now);
  Answer Execute(const PreparedCall& call, absl::Time now);

  std::vector<CallbackSend> Advance(absl::Time now);
  absl::Time NextDue() const {
    return unsent_.empty() ? lifecycle_->NextDue() : absl::InfinitePast();
  }
  // `http_status` 0 = no answer.
  void ReportCallback(std::uint64_t id, int http_status, absl::Time now);

  absl::Status AddFault(Fault fault) { return faults_.Add(std::move(fault)); }
  void ClearFaults() { faults_.Clear(); }
  std::vector<FaultState> Faults() const { return faults_.List(); }

  // NotFound without such a payout. An empty merchant means the first one that has it.
  absl::Status Settle(const std::string& merchant, const std::string& id, const std::string& status,
                      const std::string& failure_reason, absl::Time now);
  // A forged callback. InvalidArgument unless the URL is http and loopback.
  absl::Status SendCallback(const std::string& url, const std::string& id_entity, absl::Time now);

  LedgerSnapshot Snapshot() const { return ledger_.Snapshot(); }
  const Ledger& ledger() const { return ledger_; }
  const PlatformSettings& settings() const { return settings_; }

  // Forgets payments, faults, planned events and counters. Tokens stay valid.
  void Reset();

 private:
  explicit PlatformModel(PlatformSettings settings);

  const Merchant* FindMerchant(std::string_view code) const;
  std::optional<TokenClaims> Authenticate(const PlatformRequest& request, absl::Time now) const;
  // A refusal, or nothing when the token covers the call.
  std::optional<Answer> Authorize(const PreparedCall& call,
                                  const std::optional<TokenClaims>& claims) const;
  std::optional<Answer> FaultBeforeApply(const PreparedCall& call, absl::Time now);
  void SpoilAnswer(const PreparedCall& call, Answer& answer) const;
  AnswerTwist TwistOf(const PreparedCall& call, const LedgerEntry& entry) const;

  Answer IssueToken(const PreparedCall& call, absl::Time now);
  Answer CreatePayout(const PreparedCall& call, absl::Time now);
  Answer ReadPayout(const PreparedCall& call, absl::Time now);
  Answer RefusePayout(LedgerEntry entry, const std::vector<BusinessError>& errors, absl::Time now);
  std::string RandomUuid();

  const PlatformSettings settings_;
  std::mt19937_64 random_;
  TokenIssuer tokens_;
  RateWindow rate_;
  FaultSet faults_;
  Ledger ledger_;
  BalanceBook balances_;
  std::unique_ptr<Lifecycle> lifecycle_;
  std::vector<CallbackSend> unsent_;  // came due inside of Execute
  std::int64_t next_payment_ = 1;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_PLATFORM_MODEL_H_
