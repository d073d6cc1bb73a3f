// Answers to a create: a line with the status, then the body. A payout is taken for accepted or
// refused only when a second, stricter reading says so too.

#include <algorithm>

#include "adapters/echelon/create_codec.h"
#include "tests/fuzz/answer_check.h"

namespace payout::fuzz {
namespace {

bool IsRefusal(const JsonText& body) {
  const Json& root = body.root;
  return root.Is(Json::Kind::kArray) && !root.items.empty() &&
         std::all_of(root.items.begin(), root.items.end(), [](const Json& item) {
           const Json* code = item.Find("code");
           return code != nullptr && code->Is(Json::Kind::kString) && !code->text.empty();
         });
}

void Check(int status, std::string_view body) {
  using C = CreateAnswerKind;
  const CreateAnswer answer = echelon::ParseCreateAnswer(status, body);
  const std::optional<JsonText> json = UsableJson(body);
  Require(answer.http_status == status, "the status is kept");
  Require((answer.kind == C::kAccepted) == (status == 201 && json && TellsThePayout(json->root)),
          "accepted is exactly a 201 that tells id, amount and currency");
  Require((answer.kind == C::kRefused) == (status == 406 && json && IsRefusal(*json)),
          "refused is exactly a 406 with a list of codes");
  Require(answer.echo.has_value() == (answer.kind == C::kAccepted),
          "an echo comes with accepted alone");
  if (answer.echo) CheckView(*answer.echo, json->root);
  Require(answer.refusals.empty() || answer.kind == C::kRefused || answer.kind == C::kRejected,
          "reasons come with refusals alone");
  Require(answer.refusals.size() <= echelon::kRefusalsMax, "reasons are bounded");
  if (answer.kind == C::kRefused) {
    Require(answer.refusals.size() == std::min(json->root.items.size(), echelon::kRefusalsMax),
            "every reason is kept, up to the bound");
  }
  for (const PayoutReason& reason : answer.refusals) CheckReason(reason);

  const Payout before = SubmittingPayout();
  const Decision decision = DecideCreate(before, answer, SomeMoment(), Policy());
  const State state = decision.after.status.state;
  const bool echoes = answer.echo && Mismatches(before.intent, *answer.echo, false).empty();
  Require((state == State::kProcessing) == echoes,
          "PROCESSING is exactly an echo of what was asked");
  Require((state == State::kRefused) == (answer.kind == C::kRefused),
          "REFUSED is exactly a proven refusal");
  Require(!IsSettled(state) || state == State::kRefused, "no other answer settles a payout");
  const bool again = state == State::kQueued;
  const bool never_applied = status == 401 || status == 403 || status == 429;
  Require(again == never_applied, "QUEUED is exactly an answer of the door, not of the operation");
  if (status == 201 || (status >= 200 && status <= 299 && body.starts_with('{'))) {
    Require(decision.after.submission.acknowledged, "what the platform says with a 2xx is kept");
  }
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Input input(data, size);
  const int status = input.SmallNumber();
  payout::fuzz::Check(status, input.Rest());
  return 0;
}
