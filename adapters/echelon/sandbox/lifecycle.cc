#include "adapters/echelon/sandbox/lifecycle.h"

#include <utility>

#include "adapters/echelon/sandbox/answers.h"
#include "adapters/echelon/sandbox/url.h"

namespace payout::sandbox {
namespace {

constexpr char kProcessing[] = "PROCESSING";

bool GivesMoneyBack(const std::string& status) { return status == "FAILED" || status == "REFUSED"; }

// The simulator must never knock on a stranger's door.
bool MaySendTo(const std::string& url) {
  const std::optional<Url> parsed = ParseUrl(url);
  return parsed && parsed->scheme == "http" && IsLoopbackHost(parsed->host);
}

}  // namespace

Lifecycle::Plan Lifecycle::PlanOf(const Fault& fault, std::string status, absl::Duration delay) {
  Plan plan{fault.status.empty() ? std::move(status) : fault.status, fault.failure_reason,
            fault.delay.value_or(delay)};
  if (plan.failure_reason.empty() && GivesMoneyBack(plan.status)) {
    plan.failure_reason = plan.status == "REFUSED" ? "BALANCE_INSUFFICIENT" : "SYSTEM";
  }
  return plan;
}

void Lifecycle::Accepted(std::size_t index, const FaultDecision& decision, absl::Time now) {
  const LedgerEntry& entry = ledger_.At(index);
  balances_.Take(entry.merchant, entry.currency, entry.amount);
  Plan plan{"SUCCESS", "", settings_.settle_after};
  if (decision.settle_as) plan = PlanOf(*decision.settle_as, "SUCCESS", settings_.settle_after);
  if (decision.status_flip) {
    flips_[index] = PlanOf(*decision.status_flip, "FAILED", absl::ZeroDuration());
  }
  if (plan.status != kProcessing) {
    const absl::Time due = now + plan.delay;
    Event event;
    event.kind = Event::Kind::kSettle;
    event.index = index;
    event.plan = std::move(plan);
    events_.emplace(due, std::move(event));
  }
  if (settings_.undocumented.callback_on_every_change) StartCallback(index, now);
}

void Lifecycle::Force(std::size_t index, const std::string& status,
                      const std::string& failure_reason, absl::Time now) {
  Fault as_if;
  as_if.status = status;
  as_if.failure_reason = failure_reason;
  Change(index, PlanOf(as_if, status, absl::ZeroDuration()), now);
}

void Lifecycle::Change(std::size_t index, const Plan& plan, absl::Time now) {
  LedgerEntry& entry = ledger_.At(index);
  const bool was_returned = GivesMoneyBack(entry.status());
  const bool is_returned = GivesMoneyBack(plan.status);
  if (!was_returned && is_returned) {
    balances_.GiveBack(entry.merchant, entry.currency, entry.amount);
  } else if (was_returned && !is_returned) {
    balances_.Take(entry.merchant, entry.currency, entry.amount);
  }
  entry.history.push_back({now, plan.status, plan.failure_reason});
  ledger_.Count("changes." + plan.status);
  if (plan.status != kProcessing || settings_.undocumented.callback_on_every_change) {
    StartCallback(index, now);
  }
  const auto flip = flips_.find(index);
  if (plan.status != kProcessing && flip != flips_.end()) {
    Event event;
    event.kind = Event::Kind::kFlip;
    event.index = index;
    event.plan = flip->second;
    events_.emplace(now + flip->second.delay, std::move(event));
    flips_.erase(flip);
  }
}

void Lifecycle::StartCallback(std::size_t index, absl::Time now) {
  LedgerEntry& entry = ledger_.At(index);
  if (entry.callback_url.empty()) return;
  if (!MaySendTo(entry.callback_url)) {
    ledger_.Count("callbacks.refused");
    entry.callbacks.push_back({now, entry.id, 1, 0, "refused"});
    return;
  }
  Event event;
  event.kind = Event::Kind::kCallback;
  event.index = index;
  events_.emplace(now, std::move(event));
}

absl::Status Lifecycle::SendByHand(const std::string& url, const std::string& id_entity,
                                   absl::Time now) {
  if (!MaySendTo(url)) {
    return absl::InvalidArgumentError("url must be http to an address of this machine");
  }
  Event event;
  event.kind = Event::Kind::kByHand;
  event.by_hand = {next_send_++, url, CallbackBody(id_entity)};
  in_flight_[event.by_hand.id] = {kByHand, ledger_.AddSentByHand({now, id_entity, 0, 0, "sending"}),
                                  0, false};
  events_.emplace(now, std::move(event));
  return absl::OkStatus();
}

CallbackSend Lifecycle::Launch(std::size_t index, std::string id_entity, int attempt, bool repeat,
                               absl::Time now) {
  LedgerEntry& entry = ledger_.At(index);
  CallbackSend send{next_send_++, entry.callback_url, CallbackBody(id_entity)};
  entry.callbacks.push_back({now, std::move(id_entity), attempt, 0, "sending"});
  in_flight_[send.id] = {index, entry.callbacks.size() - 1, attempt, repeat};
  ledger_.Count("callbacks.sent");
  return send;
}

void Lifecycle::FireCallback(const Event& event, absl::Time now, std::vector<CallbackSend>& out) {
  LedgerEntry& entry = ledger_.At(event.index);
  FaultDecision decision;
  if (!event.late) decision = faults_.Decide({Operation::kCallback, {entry.id}, entry.amount});
  if (decision.Answers(FaultAction::kCallbackLost)) {
    ledger_.Count("callbacks.lost");
    entry.callbacks.push_back({now, entry.id, event.attempt, 0, "lost"});
    return;
  }
  if (decision.Answers(FaultAction::kCallbackLate)) {
    Event later = event;
    later.late = true;
    events_.emplace(now + decision.answer->delay.value_or(absl::ZeroDuration()), std::move(later));
    return;
  }
  std::string id_entity = entry.id;
  if (decision.Answers(FaultAction::kCallbackForged)) {
    id_entity =
        decision.answer->id_entity.empty() ? entry.id + "-forged" : decision.answer->id_entity;
  }
  out.push_back(Launch(event.index, id_entity, event.attempt, true, now));
  if (decision.Answers(FaultAction::kCallbackDuplicate)) {
    for (std::int64_t i = 0; i < decision.answer->copies.value_or(1); ++i) {
      out.push_back(Launch(event.index, id_entity, 0, false, now));
    }
  }
}

std::vector<CallbackSend> Lifecycle::Advance(absl::Time now) {
  std::vector<CallbackSend> out;
  while (!events_.empty() && events_.begin()->first <= now) {
    const Event event = std::move(events_.extract(events_.begin()).mapped());
    switch (event.kind) {
      case Event::Kind::kSettle:
        // An operator may have been quicker.
        if (ledger_.At(event.index).status() == kProcessing) Change(event.index, event.plan, now);
        break;
      case Event::Kind::kFlip:
        Change(event.index, event.plan, now);
        break;
      case Event::Kind::kCallback:
        FireCallback(event, now, out);
        break;
      case Event::Kind::kByHand:
        out.push_back(event.by_hand);
        break;
    }
  }
  return out;
}

absl::Time Lifecycle::NextDue() const {
  return events_.empty() ? absl::InfiniteFuture() : events_.begin()->first;
}

void Lifecycle::ReportCallback(std::uint64_t id, int http_status, absl::Time now) {
  const auto found = in_flight_.find(id);
  if (found == in_flight_.end()) return;
  const InFlight flight = found->second;
  in_flight_.erase(found);
  CallbackDelivery& delivery = flight.index == kByHand
                                   ? ledger_.SentByHand(flight.delivery)
                                   : ledger_.At(flight.index).callbacks[flight.delivery];
  delivery.http_status = http_status;
  delivery.result = http_status == 200 ? "delivered" : "failed";
  ledger_.Count("callbacks." + delivery.result);
  if (http_status == 200 || !flight.repeat || flight.attempt > settings_.callback_repeats) return;
  Event event;
  event.kind = Event::Kind::kCallback;
  event.index = flight.index;
  event.attempt = flight.attempt + 1;
  events_.emplace(now + settings_.callback_interval, std::move(event));
}

}  // namespace payout::sandbox
