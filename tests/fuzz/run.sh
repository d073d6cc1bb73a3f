#!/usr/bin/env bash
# Fuzzes every target for a while with clang's libFuzzer and sanitizers, and closes with a table.
#
#   run.sh [TARGET...]         all targets when none is named
#
#   FUZZ_SECONDS=20            for each target            PAYOUT_JOBS=N    targets at once
#   FUZZ_SEED=N                of the engine; without it every run has another, which is printed
#
# Works on copies of the kept corpora (tests/fuzz/corpus). Exit code 1 when a promise was broken; the input is kept
# in build-fuzz/finds/TARGET, and the target with that file as its argument runs it again. To keep what a run found
# interesting: build-fuzz/fuzz/fuzz_TARGET -merge=1 tests/fuzz/corpus/TARGET build-fuzz/corpus/TARGET.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build-fuzz
seconds=${FUZZ_SECONDS:-20}
tools=$root/tests/tools
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:detect_leaks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}

dictionary() { # the engine's argument for a target
  case $1 in
    create_answer | status_answer | token_answer | callback_request) echo "-dict=$here/dictionaries/json.dict" ;;
    http_request) echo "-dict=$here/dictionaries/http.dict" ;;
    configuration) echo "-dict=$here/dictionaries/toml.dict" ;;
    proto_validation) echo "-dict=$here/dictionaries/proto.dict" ;;
  esac
}

if [[ ${1:-} == --one ]]; then
  target=$2
  corpus=$build/corpus/$target
  finds=$build/finds/$target
  rm -rf "$corpus" "$finds"
  mkdir -p "$corpus" "$finds"
  cp "$here/corpus/$target"/* "$corpus"
  dict=$(dictionary "$target")
  "$build/fuzz/fuzz_$target" "$corpus" ${dict:+"$dict"} -max_total_time="$seconds" -max_len=8192 -timeout=10 \
    -rss_limit_mb=2048 -seed="${FUZZ_SEED:-0}" -print_final_stats=1 -artifact_prefix="$finds/" \
    > "$build/logs/fuzz_$target.log" 2>&1
  echo $? > "$build/logs/fuzz_$target.code"
  exit 0
fi

targets=("$@")
if [[ ${#targets[@]} -eq 0 ]]; then
  for folder in "$here"/corpus/*/; do targets+=("$(basename "$folder")"); done
fi
mkdir -p "$build/logs"
"$tools/step.sh" "Configuring build-fuzz" "$build/logs/configure.log" cmake --preset fuzz -S "$root" || exit 1
"$tools/step.sh" "Building the fuzz targets" "$build/logs/build.log" \
  cmake --build "$build" -j "$("$tools/jobs.sh")" --target fuzz_targets || exit 1
echo "Fuzzing ${#targets[@]} targets for $seconds s each"
printf '%s\n' "${targets[@]}" | xargs -P "${PAYOUT_JOBS:-2}" -I{} "$here/run.sh" --one {}

printf '%-18s %12s %10s %9s %13s %8s\n' TARGET RUNS EXEC/S COVERAGE "NEW COVERAGE" CRASHES
found=0
for target in "${targets[@]}"; do
  log=$build/logs/fuzz_$target.log
  runs=$(awk '/^stat::number_of_executed_units:/ { print $2 }' "$log")
  speed=$(awk '/^stat::average_exec_per_sec:/ { print $2 }' "$log")
  first=$(awk '/INITED/ { for (i = 1; i < NF; ++i) if ($i == "cov:") { print $(i + 1); exit } }' "$log")
  last=$(awk '/^#[0-9]/ { for (i = 1; i < NF; ++i) if ($i == "cov:") cov = $(i + 1) } END { print cov }' "$log")
  crashes=$(find "$build/finds/$target" -type f | wc -l)
  code=$(cat "$build/logs/fuzz_$target.code")
  if [[ $code -ne 0 && $crashes -eq 0 ]]; then crashes=1; fi
  printf '%-18s %12s %10s %9s %13s %8s\n' "$target" "${runs:--}" "${speed:--}" "${last:--}" \
    "$((${last:-0} - ${first:-0}))" "$crashes"
  if [[ $crashes -ne 0 ]]; then
    found=1
    grep -aE -m3 'BROKEN|ERROR: |runtime error' "$log" | sed 's/^/    /'
    find "$build/finds/$target" -type f -printf '    kept: %p\n'
    echo "    log:  $log"
  fi
done
if [[ $found -eq 0 ]]; then echo "no promise was broken"; fi
exit $found
