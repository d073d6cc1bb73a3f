#include "adapters/admin/operator_command.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "server/base/status_macros.h"
#include "server/domain/validate.h"

namespace payout::admin {
namespace {

constexpr std::size_t kValuesMax = 64;

// A flat object of strings and lists of strings. Answers false, which ends the parsing, for
// anything else.
class Reader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Reader> {
 public:
  bool Default() { return false; }

  bool StartObject() { return std::exchange(depth_, depth_ + 1) == 0; }
  bool EndObject(rapidjson::SizeType) { return --depth_ == 0; }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    key_.assign(text, length);
    return !texts_.contains(key_) && !lists_.contains(key_);
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ != 1 || ++values_ > kValuesMax) return false;
    if (in_list_) {
      lists_[key_].emplace_back(text, length);
    } else {
      texts_[key_].assign(text, length);
    }
    return true;
  }
  bool StartArray() {
    if (depth_ != 1 || in_list_) return false;
    lists_[key_];
    return in_list_ = true;
  }
  bool EndArray(rapidjson::SizeType) {
    in_list_ = false;
    return true;
  }

  // Each member is taken once; what is left over is unknown.
  std::optional<std::string> TakeIfAny(const std::string& name) {
    auto node = texts_.extract(name);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
  }
  std::string TakeText(const std::string& name) { return TakeIfAny(name).value_or(""); }
  std::optional<std::vector<std::string>> TakeList(const std::string& name) {
    auto node = lists_.extract(name);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
  }
  absl::Status ExpectEmpty() const {
    if (texts_.empty() && lists_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "the body has a member that this command does not know, or one of the wrong type");
  }

 private:
  int depth_ = 0;
  bool in_list_ = false;
  std::size_t values_ = 0;
  std::string key_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::vector<std::string>> lists_;
};

absl::Status Parse(std::string_view body, Reader& reader) {
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader parser;
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  // RapidJSON takes a zero byte for the end of the text, whatever follows it.
  if (body.find('\0') == std::string_view::npos &&
      !parser.Parse<kFlags>(stream, reader).IsError()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "the body must be one JSON object of strings, each member once");
}

absl::Status CheckWho(const std::string& note, const std::string& operator_name) {
  if (!IsLine(note, kNoteMax)) {
    return absl::InvalidArgumentError(
        "note is required: why this is done, one line of at most 1000 bytes");
  }
  if (!operator_name.empty() && !IsLine(operator_name, kOperatorNameMax)) {
    return absl::InvalidArgumentError("operator must be one line of at most 100 bytes");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsLine(std::string_view text, std::size_t max) {
  if (text.empty() || text.size() > max) return false;
  return std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
}

absl::StatusOr<SwitchCommand> ParseSwitchCommand(std::string_view body) {
  Reader reader;
  PAYOUT_RETURN_IF_ERROR(Parse(body, reader));
  SwitchCommand command;
  const std::optional<std::string> merchant = reader.TakeIfAny("merchant");
  command.note = reader.TakeText("note");
  command.operator_name = reader.TakeText("operator");
  PAYOUT_RETURN_IF_ERROR(reader.ExpectEmpty());
  // An empty name is more likely a mistake than a wish to switch everything.
  if (merchant && merchant->empty()) {
    return absl::InvalidArgumentError("merchant is empty; leave it out to mean all merchants");
  }
  command.merchant = merchant.value_or("");
  PAYOUT_RETURN_IF_ERROR(CheckWho(command.note, command.operator_name));
  return command;
}

absl::StatusOr<ReviewCommand> ParseReviewCommand(std::string_view body) {
  Reader reader;
  PAYOUT_RETURN_IF_ERROR(Parse(body, reader));
  ReviewCommand command;
  command.merchant = reader.TakeText("merchant");
  command.payout_id = reader.TakeText("payout_id");
  command.note = reader.TakeText("note");
  command.operator_name = reader.TakeText("operator");
  const std::optional<Verdict> verdict = ParseVerdict(reader.TakeText("verdict"));
  const std::optional<std::vector<std::string>> reasons = reader.TakeList("reasons");
  PAYOUT_RETURN_IF_ERROR(reader.ExpectEmpty());
  if (command.merchant.empty()) return absl::InvalidArgumentError("merchant is required");
  if (!IsPayoutId(command.payout_id)) {
    return absl::InvalidArgumentError("payout_id is required: 1 to 250 letters, digits, _ or -");
  }
  if (!verdict) {
    return absl::InvalidArgumentError("verdict must be acknowledge, resubmit or adopt");
  }
  command.order.verdict = *verdict;
  if (reasons && reasons->empty()) {
    return absl::InvalidArgumentError("reasons is empty; leave it out to mean all");
  }
  for (const std::string& name : reasons.value_or(std::vector<std::string>())) {
    const std::optional<Review> reason = ParseReview(name);
    if (!reason) {
      return absl::InvalidArgumentError(
          "reasons may hold PLATFORM_MISMATCH, ID_USED_ELSEWHERE, RESUBMIT_NOT_ALLOWED and "
          "CORRECTED");
    }
    command.order.reasons.insert(*reason);
  }
  PAYOUT_RETURN_IF_ERROR(CheckWho(command.note, command.operator_name));
  return command;
}

}  // namespace payout::admin
