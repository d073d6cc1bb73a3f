// Ledger: what the platform really accepted and paid. Tests compare the gateway's books with it.
//
// Used by: the platform model; LedgerSnapshot goes out through the admin API and the C++ API.
// Thread-safety: none; snapshots are values. Bounds: none on payments, they live as long as the
// simulator; per id at most CreateSightings::kDigestsMax body digests are kept.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_LEDGER_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_LEDGER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/decimal.h"

namespace payout::sandbox {

struct StatusChange {
  absl::Time at;
  std::string status;          // PROCESSING, SUCCESS, FAILED, REFUSED or whatever a fault chose
  std::string failure_reason;  // for FAILED and REFUSED
};

struct CallbackDelivery {
  absl::Time at;
  std::string id_entity;
  int attempt = 0;      // 1 to 5; 0 = duplicate or sent by hand
  int http_status = 0;  // 0 = no answer (yet)
  std::string result;   // "sending", "delivered", "failed", "lost", "refused"
};

// Every create request seen for an id, accepted or not.
struct CreateSightings {
  static constexpr std::size_t kDigestsMax = 64;
  std::int64_t count = 0;
  std::vector<std::string> body_sha256;  // hex, in order of arrival
};

struct LedgerEntry {
  std::string merchant;
  std::string id;
  Decimal amount;
  std::string currency;
  std::optional<std::string> segment;
  std::optional<std::string> exchanged_to;
  std::string method;
  std::string callback_url;
  std::string id_payment;
  std::string reference;
  bool is_test = true;
  absl::Time accepted_at;
  std::vector<StatusChange> history;  // never empty
  std::vector<CallbackDelivery> callbacks;
  CreateSightings creates;  // filled in snapshots

  const std::string& status() const { return history.back().status; }
  // As it was at `time`; nullptr before it was accepted.
  const StatusChange* At(absl::Time time) const;
};

struct UnacceptedId {
  std::string merchant;  // empty when no valid token came with it
  std::string id;
  CreateSightings creates;
};

struct LedgerSnapshot {
  std::vector<LedgerEntry> payments;  // in order of acceptance
  std::vector<UnacceptedId> not_accepted;
  std::vector<CallbackDelivery> sent_by_hand;
  std::map<std::string, std::int64_t> counts;  // "requests.create", "answers.201", "callbacks.lost"

  // First payment with this id, or nullptr.
  const LedgerEntry* Find(std::string_view id) const;
  std::int64_t Count(const std::string& name) const;
};

class Ledger {
 public:
  void SeeCreate(const std::string& merchant, const std::string& id, std::string_view body);
  // The entry stays where it is until Reset.
  std::size_t Accept(LedgerEntry entry);
  // What the platform refused, for reads only; a later acceptance hides it.
  void Refuse(LedgerEntry entry);

  LedgerEntry& At(std::size_t index) { return payments_[index]; }
  std::optional<std::size_t> Find(const std::string& merchant, const std::string& id) const;
  const LedgerEntry* FindRefused(const std::string& merchant, const std::string& id) const;

  void Count(const std::string& name) { ++counts_[name]; }
  std::size_t AddSentByHand(CallbackDelivery delivery);
  CallbackDelivery& SentByHand(std::size_t index) { return sent_by_hand_[index]; }

  const std::deque<LedgerEntry>& payments() const { return payments_; }
  LedgerSnapshot Snapshot() const;
  std::map<std::string, std::int64_t> Counts() const { return counts_; }

 private:
  using Key = std::pair<std::string, std::string>;  // merchant, id
  std::deque<LedgerEntry> payments_;
  std::map<Key, std::size_t> index_;
  std::map<Key, LedgerEntry> refused_;
  std::map<Key, CreateSightings> creates_;
  std::vector<CallbackDelivery> sent_by_hand_;
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_LEDGER_H_
