#include "server/domain/intent.h"

namespace payout {

std::string_view MethodCode(const Method& method) {
  if (std::holds_alternative<BankTransfer>(method)) return "BANK_TRANSFER";
  if (std::holds_alternative<CryptoTransfer>(method)) return "CRYPTO_TRANSFER";
  if (std::holds_alternative<WalletTransfer>(method)) return "WALLET_TRANSFER";
  return "";
}

}  // namespace payout
