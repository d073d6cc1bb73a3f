#include "server/main/config/tls_check.h"

#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace payout {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* cert) const { X509_free(cert); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, Free> Reader(const std::string& pem) {
  return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// OpenSSL asks the terminal for a passphrase unless somebody else answers.
int NoPassphrase(char*, int, int, void*) { return -1; }

std::unique_ptr<X509, Free> ReadCertificate(const std::string& pem) {
  std::unique_ptr<X509, Free> cert(
      PEM_read_bio_X509(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return cert;
}

std::unique_ptr<EVP_PKEY, Free> ReadKey(const std::string& pem) {
  std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

}  // namespace

absl::Status CheckCertificate(const std::string& pem) {
  if (ReadCertificate(pem)) return absl::OkStatus();
  return absl::InvalidArgumentError("holds no PEM certificate");
}

absl::Status CheckPrivateKey(const std::string& pem) {
  if (ReadKey(pem)) return absl::OkStatus();
  return absl::InvalidArgumentError("holds no PEM private key, or one with a passphrase");
}

bool BelongTogether(const std::string& cert_pem, const std::string& key_pem) {
  const auto cert = ReadCertificate(cert_pem);
  const auto key = ReadKey(key_pem);
  const bool match = cert && key && X509_check_private_key(cert.get(), key.get()) == 1;
  ERR_clear_error();
  return match;
}

}  // namespace payout
