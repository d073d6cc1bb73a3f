#!/bin/sh
# Prints how many compilers may run at once: one per processor, and no more than free memory holds at
# 1.5 GiB each (a file that includes gRPC or Asio with sanitizers takes about that). PAYOUT_JOBS overrides.
if [ -n "${PAYOUT_JOBS:-}" ]; then
  echo "$PAYOUT_JOBS"
  exit 0
fi
cpus=$(nproc 2>/dev/null || echo 2)
awk -v cpus="$cpus" '
  /^MemAvailable:/ { fit = int($2 / (1.5 * 1024 * 1024)) }
  END { if (fit == 0 || fit > cpus) fit = (fit == 0 ? 1 : cpus); print fit }' /proc/meminfo
