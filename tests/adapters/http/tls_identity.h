// TlsIdentity: a fresh key and a self-signed certificate, for servers of a test.

#ifndef PAYOUT_TESTS_ADAPTERS_HTTP_TLS_IDENTITY_H_
#define PAYOUT_TESTS_ADAPTERS_HTTP_TLS_IDENTITY_H_

#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace payout::testing {

class TlsIdentity {
 public:
  // `alternative_name` as in a certificate's extension: "IP:127.0.0.1" or "DNS:example.test".
  explicit TlsIdentity(const std::string& alternative_name);
  ~TlsIdentity();

  SSL_CTX* context() const { return context_.get(); }
  // The certificate in PEM, for clients that shall trust it. Removed with this object.
  const std::string& certificate_file() const { return certificate_file_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::string certificate_file_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_ADAPTERS_HTTP_TLS_IDENTITY_H_
