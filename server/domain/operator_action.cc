#include "server/domain/operator_action.h"

namespace payout {

std::string_view OperatorVerbName(OperatorVerb verb) {
  switch (verb) {
    case OperatorVerb::kPause:
      return "pause";
    case OperatorVerb::kResume:
      return "resume";
    case OperatorVerb::kReview:
      return "review";
  }
  return "?";
}

}  // namespace payout
