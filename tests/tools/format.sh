#!/usr/bin/env bash
# Formats the C++ files with the project's clang-format, or says which are not formatted.
#
#   format.sh fix|check
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mode=${1:-check}
files() { git ls-files -z --cached --others --exclude-standard -- '*.cc' '*.h' | sort -zu |
  while IFS= read -r -d '' f; do [[ -e $f ]] && printf '%s\0' "$f"; done; }
count=$(files | tr -cd '\0' | wc -c)
[[ $count != 0 ]] || { echo "Format: git lists no C++ file here"; exit 1; }
if [[ $mode == fix ]]; then
  files | xargs -0 -r -n 50 -P "$(nproc)" clang-format-14 -i
  tests/tools/proto_lint.sh fix
  echo "Format: $count C++ files formatted"
  exit 0
fi
if ! wrong=$(files | xargs -0 -r -n 50 -P "$(nproc)" clang-format-14 --dry-run --Werror 2>&1); then
  echo "Format: these files are not formatted; \`make format\` does it:"
  grep -oE '^[^: ]+\.(cc|h):' <<<"$wrong" | tr -d : | sort -u | head -n 40
  exit 1
fi
echo "Format: $count C++ files are formatted"
