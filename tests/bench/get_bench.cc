// get-bench: what a get by id costs, beside a gRPC call that answers from nothing.

#include "tests/bench/adapter_rows.h"
#include "tests/bench/floor_runs.h"
#include "tests/bench/question.h"

namespace payout::bench {
namespace {

int Main(int argc, char** argv) {
  constexpr std::size_t kPayouts = 5000;
  return RunQuestion(
      argc, argv,
      {.name = "get-bench",
       .text = "What does GetPayout cost, by id, from a store of 5,000 payouts?",
       .rows = {{"echo",
                 "gRPC callback API, the same messages, nothing else",
                 RowKind::kFloor,
                 RunEchoGetRow,
                 {},
                 {}},
                {"get",
                 "gateway: get by id, ids in no order",
                 RowKind::kOurs,
                 [](const RowContext& context) { return RunGetRow(context, kPayouts); },
                 {"echo"},
                 {}}},
       .goals = {{"get: rate / echo",
                  [](const Medians& medians) { return medians.Rate("get") / medians.Rate("echo"); },
                  Goal::Bound::kAtLeast, 0.6}}});
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) { return payout::bench::Main(argc, argv); }
