// What the platform says, made fit to be shown: it must not bring back what names a person or an
// account.
//
// Used by: proto_codec. Pure.

#ifndef PAYOUT_SERVER_RPC_MASK_MESSAGE_H_
#define PAYOUT_SERVER_RPC_MASK_MESSAGE_H_

#include <string>
#include <string_view>

#include "server/domain/intent.h"

namespace payout {

// `message` with *** in place of the intent's names, accounts, addresses and remarks, of e-mail
// addresses, and of whatever looks like an account number. Values are found in upper and lower
// case, and with spaces or punctuation between their letters and digits, as accounts are often
// written. Values of fewer than four bytes would eat ordinary words and stay.
std::string MaskMessage(std::string_view message, const Intent& intent);

// The same for a code or a status, which names nobody: changed only if it has the digits of an
// account.
std::string MaskCode(std::string_view code, const Intent& intent);

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_MASK_MESSAGE_H_
