// Secret<T>: a value that must not be printed by accident.
//
// Used by: merchant secrets, platform tokens, callback keys. There is no operator<<, no comparison
// and no implicit conversion; Reveal() is easy to search for. Strings are overwritten when dropped.

#ifndef PAYOUT_SERVER_BASE_SECRET_H_
#define PAYOUT_SERVER_BASE_SECRET_H_

#include <string>
#include <utility>

#include <openssl/crypto.h>

namespace payout {

template <class T>
class Secret;

template <>
class Secret<std::string> {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) { Wipe(value); }
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { Wipe(other.value_); }
  Secret& operator=(Secret other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Secret() { Wipe(value_); }

  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  // The whole buffer: a short text that was moved from is still in it, although its size says 0.
  static void Wipe(std::string& text) {
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
  }
  std::string value_;
};

using SecretString = Secret<std::string>;

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_SECRET_H_
