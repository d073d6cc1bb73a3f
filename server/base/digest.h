// Digests and encodings, over OpenSSL.
//
// Used by: fingerprints, callback capabilities, resume tokens, the tenants' bearer tokens.
// Thread-safety: all functions are pure.

#ifndef PAYOUT_SERVER_BASE_DIGEST_H_
#define PAYOUT_SERVER_BASE_DIGEST_H_

#include <optional>
#include <string>
#include <string_view>

namespace payout {

// 32 bytes.
std::string Sha256(std::string_view data);

// 32 bytes.
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
