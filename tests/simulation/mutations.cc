#include "tests/simulation/mutations.h"

namespace payout::simulation {

const std::vector<Mutation>& Mutations() {
  static const std::vector<Mutation>& mutations = *new std::vector<Mutation>{
      // ---- durability and order ----
      {"acknowledge_unwritten",
       "a caller is told OK though the store did not say that it has the intent"},
      {"send_before_claim", "the create leaves before SUBMITTING is committed"},
      {"send_unclaimed", "the create leaves though the claim may not be written"},
      {"stale_write_wins",
       "the store writes a change that was decided on an older version of the row"},
      {"event_before_commit", "an event is published though its change is not written"},
      {"revision_skipped", "a change raises the revision by two"},
      {"lease_never_ends", "a row whose work was lost is never taken up again"},
      // ---- sending again ----
      {"new_id_on_retry", "a payout is sent again under another id"},
      {"rendered_again", "a payout is sent again with other bytes"},
      {"resend_on_unknown", "an unknown outcome is sent again at once"},
      {"absence_not_settled", "three 410s count, however soon after the create"},
      {"absence_gap_ignored", "410s count, however close to each other"},
      {"absence_outlives_restart", "410s of an earlier process count"},
      {"absence_counts_at_the_answer",
       "a 410 counts from its answer, not from when the platform was asked"},
      {"absence_by_wall_clock", "the time since the create is taken from the wall clock"},
      {"acknowledgement_forgotten", "a 2xx or 409 does not stop further creates"},
      {"resubmit_for_ever", "there is no end to sending again"},
      {"lost_is_queued", "after a restart SUBMITTING becomes QUEUED"},
      {"submitting_forgotten", "after a restart SUBMITTING stays as it is"},
      {"requeue_after_5xx", "a 5xx answer to a create counts as not applied"},
      {"ignore_history", "what earlier creates may have done is forgotten"},
      // ---- status without proof ----
      {"timeout_is_failed", "a create without an answer is FAILED"},
      {"gone_is_failed", "a 410 is FAILED"},
      {"unknown_ages_into_failed", "an outcome that stays unknown becomes FAILED"},
      {"refuse_at_once", "a 406 is REFUSED though an earlier create may have been applied"},
      {"one_410_refuses", "after a refusal one 410 is proof, whatever came before"},
      {"unauthenticated_is_refused", "a 401 to the create is REFUSED"},
      {"token_failure_is_failed", "a token call that fails makes the payout FAILED"},
      {"conflict_is_success", "a 409 is SUCCEEDED without a comparison"},
      {"conflict_is_ours", "whatever has the id counts as ours"},
      {"adopt_anything", "a payment that was there before us is adopted"},
      {"trust_echo", "the values that a 201 repeats are not compared"},
      {"ignore_amount", "another amount is no mismatch"},
      {"ignore_currency", "another currency is no mismatch"},
      {"ignore_method", "another payment method is no mismatch"},
      {"unknown_status_is_success", "a status that nobody knows is SUCCEEDED"},
      {"trust_callback", "a callback makes the payout SUCCEEDED"},
      {"accept_forged", "a callback needs no capability"},
      {"terminal_rewritten", "a later status replaces a terminal one"},
      {"correction_at_once", "one contradicting read is a correction"},
      {"cancel_submitting", "a payout can be cancelled while its create is under way"},
      {"expire_submitting", "a payout expires while its create is under way"},
      {"review_clears_itself", "a read that matches clears what needs review"},
      // ---- operators and restores ----
      {"pause_ignored", "creates go on while submission is paused"},
      {"pause_forgotten", "a pause ends with the process"},
      {"restore_unnoticed", "rows of a backup that was put back are sent unasked"},
      {"late_repeat_is_refused",
       "after a restore, a repeat is refused because submit_before has passed"},
      {"failed_read_is_fresh",
       "a read that failed counts for max_staleness as one that was answered"},
      {"refuse_forgotten", "a payout that a backup may have forgotten is REFUSED by one answer"},
      {"cancel_forgotten", "a payout that a backup may have forgotten is CANCELLED unasked"},
      {"stream_outlives_restore", "a stream resumes with a token of before a restore"},
      // ---- progress ----
      {"token_failure_is_the_end", "after a token call that failed nothing is due"},
      {"rely_on_callbacks", "a payout in process is not read unless a callback comes"},
      {"drop_hint", "a callback is answered before it is recorded"},
      {"hint_cleared_unanswered", "a read without an answer counts as the answer to a callback"},
      {"hint_lost_in_flight", "a callback that comes during a read is lost"},
      // ---- bounds ----
      {"unbounded_queue", "the backlog is not bounded"},
      {"token_calls_unpaid", "token calls take no permit"},
      {"budget_unpaced", "requests are not spaced"},
      {"hold_ignored", "two calls of one payout are made at once"},
      // ---- callers ----
      {"fingerprint_without_amount", "another amount under the same id is a repetition"},
      {"fingerprint_without_account", "another account under the same id is a repetition"},
      {"other_content_is_a_repeat", "other content under the same id is a repetition"},
      {"create_across_tenants",
       "a tenant is told of another tenant's payout when it repeats its id"},
      {"get_across_tenants", "a tenant reads and cancels payouts of another"},
      {"list_across_tenants", "a tenant lists payouts of another"},
      // ---- streams ----
      {"stream_across_tenants", "a stream shows payouts of another tenant"},
      {"stream_resumes_at", "a stream resumes with the change that the token names"},
      {"stream_skips_backlog", "a stream that lags goes on with the newest change"},
      {"stream_skips_old", "a stream that fell behind goes on with what is in memory"},
      {"snapshot_misses", "a snapshot in pages misses a payout between them"},
      {"snapshot_shows_now", "a snapshot shows later changes too"},
      {"progress_ahead", "progress names a position that was not reached"},
      {"complete_too_early", "a stream of payouts ends before they are settled"},
  };
  return mutations;
}

}  // namespace payout::simulation
