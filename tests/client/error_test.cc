#include "client/error.h"

#include <gtest/gtest.h>

#include "client/error_details.pb.h"
#include "tests/client/builders.h"

namespace payout::client {
namespace {

using grpc::StatusCode;

TEST(ErrorTest, AllDetailsAreDecoded) {
  const CallError error = DecodeError(
      MakeError({.code = StatusCode::INVALID_ARGUMENT,
                 .reason = "AMOUNT_REQUIRED",
                 .message = "two rules are broken",
                 .metadata = {{"key", "value"}},
                 .violations = {{"money.amount", "is required"}, {"method", "is required"}},
                 .retry_after = absl::Milliseconds(1500)}));
  EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error.message, "two rules are broken");
  EXPECT_EQ(error.reason, "AMOUNT_REQUIRED");
  EXPECT_EQ(error.metadata.at("key"), "value");
  const std::vector<FieldViolation> both = {{"money.amount", "is required"},
                                            {"method", "is required"}};
  EXPECT_EQ(error.violations, both);
  EXPECT_EQ(error.retry_after, absl::Milliseconds(1500));
  EXPECT_FALSE(error.outcome_unknown);
}

TEST(ErrorTest, PreconditionsAndResourcesAreDecodedByTheEndOfTheTypeUrl) {
  rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type("STATE");
  violation->set_subject("p-1");
  violation->set_description("was sent");
  rpc::ResourceInfo info;
  info.set_resource_type("payout");
  info.set_resource_name("p-1");
  rpc::Status details;
  details.add_details()->set_type_url("example.com/some/where/google.rpc.PreconditionFailure");
  details.mutable_details(0)->set_value(failure.SerializeAsString());
  details.add_details()->set_type_url("type.googleapis.com/google.rpc.ResourceInfo");
  details.mutable_details(1)->set_value(info.SerializeAsString());
  const CallError error =
      DecodeError(grpc::Status(StatusCode::FAILED_PRECONDITION, "no", details.SerializeAsString()));
  ASSERT_EQ(error.preconditions.size(), 1u);
  EXPECT_EQ(error.preconditions[0], (Precondition{"STATE", "p-1", "was sent"}));
  ASSERT_TRUE(error.resource.has_value());
  EXPECT_EQ(error.resource->subject, "p-1");
}

TEST(ErrorTest, BytesThatAreNoDetailsLeaveCodeAndMessage) {
  const CallError error =
      DecodeError(grpc::Status(StatusCode::INTERNAL, "broken", std::string("\xff\xff\xff")));
  EXPECT_EQ(error.code, StatusCode::INTERNAL);
  EXPECT_EQ(error.message, "broken");
  EXPECT_EQ(error.reason, "");
}

TEST(ErrorTest, AReasonOfAnotherDomainIsNotOurs) {
  const CallError error = DecodeError(MakeError(
      {.code = StatusCode::PERMISSION_DENIED, .reason = "MESH_POLICY", .domain = "mesh.example"}));
  EXPECT_EQ(error.reason, "");
  EXPECT_TRUE(LeavesCreateUnknown(error));
}

TEST(ErrorTest, WhatLeavesACreateUnknown) {
  const auto with_reason = [](StatusCode code) {
    return LeavesCreateUnknown(DecodeError(MakeError({.code = code, .reason = "SOME_REASON"})));
  };
  const auto bare = [](StatusCode code) {
    return LeavesCreateUnknown(DecodeError(BareError(code)));
  };
  for (const StatusCode code : {StatusCode::UNAVAILABLE, StatusCode::DEADLINE_EXCEEDED,
                                StatusCode::CANCELLED, StatusCode::INTERNAL, StatusCode::UNKNOWN}) {
    EXPECT_TRUE(with_reason(code)) << CodeName(code);
    EXPECT_TRUE(bare(code)) << CodeName(code);
  }
  for (const StatusCode code :
       {StatusCode::INVALID_ARGUMENT, StatusCode::ALREADY_EXISTS, StatusCode::PERMISSION_DENIED,
        StatusCode::UNAUTHENTICATED, StatusCode::RESOURCE_EXHAUSTED}) {
    EXPECT_FALSE(with_reason(code)) << CodeName(code);
    EXPECT_TRUE(bare(code)) << CodeName(code);
  }
}

TEST(ErrorTest, TextNamesCodeAndReason) {
  CallError error = LocalError(StatusCode::NOT_FOUND, "no such payout");
  error.reason = "PAYOUT_NOT_FOUND";
  EXPECT_EQ(error.ToString(), "NOT_FOUND (PAYOUT_NOT_FOUND): no such payout");
  EXPECT_EQ(CodeName(StatusCode::UNAUTHENTICATED), "UNAUTHENTICATED");
}

}  // namespace
}  // namespace payout::client
