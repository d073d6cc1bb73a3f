// What is read and written at the edges: the platform's JSON, callbacks, the API's messages.
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/callback/callback_body.h"
#include "adapters/callback/callback_path.h"
#include "adapters/echelon/create_codec.h"
#include "adapters/echelon/read_codec.h"
#include "adapters/echelon/token_codec.h"
#include "payout/v1/payout_service.pb.h"
#include "server/app/capability.h"
#include "server/rpc/proto_codec.h"
#include "tests/bench/instruction_paths.h"
#include "tests/bench/instruction_samples.h"

namespace payout::bench {
namespace {

void CreateRequest(int times, Checksum& sum) {
  const Intent intent = SampleIntent(1);
  for (int i = 0; i < times; ++i) {
    const RenderedRequest rendered = echelon::RenderCreate(intent, kSampleCallbackUrl);
    sum.Add(rendered.body);
    sum.Add(rendered.customer_id);
  }
}

void CreateAnswers(int times, Checksum& sum) {
  const std::string body = SampleAcceptedBody();
  for (int i = 0; i < times; ++i) {
    const CreateAnswer answer = echelon::ParseCreateAnswer(201, body);
    Expect(answer.kind == CreateAnswerKind::kAccepted, "the answer was not read");
    sum.Add(answer.echo->payout_id);
    sum.Add(answer.echo->transaction_reference);
  }
}

void StatusAnswers(int times, Checksum& sum) {
  const std::string body = SampleFoundBody();
  for (int i = 0; i < times; ++i) {
    const ReadAnswer answer = echelon::ParseReadAnswer(200, body);
    Expect(answer.kind == ReadAnswerKind::kFound, "the answer was not read");
    sum.Add(answer.observation->view.payout_id);
    sum.Add(answer.observation->failure->code);
    sum.Add(static_cast<std::uint64_t>(absl::ToUnixMicros(*answer.observation->processed_at)));
  }
}

void PlatformTokens(int times, Checksum& sum) {
  std::vector<TokenSubject> subjects;
  for (int i = 0; i < 16; ++i) {
    const Intent intent = SampleIntent(i);
    subjects.push_back({intent.key.payout_id, intent.money});
  }
  const SecretString secret("0123456789abcdef0123456789abcdef");
  const std::string body = absl::StrCat(R"({"token":")", std::string(300, 't'), R"("})");
  for (int i = 0; i < times; ++i) {
    sum.Add(echelon::RenderTokenRequest("MERCHANT-1", secret, absl::Seconds(3600), subjects));
    const TokenAnswer answer = echelon::ParseTokenAnswer(200, body);
    Expect(answer.kind == TokenAnswerKind::kGranted, "the answer was not read");
    sum.Add(answer.token.Reveal());
  }
}

void Callbacks(int times, Checksum& sum) {
  const Capability capability("https://pay.example.com",
                              {{"k1", SecretString("0123456789abcdef0123456789abcdef")}});
  const PayoutKey key = SampleIntent(1).key;
  const std::string path =
      capability.Url(key).substr(std::string("https://pay.example.com").size());
  const std::string body = absl::StrCat(R"({"idEntity":")", SampleId(1), R"("})");
  for (int i = 0; i < times; ++i) {
    const auto parts = callback::ParseCallbackPath(path);
    const auto id = callback::ParseCallbackBody(body);
    Expect(parts && id, "the callback was not read");
    const PayoutKey named{MerchantName(parts->merchant), PayoutId(*id)};
    Expect(capability.Check(named, parts->key_id, parts->mac), "the callback was not accepted");
    sum.Add(*id);
  }
}

std::string ApiRequest() {
  v1::CreatePayoutRequest request;
  request.set_payout_id(SampleId(1));
  request.set_merchant("shop");
  request.mutable_money()->set_amount("1250.50");
  request.mutable_money()->set_currency_code("EUR");
  v1::BankTransfer& bank = *request.mutable_bank_transfer();
  bank.set_account_name("Ada Example");
  bank.set_account_number("DE00123456780000000000");
  bank.set_bank_code("EXAMPLEXXXX");
  bank.set_bank_name("Example Bank");
  bank.set_payment_operator_code("BNK_000");
  bank.set_email_address("ada@example.com");
  bank.set_remark("invoice 17 of May");
  request.set_customer_ip("203.0.113.7");
  request.set_customer_id("customer-9");
  // One only: protobuf tells maps in an order that is another in every process.
  (*request.mutable_labels())["batch"] = "2026-05";
  request.mutable_submit_before()->set_seconds(1'790'003'600);
  return request.SerializeAsString();
}

void Api(int times, Checksum& sum) {
  const std::string bytes = ApiRequest();
  Payout row = SamplePayout(1, kSampleTime);
  row.status.state = State::kFailed;
  row.status.reasons = {{.code = "INVALID_ACCOUNT_NUMBER",
                         .category = ReasonCategory::kRequest,
                         .message = "No account DE00123456780000000000 at this bank"}};
  row.status.settled_at = kSampleTime;
  for (int i = 0; i < times; ++i) {
    v1::CreatePayoutRequest request;
    Expect(request.ParseFromString(bytes), "the request was not read");
    const IntentDraft draft = ToDraft(request);
    Expect(CheckForm(draft).empty(), "the request was not accepted");
    sum.Add(draft.payout_id);
    v1::CreatePayoutResponse response;
    SetPayout(row, *response.mutable_payout());
    sum.Add(response.SerializeAsString());
  }
}

}  // namespace

std::vector<InstructionPath> CodecPaths() {
  return {
      {"codec-create-request", 400, "renders the body of a create", CreateRequest},
      {"codec-create-answer", 400, "reads the answer to a create", CreateAnswers},
      {"codec-status-answer", 400, "reads a status", StatusAnswers},
      {"codec-token", 200, "asks for a token of 16 payouts and reads the answer", PlatformTokens},
      {"codec-callback", 400, "takes a callback apart and checks that it is genuine", Callbacks},
      {"codec-api", 200, "decodes and checks a CreatePayout, encodes its answer", Api},
  };
}

}  // namespace payout::bench
