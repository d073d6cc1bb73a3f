#include "server/main/config/secrets.h"

#include <algorithm>
#include <set>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/main/config/suggest.h"
#include "server/main/config/tls_check.h"

namespace payout {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kMerchantSecretMax = 1000;  // the platform's limit
constexpr std::size_t kCallbackKeyMin = 32;

class File {
 public:
  explicit File(const std::string& path)
      // Not blocking: opening a pipe would wait for its other end.
      : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status ErrnoStatus(int error) { return absl::ErrnoToStatus(error, "cannot be read"); }

class Loader {
 public:
  Loader(const ConfigResult& loaded, const FileReader& read) : loaded_(loaded), read_(read) {}

  SecretsResult Run() {
    LoadMerchants();
    LoadCallbackKeys();
    LoadTls();
    LoadTokens();
    LoadOperators();
    SortByPlace(result_.problems);
    return std::move(result_);
  }

 private:
  Place PlaceOf(const std::string& path) const {
    const auto found = loaded_.origins.find(path);
    return found == loaded_.origins.end() ? Place{"configuration", 0, 0} : found->second.place;
  }

  void Say(Problem::Severity severity, const std::string& path, const std::string& message) {
    result_.problems.push_back({severity, PlaceOf(path), message});
  }
  void Error(const std::string& path, const std::string& message) {
    Say(Problem::Severity::kError, path, message);
  }

  // The whole file; nullopt after an error. `what` begins messages: "merchants.secret_file".
  std::optional<SecretString> Read(const std::string& path, const std::string& what,
                                   const std::string& file, bool secret) {
    absl::StatusOr<FileContent> content = read_(file);
    if (!content.ok()) {
      Error(path, absl::StrCat(what, " ", Quoted(file), " ", content.status().message()));
      return std::nullopt;
    }
    if (content->text.empty()) {
      Error(path, what + " " + Quoted(file) + " is empty");
      return std::nullopt;
    }
    if (secret && content->world_readable) {
      Say(Problem::Severity::kWarning, path,
          what + " " + Quoted(file) + " can be read by every user of this machine; chmod o-r it");
    }
    return std::move(content->text);
  }

  // A secret of one line.
  std::optional<SecretString> ReadLine(const std::string& path, const std::string& what,
                                       const std::string& file) {
    const std::optional<SecretString> content = Read(path, what, file, true);
    if (!content) return std::nullopt;
    std::string text = content->Reveal();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    SecretString line(std::move(text));
    if (line.empty()) {
      Error(path, what + " " + Quoted(file) + " is empty");
      return std::nullopt;
    }
    if (line.Reveal().find_first_of("\r\n") != std::string::npos) {
      Error(path, what + " " + Quoted(file) + " has several lines; a secret is one line");
      return std::nullopt;
    }
    return line;
  }

  void LoadMerchants() {
    const auto& merchants = loaded_.config.merchants;
    for (std::size_t i = 0; i < merchants.size(); ++i) {
      const std::string base = absl::StrCat("merchants[", i, "]");
      std::optional<SecretString> secret =
          ReadLine(base + ".secret_file", "merchants.secret_file", merchants[i].secret_file);
      if (secret && secret->Reveal().size() > kMerchantSecretMax) {
        Error(base + ".secret_file",
              absl::StrCat("merchants.secret_file ", Quoted(merchants[i].secret_file),
                           " has more than ", kMerchantSecretMax,
                           " characters; the platform's secrets are shorter"));
      }
      if (secret) result_.secrets.merchants.emplace(merchants[i].name, *std::move(secret));
      const std::string& ca_file = merchants[i].platform.ca_file;
      if (!ca_file.empty() && checked_ca_files_.insert(ca_file).second) {
        const bool own = loaded_.origins.contains(base + ".ca_file");
        Read(own ? base + ".ca_file" : "platform.ca_file",
             own ? "merchants.ca_file" : "platform.ca_file", ca_file, false);
      }
    }
  }

  void LoadCallbackKeys() {
    const auto& keys = loaded_.config.callbacks.keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string path = absl::StrCat("callbacks.keys[", i, "].file");
      std::optional<SecretString> key = ReadLine(path, "callbacks.keys.file", keys[i].file);
      if (!key) continue;
      if (key->Reveal().size() < kCallbackKeyMin) {
        Error(path,
              absl::StrCat("callbacks.keys.file ", Quoted(keys[i].file), " has fewer than ",
                           kCallbackKeyMin, " characters; make one with: openssl rand -hex 32"));
      }
      for (const CallbackKey& other : result_.secrets.callback_keys) {
        if (ConstantTimeEqual(other.key.Reveal(), key->Reveal())) {
          Error(path, "callbacks.keys.file " + Quoted(keys[i].file) + " holds the same key as " +
                          Quoted(other.id));
        }
      }
      result_.secrets.callback_keys.push_back({keys[i].id, *std::move(key)});
    }
  }

  void LoadTls() {
    const GrpcConfig& grpc = loaded_.config.grpc;
    if (grpc.tls_cert_file.empty()) return;
    std::optional<SecretString> cert =
        Read("grpc.tls_cert_file", "grpc.tls_cert_file", grpc.tls_cert_file, false);
    std::optional<SecretString> key =
        Read("grpc.tls_key_file", "grpc.tls_key_file", grpc.tls_key_file, true);
    bool readable = cert && key;
    if (cert) {
      if (const absl::Status status = CheckCertificate(cert->Reveal()); !status.ok()) {
        readable = false;
        Error("grpc.tls_cert_file", absl::StrCat("grpc.tls_cert_file ", Quoted(grpc.tls_cert_file),
                                                 " ", status.message()));
      }
    }
    if (key) {
      if (const absl::Status status = CheckPrivateKey(key->Reveal()); !status.ok()) {
        readable = false;
        Error("grpc.tls_key_file",
              absl::StrCat("grpc.tls_key_file ", Quoted(grpc.tls_key_file), " ", status.message()));
      }
    }
    if (!readable) return;
    if (!BelongTogether(cert->Reveal(), key->Reveal())) {
      Error("grpc.tls_key_file", "grpc.tls_key_file " + Quoted(grpc.tls_key_file) +
                                     " is not the key of the certificate in " +
                                     Quoted(grpc.tls_cert_file));
    }
    result_.secrets.tls = TlsPair{cert->Reveal(), *std::move(key)};
  }

  void LoadTokens() {
    const AuthConfig& auth = loaded_.config.auth;
    if (auth.tokens_file.empty()) return;
    const std::optional<SecretString> text =
        Read("auth.tokens_file", "auth.tokens_file", auth.tokens_file, false);
    if (!text) return;
    Problems problems;
    result_.secrets.tokens = TokenTable::Read(text->Reveal(), auth.tokens_file, problems);
    const bool readable = !HasErrors(problems);
    result_.problems.insert(result_.problems.end(), problems.begin(), problems.end());
    if (readable) CheckTenants();
  }

  void LoadOperators() {
    const std::string& file = loaded_.config.admin.token_file;
    if (file.empty()) return;
    const std::optional<SecretString> text =
        Read("admin.token_file", "admin.token_file", file, false);
    if (!text) return;
    Problems problems;
    result_.secrets.operators = TokenTable::Read(text->Reveal(), file, problems, "operator");
    result_.problems.insert(result_.problems.end(), problems.begin(), problems.end());
  }

  // A token of a tenant that may do nothing, and a tenant that nobody can be, are mistakes.
  void CheckTenants() {
    if (loaded_.config.tenants.empty()) return;
    std::vector<std::string> known;
    for (const TenantConfig& tenant : loaded_.config.tenants) known.push_back(tenant.name.value());
    const std::set<TenantName> holders = result_.secrets.tokens.Tenants();
    for (const TenantName& tenant : holders) {
      if (FindTenant(loaded_.config, tenant)) continue;
      Error("auth.tokens_file", "auth.tokens_file has a token of tenant " + Quoted(tenant.value()) +
                                    ", which is not among [[tenants]]" +
                                    DidYouMean(tenant.value(), known));
    }
    for (std::size_t i = 0; i < loaded_.config.tenants.size(); ++i) {
      const TenantName& tenant = loaded_.config.tenants[i].name;
      if (holders.contains(tenant) || tenant == loaded_.config.auth.anonymous_tenant) continue;
      Say(Problem::Severity::kWarning, absl::StrCat("tenants[", i, "].name"),
          "tenant " + Quoted(tenant.value()) + " has no token in auth.tokens_file");
    }
  }

  const ConfigResult& loaded_;
  const FileReader& read_;
  SecretsResult result_;
  std::set<std::string> checked_ca_files_;
};

}  // namespace

absl::StatusOr<FileContent> ReadSecretFile(const std::string& path) {
  const File file(path);
  if (file.fd() < 0) return ErrnoStatus(errno);
  struct stat info;
  if (fstat(file.fd(), &info) != 0) return ErrnoStatus(errno);
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError("is no regular file");
  std::string text(kFileBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file.fd(), text.data() + size, text.size() - size);
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno);
    size += static_cast<std::size_t>(count);
  }
  if (size > kFileBytesMax) return absl::InvalidArgumentError("is larger than 1 MiB");
  FileContent content;
  content.text = SecretString(text.substr(0, size));
  content.world_readable = (info.st_mode & S_IROTH) != 0;
  const SecretString wiped(std::move(text));
  return content;
}

SecretsResult LoadSecrets(const ConfigResult& loaded, const FileReader& read) {
  return Loader(loaded, read).Run();
}

}  // namespace payout
