#!/usr/bin/env bash
# Builds the core with Bazel and runs its unit tests; nothing is downloaded.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root/bazel" || exit 1
command -v bazel >/dev/null || { echo "bazel is not installed (tests/setup/install_packages.sh check)"; exit 1; }
"$root/tests/tools/step.sh" "Building and testing the core with Bazel" "$root/build/logs/bazel.log" \
  bazel test --noshow_progress --color=no --jobs="$("$root/tests/tools/jobs.sh")" @gateway//:all || exit 1
grep -E '^Executed|tests? pass' "$root/build/logs/bazel.log" | tail -n 1
