// A certificate for 127.0.0.1 that signs itself, made anew for a test.
//
// Used by: integration tests.

#ifndef PAYOUT_TESTS_INTEGRATION_CERTIFICATE_H_
#define PAYOUT_TESTS_INTEGRATION_CERTIFICATE_H_

#include <string>

namespace payout::testing {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

Certificate MakeCertificate();

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_INTEGRATION_CERTIFICATE_H_
