#include "adapters/echelon/sandbox/fault_set.h"

#include <algorithm>
#include <utility>

namespace payout::sandbox {

bool MatchesGlob(std::string_view pattern, std::string_view text) {
  // Backtracks to the last star only: linear memory, quadratic time at worst.
  std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

absl::Status FaultSet::Add(Fault fault) {
  const absl::Status valid = ValidateFault(fault);
  if (!valid.ok()) return valid;
  if (entries_.size() >= kFaultsMax) return absl::ResourceExhaustedError("too many faults");
  Entry entry;
  if (!fault.amount.empty()) entry.amount = Decimal::Parse(fault.amount);
  entry.state.fault = std::move(fault);
  entries_.push_back(std::move(entry));
  return absl::OkStatus();
}

bool FaultSet::Acts(Entry& entry, const RequestFacts& facts) {
  const Fault& fault = entry.state.fault;
  if (fault.on != facts.operation) return false;
  const auto id = std::find_if(facts.ids.begin(), facts.ids.end(), [&](const std::string& text) {
    return MatchesGlob(fault.id, text);
  });
  // A token request without operations names no payout; only "*" fits it.
  if (id == facts.ids.end() && !(facts.ids.empty() && fault.id == "*")) return false;
  if (entry.amount && (!facts.amount || *facts.amount != *entry.amount)) return false;

  std::int64_t count = ++entry.state.matched;
  if (fault.per_payout) {
    count = ++entry.matched_per_payout[id == facts.ids.end() ? std::string() : *id];
  }
  if (fault.nth && count != *fault.nth) return false;
  if (fault.first && count > *fault.first) return false;
  if (fault.probability) {
    constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53
    if (static_cast<double>(random_() >> 11U) * kUnit >= *fault.probability) return false;
  }
  return true;
}

FaultDecision FaultSet::Decide(const RequestFacts& facts) {
  FaultDecision decision;
  for (Entry& entry : entries_) {
    if (!Acts(entry, facts)) continue;
    const Fault& fault = entry.state.fault;
    const absl::Duration time = fault.delay.value_or(absl::ZeroDuration());
    if (DecidesAnswer(fault.action)) {
      if (decision.answer) continue;
      decision.answer = fault;
    } else if (fault.action == FaultAction::kDelay) {
      decision.delay += time;
    } else if (fault.action == FaultAction::kDelayAnswer) {
      decision.delay_answer += time;
    } else if (fault.action == FaultAction::kReadLag) {
      decision.read_lag = std::max(decision.read_lag.value_or(time), time);
    } else if (fault.action == FaultAction::kSettleAs) {
      if (decision.settle_as) continue;
      decision.settle_as = fault;
    } else {
      if (decision.status_flip) continue;
      decision.status_flip = fault;
    }
    ++entry.state.acted;
    if (!decision.names.empty()) decision.names += ',';
    decision.names += FaultActionName(fault.action);
  }
  return decision;
}

std::vector<FaultState> FaultSet::List() const {
  std::vector<FaultState> result;
  for (const Entry& entry : entries_) result.push_back(entry.state);
  return result;
}

}  // namespace payout::sandbox
