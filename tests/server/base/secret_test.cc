#include "server/base/secret.h"

#include <cstddef>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace payout {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};

static_assert(!Printable<SecretString>);
static_assert(!Comparable<SecretString>);
static_assert(!std::is_convertible_v<SecretString, std::string>);
static_assert(!std::is_convertible_v<SecretString, std::string_view>);
static_assert(!std::is_convertible_v<std::string, SecretString>);

// Short enough for the string to keep it inside the object.
constexpr std::string_view kShort = "s3cret-s3cret";

// Storage that a test may look at after the object in it has ended.
class Storage {
 public:
  void* place() { return bytes_; }
  bool Contains(std::string_view text) const {
    const volatile std::byte* from = bytes_;
    std::string copy;
    for (std::size_t i = 0; i < sizeof(bytes_); ++i) copy += static_cast<char>(from[i]);
    return copy.find(text) != std::string::npos;
  }

 private:
  alignas(SecretString) std::byte bytes_[sizeof(SecretString)] = {};
};

TEST(SecretTest, RevealsWhatItWasGiven) {
  const SecretString secret(std::string("a\0b", 3));
  EXPECT_EQ(secret.Reveal(), std::string("a\0b", 3));
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(SecretString().empty());
}

TEST(SecretTest, CopiesAndMovesCarryTheValue) {
  SecretString secret{std::string(kShort)};
  const SecretString copy = secret;
  EXPECT_EQ(copy.Reveal(), kShort);
  SecretString moved = std::move(secret);
  EXPECT_EQ(moved.Reveal(), kShort);
  SecretString assigned{"something else"};
  assigned = moved;
  EXPECT_EQ(assigned.Reveal(), kShort);
  EXPECT_EQ(moved.Reveal(), kShort);
  assigned = SecretString();
  EXPECT_TRUE(assigned.empty());
}

TEST(SecretTest, ADroppedShortSecretLeavesNoBytes) {
  Storage storage;
  auto* secret = new (storage.place()) SecretString(std::string(kShort));
  ASSERT_TRUE(storage.Contains(kShort)) << "this test relies on short strings being kept inside";
  secret->~Secret();
  EXPECT_FALSE(storage.Contains("cret"));
}

TEST(SecretTest, AMovedFromShortSecretLeavesNoBytes) {
  Storage storage;
  auto* secret = new (storage.place()) SecretString(std::string(kShort));
  const SecretString moved = std::move(*secret);
  EXPECT_FALSE(storage.Contains("cret"));
  EXPECT_EQ(moved.Reveal(), kShort);
  secret->~Secret();
}

}  // namespace
}  // namespace payout
