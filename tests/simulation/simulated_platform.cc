#include "tests/simulation/simulated_platform.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"

namespace payout::simulation {
namespace {

std::string_view StatusText(PlatformStatus status) {
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
  return "?";
}

int HttpStatusOf(CreateAnswerKind kind) {
  switch (kind) {
    case CreateAnswerKind::kAccepted:
    case CreateAnswerKind::kAcceptedUnreadable:
    case CreateAnswerKind::kAcceptedMismatch:
      return 201;
    case CreateAnswerKind::kRefused:
    case CreateAnswerKind::kRefusedUnreadable:
      return 406;
    case CreateAnswerKind::kRejected:
    case CreateAnswerKind::kRejectedUnreadable:
      return 400;
    case CreateAnswerKind::kUnauthenticated:
      return 401;
    case CreateAnswerKind::kForbidden:
      return 403;
    case CreateAnswerKind::kRouteMissing:
      return 404;
    case CreateAnswerKind::kConflict:
      return 409;
    case CreateAnswerKind::kGone:
      return 410;
    case CreateAnswerKind::kRateLimited:
      return 429;
    case CreateAnswerKind::kServerError:
      return 503;
    case CreateAnswerKind::kUnlisted:
      return 418;
    case CreateAnswerKind::kSurelyNotSent:
    case CreateAnswerKind::kMaybeSent:
      return 0;
  }
  return 0;
}

bool Accepts(CreateAnswerKind kind) {
  return kind == CreateAnswerKind::kAccepted || kind == CreateAnswerKind::kAcceptedUnreadable ||
         kind == CreateAnswerKind::kAcceptedMismatch;
}

// Of a 5xx and what the contract does not list nobody knows whether the payout was made.
bool MayHavePaid(CreateAnswerKind kind) {
  return kind == CreateAnswerKind::kServerError || kind == CreateAnswerKind::kUnlisted ||
         kind == CreateAnswerKind::kGone;
}

}  // namespace

SimulatedPlatform::SimulatedPlatform(testing::SimulatedEnvironment& env, Random& random,
                                     const FaultRanges& faults, Checker& checker)
    : env_(env), random_(random), faults_(faults), checker_(checker) {}

// amount, currency, method, segment, callback URL, separated by spaces.
RenderedRequest SimulatedPlatform::Render(const Intent& intent, const std::string& callback_url) {
  std::string body = intent.money.amount.ToString();
  for (const std::string_view part :
       {std::string_view(intent.money.currency), MethodCode(intent.method),
        std::string_view(intent.segment_code), std::string_view(callback_url)}) {
    body += ' ';
    body += part;
  }
  return {.body = std::move(body), .customer_id = intent.customer_id};
}

void SimulatedPlatform::OccupyId(const PayoutKey& key, PlatformView view) {
  Payment payment;
  payment.view = std::move(view);
  payment.ours = false;
  // Older than any error of the gateway's clock.
  payment.created_at = TrueTime(env_) - absl::Hours(24 * 14);
  payment.shown_at = payment.settles_at = env_.Monotonic();
  payment.hidden_until = -absl::InfiniteDuration();
  ledger_[key] = std::move(payment);
  checker_.OnForeign(key);
}

void SimulatedPlatform::Heal() {
  healed_ = true;
  away_until_ = -absl::InfiniteDuration();
  const absl::Duration now = env_.Monotonic();
  for (auto& [key, payment] : ledger_) {
    payment.shown_at = std::min(payment.shown_at, now);
    payment.wrong.reset();
    payment.hidden_until = -absl::InfiniteDuration();
    if (payment.settles_at <= now + faults_.settle_max) continue;
    payment.settles_at = now + random_.Between(absl::ZeroDuration(), faults_.settle_max);
    env_.StartTimer(payment.settles_at, [this, id = key] { Settle(id); });
  }
}

CreateAnswerKind SimulatedPlatform::DrawVerdict() {
  for (std::size_t i = 0; i < faults_.create.size(); ++i) {
    const auto kind = static_cast<CreateAnswerKind>(i);
    // The network and the ledger see to these.
    if (kind == CreateAnswerKind::kAccepted || HttpStatusOf(kind) == 0 ||
        kind == CreateAnswerKind::kConflict) {
      continue;
    }
    if (random_.Chance(faults_.create[i])) return kind;
  }
  return CreateAnswerKind::kAccepted;
}

std::optional<absl::Duration> SimulatedPlatform::DrawRetryAfter() {
  if (!random_.Chance(faults_.retry_after)) return std::nullopt;
  return absl::Seconds(random_.Pick(std::array{0, 1, 30, 86'400}));
}

int SimulatedPlatform::CheckToken(const PayoutKey& key, const std::string& token,
                                  const Money* money) {
  const auto found = grants_.find(token);
  if (found == grants_.end() || found->second.until <= env_.Monotonic()) return 401;
  const Grant& grant = found->second;
  const auto subject = grant.subjects.find(key.payout_id.value());
  if (grant.merchant != key.merchant || subject == grant.subjects.end()) return 403;
  return money == nullptr || subject->second == *money ? 0 : 403;
}

CreateAnswer SimulatedPlatform::Create(CreateRequest& request) {
  const PayoutKey& key = request.key;
  checker_.OnDelivered(key, request.bytes);
  const std::vector<std::string> parts = absl::StrSplit(request.bytes.body, ' ');
  const Money money{*Decimal::Parse(parts[0]), parts[1]};
  if (!request.access) request.access = CheckToken(key, request.token, &money);
  CreateAnswer answer;
  answer.kind = request.verdict;
  if (env_.Monotonic() < away_until_) answer.kind = CreateAnswerKind::kServerError;
  if (*request.access == 401) answer.kind = CreateAnswerKind::kUnauthenticated;
  if (*request.access == 403) answer.kind = CreateAnswerKind::kForbidden;
  const bool accepts = Accepts(answer.kind);
  const bool known = ledger_.contains(key);
  if (accepts && known) answer.kind = CreateAnswerKind::kConflict;
  // An outage hides what the request is refused with, and does not pay it.
  const bool refused = !Accepts(request.verdict) && !MayHavePaid(request.verdict);
  if (!known && !refused && (accepts || (MayHavePaid(answer.kind) && random_.Chance(500)))) {
    Pay(key, request.bytes);
  }
  answer.http_status = HttpStatusOf(answer.kind);
  if (answer.kind == CreateAnswerKind::kAccepted) answer.echo = ledger_[key].view;
  if (answer.kind == CreateAnswerKind::kAcceptedMismatch) {
    answer.kind = CreateAnswerKind::kAccepted;
    answer.echo = ledger_[key].view;
    answer.echo->money.amount = *Decimal::Parse("1000001");
  }
  if (answer.kind == CreateAnswerKind::kRefused) {
    answer.refusals = {{.code = "BALANCE_INSUFFICIENT", .category = ReasonCategory::kBalance}};
  }
  if (answer.http_status >= 400) answer.retry_after = DrawRetryAfter();
  return answer;
}

void SimulatedPlatform::Pay(const PayoutKey& key, const RenderedRequest& request) {
  const std::vector<std::string> parts = absl::StrSplit(request.body, ' ');
  Payment payment;
  payment.view = {.payout_id = key.payout_id.value(),
                  .platform_reference = "ECL-" + key.payout_id.value(),
                  .transaction_reference = "REF-" + key.payout_id.value(),
                  .method_code = parts[2],
                  .money = {*Decimal::Parse(parts[0]), parts[1]},
                  .segment_code = parts[3]};
  payment.callback_url = parts[4];
  payment.hidden_until = -absl::InfiniteDuration();
  // As the adapter reads it: whole microseconds.
  payment.created_at = absl::FromUnixMicros(absl::ToUnixMicros(TrueTime(env_)));
  const absl::Duration now = env_.Monotonic();
  payment.shown_at = now + random_.Between(absl::ZeroDuration(), faults_.read_lag);
  payment.settles_at = now + random_.Between(absl::ZeroDuration(), faults_.settle_max);
  if (random_.Chance(faults_.failed)) {
    payment.outcome = random_.Chance(700) ? PlatformStatus::kFailed : PlatformStatus::kRefused;
  }
  if (random_.Chance(faults_.reversed)) {
    payment.reversed_at =
        payment.settles_at + random_.Between(absl::Seconds(30), absl::Minutes(40));
  }
  if (random_.Chance(faults_.wrong_value)) {
    payment.wrong = payment.view;
    switch (random_.Below(3)) {
      case 0:
        payment.wrong->money.amount = *Decimal::Parse("0.07");
        break;
      case 1:
        payment.wrong->money.currency = "XXX";
        break;
      default:
        payment.wrong->method_code = "OTHER_TRANSFER";
        break;
    }
  }
  checker_.OnPaid(key, payment.view.money);
  ledger_[key] = payment;
  if (random_.Chance(faults_.callback_early)) SendCallback(key, absl::ZeroDuration());
  env_.StartTimer(payment.settles_at, [this, key] { Settle(key); });
  if (payment.reversed_at) {
    env_.StartTimer(*payment.reversed_at, [this, key] {
      if (!healed_) SendCallback(key, absl::ZeroDuration());
    });
  }
}

void SimulatedPlatform::Settle(const PayoutKey& key) {
  const Payment& payment = ledger_[key];
  if (env_.Monotonic() < payment.settles_at || payment.callback_url.empty()) return;
  SendCallback(key, absl::Milliseconds(random_.Below(2000)));
  if (random_.Chance(faults_.callback_repeated))
    SendCallback(key, absl::Milliseconds(random_.Below(9000)));
  if (random_.Chance(faults_.callback_on_settled)) {
    SendCallback(key, random_.Between(absl::Minutes(1), absl::Hours(3)));
  }
}

void SimulatedPlatform::SendCallback(const PayoutKey& key, absl::Duration after) {
  if (random_.Chance(faults_.callback_lost)) return;
  env_.StartTimer(env_.Monotonic() + after, [this, key] {
    if (on_callback) on_callback(ledger_[key].callback_url, key);
  });
}

PlatformStatus SimulatedPlatform::StatusOf(const Payment& payment) const {
  const absl::Duration now = env_.Monotonic();
  if (now < payment.settles_at) return PlatformStatus::kProcessing;
  if (payment.reversed_at && now >= *payment.reversed_at) {
    return payment.outcome == PlatformStatus::kSuccess ? PlatformStatus::kFailed
                                                       : PlatformStatus::kSuccess;
  }
  return payment.outcome;
}

ReadAnswer SimulatedPlatform::Read(const PayoutKey& key, const std::string& token) {
  static constexpr std::array<int, kReadAnswerKinds> kHttp = {200, 200, 410, 401, 403, 404,
                                                              406, 429, 500, 418, 0};
  ReadAnswer answer;
  answer.kind = ReadAnswerKind::kFound;
  for (std::size_t i = 0; i < faults_.read.size(); ++i) {
    const auto kind = static_cast<ReadAnswerKind>(i);
    // Absence is told by the ledger, silence is the network's.
    if (kind == ReadAnswerKind::kFound || kind == ReadAnswerKind::kGone ||
        kind == ReadAnswerKind::kNoAnswer) {
      continue;
    }
    if (random_.Chance(faults_.read[i])) {
      answer.kind = kind;
      break;
    }
  }
  if (env_.Monotonic() < away_until_) answer.kind = ReadAnswerKind::kServerError;
  const int refused = CheckToken(key, token, nullptr);
  if (refused == 401) answer.kind = ReadAnswerKind::kUnauthenticated;
  if (refused == 403) answer.kind = ReadAnswerKind::kForbidden;

  const auto found = ledger_.find(key);
  const absl::Duration now = env_.Monotonic();
  const bool shown = found != ledger_.end() && found->second.shown_at <= now;
  const bool tells =
      answer.kind == ReadAnswerKind::kFound || answer.kind == ReadAnswerKind::kFoundUnreadable;
  // A platform that for a while no longer knows what it acknowledged, and what the gateway noted
  // and no restore has made it forget.
  const bool noted = checker_.case_of(key).recorded;
  if (shown && tells && noted &&
      random_.Chance(faults_.read[static_cast<std::size_t>(ReadAnswerKind::kGone)])) {
    found->second.hidden_until =
        now + (random_.Below(2) == 0 ? absl::ZeroDuration() : absl::Seconds(random_.Below(1200)));
  }
  const bool hidden = shown && noted && found->second.hidden_until >= now;
  if (tells && (!shown || hidden)) answer.kind = ReadAnswerKind::kGone;
  answer.http_status = kHttp[static_cast<std::size_t>(answer.kind)];
  if (answer.http_status > 400) answer.retry_after = DrawRetryAfter();
  if (answer.kind != ReadAnswerKind::kFound) return answer;

  const Payment& payment = found->second;
  Observation& seen = answer.observation.emplace();
  seen.view = payment.wrong && random_.Chance(500) ? *payment.wrong : payment.view;
  seen.status = StatusOf(payment);
  if (random_.Chance(faults_.stale_read)) seen.status = PlatformStatus::kProcessing;
  if (random_.Chance(faults_.unknown_status)) seen.status = PlatformStatus::kUnrecognised;
  seen.status_text = StatusText(seen.status);
  seen.created_at = payment.created_at;
  seen.is_test = true;
  if (seen.status == PlatformStatus::kFailed || seen.status == PlatformStatus::kRefused) {
    seen.failure = PayoutReason{.code = "INVALID_ACCOUNT_NUMBER",
                                .category = CategoryOf("INVALID_ACCOUNT_NUMBER")};
  }
  return answer;
}

TokenAnswer SimulatedPlatform::Token(const MerchantName& merchant,
                                     const std::vector<TokenSubject>& subjects) {
  static constexpr std::array<int, kTokenAnswerKinds> kHttp = {200, 200, 406, 403, 404,
                                                               429, 500, 418, 0};
  TokenAnswer answer;
  answer.kind = TokenAnswerKind::kGranted;
  for (std::size_t i = 1; i < faults_.token.size(); ++i) {
    if (static_cast<TokenAnswerKind>(i) == TokenAnswerKind::kNoAnswer) continue;
    if (!random_.Chance(faults_.token[i])) continue;
    answer.kind = static_cast<TokenAnswerKind>(i);
    break;
  }
  if (env_.Monotonic() < away_until_) answer.kind = TokenAnswerKind::kServerError;
  answer.http_status = kHttp[static_cast<std::size_t>(answer.kind)];
  if (answer.http_status > 400) answer.retry_after = DrawRetryAfter();
  if (answer.kind != TokenAnswerKind::kGranted) return answer;

  const std::string text = "token-" + std::to_string(grants_.size() + 1);
  Grant& grant = grants_[text];
  grant.merchant = merchant;
  for (const TokenSubject& subject : subjects) {
    grant.subjects[subject.payout_id.value()] = subject.money;
  }
  answer.token = SecretString(text);
  answer.validity = absl::Minutes(30);
  grant.until = env_.Monotonic() + (random_.Chance(faults_.token_expires_early)
                                        ? random_.Between(absl::ZeroDuration(), absl::Minutes(2))
                                        : answer.validity);
  return answer;
}

}  // namespace payout::simulation
