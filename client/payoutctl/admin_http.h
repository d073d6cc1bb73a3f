// Calls to the gateway's admin port: one HTTP request, no repetition.
//
// Used by: admin_commands. Blocking.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_ADMIN_HTTP_H_
#define PAYOUT_CLIENT_PAYOUTCTL_ADMIN_HTTP_H_

#include <string>

#include "client/error.h"
#include "client/interrupt.h"
#include "client/payoutctl/options.h"

namespace payout::payoutctl {

struct AdminRequest {
  std::string path;  // "/admin/v1/status"
  std::string body;  // JSON; empty: GET, else POST
};

// The JSON body of a 200 answer. Errors have the code that belongs to the answer's status and the
// server's words. INVALID_ARGUMENT, before anything is sent: not a URL that may be called; a token
// is sent in the clear to this machine only, unless --allow-plaintext.
client::Result<std::string> CallAdmin(const AdminOptions& admin, const GlobalOptions& global,
                                      const AdminRequest& request, client::Interrupt& interrupt);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_ADMIN_HTTP_H_
