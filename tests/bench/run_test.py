#!/usr/bin/env python3
"""Tests of run.sh with stand-ins for the benchmarks: what they are started with, and what becomes of what they say."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

RUN = pathlib.Path(__file__).resolve().with_name("run.sh")
BENCHES = ("budget-bench create-bench get-bench stream-bench callback-bench latency-bench growth-bench start-bench "
           "soak-bench").split()
# Notes its options, writes the file of figures, prints a table and ends as the file code.NAME says.
BENCH = """#!/bin/bash
here=$(dirname "$0") name=$(basename "$0")
echo "$name $*" >>"$here/calls"
[[ $1 != --json ]] || echo figures >"$2"
echo "table of $name"
echo "progress of $name" >&2
[[ ! -e $here/said.$name ]] || cat "$here/said.$name"
if [[ -e $here/sleeps ]]; then
  trap 'echo cleaned >"$here/cleaned"; kill $!; exit 130' INT TERM
  sleep 60 &
  echo >"$here/started"
  wait
fi
[[ ! -e $here/code.$name ]] || exit "$(<"$here/code.$name")"
"""


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name) / "build"
        self.bin = self.build / "bin"
        self.bin.mkdir(parents=True)
        for name in BENCHES:
            (self.bin / name).write_text(BENCH)
            (self.bin / name).chmod(0o755)

    def environment(self, **settings):
        kept = {name: value for name, value in os.environ.items()
                if name not in ("ROUNDS", "OPTIONS", "STRICT", "OUT", "LIMIT")}
        return {**kept, **settings}

    def run_script(self, *arguments, **settings):
        return subprocess.run([RUN, *arguments], env=self.environment(**settings), capture_output=True, text=True,
                              timeout=60, check=False)

    def calls(self):
        """{bench: its options}"""
        lines = (self.bin / "calls").read_text().splitlines()
        return {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in lines}

    def test_all_run_and_leave_tables_and_figures(self):
        result = self.run_script(str(self.build))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(list(self.calls()), BENCHES)
        for name in BENCHES:
            self.assertIn(f"table of {name}\n", result.stdout)
            self.assertEqual((self.build / "bench" / f"{name}.txt").read_text(), f"table of {name}\n")
            self.assertEqual((self.build / "bench" / f"{name}.json").exists(), name != "budget-bench")

    def test_settings_become_options(self):
        self.run_script(str(self.build), "get-bench", ROUNDS="2", OPTIONS="--seconds 0.5", STRICT="1",
                        OUT=str(self.build / "other"))
        self.assertRegex(self.calls()["get-bench"],
                         r"^--json \S+/other/get-bench.json --rounds 2 --strict --seconds 0.5$")
        self.assertFalse((self.build / "bench").exists())

    def test_a_failure_does_not_keep_the_others_from_running(self):
        (self.bin / "code.create-bench").write_text("1")
        result = self.run_script(str(self.build))
        self.assertEqual(result.returncode, 1)
        self.assertIn("create-bench failed (exit code 1)", result.stdout)
        self.assertEqual(list(self.calls()), BENCHES)

    def test_a_smoke_run_is_small_and_touches_no_real_figures(self):
        self.run_script(str(self.build))
        kept = {path: path.stat().st_mtime_ns for path in (self.build / "bench").iterdir()}
        (self.bin / "said.create-bench").write_text("\n2 rows skipped: node, python: not installed\n")
        result = self.run_script("--smoke", str(self.build))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"create-bench: works, \d+ s\n  2 rows skipped: node, python: not installed\n")
        self.assertNotIn("table of", result.stdout)
        for name in BENCHES[1:]:
            self.assertIn("--rounds 1 --seconds 0.1", self.calls()[name])
        self.assertIn("--payouts 4000 --open 1000", self.calls()["growth-bench"])
        self.assertEqual({path: path.stat().st_mtime_ns for path in kept}, kept)
        self.assertTrue((self.build / "bench/smoke/get-bench.json").exists())

    def test_a_smoke_run_tells_what_failed(self):
        (self.bin / "code.soak-bench").write_text("1")
        result = self.run_script("--smoke", str(self.build))
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"soak-bench: FAILED, \d+ s\n")
        self.assertIn("progress of soak-bench", result.stderr)

    def test_a_program_that_takes_too_long_is_ended(self):
        (self.bin / "sleeps").touch()
        result = self.run_script(str(self.build), "get-bench", LIMIT="1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("it took more than 1 s (LIMIT)", result.stdout)

    def test_an_interrupt_ends_it_at_once(self):
        (self.bin / "sleeps").touch()
        process = subprocess.Popen([RUN, str(self.build)], env=self.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        deadline = time.monotonic() + 30
        while not (self.bin / "started").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted", errors)
        self.assertTrue((self.bin / "cleaned").exists())
        self.assertEqual(list(self.calls()), BENCHES[:1])

    def test_usage(self):
        result = self.run_script("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("run.sh [--smoke] [BUILD_DIR] [BENCH...]", result.stdout)
        self.assertEqual(self.run_script("--nonsense").returncode, 2)
        (self.bin / "get-bench").unlink()
        result = self.run_script(str(self.build))
        self.assertEqual(result.returncode, 2)
        self.assertIn("build the target: benchmarks", result.stderr)


if __name__ == "__main__":
    unittest.main()
