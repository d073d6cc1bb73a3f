#include "adapters/echelon/sandbox/object_reader.h"

#include <utility>

#include <re2/re2.h>

#include "absl/strings/numbers.h"
#include "server/base/status_macros.h"

namespace payout::sandbox {

ObjectReader::ObjectReader(const Value& object, std::string path, absl::Status& status)
    : object_(object), path_(std::move(path)), status_(status) {
  if (ok() && !object.Is(Value::Kind::kObject)) Fail("", "must be an object");
}

std::string ObjectReader::Path(std::string_view name) const {
  std::string path = path_;
  if (!path.empty() && !name.empty()) path += '.';
  path += name;
  return path;
}

void ObjectReader::Fail(std::string_view name, std::string_view rule) {
  if (!ok()) return;
  const Value* at = name.empty() ? nullptr : object_.Find(name);
  if (at == nullptr) at = &object_;
  std::string message;
  if (at->line > 0) {
    message = std::to_string(at->line) + ":" + std::to_string(at->column) + ": ";
  }
  const std::string path = Path(name);
  message += path.empty() ? "the document" : path;
  message += " ";
  message += rule;
  status_ = absl::InvalidArgumentError(message);
}

const Value* ObjectReader::Member(std::string_view name, Need need) {
  if (!ok()) return nullptr;
  known_.emplace(name);
  const Value* value = object_.Find(name);
  if (value == nullptr && need == Need::kRequired) Fail(name, "is missing");
  return value;
}

const Value* ObjectReader::Object(std::string_view name, Need need) {
  const Value* value = Member(name, need);
  if (value == nullptr || value->Is(Value::Kind::kObject)) return value;
  Fail(name, "must be an object");
  return nullptr;
}

const Value* ObjectReader::Array(std::string_view name, Need need) {
  const Value* value = Member(name, need);
  if (value == nullptr || value->Is(Value::Kind::kArray)) return value;
  Fail(name, "must be an array");
  return nullptr;
}

std::optional<std::string> ObjectReader::String(std::string_view name, Need need, StringRule rule) {
  const Value* value = Member(name, need);
  if (value == nullptr) return std::nullopt;
  if (!value->Is(Value::Kind::kString)) {
    Fail(name, "must be a string");
    return std::nullopt;
  }
  const std::size_t length = CountCodePoints(value->text);
  if (length < rule.min) {
    Fail(name, "must have at least " + std::to_string(rule.min) + " characters");
  } else if (length > rule.max) {
    Fail(name, "must have at most " + std::to_string(rule.max) + " characters");
  } else if (rule.pattern != nullptr && !RE2::FullMatch(value->text, *rule.pattern)) {
    Fail(name, "must match " + rule.pattern->pattern());
  }
  if (!ok()) return std::nullopt;
  return value->text;
}

std::optional<std::int64_t> ObjectReader::Integer(std::string_view name, Need need,
                                                  std::int64_t min, std::int64_t max) {
  const Value* value = Member(name, need);
  if (value == nullptr) return std::nullopt;
  std::int64_t number = 0;
  if (!value->Is(Value::Kind::kNumber) || !absl::SimpleAtoi(value->text, &number)) {
    Fail(name, "must be an integer");
  } else if (number < min || number > max) {
    Fail(name, "must be between " + std::to_string(min) + " and " + std::to_string(max));
  }
  if (!ok()) return std::nullopt;
  return number;
}

std::optional<bool> ObjectReader::Bool(std::string_view name) {
  const Value* value = Member(name, Need::kOptional);
  if (value == nullptr) return std::nullopt;
  if (!value->Is(Value::Kind::kBool)) {
    Fail(name, "must be true or false");
    return std::nullopt;
  }
  return value->boolean;
}

std::optional<Decimal> ObjectReader::PositiveNumber(std::string_view name, Need need) {
  const Value* value = Member(name, need);
  if (value == nullptr) return std::nullopt;
  if (!value->Is(Value::Kind::kNumber)) {
    Fail(name, "must be a number");
    return std::nullopt;
  }
  const std::optional<Decimal> number = Decimal::ParseJsonNumber(value->text);
  if (!number || number->IsZero()) {
    Fail(name, "must be above 0 and within 30 digits");
    return std::nullopt;
  }
  return number;
}

std::optional<absl::Duration> ObjectReader::Duration(std::string_view name) {
  const std::optional<std::string> text = String(name, Need::kOptional);
  if (!text) return std::nullopt;
  absl::Duration duration;
  if (!absl::ParseDuration(*text, &duration) || duration < absl::ZeroDuration() ||
      duration > absl::Hours(24 * 365)) {
    Fail(name, "must be a duration such as \"250ms\" or \"2m\"");
    return std::nullopt;
  }
  return duration;
}

std::vector<std::string> ObjectReader::Strings(std::string_view name, Need need) {
  std::vector<std::string> result;
  const Value* array = Array(name, need);
  if (array == nullptr) return result;
  for (const Value& item : array->items) {
    if (!item.Is(Value::Kind::kString) || item.text.empty()) {
      Fail(name, "must hold only non-empty strings");
      return {};
    }
    result.push_back(item.text);
  }
  return result;
}

void ObjectReader::RefuseUnknown() {
  for (const std::string& name : object_.names) {
    if (known_.find(name) == known_.end()) Fail(name, "is not a known key");
  }
}

}  // namespace payout::sandbox
