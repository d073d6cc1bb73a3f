// FaultSet: the faults in force, in order, and which of them act on a request.
//
// Used by: the platform model. Thread-safety: none. Deterministic: the same calls after the same
// seed give the same decisions. Bounds: at most kFaultsMax faults; per-payout counters are kept
// until the fault is removed.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULT_SET_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULT_SET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapters/echelon/sandbox/faults.h"
#include "server/domain/decimal.h"

namespace payout::sandbox {

// What a fault may match on.
struct RequestFacts {
  Operation operation = Operation::kCreate;
  std::vector<std::string> ids;  // a token request may name several payouts
  std::optional<Decimal> amount;
};

struct FaultDecision {
  absl::Duration delay;                    // before the request is applied
  absl::Duration delay_answer;             // after it was applied
  std::optional<absl::Duration> read_lag;  // the longest
  std::optional<Fault> settle_as;
  std::optional<Fault> status_flip;
  std::optional<Fault> answer;  // the one that decides the answer
  std::string names;            // "drop_after_apply,delay": for the log

  bool Answers(FaultAction action) const { return answer && answer->action == action; }
};

struct FaultState {
  Fault fault;
  std::int64_t matched = 0;  // requests that fitted operation, id and amount
  std::int64_t acted = 0;
};

class FaultSet {
 public:
  static constexpr std::size_t kFaultsMax = 1000;

  explicit FaultSet(std::uint64_t seed) : random_(seed) {}

  // InvalidArgument for a fault that makes no sense, ResourceExhausted when there are too many.
  absl::Status Add(Fault fault);
  void Clear() { entries_.clear(); }

  FaultDecision Decide(const RequestFacts& facts);

  std::vector<FaultState> List() const;

 private:
  struct Entry {
    FaultState state;
    std::optional<Decimal> amount;
    std::map<std::string, std::int64_t> matched_per_payout;
  };
  bool Acts(Entry& entry, const RequestFacts& facts);

  std::vector<Entry> entries_;
  std::mt19937_64 random_;
};

// `*` stands for any text, `?` for one character.
bool MatchesGlob(std::string_view pattern, std::string_view text);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULT_SET_H_
