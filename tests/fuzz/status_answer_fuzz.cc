// Answers to a status read: a line with the status, then the body. A status counts only when a
// second, stricter reading finds it in an answer about our own payout.

#include "adapters/echelon/read_codec.h"
#include "tests/fuzz/answer_check.h"

namespace payout::fuzz {
namespace {

std::optional<std::string> StatusTextOf(const Json& root) {
  const Json* process = root.Find("process");
  const Json* status = process == nullptr ? nullptr : process->Find("status");
  if (status == nullptr || !status->Is(Json::Kind::kString)) return std::nullopt;
  return status->text;
}

State StateOf(const std::string& text) {
  if (text == "PROCESSING") return State::kProcessing;
  if (text == "SUCCESS") return State::kSucceeded;
  if (text == "FAILED") return State::kFailed;
  if (text == "REFUSED") return State::kRefused;
  return State::kOutcomeUnknown;  // As it was.
}

void CheckObservation(const Observation& seen, const Json& root) {
  CheckView(seen.view, root);
  CheckShown(seen.status_text, 100);
  CheckShown(seen.processor_status, 100);
  if (seen.failure) CheckReason(*seen.failure);
  if (seen.fee) CheckShown(seen.fee->currency, 100);
}

void CheckDecision(const ReadAnswer& answer, const std::optional<JsonText>& json) {
  const Moment moment = SomeMoment();
  const CreateAnswer no_answer{.kind = CreateAnswerKind::kMaybeSent};
  const Payout unknown = DecideCreate(SubmittingPayout(), no_answer, moment, Policy()).after;
  Moment later = moment;
  later.now += absl::Seconds(30);
  later.monotonic += absl::Seconds(30);
  const Decision decision = DecideRead(unknown, answer, 0, later, Policy());
  State expected = State::kOutcomeUnknown;
  if (answer.observation && Mismatches(unknown.intent, answer.observation->view, false).empty()) {
    expected = StateOf(*StatusTextOf(json->root));
  }
  Require(decision.after.status.state == expected,
          "the state is the one that was told about our payout, or as it was");

  Payout settled = unknown;
  settled.status.state = State::kSucceeded;
  settled.status.settled_at = moment.now;
  settled.submission.confirmed = true;
  Require(DecideRead(settled, answer, 0, later, Policy()).after.status.state == State::kSucceeded,
          "a settled payout stays as it is");
}

void Check(int status, std::string_view body) {
  using R = ReadAnswerKind;
  const ReadAnswer answer = echelon::ParseReadAnswer(status, body);
  const std::optional<JsonText> json = UsableJson(body);
  Require(answer.http_status == status, "the status is kept");
  const bool found =
      status == 200 && json && TellsThePayout(json->root) && StatusTextOf(json->root);
  Require((answer.kind == R::kFound) == found,
          "found is exactly a 200 that tells the payout and a status");
  Require((answer.kind == R::kGone) == (status == 410), "absence is exactly a 410");
  Require(answer.kind != R::kNoAnswer, "an answer is an answer");
  Require(answer.observation.has_value() == found, "an observation comes with found alone");
  if (answer.observation) CheckObservation(*answer.observation, json->root);
  CheckDecision(answer, json);
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Input input(data, size);
  const int status = input.SmallNumber();
  payout::fuzz::Check(status, input.Rest());
  return 0;
}
