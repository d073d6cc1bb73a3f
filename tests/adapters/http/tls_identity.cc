#include "tests/adapters/http/tls_identity.h"

#include <cstdio>
#include <cstdlib>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

namespace payout::testing {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string TemporaryFile() {
  const char* directory = std::getenv("TMPDIR");
  std::string name = std::string(directory == nullptr ? "/tmp" : directory) + "/certificate-XXXXXX";
  const int fd = ::mkstemp(name.data());
  Require(fd >= 0);
  ::close(fd);
  return name;
}

void AddExtension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  Require(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

TlsIdentity::TlsIdentity(const std::string& alternative_name)
    : context_(SSL_CTX_new(TLS_server_method())), certificate_file_(TemporaryFile()) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  Require(key != nullptr && certificate != nullptr);
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  AddExtension(certificate, NID_subject_alt_name, alternative_name);
  AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  Require(X509_sign(certificate, key, EVP_sha256()) > 0);

  Require(SSL_CTX_use_certificate(context_.get(), certificate) == 1);
  Require(SSL_CTX_use_PrivateKey(context_.get(), key) == 1);
  std::FILE* file = std::fopen(certificate_file_.c_str(), "w");
  Require(file != nullptr && PEM_write_X509(file, certificate) == 1);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TlsIdentity::~TlsIdentity() { std::remove(certificate_file_.c_str()); }

}  // namespace payout::testing
