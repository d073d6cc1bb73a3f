#include "server/app/obtain_token.h"

#include <utility>
#include <vector>

namespace payout {

Task<TokenOutcome> ObtainToken(MerchantDesk& desk, const Payout& payout, WorkClass work) {
  TokenOutcome outcome;
  outcome.token = desk.tokens().Find(payout.intent.key.payout_id);
  if (outcome.token != nullptr) co_return outcome;

  Core& core = desk.core();
  co_await desk.budget().Acquire(work, payout.intent.tenant, Turn::kBegins);
  // Others may have found out meanwhile that credentials or route are wrong.
  outcome.rested = core.draining || (work == WorkClass::kCreate && desk.resting());
  if (outcome.rested) co_return outcome;
  const MerchantDesk::Busy busy(desk);
  outcome.asked_at = core.env.Now();
  const absl::Duration asked_at = core.env.Monotonic();
  const std::vector<TokenSubject> subjects = {{payout.intent.key.payout_id, payout.intent.money}};
  outcome.answer = co_await core.provider.Prepare(desk.name(), subjects);
  core.observer.OnPlatformCall(desk.name(), Call::kToken, TokenAnswerName(outcome.answer.kind),
                               core.env.Monotonic() - asked_at);
  if (outcome.answer.kind == TokenAnswerKind::kGranted) {
    outcome.token = desk.tokens().Keep(subjects, outcome.answer, asked_at);
  }
  co_return outcome;
}

}  // namespace payout
