#include "server/base/digest.h"

#include <array>
#include <cstdint>
#include <cstdlib>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace payout {
namespace {

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const unsigned char* Bytes(std::string_view data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

// libcrypto fails here when memory is short only, and a wrong digest must not be used.
void Require(bool ok) {
  if (!ok) std::abort();
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Sha256(std::string_view data) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(Bytes(data), data.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

void HmacKey::Free::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

HmacKey::Context HmacKey::Begin(std::string_view block) {
  Context context(EVP_MD_CTX_new());
  Require(context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
          EVP_DigestUpdate(context.get(), block.data(), block.size()) == 1);
  return context;
}

// RFC 2104: H(key ^ opad, H(key ^ ipad, data)).
HmacKey::HmacKey(std::string_view key) {
  std::string block(key.size() > SHA256_CBLOCK ? Sha256(key) : std::string(key));
  block.resize(SHA256_CBLOCK, '\0');
  for (char& c : block) c = static_cast<char>(c ^ 0x36);
  inner_ = Begin(block);
  for (char& c : block) c = static_cast<char>(c ^ 0x36 ^ 0x5c);
  outer_ = Begin(block);
  OPENSSL_cleanse(block.data(), block.size());
}

std::string HmacKey::Mac(std::string_view data) const {
  std::string mac(SHA256_DIGEST_LENGTH, '\0');
  auto* const digest = reinterpret_cast<unsigned char*>(mac.data());
  const Context context(EVP_MD_CTX_new());
  Require(context != nullptr && EVP_MD_CTX_copy_ex(context.get(), inner_.get()) == 1 &&
          EVP_DigestUpdate(context.get(), data.data(), data.size()) == 1 &&
          EVP_DigestFinal_ex(context.get(), digest, nullptr) == 1 &&
          EVP_MD_CTX_copy_ex(context.get(), outer_.get()) == 1 &&
          EVP_DigestUpdate(context.get(), digest, mac.size()) == 1 &&
          EVP_DigestFinal_ex(context.get(), digest, nullptr) == 1);
  return mac;
}

std::string HmacSha256(std::string_view key, std::string_view data) {
  return HmacKey(key).Mac(data);
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string HexEncode(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string Base64UrlEncode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kBase64Url[(bits >> count) & 63];
    }
  }
  if (count > 0) text += kBase64Url[(bits << (6 - count)) & 63];
  return text;
}

std::optional<std::string> Base64UrlDecode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kBase64Url.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>((bits >> count) & 255);
    }
  }
  if ((bits & ((1U << count) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  // Without randomness there are no safe keys; nothing sensible is left to do.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    std::abort();
  }
  return bytes;
}

void AppendLengthPrefixed(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

}  // namespace payout
