#include "adapters/echelon/sandbox/ledger.h"

#include "server/base/digest.h"

namespace payout::sandbox {

const StatusChange* LedgerEntry::At(absl::Time time) const {
  const StatusChange* seen = nullptr;
  for (const StatusChange& change : history) {
    if (change.at <= time) seen = &change;
  }
  return seen;
}

const LedgerEntry* LedgerSnapshot::Find(std::string_view id) const {
  for (const LedgerEntry& entry : payments) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

std::int64_t LedgerSnapshot::Count(const std::string& name) const {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

void Ledger::SeeCreate(const std::string& merchant, const std::string& id, std::string_view body) {
  CreateSightings& seen = creates_[{merchant, id}];
  ++seen.count;
  if (seen.body_sha256.size() < CreateSightings::kDigestsMax) {
    seen.body_sha256.push_back(HexEncode(Sha256(body)));
  }
}

std::size_t Ledger::Accept(LedgerEntry entry) {
  refused_.erase({entry.merchant, entry.id});
  index_[{entry.merchant, entry.id}] = payments_.size();
  payments_.push_back(std::move(entry));
  return payments_.size() - 1;
}

void Ledger::Refuse(LedgerEntry entry) {
  const Key key{entry.merchant, entry.id};
  refused_[key] = std::move(entry);
}

std::optional<std::size_t> Ledger::Find(const std::string& merchant, const std::string& id) const {
  const auto found = index_.find({merchant, id});
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

const LedgerEntry* Ledger::FindRefused(const std::string& merchant, const std::string& id) const {
  const auto found = refused_.find({merchant, id});
  return found == refused_.end() ? nullptr : &found->second;
}

std::size_t Ledger::AddSentByHand(CallbackDelivery delivery) {
  sent_by_hand_.push_back(std::move(delivery));
  return sent_by_hand_.size() - 1;
}

LedgerSnapshot Ledger::Snapshot() const {
  LedgerSnapshot snapshot;
  snapshot.payments.assign(payments_.begin(), payments_.end());
  for (const auto& [key, creates] : creates_) {
    const auto found = index_.find(key);
    if (found == index_.end()) {
      snapshot.not_accepted.push_back({key.first, key.second, creates});
    } else {
      snapshot.payments[found->second].creates = creates;
    }
  }
  snapshot.sent_by_hand = sent_by_hand_;
  snapshot.counts = counts_;
  return snapshot;
}

}  // namespace payout::sandbox
