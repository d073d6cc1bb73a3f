// Decimal text: two lines, read as amounts and as JSON numbers, beside arithmetic on paper.

#include "server/domain/decimal.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/paper_number.h"

namespace payout::fuzz {
namespace {

std::optional<PaperNumber> Paper(const std::optional<Decimal>& decimal) {
  if (!decimal) return std::nullopt;
  const std::optional<PaperText> paper = ReadPaperNumber(decimal->ToString());
  Require(paper.has_value(), "a decimal prints as a plain number");
  return paper->number;
}

void CheckText(std::string_view text) {
  const std::optional<Decimal> parsed = Decimal::Parse(text);
  const std::optional<PaperText> paper = ReadPaperNumber(text);
  const bool plain = paper && !paper->has_exponent;
  const bool fits =
      plain && paper->fraction <= Decimal::kScaleMax && paper->written <= Decimal::kDigitsMax;
  Require(parsed.has_value() == fits, "exactly plain numbers within the bounds are amounts");
  if (!parsed) return;
  Require(parsed->ToString() == text, "an amount prints as it was written");
  Require(Paper(parsed) == paper->number, "an amount has the value that was written");
  const Decimal normal = parsed->Normalized();
  Require(normal == *parsed && Paper(normal) == paper->number, "normalizing keeps the value");
  Require(normal.scale() == 0 || normal.ToString().back() != '0',
          "normalized amounts have no trailing zeros");
  Require(parsed->SignificantDigits() == static_cast<int>(paper->number.digits.size()),
          "significant digits are those between the zeros");
  Require(parsed->IsZero() == paper->number.digits.empty(), "zero is zero");
}

void CheckJsonNumber(std::string_view text) {
  const std::optional<Decimal> parsed = Decimal::ParseJsonNumber(text);
  const std::optional<PaperText> paper = ReadPaperNumber(text);
  if (parsed) {
    Require(paper.has_value(), "only JSON numbers are read");
    Require(Paper(parsed) == paper->number,
            "a JSON number has the value that was written, or none");
  }
  if (!paper || paper->has_exponent) return;
  Require(parsed == Decimal::Parse(text), "without an exponent a JSON number is an amount");
}

void Check(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::string_view a = input.Line();
  const std::string_view b = input.Line();
  for (const std::string_view text : {a, b}) {
    CheckText(text);
    CheckJsonNumber(text);
  }
  const auto left = Decimal::ParseJsonNumber(a);
  const auto right = Decimal::ParseJsonNumber(b);
  if (!left || !right) return;
  const auto order = Compare(ReadPaperNumber(a)->number, ReadPaperNumber(b)->number);
  Require((*left <=> *right) == order, "amounts compare as numbers on paper do");
  Require((*left == *right) == (order == 0), "equality is of values");
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Check(data, size);
  return 0;
}
