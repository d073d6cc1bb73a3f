// Suggest: the known word that somebody probably meant. Pure.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_SUGGEST_H_
#define PAYOUT_CLIENT_PAYOUTCTL_SUGGEST_H_

#include <string>
#include <vector>

namespace payout::payoutctl {

// The nearest of `known` by edits, or empty when none is near.
std::string Suggest(const std::string& word, const std::vector<std::string>& known);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_SUGGEST_H_
