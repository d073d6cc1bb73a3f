#!/usr/bin/env bash
# Shows the gateway at work: a simulated platform, the gateway, payouts of several kinds, and whether
# both sides agree in the end. Everything is on loopback and in a temporary directory.
#
#   demo.sh [BUILD_DIR]      default: build
#
# Exit code 0 when everything agrees. It ends by itself after 90 s at the latest.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(realpath -m "${1:-$here/../../build}")
bin=$build/bin
for program in echelon-sandbox payout-gateway payout-demo; do
  [[ -x $bin/$program ]] || { echo "$bin/$program is missing; run: make build" >&2; exit 2; }
done
umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/payout-demo.XXXXXX")
pids=()

# Ends what was started, the youngest first; by force when it takes longer than 8 s.
stop_all() {
  local i tries
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill -TERM "${pids[i]}" 2>/dev/null || continue
    for ((tries = 0; tries < 80; tries++)); do
      kill -0 "${pids[i]}" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "${pids[i]}" 2>/dev/null || true
  done
  pids=()
}

finish() {
  local code=$?
  trap - EXIT
  stop_all
  if ((code == 0)); then
    rm -rf "$dir"
  elif ((code != 130)); then
    echo
    for log in "$dir"/platform.log "$dir"/gateway.log; do
      [[ -s $log ]] || continue
      echo "--- last lines of $log"
      tail -n 15 "$log" | cut -c1-400
    done
    echo "The demo failed (exit code $code). Logs, configuration and database: $dir"
  else
    rm -rf "$dir"
  fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

# wait_for FILE TEXT PID: until the file has the text; fails when the process ends or after 15 s.
wait_for() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    grep -q -- "$2" "$1" 2>/dev/null && return 0
    kill -0 "$3" 2>/dev/null || break
    sleep 0.05
  done
  echo "It did not start."
  return 1
}

# value FILE KEY: of the first "KEY": VALUE in a file of JSON lines.
value() { sed -n "s/.*\"$2\": *\"\{0,1\}\([^\",}]*\).*/\1/p" "$1" | head -n 1; }

echo "Payout gateway demo. Everything runs on this machine, the platform is simulated, no money moves."
echo

# The simulated platform, with faults.
printf 'demo-secret\n' >"$dir/merchant.secret"
"$bin/echelon-sandbox" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --duration 120s \
  --merchant "demo:$dir/merchant.secret" --scenario "$here/scenario.toml" \
  >"$dir/platform.json" 2>"$dir/platform.log" &
pids+=($!)
wait_for "$dir/platform.json" admin_url "${pids[-1]}"
platform=$(value "$dir/platform.json" platform_url)
ledger=$(value "$dir/platform.json" admin_url)
echo "Started  echelon-sandbox  $platform  the platform, with faults: tests/demo/scenario.toml"

# The gateway: callers show a bearer token, of which the gateway knows the hash only.
token=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
printf '%s\n' "$token" >"$dir/billing.token"
cat >"$dir/tokens.toml" <<EOF
[[tokens]]
tenant = "billing"
sha256 = "$(printf '%s' "$token" | sha256sum | cut -d ' ' -f 1)"
EOF
cat >"$dir/gateway.toml" <<EOF
[grpc]
listen = "127.0.0.1:0"

[callbacks]
listen = "127.0.0.1:0"

[admin]
listen = "127.0.0.1:0"

[store]
url = "sqlite:$dir/payouts.db"

[log]
format = "json"

[auth]
tokens_file = "$dir/tokens.toml"

[platform]
url = "$platform"

[[merchants]]
name = "main"
code = "demo"
secret_file = "$dir/merchant.secret"

[[tenants]]
name = "billing"
merchants = ["main"]

[drain]
delay = "0s"
deadline = "5s"
EOF
"$bin/payout-gateway" serve --config "$dir/gateway.toml" >"$dir/gateway.out" 2>"$dir/gateway.log" &
pids+=($!)
wait_for "$dir/gateway.log" gateway.ready "${pids[-1]}"
grep -h gateway.ready "$dir/gateway.log" >"$dir/ready.json"
grpc=127.0.0.1:$(value "$dir/ready.json" grpc_port)
echo "Started  payout-gateway   grpc://$grpc  the gateway, with SQLite in $dir"

timeout --kill-after=5 80 "$bin/payout-demo" "grpc://$grpc" "$dir/billing.token" "$ledger" &
demo=$!
pids+=("$demo")
code=0
wait "$demo" || code=$?
unset 'pids[-1]'
exit "$code"
