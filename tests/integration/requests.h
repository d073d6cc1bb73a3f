// Requests that are right in every field; tests change what they are about.
//
// Used by: integration tests.

#ifndef PAYOUT_TESTS_INTEGRATION_REQUESTS_H_
#define PAYOUT_TESTS_INTEGRATION_REQUESTS_H_

#include <string>
#include <vector>

#include "payout/v1/payout_service.pb.h"

namespace payout::testing {

// By bank, 42.05 EUR.
v1::CreatePayoutRequest BankPayout(const std::string& id,
                                   v1::WaitMode wait = v1::WAIT_MODE_RECORDED);
v1::CreatePayoutRequest CryptoPayout(const std::string& id,
                                     v1::WaitMode wait = v1::WAIT_MODE_RECORDED);
v1::CreatePayoutRequest WalletPayout(const std::string& id,
                                     v1::WaitMode wait = v1::WAIT_MODE_RECORDED);

v1::StreamStatusRequest StreamOf(const std::vector<std::string>& ids,
                                 const std::string& resume_token = "");
v1::StreamStatusRequest Feed(v1::StreamStart start = v1::STREAM_START_SNAPSHOT,
                             const std::string& resume_token = "");

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_INTEGRATION_REQUESTS_H_
