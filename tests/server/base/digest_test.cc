#include "server/base/digest.h"

#include <atomic>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace payout {
namespace {

std::string Hex(std::string_view bytes) { return HexEncode(bytes); }

TEST(DigestTest, Sha256AgreesWithTheStandardsVectors) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DigestTest, ADefaultViewHashesLikeAnEmptyText) {
  EXPECT_EQ(Sha256(std::string_view()), Sha256(""));
  EXPECT_EQ(HmacSha256(std::string_view(), "data"), HmacSha256("", "data"));
  EXPECT_EQ(HmacSha256("key", std::string_view()), HmacSha256("key", ""));
  EXPECT_TRUE(ConstantTimeEqual(std::string_view(), ""));
}

// RFC 4231.
TEST(DigestTest, HmacSha256AgreesWithRfc4231) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// Around the block of 64 bytes and the digest's 32, where keys and data are treated differently.
TEST(DigestTest, APreparedKeyAgreesWithTheLibraryForEveryLengthHoweverOftenItIsUsed) {
  const std::string text(200, 'x');
  for (std::size_t key_size = 0; key_size <= 130; ++key_size) {
    std::string bytes(key_size, '\0');
    for (std::size_t i = 0; i < key_size; ++i) bytes[i] = static_cast<char>(i * 37 + key_size);
    const HmacKey key(bytes);
    for (std::size_t size = 0; size <= text.size(); ++size) {
      std::string expected(EVP_MAX_MD_SIZE, '\0');
      unsigned int length = 0;
      ASSERT_NE(HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()),
                     reinterpret_cast<const unsigned char*>(text.data()), size,
                     reinterpret_cast<unsigned char*>(expected.data()), &length),
                nullptr);
      expected.resize(length);
      ASSERT_EQ(key.Mac(text.substr(0, size)), expected) << key_size << " " << size;
    }
  }
}

TEST(DigestTest, ManyThreadsMayUseOneKey) {
  const HmacKey key("key");
  const std::string expected = HmacSha256("key", "data");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) wrong += key.Mac("data") == expected ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(DigestTest, ConstantTimeEqualComparesLengthAndEveryByte) {
  EXPECT_TRUE(ConstantTimeEqual("secret", "secret"));
  EXPECT_TRUE(ConstantTimeEqual(std::string("a\0b", 3), std::string("a\0b", 3)));
  EXPECT_FALSE(ConstantTimeEqual(std::string("a\0b", 3), std::string("a\0c", 3)));
  EXPECT_FALSE(ConstantTimeEqual("secret", "secret "));
  EXPECT_FALSE(ConstantTimeEqual("secret", "secre"));
  EXPECT_FALSE(ConstantTimeEqual("", "s"));
  const std::string text = "0123456789abcdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(ConstantTimeEqual(text, other)) << "byte " << i;
  }
}

TEST(DigestTest, HexRoundTripsEveryByteAndReadsBothCases) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(HexDecode(HexEncode(all)), all);
  EXPECT_EQ(HexEncode("\xfa\x01"), "fa01");
  EXPECT_EQ(HexDecode("Fa01"), "\xfa\x01");
  EXPECT_EQ(HexDecode(""), "");
}

TEST(DigestTest, HexRefusesOddLengthsAndOtherCharacters) {
  for (const std::string_view text : {"f", "fg", "0x", " f", "f ", "-1", "é1"}) {
    EXPECT_EQ(HexDecode(text), std::nullopt) << text;
  }
  EXPECT_EQ(HexDecode(std::string_view("0\0", 2)), std::nullopt);
}

// RFC 4648 section 10, without padding.
TEST(DigestTest, Base64UrlAgreesWithRfc4648) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64UrlEncode(bytes), text);
    EXPECT_EQ(Base64UrlDecode(text), bytes) << text;
  }
}

TEST(DigestTest, Base64UrlRefusesEverySecondTextOfTheSameBytes) {
  // Padding, the other alphabet, line breaks, spaces, impossible lengths.
  for (const std::string_view text :
       {"Zg==", "Zm8=", "+_8", "-/8", "Zm9v\n", " Zm9v", "Zm9v ", "Z", "Zm9vY", "Zm\xc3\xa9"}) {
    EXPECT_EQ(Base64UrlDecode(text), std::nullopt) << text;
  }
  EXPECT_EQ(Base64UrlDecode(std::string_view("Zg\0\0", 4)), std::nullopt);
}

TEST(DigestTest, ExactlyOneTextOfTwoOrThreeCharactersDecodesToEachByteString) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::set<std::string> seen;
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      const std::string two{a, b};
      if (const auto bytes = Base64UrlDecode(two)) {
        EXPECT_EQ(Base64UrlEncode(*bytes), two);
        EXPECT_TRUE(seen.insert(*bytes).second);
      }
      for (const char c : alphabet) {
        const std::string three{a, b, c};
        if (const auto bytes = Base64UrlDecode(three)) {
          EXPECT_EQ(Base64UrlEncode(*bytes), three);
          EXPECT_TRUE(seen.insert(*bytes).second);
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), 256U + 65'536U);
}

TEST(DigestTest, RandomBytesHaveTheLengthAskedForAndDiffer) {
  EXPECT_EQ(RandomBytes(0).size(), 0U);
  EXPECT_EQ(RandomBytes(33).size(), 33U);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(RandomBytes(16)).second);
}

TEST(DigestTest, LengthPrefixesKeepNeighboursApart) {
  const auto joined = [](std::string_view a, std::string_view b) {
    std::string out;
    AppendLengthPrefixed(out, a);
    AppendLengthPrefixed(out, b);
    return out;
  };
  EXPECT_EQ(joined("abcd", ""), "4:abcd0:");
  EXPECT_NE(joined("ab", "c"), joined("a", "bc"));
  EXPECT_NE(joined("1:a", ""), joined("1", "a"));
  EXPECT_NE(joined("a1:b", ""), joined("a", "b"));
}

}  // namespace
}  // namespace payout
