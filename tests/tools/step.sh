#!/usr/bin/env bash
# Runs one build step: a line that says what it is and how long it took, the output in a log file, and
# on failure the lines of the log that tell why.
#
#   step.sh TITLE LOG COMMAND [ARGUMENT...]
#
# On a terminal the line shows the progress of ninja ("[12/340]"); elsewhere a sign of life comes once a
# minute. The command gets no standard input. Exit code: that of the command.
set -uo pipefail
title=$1 log=$2
shift 2
mkdir -p "$(dirname "$log")"
start=$SECONDS

progress() { tail -c 4000 "$log" 2>/dev/null | tr '\r' '\n' | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1; }

set -m  # a process group of its own, so that an interrupt ends the whole step
"$@" >"$log" 2>&1 </dev/null &
pid=$!
set +m
trap 'kill -- "-$pid" 2>/dev/null; exit 130' INT TERM
if [[ -t 1 ]]; then
  while kill -0 "$pid" 2>/dev/null; do
    printf '\r%s … %s %d s \033[K' "$title" "$(progress)" $((SECONDS - start))
    sleep 0.3
  done
  printf '\r\033[K'
else
  next=60
  while kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS - start >= next)); then
      echo "$title … $(progress) $((SECONDS - start)) s"
      next=$((next + 60))
    fi
    sleep 0.1
  done
fi
wait "$pid"
code=$?
if [[ $code == 0 ]]; then
  echo "$title: done in $((SECONDS - start)) s"
  exit 0
fi
echo "$title: FAILED (exit code $code)"
if ! grep -vE '^\[[0-9]+/[0-9]+\]|^/usr/bin/(cmake|ccache|c\+\+) ' "$log" |
  grep -E -A3 'error: |ERROR|^FAILED|\[  FAILED|CMake Error|undefined reference|Sanitizer: |: Failure' |
  cut -c1-300 | head -n 40 | grep .; then
  tail -n 30 "$log"
fi
echo "The whole log: $log"
exit "$code"
