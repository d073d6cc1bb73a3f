// Digests and encodings, over OpenSSL.
//
// Used by: fingerprints, callback capabilities, resume tokens, the tenants' bearer tokens.
// Thread-safety: all functions are pure; an HmacKey is immutable.

#ifndef PAYOUT_SERVER_BASE_DIGEST_H_
#define PAYOUT_SERVER_BASE_DIGEST_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace payout {

// 32 bytes.
std::string Sha256(std::string_view data);

// A key of HMAC-SHA-256 that is used often: what depends on the key alone is computed once.
// Immutable, so that any number of threads may use it at once.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);

  // 32 bytes.
  std::string Mac(std::string_view data) const;

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  using Context = std::unique_ptr<EVP_MD_CTX, Free>;
  static Context Begin(std::string_view block);

  Context inner_;  // each after one block, the padded key
  Context outer_;
};

// HmacKey(key).Mac(data), for keys that are used once.
std::string HmacSha256(std::string_view key, std::string_view data);

// Takes the same time whatever the contents are; different lengths are unequal.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

// Lower case.
std::string HexEncode(std::string_view bytes);
// Upper and lower case; nullopt for odd lengths and other characters.
std::optional<std::string> HexDecode(std::string_view text);

// RFC 4648 section 5, without padding.
std::string Base64UrlEncode(std::string_view bytes);
// nullopt for padding, other characters, impossible lengths and non-zero trailing bits: every byte
// string has exactly one text.
std::optional<std::string> Base64UrlDecode(std::string_view text);

// `count` bytes from the operating system's generator; ends the process when it fails.
std::string RandomBytes(std::size_t count);

// "4:abcd": a field of a digest input, so that neighbours cannot trade characters.
void AppendLengthPrefixed(std::string& out, std::string_view field);

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_DIGEST_H_
