// What was sent to the platform, for people: without what names a person, an account or a secret.
//
// Used by: EchelonProvider::Show. Pure.

#ifndef PAYOUT_ADAPTERS_ECHELON_SHOWN_REQUEST_H_
#define PAYOUT_ADAPTERS_ECHELON_SHOWN_REQUEST_H_

#include <string>
#include <string_view>

namespace payout::echelon {

// The body of a create as compact JSON. The amount and values of a short list of harmless members
// are shown; of the callback URL all but its secret end; everything else is "***", members that
// this version does not know included.
std::string ShownBody(std::string_view body);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_SHOWN_REQUEST_H_
