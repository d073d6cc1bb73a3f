// The pure parts of payoutctl.

#include <array>
#include <set>

#include <gtest/gtest.h>

#include "client/payoutctl/create.h"
#include "client/payoutctl/exit_code.h"
#include "client/payoutctl/json.h"
#include "client/payoutctl/payout_id.h"
#include "client/payoutctl/progress.h"
#include "client/payoutctl/request_file.h"
#include "client/payoutctl/suggest.h"
#include "client/payoutctl/times.h"

namespace payout::payoutctl {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'767'225'600);  // 2026-01-01T00:00:00Z

TEST(TimesTest, SpansAreReadAsPeopleWriteThem) {
  EXPECT_EQ(ParseSpan("500ms"), absl::Milliseconds(500));
  EXPECT_EQ(ParseSpan("1h30m"), absl::Minutes(90));
  EXPECT_EQ(ParseSpan("7d"), absl::Hours(168));
  for (const char* text : {"", "10", "ten", "-5s", "inf", "1d2h", "d", "5 s", "999999999d"}) {
    EXPECT_FALSE(ParseSpan(text).has_value()) << text;
  }
}

TEST(TimesTest, TimesAreAbsoluteOrRelativeToNow) {
  EXPECT_EQ(ParsePast("1h", kNow), kNow - absl::Hours(1));
  EXPECT_EQ(ParsePast("2026-01-01T00:00:00Z", kNow), kNow);
  EXPECT_EQ(ParseFuture("+10m", kNow), kNow + absl::Minutes(10));
  EXPECT_EQ(ParseFuture("2026-01-01T01:00:00+01:00", kNow), kNow);
  EXPECT_FALSE(ParseFuture("10m", kNow).has_value()) << "a span in the future needs its plus";
  EXPECT_FALSE(ParsePast("+1h", kNow) == kNow + absl::Hours(1));
  EXPECT_FALSE(ParsePast("yesterday", kNow).has_value());
  EXPECT_FALSE(ParseFuture("infinite-future", kNow).has_value());
}

TEST(TimesTest, ProtoTimesKeepFractionsBeforeTheEpochToo) {
  const auto proto = ToProto(absl::UnixEpoch() - absl::Milliseconds(1));
  EXPECT_EQ(proto.seconds(), -1);
  EXPECT_EQ(proto.nanos(), 999'000'000);
  EXPECT_EQ(FormatTime(ToProto(kNow)), "2026-01-01 00:00:00Z");
}

TEST(PayoutIdTest, IdsSortByTimeAndFitTheRule) {
  const std::array<uint8_t, 10> high = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  const std::array<uint8_t, 10> low = {};
  const std::string earlier = FormatPayoutId(kNow, high);
  const std::string later = FormatPayoutId(kNow + absl::Milliseconds(1), low);
  EXPECT_LT(earlier, later);
  EXPECT_EQ(earlier.size(), 26u);
  EXPECT_EQ(earlier.substr(10), "ZZZZZZZZZZZZZZZZ");
  EXPECT_EQ(later.substr(10), "0000000000000000");
}

TEST(PayoutIdTest, EveryRandomBitCounts) {
  std::set<std::string> texts;
  for (size_t bit = 0; bit < 80; ++bit) {
    std::array<uint8_t, 10> random = {};
    random[bit / 8] = static_cast<uint8_t>(1u << (bit % 8));
    texts.insert(FormatPayoutId(kNow, random));
  }
  EXPECT_EQ(texts.size(), 80u);
  EXPECT_NE(NewPayoutId(kNow), NewPayoutId(kNow));
}

TEST(RequestFileTest, OneObjectOverSeveralLinesIsOneRequest) {
  const auto file =
      DivideRequests("{\n  \"payoutId\": \"a\",\n  \"money\": {\"amount\": \"1\"}\n}\n");
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE(file->many);
  ASSERT_TRUE(ParseRequest(file->requests[0]).ok());
  EXPECT_EQ(ParseRequest(file->requests[0])->payout_id(), "a");
}

TEST(RequestFileTest, OneObjectPerLineIsManyEvenWhenSomeLinesAreBroken) {
  const auto file = DivideRequests("garbage\r\n\n{\"payoutId\":\"a\"}\r\n{\"payoutId\":\"b\"\n");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->many);
  ASSERT_EQ(file->requests.size(), 3u);
  EXPECT_EQ(file->requests[1].number, 3);
  EXPECT_FALSE(ParseRequest(file->requests[0]).ok());
  EXPECT_TRUE(ParseRequest(file->requests[1]).ok());
  EXPECT_FALSE(ParseRequest(file->requests[2]).ok());
}

TEST(RequestFileTest, FieldsThatDoNotExistAreErrors) {
  EXPECT_FALSE(ParseRequest({1, R"({"payoutId":"a","amuont":"1"})"}).ok());
  EXPECT_FALSE(DivideRequests(" \n\n").ok());
}

TEST(RequestFromFlagsTest, LabelsThatRepeatAKeyOrHaveNoneAreRefused) {
  CreateOptions options;
  options.amount = "1";
  options.currency = "EUR";
  options.labels = {"a=1", "b=x=y", "c="};
  const auto request = RequestFromFlags(options, kNow);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->labels().at("b"), "x=y");
  EXPECT_EQ(request->labels().at("c"), "");
  for (const char* label : {"a=2", "plain", "=x"}) {
    CreateOptions bad = options;
    bad.labels.push_back(label);
    EXPECT_FALSE(RequestFromFlags(bad, kNow).ok()) << label;
  }
}

TEST(RequestFromFlagsTest, EveryMethodTakesItsOwnFlags) {
  CreateOptions options;
  options.amount = "1";
  options.currency = "EUR";
  options.operator_code = "OP";
  options.remark = "rent";
  CreateOptions crypto = options;
  crypto.method = "crypto";
  crypto.wallet_address = "T9y";
  EXPECT_EQ(RequestFromFlags(crypto, kNow)->crypto_transfer().account_number(), "T9y");
  EXPECT_EQ(RequestFromFlags(crypto, kNow)->crypto_transfer().remark(), "rent");
  CreateOptions wallet = options;
  wallet.method = "wallet";
  wallet.wallet_name = "Ada";
  wallet.phone = "+4912345678";
  EXPECT_EQ(RequestFromFlags(wallet, kNow)->wallet_transfer().phone_number(), "+4912345678");
  EXPECT_EQ(RequestFromFlags(wallet, kNow)->wallet_transfer().payment_operator_code(), "OP");
  CreateOptions mixed = crypto;
  mixed.method = "";
  const auto refused = RequestFromFlags(mixed, kNow);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("--wallet-address belongs to --method crypto"),
            std::string::npos);
}

TEST(AfterWaitTest, TheStateDecidesTheExitCode) {
  const auto code = [](v1::WaitMode wait, v1::PayoutState state) {
    v1::Payout payout;
    payout.set_state(state);
    return AfterWait(wait, payout);
  };
  EXPECT_EQ(code(v1::WAIT_MODE_UNSPECIFIED, v1::PAYOUT_STATE_FAILED), kExitOk);
  EXPECT_EQ(code(v1::WAIT_MODE_RECORDED, v1::PAYOUT_STATE_OUTCOME_UNKNOWN), kExitOk);
  EXPECT_EQ(code(v1::WAIT_MODE_ACCEPTED, v1::PAYOUT_STATE_PROCESSING), kExitOk);
  EXPECT_EQ(code(v1::WAIT_MODE_SETTLED, v1::PAYOUT_STATE_PROCESSING), kExitNotSettled);
  EXPECT_EQ(code(v1::WAIT_MODE_SETTLED, v1::PAYOUT_STATE_SUCCEEDED), kExitOk);
  for (const auto wait : {v1::WAIT_MODE_ACCEPTED, v1::WAIT_MODE_SETTLED}) {
    EXPECT_EQ(code(wait, v1::PAYOUT_STATE_FAILED), kExitNotPaid);
    EXPECT_EQ(code(wait, v1::PAYOUT_STATE_REFUSED), kExitNotPaid);
    EXPECT_EQ(code(wait, v1::PAYOUT_STATE_CANCELLED), kExitNotPaid);
    EXPECT_EQ(code(wait, v1::PAYOUT_STATE_OUTCOME_UNKNOWN), kExitNotSettled);
    EXPECT_EQ(code(wait, v1::PAYOUT_STATE_QUEUED), kExitNotSettled);
    EXPECT_EQ(code(wait, static_cast<v1::PayoutState>(99)), kExitNotSettled);
  }
}

TEST(ExitCodeTest, AnUnknownOutcomeOutranksEveryFailure) {
  for (const ExitCode code : {kExitOk, kExitOther, kExitUsage, kExitNotFound, kExitDenied,
                              kExitConflict, kExitUnavailable, kExitNotPaid, kExitNotSettled}) {
    EXPECT_EQ(Worse(code, kExitUnknown), kExitUnknown);
    EXPECT_EQ(Worse(kExitUnknown, code), kExitUnknown);
    EXPECT_EQ(Worse(code, kExitOk), code);
  }
  EXPECT_EQ(Worse(kExitNotSettled, kExitUsage), kExitUsage);
}

TEST(ExitCodeTest, EveryCodeIsInTheHelp) {
  const std::string help = kExitCodeHelp;
  for (const ExitCode code :
       {kExitOk, kExitOther, kExitUsage, kExitNotFound, kExitDenied, kExitConflict,
        kExitUnavailable, kExitUnknown, kExitNotPaid, kExitNotSettled, kExitInterrupted}) {
    EXPECT_NE(help.find("\n  " + std::to_string(code) + " "), std::string::npos) << code;
  }
}

TEST(SuggestTest, NearWordsAreFoundAndFarOnesAreNot) {
  const std::vector<std::string> known = {"--amount", "--account-name", "--currency"};
  EXPECT_EQ(Suggest("--amuont", known), "--amount");
  EXPECT_EQ(Suggest("--acount-name", known), "--account-name");
  EXPECT_EQ(Suggest("--zebra", known), "");
}

TEST(ProgressTest, RateAndRemainingTimeAreShown) {
  EXPECT_EQ(ProgressText(50, 3, 200, absl::Seconds(10), true), "50/200, 5.0/s, 3 failed, 30s left");
  EXPECT_EQ(ProgressText(50, 0, 200, absl::Seconds(10), false), "50/200, 5.0/s");
  EXPECT_EQ(ProgressText(0, 0, 200, absl::ZeroDuration(), true), "0/200");
  EXPECT_EQ(ProgressText(200, 0, 200, absl::Seconds(10), true), "200/200, 20.0/s");
}

TEST(JsonTest, TextsAreEscaped) {
  EXPECT_EQ(NoteJson("a \"b\"\n", ""), R"({"note":"a \"b\"\n"})");
  EXPECT_EQ(NoteJson("x", "p-1"), R"({"note":"x","payoutId":"p-1"})");
}

}  // namespace
}  // namespace payout::payoutctl
