#include "tests/explorer/row.h"

#include <algorithm>
#include <array>
#include <utility>

namespace payout::explorer {
namespace {

constexpr std::array kFlags = {&Submission::maybe_applied, &Submission::refused,
                               &Submission::refused_fast,  &Submission::acknowledged,
                               &Submission::conflict,      &Submission::confirmed,
                               &Submission::post_next};

std::int8_t Ticks(absl::Duration duration, int least, int most) {
  return static_cast<std::int8_t>(std::clamp<std::int64_t>(duration / kTick, least, most));
}

bool Has(const Row& row, bool Submission::*flag) {
  const auto at = std::ranges::find(kFlags, flag) - kFlags.begin();
  return (row.flags >> at & 1) != 0;
}

void Clear(Row& row, bool Submission::*flag) {
  const auto at = std::ranges::find(kFlags, flag) - kFlags.begin();
  row.flags = static_cast<std::uint8_t>(row.flags & ~(1 << at));
}

// Forgets what no rule will look at.
void Forget(Row& row) {
  const auto state = static_cast<State>(row.state);
  const bool unknown = state == State::kOutcomeUnknown;
  const bool open = !IsSettled(state);
  if (state == State::kCancelled) row.flags = 0;
  if (!open) {
    Clear(row, &Submission::maybe_applied);
    Clear(row, &Submission::refused);
    Clear(row, &Submission::refused_fast);
    Clear(row, &Submission::post_next);
  }
  // In this world reads may be made at any time, and so may a create that is queued.
  if (row.due >= 0 && state != State::kSubmitting) row.due = 0;
  if (!Has(row, &Submission::post_next)) row.last_read = row.last_read < 0 ? -1 : 0;
  // Only resubmission looks at it.
  const bool never_again = !open || Has(row, &Submission::acknowledged);
  if (row.post_closed >= 0 && never_again) row.post_closed = 0;
  if (row.submit_before >= 0 && never_again) row.submit_before = 0;
  if (!unknown || Has(row, &Submission::confirmed)) {
    row.absence_owner = row.absence_count = 0;
    row.absence_age = row.absence_last = 0;
  }
  if (row.absence_owner == 3) {
    row.absence_count = 0;
    row.absence_age = 0;
  }
  if (row.absence_count == 0) row.absence_last = 0;
  if (row.contradiction == 0) row.contradiction_age = 0;
}

Intent SomeIntent() {
  Intent intent;
  intent.key = {MerchantName("shop"), PayoutId("p-1")};
  intent.tenant = TenantName("pay");
  intent.money = {*Decimal::Parse("42.50"), "USD"};
  intent.method = CryptoTransfer{.account_number = "abc", .operator_code = "TRC20"};
  return intent;
}

const Payout& Blank() {
  static const Payout blank = [] {
    Payout payout = NewPayout(SomeIntent(), "1", {.body = "{}"}, kFirstClaim);
    payout.version = kVersion;
    payout.revision = kRevision;
    return payout;
  }();
  return blank;
}

}  // namespace

Policy SmallPolicy(int absence_reads) {
  Policy policy;
  policy.create_timeout = kTimeoutTicks * kTick;
  policy.absence_reads = absence_reads;
  policy.absence_gap = kGapTicks * kTick;
  policy.absence_settle = kSettleTicks * kTick;
  policy.refusal_settle = kRefusalTicks * kTick;
  policy.resubmit_window = kWindowTicks * kTick;
  policy.correction_gap = kGapTicks * kTick;
  policy.poll_unknown = policy.poll_processing = {kTick};
  policy.retry_min = policy.retry_max = policy.pause = kTick;
  return policy;
}

PlatformView EqualView() {
  return {.payout_id = "p-1",
          .platform_reference = "ref-9",
          .transaction_reference = "tx-9",
          .method_code = "CRYPTO_TRANSFER",
          .money = {*Decimal::Parse("42.5"), "USD"},
          .segment_code = ""};
}

PlatformView OtherView() {
  PlatformView view = EqualView();
  view.money.amount = *Decimal::Parse("42.51");
  return view;
}

Row NewRow(int submit_before) {
  Payout payout = Blank();
  payout.schedule.due_at = kNow;
  if (submit_before >= 0) payout.intent.submit_before = kNow + submit_before * kTick;
  return Pack(payout);
}

Payout Unpack(const Row& row) {
  Payout payout = Blank();
  if (row.submit_before >= 0) payout.intent.submit_before = kNow + row.submit_before * kTick;
  Status& status = payout.status;
  status.state = static_cast<State>(row.state);
  for (int bit = 1; bit < 8; ++bit) {
    if ((row.reviews >> bit & 1) != 0) status.needs_review.insert(static_cast<Review>(bit));
  }
  if (row.correction != 0) status.correction = {static_cast<State>(row.correction), kNow};
  if (IsSettled(status.state)) status.settled_at = kNow;

  Submission& submission = payout.submission;
  for (std::size_t i = 0; i < kFlags.size(); ++i) submission.*kFlags[i] = (row.flags >> i & 1) != 0;
  submission.first_claim_at = kFirstClaim;
  if (row.post_closed >= 0) submission.last_post_closed_at = kNow - row.post_closed * kTick;

  payout.absence = {.instance = row.absence_owner,
                    .post_closed = kMonotonic - row.absence_age * kTick,
                    .count = row.absence_count,
                    .last = kMonotonic - row.absence_last * kTick};
  if (row.contradiction != 0) {
    payout.contradiction = {static_cast<State>(row.contradiction),
                            kNow - row.contradiction_age * kTick};
  }
  payout.schedule = {.work = WorkClass::kResolve, .due_at = std::nullopt, .step = 0};
  if (row.due >= 0) payout.schedule.due_at = kNow + row.due * kTick;
  payout.hint_seq = row.hints;
  payout.hint_read_seq = row.hints == 0 ? 0 : 1;
  // Its age matters only to absence that was settled, by a read that was answered.
  if (row.last_read >= 0) {
    payout.last_read_at = payout.last_answer_at = kNow - row.last_read * kTick;
  }
  return payout;
}

Row Pack(const Payout& payout) {
  Row row;
  const Status& status = payout.status;
  row.state = static_cast<std::uint8_t>(status.state);
  for (const Review review : status.needs_review) {
    row.reviews = static_cast<std::uint8_t>(row.reviews | 1 << static_cast<int>(review));
  }
  if (status.correction)
    row.correction = static_cast<std::uint8_t>(status.correction->reported_state);
  const Submission& submission = payout.submission;
  for (std::size_t i = 0; i < kFlags.size(); ++i) {
    if (submission.*kFlags[i]) row.flags = static_cast<std::uint8_t>(row.flags | 1 << i);
  }
  if (submission.last_post_closed_at) {
    row.post_closed = Ticks(kNow - *submission.last_post_closed_at, 0, kWindowTicks + 1);
  }

  row.absence_owner = static_cast<std::uint8_t>(payout.absence.instance);
  row.absence_count = static_cast<std::uint8_t>(std::min(payout.absence.count, 3));
  row.absence_age = Ticks(kMonotonic - payout.absence.post_closed, 0, kSettleTicks + 1);
  row.absence_last = Ticks(kMonotonic - payout.absence.last, 0, kGapTicks + 1);
  if (payout.contradiction) {
    row.contradiction = static_cast<std::uint8_t>(payout.contradiction->reported_state);
    row.contradiction_age = Ticks(kNow - payout.contradiction->first_seen, 0, 1);
  }
  if (payout.schedule.due_at) row.due = Ticks(*payout.schedule.due_at - kNow, 0, 2 * kTimeoutTicks);
  row.hints = payout.hint_seq == 0 ? 0 : payout.hint_seq <= payout.hint_read_seq ? 1 : 2;
  if (payout.last_read_at) row.last_read = Ticks(kNow - *payout.last_read_at, 0, kFreshTicks + 1);
  if (payout.intent.submit_before)
    row.submit_before = Ticks(*payout.intent.submit_before - kNow, 0, 100);
  Forget(row);
  return row;
}

bool PackKeepsFlags(const Payout& payout) {
  if (IsSettled(payout.status.state)) return true;
  const auto flags_of = [](Submission submission) {
    // Left out on purpose: see the head of row.h.
    submission.creates = submission.resubmits = submission.unauthenticated = 0;
    submission.refusals.clear();
    submission.first_claim_at = submission.last_post_closed_at = std::nullopt;
    return submission;
  };
  return flags_of(payout.submission) == flags_of(Unpack(Pack(payout)).submission);
}

void Age(Row& row) {
  const auto older = [](std::int8_t& age, int most) {
    if (age >= 0) age = static_cast<std::int8_t>(std::min(age + 1, most));
  };
  if (row.due > 0) --row.due;
  if (row.submit_before > 0) --row.submit_before;
  older(row.last_read, kFreshTicks + 1);
  older(row.post_closed, kWindowTicks + 1);
  older(row.absence_age, kSettleTicks + 1);
  older(row.absence_last, kGapTicks + 1);
  older(row.contradiction_age, 1);
  Forget(row);
}

void ForgetOwner(Row& row, std::uint8_t owner) {
  if (row.absence_owner == owner) row.absence_owner = 3;
  Forget(row);
}

}  // namespace payout::explorer
