// Small pieces of text for people: columns, short names of enum values.
//
// Used by: payout-demo. Thread-safety: free functions.

#ifndef PAYOUT_TESTS_DEMO_TEXT_H_
#define PAYOUT_TESTS_DEMO_TEXT_H_

#include <algorithm>
#include <string>

#include "payout/v1/payout.pb.h"

namespace payout::demo {

// Filled up with blanks on the right. Counts characters, not bytes: "→" is one.
inline std::string Pad(std::string text, std::size_t width) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  const auto more = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
  const std::size_t length = text.size() - more;
  if (length < width) text.append(width - length, ' ');
  return text;
}

// "SUCCEEDED" for PAYOUT_STATE_SUCCEEDED.
inline std::string StateName(v1::PayoutState state) {
  const std::string name = v1::PayoutState_Name(state);
  const std::string prefix = "PAYOUT_STATE_";
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : "STATE_" + std::to_string(state);
}

inline bool IsSettled(v1::PayoutState state) {
  return state == v1::PAYOUT_STATE_SUCCEEDED || state == v1::PAYOUT_STATE_FAILED ||
         state == v1::PAYOUT_STATE_REFUSED || state == v1::PAYOUT_STATE_CANCELLED;
}

inline std::string MoneyText(const v1::Money& money) {
  return money.amount() + " " + money.currency_code();
}

}  // namespace payout::demo

#endif  // PAYOUT_TESTS_DEMO_TEXT_H_
