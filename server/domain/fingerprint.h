// Fingerprint: tells whether two intents ask for the same thing, and names the fields that differ,
// without keeping what the fields said.
//
// Used by: create_payout. It covers everything that is sent and the merchant; labels, submit_before
// and how long the caller waits are left out. Amounts count by value. Each field has a digest of
// its own, keyed with a secret of the store, because account numbers are too short to be hidden by
// a plain digest.

#ifndef PAYOUT_SERVER_DOMAIN_FINGERPRINT_H_
#define PAYOUT_SERVER_DOMAIN_FINGERPRINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/base/digest.h"
#include "server/domain/intent.h"

namespace payout {

// Text of version 1: "1" and then ";field=hex" for each field that is set, in a fixed order.
std::string Fingerprint(const Intent& intent, const HmacKey& key);

// Names of the fields (as in CreatePayoutRequest) whose digests differ; empty when the fingerprints
// are equal. Fingerprints of a version that is not known differ in the pseudo field
// "fingerprint_version".
std::vector<std::string> DifferingFields(std::string_view a, std::string_view b);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_FINGERPRINT_H_
