#include "adapters/echelon/sandbox/business_rules.h"

#include <algorithm>

#include <arpa/inet.h>

#include "adapters/echelon/sandbox/currency_rules.h"

namespace payout::sandbox {
namespace {

// The address as bytes, so that two spellings of one IPv6 address are equal.
std::optional<std::string> IpBytes(const std::string& text) {
  char bytes[16];
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1) return std::string(bytes, 4);
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) return std::string(bytes, 16);
  return std::nullopt;
}

bool Lists(const std::vector<std::string>& addresses, const std::string& bytes) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const std::string& address) { return IpBytes(address) == bytes; });
}

template <class T>
bool Holds(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

void CheckCurrency(const PayoutRequest& request, const PlatformSettings& settings,
                   std::vector<BusinessError>& errors) {
  if (!settings.currencies.empty() && !Holds(settings.currencies, request.currency)) {
    errors.push_back({"CURRENCY_NOT_SUPPORTED", "The merchant does not have this currency",
                      "paymentRequested.money.currencyCode"});
    return;
  }
  std::optional<int> decimals = CurrencyDecimals(request.currency);
  const auto configured = settings.currency_decimals.find(request.currency);
  if (configured != settings.currency_decimals.end()) decimals = configured->second;
  if (decimals && request.amount.Normalized().scale() > *decimals) {
    errors.push_back({"CURRENCY_PRECISION_EXCEEDED", "Too many decimals for this currency",
                      "paymentRequested.money.amount"});
  }
}

void CheckOperator(const PayoutRequest& request, const PlatformSettings& settings,
                   std::vector<BusinessError>& errors) {
  const std::string attribute = "paymentMethod.paymentOperatorCode";
  if (!request.payment_operator) {
    if (settings.operator_required_for_wallet) {
      errors.push_back({"PAYMENT_OPERATOR_REQUIRED", "This method needs an operator", attribute});
    }
    return;
  }
  if (settings.operators.empty()) return;
  const auto found = std::find_if(settings.operators.begin(), settings.operators.end(),
                                  [&](const PaymentOperator& candidate) {
                                    return candidate.code == *request.payment_operator;
                                  });
  if (found == settings.operators.end()) {
    errors.push_back({"PAYMENT_OPERATOR_NOT_FOUND", "Unknown operator", attribute});
  } else if (!found->methods.empty() && !Holds(found->methods, request.method)) {
    errors.push_back(
        {"PAYMENT_OPERATOR_INVALID", "The operator does not support this method", attribute});
  } else if (!found->available) {
    errors.push_back({"PAYMENT_OPERATOR_UNAVAILABLE", "The operator is not available", attribute});
  }
}

void CheckCustomerIp(const PayoutRequest& request, const Merchant& merchant,
                     std::vector<BusinessError>& errors) {
  if (!request.customer_ip) return;
  const std::optional<std::string> bytes = IpBytes(*request.customer_ip);
  if (!bytes) {
    errors.push_back({"CLIENT_IP_INVALID", "Not an IPv4 or IPv6 address", "customerIp"});
  } else if (Lists(merchant.ip_deny, *bytes) ||
             (!merchant.ip_allow.empty() && !Lists(merchant.ip_allow, *bytes))) {
    errors.push_back({"IP_DENIED", "The address is not allowed", "customerIp"});
  }
}

}  // namespace

absl::Status BalanceBook::Validate(const std::vector<Merchant>& merchants) {
  for (const Merchant& merchant : merchants) {
    for (const auto& [currency, text] : merchant.balances) {
      if (!Decimal::Parse(text)) {
        return absl::InvalidArgumentError("merchant " + merchant.code + ": the balance in " +
                                          currency + " is no decimal number");
      }
    }
  }
  return absl::OkStatus();
}

BalanceBook::BalanceBook(const std::vector<Merchant>& merchants) {
  for (const Merchant& merchant : merchants) {
    for (const auto& [currency, text] : merchant.balances) {
      left_[{merchant.code, currency}] = Decimal::Parse(text).value_or(Decimal());
    }
  }
}

bool BalanceBook::Covers(const std::string& merchant, const std::string& currency,
                         const Decimal& amount) const {
  const auto left = left_.find({merchant, currency});
  return left == left_.end() || left->second >= amount;
}

void BalanceBook::Take(const std::string& merchant, const std::string& currency,
                       const Decimal& amount) {
  const auto left = left_.find({merchant, currency});
  if (left != left_.end()) left->second = Subtract(left->second, amount).value_or(Decimal());
}

void BalanceBook::GiveBack(const std::string& merchant, const std::string& currency,
                           const Decimal& amount) {
  const auto left = left_.find({merchant, currency});
  if (left != left_.end()) left->second = Add(left->second, amount).value_or(left->second);
}

std::vector<BusinessError> CheckBusinessRules(const PayoutRequest& request,
                                              const Merchant& merchant,
                                              const PlatformSettings& settings,
                                              const BalanceBook& balances) {
  std::vector<BusinessError> errors;
  CheckCurrency(request, settings, errors);
  CheckOperator(request, settings, errors);
  if (request.method == "BANK_TRANSFER" && request.currency == "INR" && !request.bank_code) {
    errors.push_back(
        {"BANK_CODE_REQUIRED", "INR needs a bank code", "paymentMethod.account.bankCode"});
  }
  CheckCustomerIp(request, merchant, errors);
  if (!balances.Covers(merchant.code, request.currency, request.amount)) {
    errors.push_back({"BALANCE_INSUFFICIENT", "Not enough balance", ""});
  }
  return errors;
}

}  // namespace payout::sandbox
