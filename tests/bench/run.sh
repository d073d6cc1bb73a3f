#!/usr/bin/env bash
# Runs the benchmarks and prints two tables. The first is simulated: what a payout costs of the platform's
# request budget, beside a naive adapter. The second is measured: creates with each way of waiting, beside
# what the machine can do at best; its rows are interleaved and repeated, so that a slow moment of the
# machine shows.
#
#   run.sh [BUILD_DIR]       default: build
#
#   PAYOUTS=1000  IN_FLIGHT=64  SETTLE_AFTER=0s  ROUNDS=3
#
# Exit code 0 when every row proved that nothing was lost and nothing paid twice. Numbers are not judged.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(realpath -m "${1:-$here/../../build}")
bench=$build/bin/create-bench
budget_bench=$build/bin/budget-bench
for program in "$bench" "$budget_bench"; do
  [[ -x $program ]] || { echo "$program is missing; build the target: benchmarks" >&2; exit 2; }
done
payouts=${PAYOUTS:-1000} in_flight=${IN_FLIGHT:-64} settle_after=${SETTLE_AFTER:-0s} rounds=${ROUNDS:-3}

# In the build directory, not in /tmp: that may be memory, where a durable write costs nothing.
dir=$(mktemp -d "$build/bench.XXXXXX")
row_pid=
finish() {
  local code=$?
  trap - EXIT
  if [[ -n $row_pid ]]; then kill -TERM "$row_pid" 2>/dev/null || true; fi
  if ((code == 0 || code == 130)); then rm -rf "$dir"; else echo "Logs: $dir"; fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

timeout --kill-after=15 150 "$budget_bench"
echo

echo "CreatePayout: $payouts payouts, $in_flight calls in flight, the platform pays after $settle_after," \
  "no request limit; SQLite on $(df --output=fstype "$dir" | tail -n 1), $(nproc) CPUs shared by load, gateway and platform."
echo "CPU us: of the gateway per payout, from the call until it is settled. settled/s: from the first call to the last payout."
echo
header=--header
for ((round = 1; round <= rounds; round++)); do
  for row in echo disk recorded accepted settled; do
    code=0
    timeout --kill-after=15 150 "$bench" $header --row "$row" --payouts "$payouts" --in-flight "$in_flight" \
      --settle-after "$settle_after" --bin "$build/bin" --dir "$dir" &
    row_pid=$!
    wait "$row_pid" || code=$?
    row_pid=
    header=
    ((code == 0)) || { echo "The row $row failed (exit code $code)."; exit 1; }
  done
done
