// EchelonProvider: the platform's REST API behind the PayoutProvider port. One method is one HTTP
// request; bodies are made and read by the codecs beside this file.
//
// Used by: the composition root. Thread-safety: core loop only.
// Errors: none; every outcome is a kind of answer. A call that must not be made (merchant unknown,
// an id that does not fit into a path) is not made, is logged as an error, and counts as surely not
// sent. Secrets and personal data appear in requests only, never in logs.

#ifndef PAYOUT_ADAPTERS_ECHELON_ECHELON_PROVIDER_H_
#define PAYOUT_ADAPTERS_ECHELON_ECHELON_PROVIDER_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/http/http_client.h"
#include "server/app/ports/environment.h"
#include "server/app/ports/payout_provider.h"

namespace payout::echelon {

// One account at the platform.
struct EchelonMerchant {
  MerchantName name;                                    // ours
  std::string merchant_code;                            // the platform's
  SecretString secret;                                  // 1 to 1000 characters
  std::string base_url;                                 // see UrlIsAllowed
  absl::Duration token_validity = absl::Seconds(3600);  // 60 s to 3600 s, whole seconds
  absl::Duration create_timeout = absl::Seconds(60);
  absl::Duration read_timeout = absl::Seconds(15);  // of reads and token calls
  absl::Duration connect_timeout = absl::Seconds(5);
};

// INVALID_ARGUMENT naming the merchant and the first problem; never the secret.
absl::Status ValidateMerchant(const EchelonMerchant& merchant);

class EchelonProvider final : public PayoutProvider {
 public:
  // `http` and `environment` outlive the provider. INVALID_ARGUMENT for a merchant that does not
  // validate and for two of one name.
  static absl::StatusOr<std::unique_ptr<EchelonProvider>> Make(
      http::HttpClient& http, Environment& environment, std::vector<EchelonMerchant> merchants);

  RenderedRequest Render(const Intent& intent, const std::string& callback_url) const override;
  ShownRequest Show(const Payout& payout) const override;
  Task<TokenAnswer> Prepare(MerchantName merchant, std::vector<TokenSubject> subjects) override;
  Task<CreateAnswer> Create(const Payout& payout, const SecretString& token) override;
  Task<ReadAnswer> Read(const PayoutKey& key, const SecretString& token) override;

 private:
  using Merchants = std::map<MerchantName, EchelonMerchant>;

  EchelonProvider(http::HttpClient& http, Environment& environment, Merchants merchants)
      : http_(http), environment_(environment), merchants_(std::move(merchants)) {}

  // The merchant if a call for this id may be made; nullptr, after an error line, if not.
  const EchelonMerchant* Callable(const MerchantName& merchant, const PayoutId& id) const;
  // Writes the one debug line of a call.
  void LogCall(std::string_view operation, const PayoutKey& key, std::string_view answer,
               absl::Duration started, const http::HttpResult& result) const;

  http::HttpClient& http_;
  Environment& environment_;
  const Merchants merchants_;
};

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_ECHELON_PROVIDER_H_
