#include "client/revision_table.h"

#include <algorithm>

namespace payout::client {

RevisionTable::RevisionTable(size_t size_max) : size_max_(std::max<size_t>(1, size_max)) {}

RevisionTable::Verdict RevisionTable::Note(const v1::Payout& payout) {
  // Neither an id nor a merchant's name has a slash.
  std::string key = payout.merchant() + "/" + payout.payout_id();
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    if (by_age_.size() >= size_max_) {
      by_key_.erase(by_age_.back().key);
      by_age_.pop_back();
    }
    by_age_.push_front({key, payout.revision()});
    by_key_.emplace(std::move(key), by_age_.begin());
    return {};
  }
  by_age_.splice(by_age_.begin(), by_age_, found->second);
  int64_t& last = found->second->revision;
  if (payout.revision() <= last) return {.repeated = true, .missing = 0};
  const int64_t missing = payout.revision() - last - 1;
  last = payout.revision();
  return {.repeated = false, .missing = missing};
}

void RevisionTable::Clear() {
  by_key_.clear();
  by_age_.clear();
}

}  // namespace payout::client
