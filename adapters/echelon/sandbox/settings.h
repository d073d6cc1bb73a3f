// PlatformSettings: how the simulated platform behaves, apart from faults.
//
// Used by: the platform model; filled by a program's flags, a scenario file or a test.
// Durations are real time. Everything the platform's contract leaves open is a switch in
// Undocumented.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_SETTINGS_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_SETTINGS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace payout::sandbox {

struct Merchant {
  std::string code;
  std::string secret;  // protects nothing: this is a simulator
  bool is_test = true;
  bool active = true;
  // Currency to decimal text. A currency that is not listed never runs out. Open and successful
  // payouts are taken off; refused and failed ones are given back.
  std::map<std::string, std::string> balances;
  // Addresses for customerIp. An empty allow list allows all.
  std::vector<std::string> ip_allow;
  std::vector<std::string> ip_deny;
};

struct PaymentOperator {
  std::string code;
  std::vector<std::string> methods;  // BANK_TRANSFER ...; empty = all
  bool available = true;
};

enum class FeeStyle { kNormal, kZero, kAbsent };

struct Undocumented {
  bool token_without_operations_may_do_all = false;
  bool reuse_id_after_406 = true;
  bool refused_visible_after_406 = false;
  bool omit_id_payment = false;
  bool omit_reference = false;
  FeeStyle fee = FeeStyle::kNormal;
  bool token_calls_counted = true;        // in the request limit
  bool callback_on_every_change = false;  // false: only when the payout settles (or flips later)
  int token_money_mismatch_status = 403;
  int prose_rule_status = 400;         // 406 answers with PAYMENT_METHOD_ERROR
  bool reject_unknown_fields = false;  // true: 400
};

struct PlatformSettings {
  std::vector<Merchant> merchants;
  absl::Duration settle_after = absl::Seconds(2);
  absl::Duration callback_interval = absl::Minutes(2);
  int callback_repeats = 4;
  int requests_per_second = 5;  // per merchant; 0 = unlimited
  std::uint64_t seed = 1;

  std::vector<std::string> currencies;           // empty = all
  std::map<std::string, int> currency_decimals;  // on top of ISO 4217, IDR 0 and INR 0
  std::vector<PaymentOperator> operators;        // empty = any code is accepted
  bool operator_required_for_wallet = false;

  Undocumented undocumented;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_SETTINGS_H_
