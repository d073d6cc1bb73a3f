// Secrets: the contents of the files that a configuration names.
//
// Used by: server/main, after LoadConfig. Reading is a step of its own, so that a configuration can
// be checked on a machine without its secrets. Thread-safety: values; LoadSecrets reads files when
// it is given ReadSecretFile.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_SECRETS_H_
#define PAYOUT_SERVER_MAIN_CONFIG_SECRETS_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/secret.h"
#include "server/main/config/config.h"
#include "server/main/credentials/token_table.h"

namespace payout {

struct CallbackKey {
  std::string id;
  SecretString key;
};

struct TlsPair {
  std::string cert_chain_pem;
  SecretString key_pem;
};

struct Secrets {
  std::map<MerchantName, SecretString> merchants;
  std::vector<CallbackKey> callback_keys;  // the first signs
  std::optional<TlsPair> tls;
  TokenTable tokens;     // empty without auth.tokens_file
  TokenTable operators;  // empty without admin.token_file
};

struct SecretsResult {
  Secrets secrets;    // to be used only when ok()
  Problems problems;  // errors and warnings

  bool ok() const { return !HasErrors(problems); }
};

struct FileContent {
  SecretString text;
  bool world_readable = false;
};

// NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (no regular file, over 1 MiB); the message says
// which.
using FileReader = std::function<absl::StatusOr<FileContent>(const std::string& path)>;
absl::StatusOr<FileContent> ReadSecretFile(const std::string& path);

// Reads and checks every file that the configuration names: merchants' secrets (line ends at the
// end are cut off), callback keys (at least 32 characters), certificates, tokens and their tenants.
// `loaded` must be ok.
SecretsResult LoadSecrets(const ConfigResult& loaded, const FileReader& read);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_SECRETS_H_
