#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/floor.h"
#include "tests/bench/load.h"
#include "tests/bench/row_writer.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

// The insert writes 2, the claim and the answer 3 each: row, event, call.
constexpr double kRowsAccepted = 8;

class Driver {
 public:
  Driver(const RowsFloor& plan, RowWriter& writer) : plan_(plan), writer_(writer) {
    // Each step of the payouts that go together is a commit, as in a gateway in which each payout
    // is at another step; so many go together as makes the wanted number of commits for each.
    const double leased =
        plan.accepted ? std::clamp(plan.rows_per_payout - kRowsAccepted, 0.0, 1.0) : 0;
    const double steps = plan.accepted ? 3 + leased : 1;
    together_ = static_cast<std::int64_t>(
        std::max(1.0, std::round(steps / std::max(plan.commits_per_payout, 1e-3))));
    leases_ = static_cast<std::int64_t>(std::round(leased * static_cast<double>(together_)));
  }

  absl::StatusOr<Figures> Run() {
    absl::Status status = RunFor(plan_.time / 5);
    if (!status.ok()) return status;
    latencies_.clear();
    const std::size_t rows = writer_.rows();
    const std::size_t wal_pages = writer_.wal_pages();
    const std::int64_t first = sequence_;
    const Stretch stretch;
    status = RunFor(plan_.time);
    if (!status.ok()) return status;
    const auto count = static_cast<std::size_t>(sequence_ - first);
    const auto commits = static_cast<double>(latencies_.size());
    Figures figures = stretch.End(count, std::move(latencies_));
    const auto each = [count](std::size_t sum) {
      return static_cast<double>(sum) / static_cast<double>(count);
    };
    figures["commits_per_op"] = commits / static_cast<double>(count);
    figures["rows_per_op"] = each(writer_.rows() - rows);
    figures["wal_pages_per_op"] = each(writer_.wal_pages() - wal_pages);
    return figures;
  }

 private:
  using Write = std::function<absl::Status(std::int64_t sequence)>;

  absl::Status RunFor(std::chrono::milliseconds time) {
    // Who gets no lease later has one from the beginning, unless nothing is sent.
    const bool leased = plan_.accepted && leases_ == 0;
    const Write insert = [this, leased](std::int64_t sequence) {
      return writer_.Insert(sequence, BenchId(static_cast<std::size_t>(sequence)), leased);
    };
    const Clock::time_point end = Clock::now() + time;
    const std::int64_t begun_with = sequence_;
    while (Clock::now() < end) {
      if (plan_.calls != 0 && sequence_ - begun_with >= static_cast<std::int64_t>(plan_.calls)) {
        break;
      }
      absl::Status status = Commit(together_, insert);
      if (leases_ > 0) {
        status.Update(
            Commit(leases_, [this](std::int64_t sequence) { return writer_.Lease(sequence); }));
      }
      if (plan_.accepted) {
        status.Update(
            Commit(together_, [this](std::int64_t sequence) { return writer_.Claim(sequence); }));
        status.Update(
            Commit(together_, [this](std::int64_t sequence) { return writer_.Answer(sequence); }));
      }
      if (!status.ok()) return status;
      sequence_ += together_;
    }
    return absl::OkStatus();
  }

  // The next `count` payouts.
  absl::Status Commit(std::int64_t count, const Write& write) {
    const Clock::time_point began = Clock::now();
    absl::Status status = writer_.Begin();
    for (std::int64_t i = 1; i <= count && status.ok(); ++i) status = write(sequence_ + i);
    if (status.ok()) status = writer_.Commit();
    latencies_.push_back(Clock::now() - began);
    writer_.CheckpointIfLong();
    return status;
  }

  const RowsFloor& plan_;
  RowWriter& writer_;
  std::int64_t together_ = 1;
  std::int64_t leases_ = 0;  // of the payouts that go together
  std::int64_t sequence_ = 0;
  std::vector<std::chrono::nanoseconds> latencies_;
};

}  // namespace

absl::StatusOr<Figures> RunRowsFloor(const RowsFloor& plan) {
  const absl::StatusOr<std::unique_ptr<RowWriter>> writer =
      RowWriter::Open(plan.like, plan.accepted, plan.dir + "/floor.db");
  if (!writer.ok()) return writer.status();
  return Driver(plan, **writer).Run();
}

}  // namespace payout::bench
