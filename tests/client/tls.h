// A certificate of its own for 127.0.0.1, made by the openssl command, with server credentials.
// (Not for "localhost": resolving a name makes c-ares leak, which the leak checker reports.)

#ifndef PAYOUT_TESTS_CLIENT_TLS_H_
#define PAYOUT_TESTS_CLIENT_TLS_H_

#include <cstdlib>
#include <memory>
#include <string>

#include <grpcpp/security/server_credentials.h>

#include "tests/client/temp_dir.h"

namespace payout::client {

class Certificate {
 public:
  Certificate() {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1"
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        " -keyout " +
        directory_.File("key.pem") + " -out " + file() + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) std::abort();
  }
  std::string file() const { return directory_.File("certificate.pem"); }
  std::shared_ptr<grpc::ServerCredentials> ForServer() const {
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back(
        {directory_.Read("key.pem"), directory_.Read("certificate.pem")});
    return grpc::SslServerCredentials(options);
  }

 private:
  TempDir directory_;
};

}  // namespace payout::client

#endif  // PAYOUT_TESTS_CLIENT_TLS_H_
