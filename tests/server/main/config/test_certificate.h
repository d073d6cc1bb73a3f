// A key and a certificate that it signed itself, made on the spot.

#ifndef PAYOUT_TESTS_SERVER_MAIN_CONFIG_TEST_CERTIFICATE_H_
#define PAYOUT_TESTS_SERVER_MAIN_CONFIG_TEST_CERTIFICATE_H_

#include <string>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace payout {

struct TestCertificate {
  std::string cert_pem;
  std::string key_pem;
  std::string locked_key_pem;  // the same key with a passphrase
};

inline std::string TakeText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

inline TestCertificate MakeTestCertificate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* cert = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(cert), 0);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
  X509_set_pubkey(cert, key);
  X509_sign(cert, key, EVP_sha256());
  BIO* cert_text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(cert_text, cert);
  BIO* key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
  BIO* locked_text = BIO_new(BIO_s_mem());
  char passphrase[] = "word";
  PEM_write_bio_PrivateKey(locked_text, key, EVP_aes_128_cbc(), nullptr, 0, nullptr, passphrase);
  X509_free(cert);
  EVP_PKEY_free(key);
  return {TakeText(cert_text), TakeText(key_text), TakeText(locked_text)};
}

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_MAIN_CONFIG_TEST_CERTIFICATE_H_
