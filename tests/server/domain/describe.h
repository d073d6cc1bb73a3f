// Writes a decision as one line, for tables of what is expected in every cell:
//   "OUTCOME_UNKNOWN; resolve in 5 s; maybe refused; slow_down; alarm route; review X"
//
// Used by: the table tests of DecideCreate and DecideRead. Thread-safety: pure.

#ifndef PAYOUT_TESTS_SERVER_DOMAIN_DESCRIBE_H_
#define PAYOUT_TESTS_SERVER_DOMAIN_DESCRIBE_H_

#include <string>

#include "server/domain/decide.h"

namespace payout {

inline std::string FlagsOf(const Submission& submission) {
  std::string flags;
  const auto add = [&flags](bool set, const char* name) {
    if (set) flags += std::string(flags.empty() ? "" : " ") + name;
  };
  add(submission.maybe_applied, "maybe");
  add(submission.acknowledged, "acknowledged");
  add(submission.confirmed, "confirmed");
  add(submission.conflict, "conflict");
  add(submission.refused, "refused");
  add(submission.refused_fast, "fast");
  add(submission.post_next, "post_next");
  return flags.empty() ? "no flags" : flags;
}

inline std::string Describe(const Decision& decision, absl::Time now) {
  const Payout& row = decision.after;
  std::string text(StateName(row.status.state));
  text += "; ";
  if (row.schedule.due_at) {
    text += std::string(WorkClassName(row.schedule.work)) + " in " +
            std::to_string(absl::ToInt64Seconds(*row.schedule.due_at - now)) + " s";
  } else {
    text += "rests";
  }
  text += "; " + FlagsOf(row.submission);
  if (decision.merchant == MerchantEffect::kSlowDown) text += "; slow down";
  if (decision.merchant == MerchantEffect::kPause) text += "; pause";
  if (decision.alarm != Alarm::kNone) text += "; alarm " + std::string(AlarmName(decision.alarm));
  if (decision.drop_token) text += "; drop token";
  for (const Review review : row.status.needs_review)
    text += "; review " + std::string(ReviewName(review));
  return text;
}

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_DOMAIN_DESCRIBE_H_
