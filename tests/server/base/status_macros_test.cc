#include "server/base/status_macros.h"

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "server/base/task.h"
#include "server/base/task_scope.h"

namespace payout {
namespace {

using TextPtr = std::unique_ptr<std::string>;

absl::StatusOr<TextPtr> Text(bool fails) {
  if (fails) return absl::NotFoundError("no text");
  return std::make_unique<std::string>("text");
}

absl::Status Append(bool first_fails, bool second_fails, std::string& out) {
  PAYOUT_ASSIGN_OR_RETURN(const TextPtr first, Text(first_fails));
  out += *first;
  PAYOUT_RETURN_IF_ERROR(second_fails ? absl::AbortedError("second") : absl::OkStatus());
  TextPtr second;
  PAYOUT_ASSIGN_OR_RETURN(second, Text(false));
  out += *second;
  return absl::OkStatus();
}

TEST(StatusMacrosTest, TheFirstErrorEndsTheFunction) {
  std::string out;
  EXPECT_EQ(Append(true, true, out), absl::NotFoundError("no text"));
  EXPECT_EQ(out, "");
  EXPECT_EQ(Append(false, true, out), absl::AbortedError("second"));
  EXPECT_EQ(out, "text");
}

TEST(StatusMacrosTest, WithoutErrorsTheFunctionRunsToItsEnd) {
  std::string out;
  EXPECT_TRUE(Append(false, false, out).ok());
  EXPECT_EQ(out, "texttext");
}

Task<absl::StatusOr<TextPtr>> TextLater(bool fails) { co_return Text(fails); }
Task<absl::Status> StatusLater(bool fails) {
  co_return fails ? absl::AbortedError("later") : absl::OkStatus();
}

Task<absl::Status> AppendLater(bool first_fails, bool second_fails, std::string& out) {
  PAYOUT_CO_ASSIGN_OR_RETURN(const TextPtr first, co_await TextLater(first_fails));
  out += *first;
  PAYOUT_CO_RETURN_IF_ERROR(co_await StatusLater(second_fails));
  out += "end";
  co_return absl::OkStatus();
}

Task<void> Keep(Task<absl::Status> task, absl::Status& kept) {
  absl::Status status = co_await task;
  kept = std::move(status);
}

TEST(StatusMacrosTest, TheFirstErrorEndsTheCoroutine) {
  TaskScope scope;
  std::string out;
  absl::Status status;
  scope.Spawn(Keep(AppendLater(true, false, out), status));
  EXPECT_EQ(status, absl::NotFoundError("no text"));
  scope.Spawn(Keep(AppendLater(false, true, out), status));
  EXPECT_EQ(status, absl::AbortedError("later"));
  EXPECT_EQ(out, "text");
  scope.Spawn(Keep(AppendLater(false, false, out), status));
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(out, "texttextend");
}

TEST(StatusMacrosTest, ViewsOfBothKindsPointAtTheSameText) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(ToAbsl(text).size(), 3U);
  EXPECT_EQ(ToStd(ToAbsl(text)), text);
  EXPECT_EQ(ToStd(ToAbsl(text)).data(), text.data());
}

}  // namespace
}  // namespace payout
