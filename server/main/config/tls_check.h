// Checks that a certificate and a key can serve TLS together: gRPC itself would only fail every
// handshake, silently.
//
// Used by: secrets. Pure.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_TLS_CHECK_H_
#define PAYOUT_SERVER_MAIN_CONFIG_TLS_CHECK_H_

#include <string>

#include "absl/status/status.h"

namespace payout {

// INVALID_ARGUMENT when it is no PEM certificate, or no PEM private key without a passphrase; the
// message follows the name of the file.
absl::Status CheckCertificate(const std::string& pem);
absl::Status CheckPrivateKey(const std::string& pem);

// Whether the key belongs to the first certificate. False when either cannot be read.
bool BelongTogether(const std::string& cert_pem, const std::string& key_pem);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_TLS_CHECK_H_
