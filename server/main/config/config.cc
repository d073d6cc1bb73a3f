#include "server/main/config/config.h"

#include <algorithm>

namespace payout {

std::string StoreConfig::SqlitePath() const { return url.substr(url.find(':') + 1); }

std::optional<TenantConfig> FindTenant(const Config& config, const TenantName& tenant) {
  if (config.tenants.empty()) {
    TenantConfig all{tenant, {}, ""};
    for (const MerchantConfig& merchant : config.merchants) all.merchants.push_back(merchant.name);
    return all;
  }
  for (const TenantConfig& known : config.tenants) {
    if (known.name == tenant) return known;
  }
  return std::nullopt;
}

Policy PolicyOf(const Config& config, const MerchantConfig& merchant) {
  const SubmissionConfig& submission = config.submission;
  Policy policy;
  policy.create_timeout = merchant.platform.create_timeout;
  policy.absence_reads = submission.absence_reads;
  policy.absence_gap = submission.absence_gap;
  policy.absence_settle = std::max(submission.absence_settle, 4 * merchant.platform.create_timeout);
  policy.resubmit_auto = submission.resubmit == ResubmitMode::kAuto;
  policy.resubmits_max = submission.resubmits_max;
  policy.resubmit_window = submission.resubmit_window;
  policy.pause = submission.pause;
  policy.refusal_settle = submission.refusal_settle;
  policy.adoption_slack = submission.adoption_slack;
  policy.poll_unknown = config.polling.unknown;
  policy.poll_processing = config.polling.processing;
  policy.audits = config.audit.schedule;
  policy.audit_percent = config.audit.sample;
  policy.correction_gap = config.audit.correction_gap;
  return policy;
}

CurrencyRules CurrencyRulesOf(const Config& config) {
  return CurrencyRules(config.currencies.decimals, config.currencies.exact);
}

}  // namespace payout
