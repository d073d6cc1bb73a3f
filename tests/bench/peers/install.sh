#!/usr/bin/env bash
# Gets the two peer adapters ready to run: the Node modules that package-lock.json pins, and the Python code
# that protoc makes of the .proto files. Quick when nothing changed.
#
#   install.sh [BUILD_DIR]       default: build
#
# Writes node/node_modules (ignored by git) and BUILD_DIR/bench-peers/python; nothing else. Needs what the group
# `bench` of tests/setup/packages.txt names, and npm's registry when the lock file changed.
# Exit code 0 when both peers can run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../../.." && pwd)
generated=$(realpath -m "${1:-$repo/build}")/bench-peers/python
python=/usr/bin/python3 # Debian's, whatever comes first on the PATH: the packages belong to it
plugin=/usr/bin/grpc_python_plugin

say() { echo "bench peers: $*"; }
fail() { echo "bench peers: $*" >&2; exit 1; }
packages="install the packages: tests/setup/install_packages.sh bench"

# --- What has to be there. ---
for program in node npm protoc "$python" "$plugin"; do
  command -v "$program" >/dev/null || fail "$program is missing; $packages"
done
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b >= 17) ? 0 : 1)' ||
  fail "node $(node --version) is too old; 18.17 or later is needed"
missing=$("$python" -c '
from importlib.util import find_spec
print(*[name for name in ("grpc", "aiohttp", "google.protobuf", "uvloop")
        if not find_spec(name.split(".")[0]) or not find_spec(name)])')
[[ -z $missing ]] || fail "$python has no module $missing; $packages"

# --- Node: as the lock file says, without running scripts of packages. ---
wanted=$(cat "$here"/node/package*.json | sha256sum)
stamp=$here/node/node_modules/.installed
if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then
  say "node: modules are there"
else
  say "node: npm ci"
  output=$(cd "$here/node" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 2>&1) || {
    tail -n 5 <<<"$output" >&2
    fail "npm could not install the modules of tests/bench/peers/node/package-lock.json (is the registry reachable?)"
  }
  echo "$wanted" >"$stamp"
fi

# --- Python: generated code, outside the source tree. ---
cd "$repo/proto"
wanted=$({ protoc --version; cat payout/v1/*.proto; } | sha256sum)
stamp=$generated/.complete
if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then
  say "python: generated code is there"
else
  say "python: protoc into $generated"
  rm -rf "$generated"
  mkdir -p "$generated"
  protoc -I . --python_out="$generated" --grpc_out="$generated" --plugin=protoc-gen-grpc="$plugin" payout/v1/*.proto ||
    fail "protoc failed"
  echo "$wanted" >"$stamp"
fi
