#include "server/domain/audit.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "server/base/digest.h"

namespace payout {
namespace {

constexpr absl::Duration kSpreadMax = absl::Hours(6);
constexpr std::uint32_t kSpreadSteps = 10'000;

struct Lot {
  std::uint32_t sample;  // decides whether it is audited
  std::uint32_t spread;  // and where in the time over which audits are spread
};

Lot LotOf(const PayoutKey& key) {
  std::string input = "audit";
  AppendLengthPrefixed(input, key.merchant.value());
  AppendLengthPrefixed(input, key.payout_id.value());
  const std::string digest = Sha256(input);
  const auto number = [&digest](std::size_t from) {
    std::uint32_t value = 0;
    for (std::size_t i = from; i < from + 4; ++i) {
      value = value << 8 | static_cast<unsigned char>(digest[i]);
    }
    return value;
  };
  return {number(0), number(4)};
}

}  // namespace

bool IsAudited(const Payout& payout, const Policy& policy) {
  const State state = payout.status.state;
  if (!IsSettled(state) || state == State::kCancelled || !payout.status.settled_at) return false;
  if (policy.audits.empty()) return false;
  return LotOf(payout.intent.key).sample % 100 < static_cast<std::uint32_t>(policy.audit_percent);
}

std::optional<absl::Time> AuditDueAt(const Payout& payout, int step, const Policy& policy) {
  if (step >= static_cast<int>(policy.audits.size()) || !IsAudited(payout, policy)) {
    return std::nullopt;
  }
  const absl::Duration after = policy.audits[static_cast<std::size_t>(step)];
  const absl::Duration spread = std::min(after / 10, kSpreadMax);
  return *payout.status.settled_at + after +
         spread * (LotOf(payout.intent.key).spread % kSpreadSteps) / kSpreadSteps;
}

std::optional<absl::Time> PendingAudit(const Payout& payout, absl::Time now, const Policy& policy) {
  const std::optional<absl::Time> due = AuditDueAt(payout, payout.schedule.step, policy);
  return due && *due <= now ? due : std::nullopt;
}

bool IsLateAudit(const Payout& payout, absl::Time now) {
  const bool hinted = payout.hint_seq > payout.hint_read_seq;
  return !hinted && !payout.contradiction && payout.schedule.due_at &&
         now - *payout.schedule.due_at > kAuditLate;
}

}  // namespace payout
