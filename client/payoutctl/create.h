// Parts of `create` that the single and the bulk run share.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_CREATE_H_
#define PAYOUT_CLIENT_PAYOUTCTL_CREATE_H_

#include <string>

#include "absl/time/time.h"
#include "client/error.h"
#include "client/payoutctl/exit_code.h"
#include "client/payoutctl/options.h"
#include "client/payoutctl/request_file.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::payoutctl {

// The request that the flags describe, without an id if none was given. Error: INVALID_ARGUMENT,
// flags that are missing or do not go together. What the values must look like is left to the
// server.
client::Result<v1::CreatePayoutRequest> RequestFromFlags(const CreateOptions& options,
                                                         absl::Time now);

// Applies --merchant, --validate-only and --wait to a request from a file.
void ApplyFlags(const CreateOptions& options, v1::CreatePayoutRequest& request);

// Time for a call of that wait mode when the user names none.
absl::Duration DefaultTimeout(v1::WaitMode wait);

// What the payout's state means to somebody who waited for `wait`.
ExitCode AfterWait(v1::WaitMode wait, const v1::Payout& payout);

struct Session;
ExitCode RunBulkCreate(const Session& session, const RequestFile& file);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_CREATE_H_
