#include "server/main/config/secrets.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/base/digest.h"
#include "tests/server/main/config/config_test_support.h"
#include "tests/server/main/config/test_certificate.h"

namespace payout {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

std::string TokenFile(const std::string& tenant) {
  return "[[tokens]]\ntenant = \"" + tenant + "\"\nsha256 = \"" + HexEncode(Sha256(kToken)) +
         "\"\n";
}

// Files by path; "!" before the text makes them readable for everyone.
class SecretsTest : public ::testing::Test {
 protected:
  SecretsResult Load(const std::string& config, const Flags& flags) {
    const ConfigResult loaded = LoadText(config, flags);
    EXPECT_THAT(Lines(loaded.problems), IsEmpty());
    return LoadSecrets(loaded, [this](const std::string& path) -> absl::StatusOr<FileContent> {
      const auto file = files_.find(path);
      if (file == files_.end()) return absl::NotFoundError("cannot be read: no such file");
      const bool open = file->second.rfind('!', 0) == 0;
      return FileContent{SecretString(file->second.substr(open ? 1 : 0)), open};
    });
  }

  const TestCertificate certificate_ = MakeTestCertificate();
  std::map<std::string, std::string> files_ = {{"tokens.toml", TokenFile("billing")},
                                               {"secret", "s3cret\n"},
                                               {"ca.pem", "pem"},
                                               {"main.secret", "one\r\n"},
                                               {"second.secret", "two"},
                                               {"k1.key", std::string(32, 'a')},
                                               {"k2.key", std::string(64, 'b') + "\n"},
                                               {"tls.crt", certificate_.cert_pem},
                                               {"tls.key", certificate_.key_pem}};
};

TEST_F(SecretsTest, EverythingIsRead) {
  files_["tokens.toml"] +=
      "[[tokens]]\ntenant = \"shop\"\nsha256 = \"" + std::string(64, 'a') + "\"\n";
  const SecretsResult result = Load(kFullFile, {});
  ASSERT_THAT(Lines(result.problems), IsEmpty());
  EXPECT_EQ(result.secrets.merchants.at(MerchantName("main")).Reveal(), "one");
  EXPECT_EQ(result.secrets.merchants.at(MerchantName("second")).Reveal(), "two");
  ASSERT_EQ(result.secrets.callback_keys.size(), 2u);
  EXPECT_EQ(result.secrets.callback_keys[0].id, "k2");
  EXPECT_EQ(result.secrets.callback_keys[0].key.Reveal(), std::string(64, 'b'));
  ASSERT_TRUE(result.secrets.tls);
  EXPECT_THAT(result.secrets.tls->cert_chain_pem, HasSubstr("CERTIFICATE"));
  EXPECT_EQ(result.secrets.tokens.TenantOf(kToken, absl::UnixEpoch()), TenantName("billing"));
}

TEST_F(SecretsTest, OperatorsHaveAFileOfTheirOwn) {
  files_["operators.toml"] =
      "[[tokens]]\noperator = \"ada\"\nsha256 = \"" + HexEncode(Sha256(kToken)) + "\"\n";
  const SecretsResult result = Load(kFullFile, {{"admin.token_file", "operators.toml"}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.secrets.operators.TenantOf(kToken, absl::UnixEpoch()), TenantName("ada"));

  files_["operators.toml"] = TokenFile("billing");
  const SecretsResult tenants = Load(kFullFile, {{"admin.token_file", "operators.toml"}});
  EXPECT_FALSE(tenants.ok());
  EXPECT_THAT(Lines(tenants.problems), ::testing::Contains(HasSubstr("unknown key tokens.tenant")))
      << "a tenant's token is no operator's";
}

TEST_F(SecretsTest, AllProblemsAreToldAtOnceWithThePlaceOfTheName) {
  files_.clear();
  const SecretsResult result = Load(kFullFile, {});
  EXPECT_FALSE(result.ok());
  EXPECT_THAT(
      Lines(result.problems),
      ElementsAre(
          "gw.toml:3:17: error: grpc.tls_cert_file \"tls.crt\" cannot be read: no such file",
          "gw.toml:4:16: error: grpc.tls_key_file \"tls.key\" cannot be read: no such file",
          "gw.toml:16:8: error: callbacks.keys.file \"k2.key\" cannot be read: no such file",
          "gw.toml:19:8: error: callbacks.keys.file \"k1.key\" cannot be read: no such file",
          "gw.toml:32:15: error: auth.tokens_file \"tokens.toml\" cannot be read: no such file",
          "gw.toml:41:11: error: platform.ca_file \"ca.pem\" cannot be read: no such file",
          "gw.toml:46:15: error: merchants.secret_file \"main.secret\" cannot be read: no such "
          "file",
          "gw.toml:51:15: error: merchants.secret_file \"second.secret\" cannot be read: no such "
          "file"));
}

TEST_F(SecretsTest, BadContentsAreExplainedAndNotShown) {
  struct Case {
    const char* file;
    std::string content;
    const char* problem;
  };
  const Case cases[] = {
      {"main.secret", "", "merchants.secret_file \"main.secret\" is empty"},
      {"main.secret", "\n", "merchants.secret_file \"main.secret\" is empty"},
      {"main.secret", "canary\ncanary",
       "merchants.secret_file \"main.secret\" has several lines; a secret is one line"},
      {"main.secret", std::string(1001, 'x'),
       "merchants.secret_file \"main.secret\" has more than 1000 characters; the platform's "
       "secrets are shorter"},
      {"k1.key", "canary",
       "callbacks.keys.file \"k1.key\" has fewer than 32 characters; make one with: openssl rand "
       "-hex 32"},
      {"k1.key", std::string(64, 'b'),
       "callbacks.keys.file \"k1.key\" holds the same key as \"k2\""},
      {"tls.crt", "canary", "grpc.tls_cert_file \"tls.crt\" holds no PEM certificate"},
      {"tls.key", "canary",
       "grpc.tls_key_file \"tls.key\" holds no PEM private key, or one with a passphrase"},
      {"tls.key", certificate_.locked_key_pem,
       "grpc.tls_key_file \"tls.key\" holds no PEM private key, or one with a passphrase"},
      {"tls.key", MakeTestCertificate().key_pem,
       "grpc.tls_key_file \"tls.key\" is not the key of the certificate in \"tls.crt\""},
      {"tokens.toml", "tokens = 1", "tokens.toml:1:10: error: tokens is a list; write [[tokens]]"},
  };
  const std::string shop =
      "[[tokens]]\ntenant = \"shop\"\nsha256 = \"" + std::string(64, 'a') + "\"\n";
  files_["tokens.toml"] += shop;
  const auto good = files_;
  for (const Case& c : cases) {
    SCOPED_TRACE(c.problem);
    files_ = good;
    files_[c.file] = c.content;
    const SecretsResult result = Load(kFullFile, {});
    EXPECT_FALSE(result.ok());
    EXPECT_THAT(Lines(result.problems), ElementsAre(HasSubstr(c.problem)));
    EXPECT_THAT(Lines(result.problems).at(0), ::testing::Not(HasSubstr("canary")));
  }
}

TEST_F(SecretsTest, OpenSecretFilesAreWarnedAbout) {
  files_["secret"] = "!s3cret";
  const SecretsResult result = Load("", Minimum());
  EXPECT_TRUE(result.ok());
  EXPECT_THAT(
      Lines(result.problems),
      ElementsAre(
          "--merchant-secret-file: warning: merchants.secret_file \"secret\" can be read by "
          "every user of this machine; chmod o-r it"));
}

TEST_F(SecretsTest, TokensAndTenantsMustFit) {
  files_["tokens.toml"] = TokenFile("biling");
  const SecretsResult result =
      Load("[[tenants]]\nname = \"billing\"\nmerchants = [\"default\"]\n", Minimum());
  EXPECT_FALSE(result.ok());
  EXPECT_THAT(
      Lines(result.problems),
      ElementsAre(
          "gw.toml:2:8: warning: tenant \"billing\" has no token in auth.tokens_file",
          "--tokens-file: error: auth.tokens_file has a token of tenant \"biling\", which is "
          "not among [[tenants]] (did you mean billing?)"));
}

TEST_F(SecretsTest, WithoutATokensFileThereAreNoTokens) {
  Flags flags = Minimum();
  flags.erase("auth.tokens_file");
  flags["auth.anonymous_tenant"] = "dev";
  const SecretsResult result = Load("", flags);
  EXPECT_THAT(Lines(result.problems), IsEmpty());
  EXPECT_EQ(result.secrets.tokens.size(), 0u);
}

class ReadSecretFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/secretsXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override {
    unlink((dir_ + "/f").c_str());
    rmdir(dir_.c_str());
  }
  std::string Make(const std::string& text, mode_t mode) {
    const std::string path = dir_ + "/f";
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  std::string dir_;
};

TEST_F(ReadSecretFileTest, ContentAndPermissionsAreRead) {
  auto content = ReadSecretFile(Make("abc\n", 0600));
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(content->text.Reveal(), "abc\n");
  EXPECT_FALSE(content->world_readable);
  content = ReadSecretFile(Make("abc", 0644));
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_TRUE(content->world_readable);
}

TEST_F(ReadSecretFileTest, WhatIsNoSmallFileIsRefused) {
  EXPECT_EQ(ReadSecretFile(dir_ + "/none").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadSecretFile(dir_).status().message(), "is no regular file");
  EXPECT_EQ(ReadSecretFile("/dev/zero").status().message(), "is no regular file");
  EXPECT_EQ(ReadSecretFile(Make(std::string((1 << 20) + 1, 'x'), 0600)).status().message(),
            "is larger than 1 MiB");
  const std::string pipe = dir_ + "/f";
  unlink(pipe.c_str());
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(ReadSecretFile(pipe).status().message(), "is no regular file");
}

}  // namespace
}  // namespace payout
