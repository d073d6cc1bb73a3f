// What happens next to a payout, in plain words, for those who ask why it stands where it stands.
// Pure.
//
// Used by: explain_payout.

#ifndef PAYOUT_SERVER_DOMAIN_NEXT_STEP_H_
#define PAYOUT_SERVER_DOMAIN_NEXT_STEP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/decide.h"

namespace payout {

struct NextStep {
  // "SUBMIT", "SUBMIT_AGAIN", "READ", "EXPIRE", "WAIT_FOR_ANSWER" or "NOTHING".
  std::string action;
  std::optional<absl::Time> due_at;  // nullopt: no time is set
  std::string why;                   // a sentence or two, without values of the request
};

// Whether and why the merchant's submission rests.
struct Resting {
  bool by_operator = false;
  bool by_credentials = false;
};

NextStep NextStepOf(const Payout& payout, const Resting& resting, absl::Time now);

// What the gateway remembers about its own sending, one plain statement each; the most important
// first.
std::vector<std::string> MarksOf(const Payout& payout);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_NEXT_STEP_H_
