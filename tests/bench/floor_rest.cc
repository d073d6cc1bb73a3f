#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "tests/bench/floor.h"
#include "tests/bench/load.h"
#include "tests/bench/rest_calls.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

// One operation at a time: a token call, if wanted, and a create.
struct Slot {
  std::string id;
  Clock::time_point began;
};

class Driver {
 public:
  explicit Driver(const RestFloor& plan) : plan_(plan), calls_(plan.url), slots_(plan.in_flight) {}

  absl::StatusOr<Figures> Run() {
    const absl::Status warm = RunFor(plan_.time / 5);
    if (!warm.ok()) return warm;
    latencies_.clear();
    if (plan_.calls != 0) end_number_ = number_ + plan_.calls;
    const Stretch stretch;
    const absl::Status status = RunFor(plan_.time);
    if (!status.ok()) return status;
    const std::size_t count = latencies_.size();
    return stretch.End(count, std::move(latencies_));
  }

 private:
  absl::Status RunFor(std::chrono::milliseconds time) {
    stop_starting_ = Clock::now() + time;
    for (Slot& slot : slots_) Begin(slot);
    while (open_ > 0 && error_.ok()) calls_.Turn();
    return error_;
  }

  void Begin(Slot& slot) {
    slot.began = Clock::now();
    if (slot.began >= stop_starting_ || number_ == end_number_) return;
    ++open_;
    slot.id = BenchId(number_++);
    if (!plan_.with_token) return Create(slot);
    calls_.Start(RestCalls::Kind::kToken, slot.id, [this, &slot](const absl::Status& status) {
      error_.Update(status);
      if (status.ok()) Create(slot);
    });
  }

  void Create(Slot& slot) {
    calls_.Start(RestCalls::Kind::kCreate, slot.id, [this, &slot](const absl::Status& status) {
      error_.Update(status);
      if (!status.ok()) return;
      latencies_.push_back(Clock::now() - slot.began);
      --open_;
      Begin(slot);
    });
  }

  const RestFloor& plan_;
  RestCalls calls_;
  std::vector<Slot> slots_;
  Clock::time_point stop_starting_;
  std::size_t number_ = 0;
  std::size_t end_number_ = std::numeric_limits<std::size_t>::max();
  std::size_t open_ = 0;
  std::vector<std::chrono::nanoseconds> latencies_;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<Figures> RunRestFloor(const RestFloor& plan) { return Driver(plan).Run(); }

}  // namespace payout::bench
