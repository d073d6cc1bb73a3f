// Story: one payout on its way through the decisions, told step by step with a clock of its own.
//
// Used by: the tests of decide.h. Each step applies one decision and keeps it in `last`.
// Thread-safety: none.

#ifndef PAYOUT_TESTS_SERVER_DOMAIN_STORY_H_
#define PAYOUT_TESTS_SERVER_DOMAIN_STORY_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/decide.h"

namespace payout {

using Reviews = std::set<Review>;

inline const absl::Time kDawn = absl::FromUnixSeconds(1'700'000'000);

inline Intent SomeIntent() {
  Intent intent;
  intent.key = {MerchantName("shop"), PayoutId("p-1")};
  intent.tenant = TenantName("payroll");
  intent.money = {*Decimal::Parse("42.50"), "USD"};
  intent.method = CryptoTransfer{.account_number = "abc", .operator_code = "TRC20"};
  intent.segment_code = "vip";
  return intent;
}

// What the platform tells about the payout of SomeIntent; the amount is written in another way.
inline PlatformView MatchingView() {
  return {.payout_id = "p-1",
          .platform_reference = "ref-9",
          .transaction_reference = "tx-9",
          .method_code = "CRYPTO_TRANSFER",
          .money = {*Decimal::Parse("42.5"), "USD"},
          .segment_code = "vip"};
}

inline PlatformView MismatchingView() {
  PlatformView view = MatchingView();
  view.money.amount = *Decimal::Parse("42.51");
  return view;
}

inline PayoutReason SomeReason(std::string code = "BALANCE_INSUFFICIENT") {
  return {.code = code, .category = CategoryOf(code)};
}

inline CreateAnswer Answered(CreateAnswerKind kind) {
  CreateAnswer answer{.kind = kind};
  if (kind == CreateAnswerKind::kAccepted) answer.echo = MatchingView();
  if (kind == CreateAnswerKind::kAcceptedMismatch) {
    answer.kind =
        CreateAnswerKind::kAccepted;  // What the adapter says; the comparison is decide's.
    answer.echo = MismatchingView();
  }
  if (kind == CreateAnswerKind::kRefused) answer.refusals = {SomeReason()};
  return answer;
}

inline ReadAnswer Answered(ReadAnswerKind kind) { return {.kind = kind}; }
inline ReadAnswer Gone() { return {.kind = ReadAnswerKind::kGone}; }

inline std::string TextOf(PlatformStatus status) {
  switch (status) {
    case PlatformStatus::kProcessing:
      return "PROCESSING";
    case PlatformStatus::kSuccess:
      return "SUCCESS";
    case PlatformStatus::kFailed:
      return "FAILED";
    case PlatformStatus::kRefused:
      return "REFUSED";
    case PlatformStatus::kUnrecognised:
      return "ON_HOLD";
  }
  return "";
}

inline ReadAnswer Found(PlatformStatus status, PlatformView view = MatchingView()) {
  Observation seen;
  seen.view = std::move(view);
  seen.status = status;
  seen.status_text = TextOf(status);
  seen.created_at = kDawn;
  if (status == PlatformStatus::kFailed || status == PlatformStatus::kRefused) {
    seen.failure = SomeReason("SYSTEM");
  }
  return {.kind = ReadAnswerKind::kFound, .observation = std::move(seen)};
}

class Story {
 public:
  // Without audits, which would keep settled payouts from resting; tests of them switch them on.
  explicit Story(Intent intent = SomeIntent())
      : row(NewPayout(std::move(intent), "1", {.body = "{}"}, kDawn)) {
    policy.audits.clear();
  }

  Story& Wait(absl::Duration duration) {
    moment.now += duration;
    moment.monotonic += duration;
    return *this;
  }
  // Another process instance goes on: its monotonic clock has nothing to do with ours.
  Story& Restart() {
    ++moment.instance;
    moment.monotonic = absl::Seconds(3);
    return *this;
  }
  Story& Claim() { return Take(DecideClaim(row, moment, policy)); }
  Story& Create(const CreateAnswer& answer) {
    return Take(DecideCreate(row, answer, moment, policy));
  }
  Story& Create(CreateAnswerKind kind) { return Create(Answered(kind)); }
  Story& Post(CreateAnswerKind kind) { return Claim().Create(kind); }
  Story& Read(const ReadAnswer& answer) {
    return Take(DecideRead(row, answer, row.hint_seq, moment, policy));
  }
  Story& Read(ReadAnswerKind kind) { return Read(Answered(kind)); }
  Story& Read(PlatformStatus status) { return Read(Found(status)); }
  Story& TokenFails(TokenAnswerKind kind, std::optional<absl::Duration> retry_after = {}) {
    return Take(DecideTokenFailure(row, kind, retry_after, moment, policy));
  }
  Story& Lose() { return Take(DecideLost(row, moment, policy)); }

  // From OUTCOME_UNKNOWN, just entered, to the third 410 that settles absence.
  Story& SettleAbsence() {
    Wait(absl::Seconds(180)).Read(Gone());
    Wait(absl::Seconds(30)).Read(Gone());
    return Wait(absl::Seconds(30)).Read(Gone());
  }

  State state() const { return row.status.state; }
  const Reviews& review() const { return row.status.needs_review; }
  NextCall next() const { return NextCallOf(row, moment.now); }
  // Seconds until the row is due; -1: never.
  double DueIn() const {
    return row.schedule.due_at ? absl::ToDoubleSeconds(*row.schedule.due_at - moment.now) : -1;
  }

  Payout row;
  Moment moment{.now = kDawn, .monotonic = absl::Seconds(1000), .instance = 1};
  Policy policy;
  Decision last;
  bool events_told =
      true;  // so far, each decision emitted an event if and only if callers see a difference

 private:
  Story& Take(Decision decision) {
    events_told = events_told && decision.emits_event == (decision.after.status != row.status);
    row = decision.after;
    last = std::move(decision);
    return *this;
  }
};

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_DOMAIN_STORY_H_
