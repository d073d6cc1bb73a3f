// Suggestions for mistyped words: "did you mean …?".
//
// Used by: config, cli, credentials. Pure.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_SUGGEST_H_
#define PAYOUT_SERVER_MAIN_CONFIG_SUGGEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace payout {

// The candidate that is likely meant: one that the word begins, or one that is few typing errors
// away (insert, delete, replace, swap), the first of the closest. nullopt when nothing is near.
std::optional<std::string> Suggest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// " (did you mean grpc.listen?)" or nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_SUGGEST_H_
