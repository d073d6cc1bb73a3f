#!/usr/bin/env bash
# clang-tidy on every .cc that ships (server, adapters, client), with the checks of .clang-tidy.
#
#   clang_tidy.sh BUILD_DIR JOBS       BUILD_DIR: configured with clang, protobuf code generated
#
# A file that passed is not looked at again until it, a header of the project or .clang-tidy changes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
build=$1 jobs=$2
state=$build/clang-tidy
mkdir -p "$state"
headers=$(git ls-files -z --cached --others --exclude-standard -- '*.h' '*.proto' .clang-tidy |
  xargs -0 -r cat 2>/dev/null | sha256sum | cut -c1-32)
pending=()
seen=0
while IFS= read -r file; do
  [[ -e $file ]] || continue
  seen=$((seen + 1))
  stamp=$state/$(tr / _ <<<"$file")
  [[ $(cat "$stamp" 2>/dev/null) == "$headers $(sha256sum <"$file")" ]] || pending+=("$file")
done < <(git ls-files --cached --others --exclude-standard -- 'server/*.cc' 'adapters/*.cc' 'client/*.cc' | sort -u)
[[ $seen != 0 ]] || { echo "clang-tidy: git lists no C++ file here"; exit 1; }
start=$SECONDS
export build state headers
# shellcheck disable=SC2016
printf '%s\n' "${pending[@]}" | sed '/^$/d' | xargs -r -P "$jobs" -I{} bash -c '
  file=$1
  log=$state/$(tr / _ <<<"$file").log
  if clang-tidy-14 -p "$build" --quiet "$file" >"$log" 2>/dev/null; then
    rm -f "$log"
    echo "$headers $(sha256sum <"$file")" >"$state/$(tr / _ <<<"$file")"
  else
    grep -E -A4 "(error|warning):" "$log" | cut -c1-300 | head -n 25
    exit 1
  fi' tidy {}
code=$?
if [[ $code != 0 ]]; then
  echo "clang-tidy: FAILED; whole output in $state"
  exit 1
fi
echo "clang-tidy: ${#pending[@]} files looked at, none with a finding, $((SECONDS - start)) s"
