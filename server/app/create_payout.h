// Creation of a payout: validate, look the id up, store, wake the submitter, wait.
//
// Used by: server/rpc. It never calls the platform itself. Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_CREATE_PAYOUT_H_
#define PAYOUT_SERVER_APP_CREATE_PAYOUT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "server/app/capability.h"
#include "server/app/directory.h"
#include "server/app/feed.h"
#include "server/base/digest.h"
#include "server/base/task.h"
#include "server/domain/money.h"
#include "server/domain/validate.h"

namespace payout {

enum class WaitMode { kRecorded, kAccepted, kSettled };

struct CreateCommand {
  TenantName tenant;
  IntentDraft draft;
  bool validate_only = false;
  WaitMode wait = WaitMode::kRecorded;
  absl::Duration wait_until;  // monotonic
};

struct CreateOutcome {
  Payout payout;
  bool replayed = false;
};

class CreatePayout {
 public:
  struct Options {
    CurrencyRules currencies;
    absl::Duration backlog_max = absl::Minutes(60);
    std::int64_t queued_max = 1'000'000;
  };
  CreatePayout(Core& core, Feed& feed, const Directory& directory, const Capability& capability,
               Options options);

  // Order of checks: merchant and form of the fields (INVALID_ARGUMENT, all at once); the stored
  // id: same content answers with it, other content or another tenant is ALREADY_EXISTS; then, for
  // new ids, what depends on configuration (INVALID_ARGUMENT) and the backlog (RESOURCE_EXHAUSTED).
  // Nothing is stored before all passed. UNAVAILABLE: the store failed, and the outcome may be
  // unknown; repeating is safe.
  Task<absl::StatusOr<CreateOutcome>> Run(CreateCommand command);

 private:
  absl::StatusOr<CreateOutcome> Replay(const Payout& stored, const Intent& intent,
                                       const std::string& fingerprint) const;
  std::vector<Violation> BrokenRules(const CreateCommand& command) const;
  absl::Status Admit(const MerchantDesk& desk) const;
  // Writes a new payout, or answers with what is there.
  Task<absl::StatusOr<CreateOutcome>> Record(MerchantDesk& desk, const Intent& intent,
                                             const std::string& fingerprint);
  // Answers with what is there, else with the error `otherwise`, else with what would be written.
  Task<absl::StatusOr<CreateOutcome>> LookUp(const Intent& intent, const std::string& fingerprint,
                                             const absl::Status& otherwise);
  // Until the payout has come as far as `mode` says, or time is over; brings it up to date.
  Task<void> Wait(Payout& payout, WaitMode mode, absl::Duration until, Feed::Subscription& changes);

  Core& core_;
  Feed& feed_;
  const Directory& directory_;
  const Capability& capability_;
  const Options options_;
  const HmacKey fingerprint_key_;
};

// UNAVAILABLE with STORE_UNAVAILABLE, for use cases whose store call `operation` failed; tells the
// observer why.
absl::Status StoreFailed(Core& core, std::string_view operation, const absl::Status& why);

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_CREATE_PAYOUT_H_
