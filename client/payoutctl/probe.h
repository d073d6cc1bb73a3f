// Probe: finds out why nobody could talk to the server, for a helpful message.
//
// Used by: the commands, after a call failed as UNAVAILABLE. Blocks for about two seconds at most.
// Opens one TCP connection, sends the first bytes of HTTP/2 and looks at the first bytes that come
// back; no token and no request is sent.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_PROBE_H_
#define PAYOUT_CLIENT_PAYOUTCTL_PROBE_H_

#include <string>

#include "client/target.h"

namespace payout::payoutctl {

enum class Listener { kNobody, kUnknownHost, kSilent, kPlaintext, kTls, kHttp1, kOther };

Listener ProbeListener(const client::Target& target);

// What to check, in words; empty when the probe found nothing to say.
std::string UnreachableHint(const client::Target& target);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_PROBE_H_
