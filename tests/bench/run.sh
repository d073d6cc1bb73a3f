#!/usr/bin/env bash
# Runs the benchmarks, one after the other, and prints their tables. The first is simulated: what a payout
# costs of the platform's request budget, beside a naive adapter. The others are measured: each row beside
# its floor or peer, rows interleaved and repeated, so that a slow moment of the machine shows. Progress is
# on standard error. Tables and the figures of all rounds stay in BUILD_DIR/bench/*.txt and *.json.
#
#   run.sh [--smoke] [BUILD_DIR] [BENCH...]     default: build, and all of them
#
#   --smoke      only whether every row works: one round, as little as is possible, in a minute; prints a line
#                for each program and leaves tables and figures in BUILD_DIR/bench/smoke, where they say nothing
#
#   ROUNDS=5     rounds of each                 OPTIONS="--seconds 0.5"   more options for each; see BENCH --help
#   STRICT=1     a skipped row is a failure     OUT=DIR       for tables and figures, instead of BUILD_DIR/bench
#   LIMIT=3600   seconds that one program may take
#
# Exit code 0: every row that ran proved that its work was done; rows are skipped only where something is not
# installed, and the table ends with what. 1: a row or a program failed. 2: wrong usage, or a program is missing.
# 130: interrupted. Numbers are not judged.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

smoke=0
while [[ ${1:-} == -* ]]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --smoke) smoke=1 ;;
    *) echo "run.sh: there is no option $1; see --help" >&2; exit 2 ;;
  esac
  shift
done
build=$(realpath -m --relative-to=. -- "${1:-$here/../../build}")
shift || true
benches=("$@")
# A new question needs its name here, its size in smoke_size, and a payout_bench_program in CMakeLists.txt.
[[ ${#benches[@]} != 0 ]] || benches=(
  budget-bench create-bench get-bench stream-bench callback-bench latency-bench growth-bench start-bench
  soak-bench)
for bench in "${benches[@]}"; do
  [[ -x $build/bin/$bench ]] || { echo "$build/bin/$bench is missing; build the target: benchmarks" >&2; exit 2; }
done

smoke_size() { # smoke_size BENCH: the options that make it small
  local few="--rounds 1 --seconds 0.1"
  case $1 in
    stream-bench) echo "$few --idle-streams 50 --streams 50 --calls 5" ;;
    latency-bench) echo "$few --calls 20" ;;
    growth-bench) echo "$few --payouts 4000 --open 1000" ;;
    soak-bench) echo "$few --minutes 0.05" ;;
    *) echo "$few" ;;
  esac
}

out=${OUT:-$build/bench}
((smoke == 0)) || out=${OUT:-$build/bench/smoke}
mkdir -p "$out"

run() { # run BENCH OPTION...: not killed by an interrupt itself, so that the program can clean up
  timeout --foreground --kill-after=15 "${LIMIT:-3600}" "$build/bin/$1" "${@:2}"
}

failed=0
for bench in "${benches[@]}"; do
  began=$SECONDS
  options=()
  if [[ $bench != budget-bench ]]; then
    options=(--json "$out/$bench.json")
    # shellcheck disable=SC2046,SC2206  # words on purpose
    ((smoke == 0)) || options+=($(smoke_size "$bench"))
    [[ -z ${ROUNDS:-} ]] || options+=(--rounds "$ROUNDS")
    [[ ${STRICT:-} != 1 ]] || options+=(--strict)
    # shellcheck disable=SC2206  # words on purpose
    options+=(${OPTIONS:-})
    rm -f "$out/$bench.json"
  fi
  code=0
  if ((smoke == 1)); then
    run "$bench" "${options[@]}" >"$out/$bench.txt" 2>"$out/$bench.log" || code=$?
    ((code == 0 || code == 130)) || tail -n 30 "$out/$bench.log" >&2
    result="works"
    ((code == 0)) || result="FAILED"
    ((code == 130)) || echo "$bench: $result, $((SECONDS - began)) s"
    grep -E '^[0-9]+ rows? (failed|skipped): ' "$out/$bench.txt" | sed 's/^/  /' || true
  else
    run "$bench" "${options[@]}" | tee -i "$out/$bench.txt" || code=$?
  fi
  case $code in
    0) ;;
    130) echo "interrupted" >&2; exit 130 ;;
    124 | 137) echo "$bench was ended: it took more than ${LIMIT:-3600} s (LIMIT)"; failed=1 ;;
    *) echo "$bench failed (exit code $code)"; failed=1 ;;
  esac
  ((smoke == 1)) || echo
done
exit "$failed"
