// Validation of what a caller asks for.
//
// Used by: create_payout. All violations are reported at once, in the order of the fields below;
// the first one names the error. Rules of the platform are from its contract, section 4.2; limits
// that it leaves open are ours. Pure. Descriptions never quote what was sent.

#ifndef PAYOUT_SERVER_DOMAIN_VALIDATE_H_
#define PAYOUT_SERVER_DOMAIN_VALIDATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/intent.h"
#include "server/domain/reason.h"

namespace payout {

// A request as it came in: text where the domain has types.
struct IntentDraft {
  std::string payout_id;
  std::string merchant;
  bool has_money = false;
  std::string amount;
  std::string currency;
  Method method;
  std::string segment_code;
  std::string exchanged_to_currency;
  std::string customer_ip;
  std::string customer_id;
  std::map<std::string, std::string> labels;
  bool submit_before_valid = true;  // false: the message carried an impossible time
  std::optional<absl::Time> submit_before;
};

bool IsPayoutId(std::string_view text);      // ^[A-Za-z0-9_-]{1,250}$
bool IsCurrencyCode(std::string_view text);  // ^[A-Z0-9]{2,10}$

// What does not depend on configuration or time. Order: payout_id, money, method and its fields,
// segment_code, exchanged_to_currency, customer_ip, customer_id, labels, submit_before.
std::vector<Violation> CheckForm(const IntentDraft& draft);

// What may change with configuration or time, for intents that are new: the tenant's id prefix,
// decimals and digits of the amount, submit_before in the future. Fields that CheckForm refuses are
// passed over.
std::vector<Violation> CheckRules(const IntentDraft& draft, const CurrencyRules& currencies,
                                  std::string_view id_prefix, absl::Time now);

// The documented order: by field as in CreatePayoutRequest, violations of one field as they came.
void SortByField(std::vector<Violation>& violations);

// The intent of a draft that has passed CheckForm.
Intent ToIntent(const IntentDraft& draft, TenantName tenant);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_VALIDATE_H_
