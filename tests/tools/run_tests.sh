#!/usr/bin/env bash
# Runs all tests of one build directory and closes with "N passed, N failed".
#
#   run_tests.sh BUILD_DIR [CTEST_ARGUMENT...]
#
# Results of earlier runs are removed first, so that a program that no longer exists or dies early cannot
# pass on an old file. Leaves BUILD_DIR/test-results/{*.xml,ctest.junit,totals.json} and logs/ctest.log.
set -uo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$1" && pwd) || exit 1
shift
results=$build/test-results
rm -rf "$results"
mkdir -p "$results"

export GTEST_COLOR=no
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=0:exitcode=66:suppressions=$tools/tsan_suppressions.txt}

# ctest's own verdict is not needed: every entry and every case is in the files that it leaves.
"$tools/step.sh" "Running the tests of $(basename "$build")" "$build/logs/ctest.log" \
  bash -c 'ctest "$@" || true' ctest \
  --test-dir "$build" --output-junit "$results/ctest.junit" --output-on-failure --no-tests=error \
  -j "${PAYOUT_TEST_JOBS:-2}" "$@"
python3 "$tools/summarize_tests.py" --junit "$results/ctest.junit" --results "$results" \
  --programs "$build/tests" --totals "$results/totals.json" \
  --hint "One program again: $build/tests/PROGRAM --gtest_filter=CASE    The whole log: $build/logs/ctest.log"
