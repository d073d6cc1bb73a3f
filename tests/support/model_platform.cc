#include "tests/support/model_platform.h"

#include <algorithm>
#include <utility>

#include "server/app/wait.h"

namespace payout::testing {
namespace {

template <class T>
std::optional<T> TakeFront(std::deque<T>& queue) {
  if (queue.empty()) return std::nullopt;
  T front = std::move(queue.front());
  queue.pop_front();
  return front;
}

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
      return "SOMETHING_NEW";
  }
  return "?";
}

}  // namespace

int ModelPlatform::Count(Call call) const {
  return static_cast<int>(
      std::ranges::count_if(requests, [call](const Request& r) { return r.call == call; }));
}

RenderedRequest ModelPlatform::Render(const Intent& intent, const std::string& callback_url) const {
  return {.body = intent.money.amount.ToString() + " " + intent.money.currency + " " + callback_url,
          .customer_id = intent.customer_id};
}

Task<TokenAnswer> ModelPlatform::Prepare(MerchantName, std::vector<TokenSubject> subjects) {
  requests.push_back({Call::kToken, subjects.front().payout_id.value(), env_.Monotonic()});
  std::vector<std::string> ids;
  for (const TokenSubject& subject : subjects) ids.push_back(subject.payout_id.value());
  token_sets.push_back(ids);
  std::string number = std::to_string(token_sets.size());
  co_await SleepFor(env_, latency);
  TokenAnswer answer;
  answer.kind = TokenAnswerKind::kGranted;
  answer.http_status = 200;
  answer.token = SecretString("token " + number + " of " + ids.front());
  answer.validity = absl::Minutes(30);
  const auto refuse = [&answer](TokenAnswerKind kind, int status) {
    answer = TokenAnswer();
    answer.kind = kind;
    answer.http_status = status;
  };
  const bool unwanted =
      std::ranges::any_of(ids, [this](const auto& id) { return unwanted_ids.contains(id); });
  if (unwanted || ids.size() > token_subjects_max) refuse(TokenAnswerKind::kRefused, 400);
  if (limited.contains(Call::kToken)) refuse(TokenAnswerKind::kRateLimited, 429);
  if (down.contains(Call::kToken)) refuse(TokenAnswerKind::kServerError, 503);
  if (std::optional<TokenAnswer> scripted = TakeFront(tokens)) answer = *std::move(scripted);
  covered_[answer.token.Reveal()].insert(ids.begin(), ids.end());
  co_return answer;
}

bool ModelPlatform::Covers(const SecretString& token, const std::string& id) const {
  const auto found = covered_.find(token.Reveal());
  return found != covered_.end() && found->second.contains(id);
}

void ModelPlatform::Apply(const Payout& payout) {
  const std::string& id = payout.intent.key.payout_id.value();
  Payment& payment = ledger[id];
  ++payment.accepted;
  payment.money = payout.intent.money;
  payment.method = MethodCode(payout.intent.method);
  payment.body = payout.rendered.body;
  payment.callback_url = payout.rendered.body.substr(payout.rendered.body.rfind(' ') + 1);
  payment.created_at = env_.Now();
  payment.settles_at = env_.Monotonic() + settle_after;
  payment.outcome = outcome;
  if (callback && calls_back_on_accept) callback(payment.callback_url, id);
  env_.StartTimer(payment.settles_at, [this, id, url = payment.callback_url] {
    if (callback) callback(url, id);
  });
}

PlatformView ModelPlatform::ViewOf(const std::string& id, const Payment& payment) const {
  return {.payout_id = id,
          .platform_reference = "ECL-" + id,
          .transaction_reference = "REF-" + id,
          .method_code = payment.method,
          .money = payment.money};
}

Task<CreateAnswer> ModelPlatform::Create(const Payout& payout, const SecretString& token) {
  const std::string id = payout.intent.key.payout_id.value();
  requests.push_back({Call::kCreate, id, env_.Monotonic()});
  CreateAnswer refusal;
  if (!Covers(token, id)) refusal = {.kind = CreateAnswerKind::kForbidden, .http_status = 403};
  if (limited.contains(Call::kCreate)) {
    refusal = {.kind = CreateAnswerKind::kRateLimited, .http_status = 429};
  }
  if (down.contains(Call::kCreate)) {
    refusal = {.kind = CreateAnswerKind::kServerError, .http_status = 503};
  }
  if (refusal.http_status != 0) {
    co_await SleepFor(env_, latency);
    co_return refusal;
  }
  bodies[id].insert(payout.rendered.body);
  const CreateScript script = TakeFront(creates).value_or(CreateScript{});
  const bool known = ledger.contains(id);
  if (script.apply && !known) Apply(payout);
  co_await SleepFor(env_, latency);
  if (script.answer) co_return *script.answer;
  CreateAnswer answer;
  if (known) {
    answer.kind = CreateAnswerKind::kConflict;
    answer.http_status = 409;
    co_return answer;
  }
  answer.kind = CreateAnswerKind::kAccepted;
  answer.http_status = 201;
  answer.echo = ViewOf(id, ledger[id]);
  co_return answer;
}

Task<ReadAnswer> ModelPlatform::Read(const PayoutKey& key, const SecretString& token) {
  const std::string id = key.payout_id.value();
  requests.push_back({Call::kRead, id, env_.Monotonic()});
  const bool covered = Covers(token, id);
  co_await SleepFor(env_, latency);
  if (std::optional<ReadAnswer> scripted = TakeFront(reads)) co_return *std::move(scripted);
  ReadAnswer answer;
  if (!covered) {
    answer.kind = ReadAnswerKind::kForbidden;
    answer.http_status = 403;
    co_return answer;
  }
  if (limited.contains(Call::kRead) || down.contains(Call::kRead)) {
    const bool is_down = down.contains(Call::kRead);
    answer.kind = is_down ? ReadAnswerKind::kServerError : ReadAnswerKind::kRateLimited;
    answer.http_status = is_down ? 503 : 429;
    co_return answer;
  }
  const auto found = ledger.find(id);
  if (found == ledger.end()) {
    answer.kind = ReadAnswerKind::kGone;
    answer.http_status = 410;
    co_return answer;
  }
  const Payment& payment = found->second;
  answer.kind = ReadAnswerKind::kFound;
  answer.http_status = 200;
  Observation& seen = answer.observation.emplace();
  seen.view = ViewOf(id, payment);
  seen.status =
      env_.Monotonic() >= payment.settles_at ? payment.outcome : PlatformStatus::kProcessing;
  seen.status_text = StatusText(seen.status);
  seen.created_at = payment.created_at;
  seen.is_test = true;
  if (seen.status == PlatformStatus::kFailed || seen.status == PlatformStatus::kRefused) {
    seen.failure = PayoutReason{.code = "INVALID_ACCOUNT_NUMBER",
                                .category = CategoryOf("INVALID_ACCOUNT_NUMBER")};
  }
  co_return answer;
}

}  // namespace payout::testing
