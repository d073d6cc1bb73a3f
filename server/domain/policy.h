// Policy: the timings and limits of the rules in decide.cc, with their defaults.
//
// Used by: decide.h; set from the configuration, shortened in tests. A value.

#ifndef PAYOUT_SERVER_DOMAIN_POLICY_H_
#define PAYOUT_SERVER_DOMAIN_POLICY_H_

#include <vector>

#include "absl/time/time.h"

namespace payout {

struct Policy {
  absl::Duration create_timeout = absl::Seconds(60);

  // Settled absence: this many 410 answers in a row, so far apart, the last so long after the last
  // create call ended. The time also covers a create that is still on its way through the platform.
  int absence_reads = 3;
  absl::Duration absence_gap = absl::Seconds(30);
  absl::Duration absence_settle = absl::Seconds(240);  // max(120 s, 4 x create timeout)

  // A refusal that could not be applied needs a single 410 this long after it.
  absl::Duration refusal_settle = absl::Seconds(2);

  // Sending the same bytes again after settled absence.
  bool resubmit_auto = true;
  int resubmits_max = 5;
  absl::Duration resubmit_window = absl::Hours(24);  // since the last create call

  // Audits: reads of a settled payout so long after it was settled, in this order; empty: none. Of
  // a hundred payouts so many have them (audit.h).
  std::vector<absl::Duration> audits = {absl::Hours(24), absl::Hours(72), absl::Hours(168),
                                        absl::Hours(720)};
  int audit_percent = 100;

  // A terminal status that contradicts ours counts when it is read twice, so far apart.
  absl::Duration correction_gap = absl::Seconds(60);

  // A payout found under our id without a create of ours may be ours only if it is not older than
  // our first claim.
  absl::Duration adoption_slack = absl::Minutes(5);

  // Waits between reads. The last one repeats for ever.
  std::vector<absl::Duration> poll_unknown = {
      absl::Seconds(2),  absl::Seconds(5),  absl::Seconds(10), absl::Seconds(30),
      absl::Seconds(30), absl::Seconds(30), absl::Seconds(60), absl::Seconds(60),
      absl::Seconds(60), absl::Minutes(5),  absl::Minutes(5),  absl::Minutes(30),
      absl::Minutes(30), absl::Hours(2),    absl::Hours(12),   absl::Hours(24)};
  std::vector<absl::Duration> poll_processing = {
      absl::Minutes(1), absl::Minutes(3), absl::Minutes(10), absl::Minutes(30),
      absl::Hours(2),   absl::Hours(12),  absl::Hours(24)};
  int poll_processing_skipped_under_backlog = 2;

  // Waits before a create or a token call is tried again.
  absl::Duration retry_min = absl::Seconds(1);
  absl::Duration retry_max = absl::Minutes(5);
  // How long a merchant's submission rests when its credentials or its route are wrong.
  absl::Duration pause = absl::Minutes(1);
};

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_POLICY_H_
