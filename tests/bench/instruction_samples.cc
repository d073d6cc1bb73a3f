#include "tests/bench/instruction_samples.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace payout::bench {
namespace {

PlatformView View(const Intent& intent) {
  return {.payout_id = intent.key.payout_id.value(),
          .platform_reference = "ECL-0000000001",
          .transaction_reference = "REF0000000001",
          .method_code = std::string(MethodCode(intent.method)),
          .money = intent.money,
          .segment_code = intent.segment_code};
}

}  // namespace

std::string SampleId(int number) {
  return absl::StrCat("inv-2026-", absl::Dec(number, absl::kZeroPad8));
}

Intent SampleIntent(int number) {
  Intent intent;
  intent.key = {MerchantName("shop"), PayoutId(SampleId(number))};
  intent.tenant = TenantName("billing");
  intent.money = {*Decimal::Parse("1250.50"), "EUR"};
  intent.method = BankTransfer{.account_name = "Ada Example",
                               .account_number = "DE00123456780000000000",
                               .account_type = "savings",
                               .bank_code = "EXAMPLEXXXX",
                               .bank_name = "Example Bank",
                               .bank_city = "Springfield",
                               .operator_code = "BNK_000",
                               .email_address = "ada@example.com",
                               .remark = "invoice 17 of May, \"rent\""};
  intent.segment_code = "VIP";
  intent.customer_ip = "203.0.113.7";
  intent.customer_id = "customer-9";
  intent.labels = {{"batch", "2026-05"}};
  return intent;
}

Payout SamplePayout(int number, absl::Time now) {
  // About as long as the real ones, which the codec and the fingerprint make.
  return NewPayout(SampleIntent(number), absl::StrCat("1;amount=", std::string(600, 'a')),
                   {.body = std::string(700, 'b'), .customer_id = "customer-9"}, now);
}

CreateAnswer SampleAccepted(const Intent& intent) {
  return {.kind = CreateAnswerKind::kAccepted, .http_status = 201, .echo = View(intent)};
}

ReadAnswer SampleFound(const Intent& intent, PlatformStatus status) {
  Observation seen;
  seen.view = View(intent);
  seen.status = status;
  seen.status_text = status == PlatformStatus::kSuccess ? "SUCCESS" : "PROCESSING";
  seen.processor_status = "PROCESSED";
  seen.fee = Money{*Decimal::Parse("1.25"), "EUR"};
  seen.is_test = false;
  seen.created_at = kSampleTime;
  seen.processed_at = kSampleTime + absl::Seconds(5);
  return {.kind = ReadAnswerKind::kFound, .http_status = 200, .observation = std::move(seen)};
}

std::string SampleAcceptedBody() {
  return absl::StrCat(
      R"({"paymentRequested":{"money":{"amount":1250.50,"currencyCode":"EUR"},"segmentCode":"VIP"},)"
      R"("paymentMethodResponse":{"idPayout":")",
      SampleId(1),
      R"(","idPayment":"ECL-0000000001","paymentMethodCode":"BANK_TRANSFER",)"
      R"("reference":"REF0000000001"}})");
}

std::string SampleFoundBody() {
  return absl::StrCat(
      R"({"paymentRequested":{"money":{"amount":1250.50,"currencyCode":"EUR"},"segmentCode":"VIP"},)"
      R"("process":{"status":"FAILED","failureReasons":{"failedAt":"2026-05-19T10:58:28.313Z",)"
      R"("failureReasonCode":"INVALID_ACCOUNT_NUMBER","message":"No such account"},)"
      R"("createdAt":"2026-05-19T10:57:28.313Z","processedAt":"2026-05-19T10:58:28Z",)"
      R"("isTest":false,"processorStatus":"ACCEPTED"},"fee":{"amount":1.25,"currencyCode":"EUR"},)"
      R"("paymentMethodResponse":{"idPayout":")",
      SampleId(1),
      R"(","idPayment":"ECL-0000000001","paymentMethodCode":"BANK_TRANSFER",)"
      R"("reference":"REF0000000001"}})");
}

}  // namespace payout::bench
