#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing. Safe to repeat; quick when there is nothing to do.
#
#   install_packages.sh [build|check|bench]     default: build
#     check = build and the tools of `make check`; bench = build and what the benchmarks compare with
#
# Needs apt (written for Debian 12) and, only when something is missing, root or sudo. Never removes or
# replaces a package: where another Boost's headers are installed, Boost 1.81 is unpacked into .deps/boost.
#   PAYOUT_SKIP_SETUP=1       trust the machine, check nothing
#   PAYOUT_PRIVATE_BOOST=1    use the private copy even where the package could be installed
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
list=${PAYOUT_PACKAGE_LIST:-$here/packages.txt}
repo=${PAYOUT_REPOSITORY:-$(cd "$here/../.." && pwd)}
group=${1:-build}

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

case $group in
  build) groups=" build " ;;
  check) groups=" build check " ;;
  bench) groups=" build bench " ;;
  *) fail "unknown group '$group'; it is build, check or bench" ;;
esac
if [[ ${PAYOUT_SKIP_SETUP:-} == 1 ]]; then
  exit 0
fi
command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  fail "this machine has no apt. Install what $list names by hand, then set PAYOUT_SKIP_SETUP=1"

# --- What is wanted: names in order, and the two optional words. ---
names=()
declare -A command_of=() private_of=() always=()
current=""
while read -r name words; do
  case $name in
    '' | '#'*) continue ;;
    '['*']') current=${name:1:-1} ; continue ;;
  esac
  [[ $groups == *" $current "* ]] || continue
  names+=("$name")
  for word in $words; do
    case $word in
      command:*) command_of[$name]=${word#command:} ;;
      private:*) private_of[$name]=${word#private:} ;;
      unpacked:*) private_of[$name]=${word#unpacked:} always[$name]=1 ;;
      *) fail "$list: '$word' behind $name is neither command: nor private: nor unpacked:" ;;
    esac
  done
done <"$list"

# --- What is missing: one question to dpkg for all of them. ---
installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "${names[@]}" 2>/dev/null || true)"
missing=()
for name in "${names[@]}"; do
  private=${private_of[$name]:-}
  forced=0
  if [[ -n $private && ${PAYOUT_PRIVATE_BOOST:-} == 1 ]]; then forced=1; fi
  if [[ $forced == 0 && $installed == *" installed=$name "* ]]; then continue; fi
  if [[ -n ${command_of[$name]:-} ]] && command -v "${command_of[$name]}" >/dev/null; then continue; fi
  if [[ -n $private && -e $repo/$private/.complete ]]; then continue; fi
  missing+=("$name")
done
if [[ ${#missing[@]} == 0 ]]; then
  say "all ${#names[@]} packages of group $group are there"
  exit 0
fi
say "missing: ${missing[*]}"

as_root=()
if [[ $(id -u) != 0 ]]; then
  command -v sudo >/dev/null ||
    fail "root is needed. As root: apt-get update && apt-get install --no-remove --no-install-recommends ${missing[*]}"
  as_root=(sudo)
fi
apt() { # apt ARGS...: root, no questions, no removals, waits for another apt to finish
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get --quiet=2 --no-remove --no-install-recommends -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 "$@"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
say "reading the package index"
if ! apt update >"$scratch/log" 2>&1; then
  tail -n 3 "$scratch/log" >&2
  say "the package index could not be refreshed; trying with the one at hand"
fi

# unpack_privately NAME DIR: the package's files into the repository; the machine stays as it is.
unpack_privately() {
  local name=$1 dir=$repo/$2
  say "unpacking $name into $2 (the installed packages stay untouched)"
  local deb=$scratch/deb-$name
  mkdir "$deb" && chmod 755 "$scratch" "$deb"
  (cd "$deb" && apt-get --quiet=2 -o APT::Sandbox::User=root download "$name") ||
    fail "cannot download $name"
  rm -rf "$dir" && mkdir -p "$dir"
  dpkg -x "$deb"/*.deb "$dir"
  touch "$dir/.complete"
}

to_install=()
for name in "${missing[@]}"; do
  private=${private_of[$name]:-}
  if [[ -n $private ]]; then
    if [[ -n ${always[$name]:-} || ${PAYOUT_PRIVATE_BOOST:-} == 1 ]] || ! apt install --simulate "$name" >/dev/null 2>&1; then
      unpack_privately "$name" "$private"
      continue
    fi
  fi
  to_install+=("$name")
done

if [[ ${#to_install[@]} != 0 ]]; then
  # A dry run first: it says "no" before anything has been changed.
  if ! apt install --simulate "${to_install[@]}" >"$scratch/log" 2>&1; then
    { grep -v '^Inst\|^Conf' "$scratch/log" || true; } | tail -n 20 >&2
    fail "apt cannot install: ${to_install[*]}"
  fi
  say "installing ${#to_install[@]} packages and what they depend on ($(grep -c "^Inst" "$scratch/log" || true) in all)"
  if ! apt install --yes "${to_install[@]}" >"$scratch/log" 2>&1; then
    tail -n 20 "$scratch/log" >&2
    fail "apt-get install failed"
  fi
fi
say "done"
