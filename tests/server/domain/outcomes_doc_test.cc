// docs/outcomes.md shows the tables of outcome_table.cc. PAYOUT_UPDATE_DOCS=1 writes them anew.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "server/domain/outcome_table.h"

namespace payout {
namespace {

const std::string kPath = std::string(PAYOUT_SOURCE_DIR) + "/docs/outcomes.md";

using Cells = std::vector<std::string>;

// Markdown with columns of equal width, so that the text can be read as it is.
class Table {
 public:
  explicit Table(Cells head) { rows_.push_back(std::move(head)); }
  void Add(Cells row) { rows_.push_back(std::move(row)); }

  std::string Text() const {
    std::vector<std::size_t> widths(rows_[0].size(), 3);
    for (const Cells& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      for (std::size_t i = 0; i < widths.size(); ++i) {
        text += "| " + rows_[r][i] + std::string(widths[i] - rows_[r][i].size() + 1, ' ');
      }
      text += "|\n";
      if (r > 0) continue;
      for (const std::size_t width : widths) text += "| " + std::string(width, '-') + " ";
      text += "|\n";
    }
    return text;
  }

 private:
  std::vector<Cells> rows_;
};

// "create.process" → "`process`".
std::string Code(std::string_view name) {
  return "`" + std::string(name.substr(name.find('.') == name.npos ? 0 : name.find('.') + 1)) + "`";
}
std::string Effect(MerchantEffect effect) {
  switch (effect) {
    case MerchantEffect::kNone:
      return "";
    case MerchantEffect::kSlowDown:
      return "`slow_down`";
    case MerchantEffect::kPause:
      return "`pause`";
  }
  return "?";
}
std::string Name(Alarm alarm) { return alarm == Alarm::kNone ? "" : Code(AlarmName(alarm)); }

std::string Meaning(CreateAnswerKind kind) {
  using C = CreateAnswerKind;
  switch (kind) {
    case C::kAccepted:
      return "201, the echo is what was asked";
    case C::kAcceptedUnreadable:
      return "201 without a readable echo, another 2xx with an object";
    case C::kAcceptedMismatch:
      return "201, the echo differs";
    case C::kRefused:
      return "406 with readable reasons";
    case C::kRefusedUnreadable:
      return "406 without";
    case C::kRejected:
      return "400, 413, 415, 422 with the error object";
    case C::kRejectedUnreadable:
      return "the same without";
    case C::kUnauthenticated:
      return "401";
    case C::kForbidden:
      return "403";
    case C::kRouteMissing:
      return "404, 405";
    case C::kConflict:
      return "409";
    case C::kGone:
      return "410";
    case C::kRateLimited:
      return "429";
    case C::kServerError:
      return "5xx";
    case C::kUnlisted:
      return "any other answer";
    case C::kSurelyNotSent:
      return "no byte of the request left";
    case C::kMaybeSent:
      return "no answer, perhaps sent";
  }
  return "?";
}

std::string Meaning(ReadAnswerKind kind) {
  using R = ReadAnswerKind;
  switch (kind) {
    case R::kFound:
      return "200, well-formed";
    case R::kFoundUnreadable:
      return "2xx with another object";
    case R::kGone:
      return "410";
    case R::kUnauthenticated:
      return "401";
    case R::kForbidden:
      return "403";
    case R::kRouteMissing:
      return "404, 405";
    case R::kNotAcceptable:
      return "406";
    case R::kRateLimited:
      return "429";
    case R::kServerError:
      return "5xx";
    case R::kUnlisted:
      return "any other answer";
    case R::kNoAnswer:
      return "no answer";
  }
  return "?";
}

std::string Meaning(TokenAnswerKind kind) {
  using T = TokenAnswerKind;
  switch (kind) {
    case T::kGranted:
      return "2xx with a token";
    case T::kUnreadable:
      return "2xx without a usable token";
    case T::kRefused:
      return "400, 406";
    case T::kForbidden:
      return "401, 403";
    case T::kRouteMissing:
      return "404, 405";
    case T::kRateLimited:
      return "429";
    case T::kServerError:
      return "5xx";
    case T::kUnlisted:
      return "any other status";
    case T::kNoAnswer:
      return "no answer";
  }
  return "?";
}

std::string CreateTable() {
  Table table(
      {"answer", "what came", "clean history", "maybe applied before", "merchant", "alarm"});
  for (const CreateRule& rule : CreateRules()) {
    table.Add({std::string(CreateAnswerName(rule.answer)), Meaning(rule.answer),
               Code(CreateEffectName(rule.clean)), Code(CreateEffectName(rule.maybe_applied)),
               Effect(rule.merchant), Name(rule.alarm)});
  }
  return table.Text();
}

std::string ReadTable() {
  Table table({"answer", "what came", "unresolved", "confirmed", "settled", "merchant", "alarm",
               "alarm once confirmed"});
  for (const ReadRule& rule : ReadRules()) {
    table.Add({std::string(ReadAnswerName(rule.answer)), Meaning(rule.answer),
               Code(ReadEffectName(rule.unresolved)), Code(ReadEffectName(rule.confirmed)),
               Code(ReadEffectName(rule.settled)), Effect(rule.merchant), Name(rule.alarm),
               Name(rule.alarm_once_confirmed)});
  }
  return table.Text();
}

std::string TokenTable() {
  Table table({"answer", "what came", "merchant", "alarm"});
  for (const TokenRule& rule : TokenRules()) {
    table.Add({std::string(TokenAnswerName(rule.answer)), Meaning(rule.answer),
               Effect(rule.merchant), Name(rule.alarm)});
  }
  return table.Text();
}

std::string TransitionTable() {
  Table table({"from", "PROCESSING", "SUCCESS", "FAILED", "REFUSED", "any other text"});
  for (const State from : kAllStates) {
    Cells row{std::string(StateName(from))};
    for (const PlatformStatus status :
         {PlatformStatus::kProcessing, PlatformStatus::kSuccess, PlatformStatus::kFailed,
          PlatformStatus::kRefused, PlatformStatus::kUnrecognised}) {
      const std::optional<State> to = Transition(from, status);
      row.push_back(to ? std::string(StateName(*to)) : "");
    }
    table.Add(std::move(row));
  }
  return table.Text();
}

std::string Load() {
  std::ifstream file(kPath, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class OutcomesDocTest : public ::testing::Test {
 protected:
  // Compares what stands between the markers of `name`, or replaces it.
  static void Check(const std::string& name, const std::string& table) {
    const std::string begin = "<!-- table: " + name + " -->\n";
    const std::string end = "<!-- end -->";
    std::string text = Load();
    const std::size_t from = text.find(begin);
    ASSERT_NE(from, std::string::npos) << kPath << " has no marker " << begin;
    const std::size_t first = from + begin.size();
    const std::size_t last = text.find(end, first);
    ASSERT_NE(last, std::string::npos) << kPath << " has no end of " << name;
    const char* update = std::getenv("PAYOUT_UPDATE_DOCS");
    if (update != nullptr && std::string_view(update) == "1") {
      std::ofstream(kPath, std::ios::binary) << text.replace(first, last - first, table);
      return;
    }
    EXPECT_EQ(text.substr(first, last - first), table)
        << "run this test with PAYOUT_UPDATE_DOCS=1 and look at the difference";
  }
};

TEST_F(OutcomesDocTest, ShowsWhatACreateCallMeans) { Check("create", CreateTable()); }
TEST_F(OutcomesDocTest, ShowsWhatAReadMeans) { Check("read", ReadTable()); }
TEST_F(OutcomesDocTest, ShowsWhatATokenCallMeans) { Check("token", TokenTable()); }
TEST_F(OutcomesDocTest, ShowsTheTransitions) { Check("transition", TransitionTable()); }

// Every effect and alarm that a table names is explained in the text: `name` at the beginning of a
// list item.
TEST_F(OutcomesDocTest, ExplainsEveryEffectAndAlarm) {
  const std::string text = Load();
  const auto explained = [&text](const std::string& name) {
    EXPECT_NE(text.find("\n* " + name + " "), std::string::npos) << name << " is not explained";
  };
  for (const CreateRule& rule : CreateRules()) {
    explained(Code(CreateEffectName(rule.clean)));
    explained(Code(CreateEffectName(rule.maybe_applied)));
  }
  for (const ReadRule& rule : ReadRules()) {
    explained(Code(ReadEffectName(rule.unresolved)));
    explained(Code(ReadEffectName(rule.confirmed)));
    explained(Code(ReadEffectName(rule.settled)));
  }
  explained(Effect(MerchantEffect::kPause));
  explained(Effect(MerchantEffect::kSlowDown));
  for (int i = 1; AlarmName(static_cast<Alarm>(i)) != "?"; ++i)
    explained(Code(AlarmName(static_cast<Alarm>(i))));
}

}  // namespace
}  // namespace payout
