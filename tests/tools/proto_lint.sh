#!/usr/bin/env bash
# buf on the .proto files: lint, format, and compatibility with what was published last.
#
#   proto_lint.sh [check|fix]
#
# buf is a program inside an npm package. Where npm cannot be reached the check is skipped, and says so:
# the .proto files are compiled by every build anyway.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
mode=${1:-check}

buf=node_modules/@bufbuild/buf-linux-$(uname -m | sed 's/x86_64/x64/')/bin/buf
version=$(sed -nE 's/.*"@bufbuild\/buf-linux-x64": *"([^"]+)".*/\1/p' package.json)
has_buf() { [[ -x $buf && $("$buf" --version 2>&1) == "$version" ]]; }
if ! has_buf; then
  timeout 120 npm ci --ignore-scripts --fetch-retries=1 >/dev/null 2>&1
  if ! has_buf; then
    echo "SKIPPED buf lint, format and breaking: npm could not fetch buf $version"
    exit 0
  fi
fi
if ! compgen -G 'proto/payout/v1/*.proto' >/dev/null; then
  echo "SKIPPED buf: no .proto file in proto/payout/v1"
  exit 0
fi
if [[ $mode == fix ]]; then
  exec "$buf" format --write
fi

code=0
verdict() { # verdict NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "buf $name: ok"
  else
    code=1
    echo "buf $name: FAILED"
    head -n 60 <<<"$output"
  fi
}
verdict lint "$buf" lint
verdict format "$buf" format --diff --exit-code

# Published is what the last version tag holds; before the first tag, what is committed.
base=$(git describe --tags --abbrev=0 2>/dev/null || echo HEAD)
if git cat-file -e "$base:buf.yaml" 2>/dev/null && [[ -n $(git ls-tree --name-only "$base" proto/payout/v1/) ]]; then
  verdict "breaking against $base" "$buf" breaking --against ".git#ref=$base"
else
  echo "buf breaking: nothing is published yet"
fi
exit "$code"
