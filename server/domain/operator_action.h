// What operators do: pause and resume submission, and clear what needs review. Each deed is kept as
// an OperatorAction, which is never changed afterwards.
//
// Used by: the store port, switches, review_payout, the admin port. Values.

#ifndef PAYOUT_SERVER_DOMAIN_OPERATOR_ACTION_H_
#define PAYOUT_SERVER_DOMAIN_OPERATOR_ACTION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/domain/ids.h"

namespace payout {

// Numbers are stored.
enum class OperatorVerb : int { kPause = 1, kResume = 2, kReview = 3 };
std::string_view OperatorVerbName(OperatorVerb verb);  // "pause"

struct OperatorAction {
  std::int64_t number = 0;  // in order, from 1; set by the store
  absl::Time at;
  std::string operator_name;
  OperatorVerb verb = OperatorVerb::kPause;
  MerchantName merchant;  // empty: every merchant (pause, resume)
  PayoutId payout_id;     // review only
  std::string note;       // why, in the operator's words
  std::string details;    // what it changed: "before -> after"
  friend bool operator==(const OperatorAction&, const OperatorAction&) = default;
};

// Whether operators allow submission, for one merchant or (empty) for all of them. A merchant's
// payouts are submitted only while neither is paused.
struct PauseSwitch {
  MerchantName merchant;
  bool paused = false;
  absl::Time at;
  std::string operator_name;
  std::string note;
  friend bool operator==(const PauseSwitch&, const PauseSwitch&) = default;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_OPERATOR_ACTION_H_
