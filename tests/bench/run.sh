#!/usr/bin/env bash
# Runs the benchmarks, one after the other, and prints their tables. The first is simulated: what a payout
# costs of the platform's request budget, beside a naive adapter. The others are measured: each row beside
# its floor or peer, rows interleaved and repeated, so that a slow moment of the machine shows. Progress is
# on standard error. Tables and the figures of all rounds stay in BUILD_DIR/bench/*.txt and *.json.
#
#   run.sh [BUILD_DIR] [BENCH...]     default: build, and all of them
#
#   ROUNDS=5   rounds of each       OPTIONS="--seconds 0.5"   more options for each measured one; see --help
#
# Exit code 0 when every row proved that its work was done. Numbers are not judged.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(realpath -m --relative-to=. "${1:-$here/../../build}")
shift || true
benches=("$@")
# A new question needs its name here, and a payout_bench_program in CMakeLists.txt.
[[ ${#benches[@]} != 0 ]] || benches=(
  budget-bench create-bench get-bench stream-bench callback-bench latency-bench growth-bench start-bench
  soak-bench)
for bench in "${benches[@]}"; do
  [[ -x $build/bin/$bench ]] || { echo "$build/bin/$bench is missing; build the target: benchmarks" >&2; exit 2; }
done
mkdir -p "$build/bench"

failed=0
for bench in "${benches[@]}"; do
  options=()
  if [[ $bench != budget-bench ]]; then
    options=(--json "$build/bench/$bench.json")
    [[ -z ${ROUNDS:-} ]] || options+=(--rounds "$ROUNDS")
    # shellcheck disable=SC2206  # words on purpose
    options+=(${OPTIONS:-})
  fi
  code=0
  timeout --foreground --kill-after=15 900 "$build/bin/$bench" "${options[@]}" | tee "$build/bench/$bench.txt" || code=$?
  ((code != 130)) || exit 130
  ((code == 0)) || { echo "$bench failed (exit code $code)"; failed=1; }
  echo
done
exit "$failed"
