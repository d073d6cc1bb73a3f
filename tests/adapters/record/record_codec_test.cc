#include "adapters/record/record_codec.h"

#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/record/record.pb.h"
#include "tests/contract/payout_builder.h"

namespace payout::record {
namespace {

namespace pb = ::payout::store::v1;
using ::payout::testing::At;
using ::payout::testing::FullPayout;
using ::payout::testing::FullReason;
using ::payout::testing::FullStatus;
using ::payout::testing::NewPayout;

using Mutation = std::function<void(Payout&)>;

struct Sensitive {
  Intent intent;
  RenderedRequest rendered;
};

absl::StatusOr<Sensitive> DecodedSensitive(const std::string& bytes, const Payout& columns) {
  Sensitive out;
  out.intent.key = columns.intent.key;
  out.intent.tenant = columns.intent.tenant;
  out.intent.money = columns.intent.money;
  const absl::Status status = DecodeSensitive(bytes, out.intent, out.rendered);
  if (!status.ok()) return status;
  return out;
}

std::string Encode(const Payout& payout) { return EncodeSensitive(payout.intent, payout.rendered); }

// Each mutation must change the bytes and come back.
void ExpectSensitiveFieldsAreKept(const Payout& base, const std::vector<Mutation>& mutations) {
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    SCOPED_TRACE(i);
    Payout mutated = base;
    mutations[i](mutated);
    EXPECT_NE(Encode(mutated), Encode(base));
    const absl::StatusOr<Sensitive> back = DecodedSensitive(Encode(mutated), base);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->intent, mutated.intent);
    EXPECT_EQ(back->rendered, mutated.rendered);
  }
}

TEST(SensitiveRecord, AFullAndAnEmptyOneComeBack) {
  Payout empty;
  for (const Payout& payout : {FullPayout(), NewPayout("a"), empty}) {
    const absl::StatusOr<Sensitive> back = DecodedSensitive(Encode(payout), payout);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->intent, payout.intent);
    EXPECT_EQ(back->rendered, payout.rendered);
  }
}

TEST(SensitiveRecord, DecodingReplacesWhatWasThere) {
  Payout full = FullPayout();
  Payout empty;
  ASSERT_EQ(DecodeSensitive(Encode(empty), full.intent, full.rendered), absl::OkStatus());
  EXPECT_EQ(full.intent.method, empty.intent.method);
  EXPECT_EQ(full.intent.labels, empty.intent.labels);
  EXPECT_EQ(full.intent.submit_before, empty.intent.submit_before);
  EXPECT_EQ(full.rendered, empty.rendered);
}

TEST(SensitiveRecord, EveryFieldIsKept) {
  ExpectSensitiveFieldsAreKept(
      FullPayout(),
      {
          [](Payout& p) { p.intent.method = std::monostate(); },
          [](Payout& p) { p.intent.segment_code = "x"; },
          [](Payout& p) { p.intent.exchanged_to_currency = "x"; },
          [](Payout& p) { p.intent.customer_ip = "x"; },
          [](Payout& p) { p.intent.customer_id = "x"; },
          [](Payout& p) { p.intent.labels["a"] = "x"; },
          [](Payout& p) { p.intent.labels["c"] = ""; },
          [](Payout& p) { p.intent.labels.clear(); },
          [](Payout& p) { p.intent.submit_before = At(0) + absl::Microseconds(1); },
          [](Payout& p) { p.intent.submit_before = absl::UnixEpoch() - absl::Microseconds(1); },
          [](Payout& p) { p.intent.submit_before = absl::UnixEpoch(); },
          [](Payout& p) { p.intent.submit_before.reset(); },
          [](Payout& p) { p.rendered.body = "x"; },
          [](Payout& p) { p.rendered.customer_id = "x"; },
      });
}

template <class Transfer>
void ExpectMembersAreKept(const std::vector<std::string Transfer::*>& members) {
  std::vector<Mutation> mutations;
  for (const auto member : members) {
    mutations.push_back([member](Payout& p) { std::get<Transfer>(p.intent.method).*member = "x"; });
  }
  Payout base = NewPayout("a");
  base.intent.method = Transfer();
  ExpectSensitiveFieldsAreKept(base, mutations);
  // Each on its own: two members must not share one place.
  std::set<std::string> encoded;
  for (const Mutation& mutation : mutations) {
    Payout mutated = base;
    mutation(mutated);
    encoded.insert(Encode(mutated));
  }
  EXPECT_EQ(encoded.size(), members.size());
}

TEST(SensitiveRecord, EveryMemberOfEachMethodIsKept) {
  using B = BankTransfer;
  ExpectMembersAreKept<B>({&B::account_name, &B::account_number, &B::account_type, &B::bank_code,
                           &B::bank_name, &B::bank_branch, &B::bank_city, &B::bank_province,
                           &B::operator_code, &B::email_address, &B::remark});
  using C = CryptoTransfer;
  ExpectMembersAreKept<C>({&C::account_number, &C::operator_code, &C::remark});
  using W = WalletTransfer;
  ExpectMembersAreKept<W>(
      {&W::account_name, &W::account_number, &W::operator_code, &W::phone_number, &W::remark});
}

TEST(StatusRecord, AFullAndAnEmptyOneComeBack) {
  for (const Status& status : {FullStatus(), Status()}) {
    const absl::StatusOr<Status> back = DecodeStatus(EncodeStatus(status));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, status);
  }
}

TEST(StatusRecord, EveryFieldIsKept) {
  const std::vector<std::function<void(Status&)>> mutations = {
      [](Status& s) { s.state = State::kQueued; },
      [](Status& s) { s.needs_review = {Review::kResubmitNotAllowed}; },
      [](Status& s) { s.needs_review.clear(); },
      [](Status& s) { s.correction.reset(); },
      [](Status& s) { s.correction->reported_state = State::kRefused; },
      [](Status& s) { s.correction->seen_at += absl::Microseconds(1); },
      [](Status& s) { s.reasons.clear(); },
      [](Status& s) { s.reasons[1].code = "x"; },
      [](Status& s) { s.reasons[1].category = ReasonCategory::kCancelled; },
      [](Status& s) { s.reasons[1].attribute = "x"; },
      [](Status& s) { s.reasons[1].message = "x"; },
      [](Status& s) { s.reasons[1].failed_at.reset(); },
      [](Status& s) { s.platform_reference = "x"; },
      [](Status& s) { s.transaction_reference = "x"; },
      [](Status& s) { s.platform_status = "x"; },
      [](Status& s) { s.processor_status = "x"; },
      [](Status& s) { s.fee->amount = *Decimal::Parse("999999999999.000000000000000001"); },
      [](Status& s) { s.fee->currency = "x"; },
      [](Status& s) { s.fee.reset(); },
      [](Status& s) { s.is_test = true; },
      [](Status& s) { s.is_test.reset(); },
      [](Status& s) { s.platform_created_at.reset(); },
      [](Status& s) { s.platform_processed_at.reset(); },
      [](Status& s) { s.settled_at = absl::UnixEpoch(); },
      [](Status& s) { s.settled_at.reset(); },
  };
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    SCOPED_TRACE(i);
    Status mutated = FullStatus();
    mutations[i](mutated);
    EXPECT_NE(EncodeStatus(mutated), EncodeStatus(FullStatus()));
    const absl::StatusOr<Status> back = DecodeStatus(EncodeStatus(mutated));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, mutated);
  }
}

TEST(StatusRecord, EveryStateAndEveryReviewReasonComesBack) {
  for (const State state : kAllStates) {
    Status status;
    status.state = state;
    EXPECT_EQ(DecodeStatus(EncodeStatus(status))->state, state);
  }
  Status status;
  status.needs_review = {Review::kPlatformMismatch, Review::kIdUsedElsewhere,
                         Review::kResubmitNotAllowed, Review::kCorrected};
  EXPECT_EQ(DecodeStatus(EncodeStatus(status))->needs_review, status.needs_review);
}

TEST(StatusRecord, TheScaleOfAmountsIsKept) {
  Status status;
  status.fee = Money{*Decimal::Parse("42.500"), "USD"};
  EXPECT_EQ(DecodeStatus(EncodeStatus(status))->fee->amount.ToString(), "42.500");
}

void ExpectSameBookkeeping(const Payout& actual, const Payout& expected) {
  EXPECT_EQ(actual.submission, expected.submission);
  EXPECT_EQ(actual.absence, expected.absence);
  EXPECT_EQ(actual.contradiction, expected.contradiction);
  EXPECT_EQ(actual.schedule.step, expected.schedule.step);
  EXPECT_EQ(actual.hint_read_seq, expected.hint_read_seq);
  EXPECT_EQ(actual.last_read_at, expected.last_read_at);
  EXPECT_EQ(actual.last_answer_at, expected.last_answer_at);
}

TEST(BookkeepingRecord, AFullAndAnEmptyOneComeBackInPlaceOfAnything) {
  for (const Payout& payout : {FullPayout(), NewPayout("a")}) {
    for (Payout back : {Payout(), FullPayout()}) {
      ASSERT_EQ(DecodeBookkeeping(EncodeBookkeeping(payout), back), absl::OkStatus());
      ExpectSameBookkeeping(back, payout);
    }
  }
}

TEST(BookkeepingRecord, EveryFieldIsKept) {
  const std::vector<Mutation> mutations = {
      [](Payout& p) { p.submission.creates = -1; },
      [](Payout& p) { p.submission.resubmits = 99; },
      [](Payout& p) { p.submission.maybe_applied = false; },
      [](Payout& p) { p.submission.refused = false; },
      [](Payout& p) { p.submission.refused_fast = false; },
      [](Payout& p) { p.submission.acknowledged = false; },
      [](Payout& p) { p.submission.conflict = false; },
      [](Payout& p) { p.submission.confirmed = false; },
      [](Payout& p) { p.submission.post_next = false; },
      [](Payout& p) { p.submission.unauthenticated = 99; },
      [](Payout& p) { p.submission.refusals.push_back(FullReason("x")); },
      [](Payout& p) { p.submission.first_claim_at.reset(); },
      [](Payout& p) { p.submission.last_post_closed_at = At(99); },
      [](Payout& p) { p.submission.resubmit_granted = false; },
      [](Payout& p) { p.submission.adoption_granted = false; },
      [](Payout& p) { p.absence.instance = 0; },
      [](Payout& p) { p.absence.post_closed = -absl::Nanoseconds(1); },
      [](Payout& p) { p.absence.count = 99; },
      [](Payout& p) { p.absence.measured = !p.absence.measured; },
      [](Payout& p) { p.absence.last = absl::Hours(24 * 365 * 200); },
      [](Payout& p) { p.contradiction.reset(); },
      [](Payout& p) { p.contradiction->reported_state = State::kSucceeded; },
      [](Payout& p) { p.contradiction->first_seen = At(99); },
      [](Payout& p) { p.schedule.step = 99; },
      [](Payout& p) { p.hint_read_seq = 1ll << 40; },
      [](Payout& p) { p.last_read_at.reset(); },
      [](Payout& p) { p.last_answer_at.reset(); },
  };
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    SCOPED_TRACE(i);
    Payout mutated = FullPayout();
    mutations[i](mutated);
    EXPECT_NE(EncodeBookkeeping(mutated), EncodeBookkeeping(FullPayout()));
    Payout back;
    ASSERT_EQ(DecodeBookkeeping(EncodeBookkeeping(mutated), back), absl::OkStatus());
    ExpectSameBookkeeping(back, mutated);
  }
}

absl::StatusCode CodeOfDecoding(const std::string& bytes) {
  return DecodeStatus(bytes).status().code();
}

std::string Plain(const google::protobuf::MessageLite& message) {
  return std::string(1, '\0') + message.SerializeAsString();
}

TEST(RecordErrors, RecordsStartWithTheCodecByteAndOtherCodecsAreDataLoss) {
  EXPECT_EQ(EncodeStatus(Status())[0], 0);
  EXPECT_EQ(Encode(Payout())[0], 0);
  EXPECT_EQ(EncodeBookkeeping(Payout())[0], 0);
  std::string other = EncodeStatus(FullStatus());
  other[0] = 1;
  EXPECT_EQ(CodeOfDecoding(other), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOfDecoding(""), absl::StatusCode::kDataLoss);
  Payout payout;
  EXPECT_TRUE(absl::IsDataLoss(DecodeBookkeeping("", payout)));
  EXPECT_TRUE(absl::IsDataLoss(DecodeSensitive("", payout.intent, payout.rendered)));
}

TEST(RecordErrors, NumbersThatMeanNothingAreDataLoss) {
  const std::vector<std::function<void(pb::Status&)>> mutations = {
      [](pb::Status& s) { s.set_state(0); },
      [](pb::Status& s) { s.set_state(9); },
      [](pb::Status& s) { s.add_needs_review(0); },
      [](pb::Status& s) { s.add_needs_review(5); },
      [](pb::Status& s) { s.mutable_correction()->set_reported_state(9); },
      [](pb::Status& s) { s.add_reasons()->set_category(11); },
      [](pb::Status& s) { s.add_reasons()->set_category(0); },
      [](pb::Status& s) { s.mutable_fee()->set_amount("1e3"); },
      [](pb::Status& s) { s.mutable_fee()->set_amount(""); },
  };
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    pb::Status record;
    record.set_state(1);
    ASSERT_TRUE(DecodeStatus(Plain(record)).ok());
    mutations[i](record);
    EXPECT_EQ(CodeOfDecoding(Plain(record)), absl::StatusCode::kDataLoss) << i;
  }
  pb::Bookkeeping record;
  record.mutable_contradiction()->set_reported_state(0);
  Payout payout;
  EXPECT_TRUE(absl::IsDataLoss(DecodeBookkeeping(Plain(record), payout)));
}

TEST(RecordErrors, CutRecordsAreNeverTakenForWholeOnes) {
  const std::string status = EncodeStatus(FullStatus());
  for (std::size_t length = 0; length < status.size(); ++length) {
    const absl::StatusOr<Status> back = DecodeStatus(status.substr(0, length));
    EXPECT_FALSE(back.ok() && *back == FullStatus()) << length;
  }
  const std::string sensitive = Encode(FullPayout());
  for (std::size_t length = 0; length < sensitive.size(); ++length) {
    const absl::StatusOr<Sensitive> back =
        DecodedSensitive(sensitive.substr(0, length), FullPayout());
    EXPECT_FALSE(back.ok() && back->intent == FullPayout().intent &&
                 back->rendered == FullPayout().rendered);
  }
}

TEST(RecordErrors, GarbageNeverCrashesADecoder) {
  constexpr unsigned kSeed = 4711;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const std::string whole[] = {EncodeStatus(FullStatus()), Encode(FullPayout()),
                               EncodeBookkeeping(FullPayout())};
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole[random() % 3];
    for (unsigned changes = random() % 8; changes > 0; --changes) {
      bytes[1 + random() % (bytes.size() - 1)] = static_cast<char>(random());
    }
    bytes.resize(bytes.size() - random() % 3);
    Payout payout;
    if (!DecodeStatus(bytes).ok()) ++refused;
    DecodeBookkeeping(bytes, payout).IgnoreError();
    DecodeSensitive(bytes, payout.intent, payout.rendered).IgnoreError();
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace payout::record
