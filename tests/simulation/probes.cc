#include "tests/simulation/probes.h"

#include <type_traits>

namespace payout::simulation {
namespace {

bool IsReachable(Fault fault, State state) {
  // The platform calls back for payments only, and what is CANCELLED has none.
  if (fault == Fault::kCallback) return state != State::kCancelled;
  // Nothing is asked about a payout that was not sent.
  return fault != Fault::kNoAnswer || (state != State::kQueued && state != State::kCancelled);
}

std::string_view StandingName(std::size_t standing) {
  constexpr std::array<std::string_view, 3> kNames = {"unresolved", "confirmed", "settled"};
  return kNames[standing];
}

}  // namespace

std::string_view FaultName(Fault fault) {
  constexpr std::array<std::string_view, kFaults> kNames = {
      "crash",           "store refused", "commit answer lost", "callback",
      "forged callback", "clock jump",    "no answer",          "repeated",
      "other content",   "cancel",        "intruder",           "disconnect"};
  return kNames[static_cast<std::size_t>(fault)];
}

template <class A>
void Probes::AddUp(A& to, const A& from) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    if constexpr (std::is_same_v<typename A::value_type, long>) {
      to[i] += from[i];
    } else {
      AddUp(to[i], from[i]);
    }
  }
}

void Probes::Add(const Probes& other) {
  AddUp(create_, other.create_);
  AddUp(read_, other.read_);
  AddUp(token_, other.token_);
  AddUp(fault_, other.fault_);
  AddUp(end_, other.end_);
  AddUp(review_, other.review_);
}

std::vector<Probe> Probes::List() const {
  std::vector<Probe> list;
  const auto add = [&list](std::string name, long count, bool reachable) {
    list.push_back({std::move(name), count, reachable});
  };
  for (std::size_t i = 0; i < create_.size(); ++i) {
    const std::string answer(CreateAnswerName(static_cast<CreateAnswerKind>(i)));
    add("create " + answer + ", clean", create_[i][0], true);
    add("create " + answer + ", maybe applied before", create_[i][1], true);
  }
  for (std::size_t i = 0; i < read_.size(); ++i) {
    for (std::size_t k = 0; k < read_[i].size(); ++k) {
      add("read " + std::string(ReadAnswerName(static_cast<ReadAnswerKind>(i))) + ", " +
              std::string(StandingName(k)),
          read_[i][k], true);
    }
  }
  for (std::size_t i = 0; i < token_.size(); ++i) {
    add("token " + std::string(TokenAnswerName(static_cast<TokenAnswerKind>(i))), token_[i], true);
  }
  for (std::size_t i = 0; i < fault_.size(); ++i) {
    for (const State state : kAllStates) {
      const auto fault = static_cast<Fault>(i);
      add(std::string(FaultName(fault)) + " x " + std::string(StateName(state)),
          fault_[i][static_cast<std::size_t>(state) - 1], IsReachable(fault, state));
    }
  }
  for (const State state : kAllStates) {
    const auto& [plain, review] = end_[static_cast<std::size_t>(state) - 1];
    const std::string name(StateName(state));
    add("ends " + name, plain, IsSettled(state));
    // What was never sent, or is under way, is not under review at the end.
    const bool reviewed =
        state != State::kQueued && state != State::kSubmitting && state != State::kCancelled;
    add("ends " + name + ", needs review", review, reviewed);
  }
  for (std::size_t i = 0; i < review_.size(); ++i) {
    add("review " + std::string(ReviewName(static_cast<Review>(i + 1))), review_[i], true);
  }
  return list;
}

}  // namespace payout::simulation
