#!/usr/bin/env python3
"""Tests of instruction_guard.py with stand-ins for valgrind and the program: what is let through, and what is not."""
import contextlib
import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import instruction_guard

# A process costs the start-up and, each time, what the file cost.NAME says.
VALGRIND = """#!/bin/bash
here=$(dirname "$0")
if [[ $1 == --version ]]; then cat "$here/version"; exit; fi
read -r cost <"$here/cost.$5"
read -r startup <"$here/startup"
echo "totals: $((startup + $7 * cost))" >"${2#--callgrind-out-file=}"
shift 2
exec "$@"
"""
PROGRAM = """#!/bin/bash
here=$(dirname "$0")
case $1 in
  --list) printf 'parse\\t100\\treads\\nstore\\t10\\twrites\\n' ;;
  --toolchain) printf 'compiler\\tGCC 12\\nsqlite\\t3.40\\n' ;;
  *) cat "$here/output" ;;
esac
"""


class InstructionGuardTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.figures = self.root / "figures.json"
        self.tools = self.root / "tools"
        self.bin = self.root / "build" / "bin"
        for path, text in ((self.tools / "valgrind", VALGRIND), (self.bin / "instruction-bench", PROGRAM)):
            path.parent.mkdir(parents=True)
            path.write_text(text)
            path.chmod(0o755)
        self.path = f"{self.tools}:{os.environ['PATH']}"
        self.set(startup=1_000_000, parse=20_000, store=1_000_000)
        (self.tools / "version").write_text("valgrind-3.19\n")
        (self.bin / "output").write_text("checksum 0a\n")

    def set(self, **costs):
        for name, cost in costs.items():
            (self.tools / (name if name == "startup" else f"cost.{name}")).write_text(f"{cost}\n")

    def guard(self, *arguments):
        """(exit code, standard output, standard error)"""
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors), \
                mock.patch.dict(os.environ, PATH=self.path):
            code = instruction_guard.main(["--build", str(self.root / "build"), "--figures", str(self.figures),
                                           *arguments])
        return code, output.getvalue(), errors.getvalue()

    def row(self, output, name):
        return next(line for line in output.splitlines() if line.startswith(name))

    def test_figures_that_were_just_kept_hold(self):
        self.assertEqual(self.guard("--write")[0], 0)
        code, output, _ = self.guard()
        self.assertEqual(code, 0, output)
        self.assertRegex(self.row(output, "parse"), r"20,000 +20,000 +\+0\.00 % +holds$")

    def test_up_to_five_percent_either_way_is_the_same(self):
        self.guard("--write")
        self.set(parse=21_000, store=950_000)
        self.assertEqual(self.guard()[0], 0)

    def test_more_than_five_percent_dearer_fails_and_says_which(self):
        self.guard("--write")
        self.set(parse=21_001)
        code, output, _ = self.guard()
        self.assertEqual(code, 1)
        self.assertRegex(self.row(output, "parse"), r"\+5\.\d\d % +SLOWER$")
        self.assertRegex(self.row(output, "store"), "holds$")

    def test_more_than_five_percent_cheaper_asks_for_a_new_figure(self):
        self.guard("--write")
        self.set(store=940_000)
        code, output, _ = self.guard()
        self.assertEqual(code, 1)
        self.assertRegex(self.row(output, "store"), r"-6\.00 % +faster; renew the figure")

    def test_the_start_of_the_process_does_not_count(self):
        self.guard("--write")
        self.set(startup=90_000_000)
        self.assertEqual(self.guard()[0], 0)

    def test_without_a_kept_figure_it_fails(self):
        code, output, _ = self.guard()
        self.assertEqual(code, 2, "no figures at all: of no toolchain either")
        self.guard("--write", "--path", "parse")
        code, output, _ = self.guard()
        self.assertEqual(code, 1)
        self.assertIn("no figure is kept", self.row(output, "store"))

    def test_a_kept_path_that_is_gone_fails(self):
        self.guard("--write")
        program = self.bin / "instruction-bench"
        program.write_text(PROGRAM.replace("store\\t10\\twrites\\n", ""))
        code, output, _ = self.guard()
        self.assertEqual(code, 1)
        self.assertIn("no such path any more", self.row(output, "store"))

    def test_a_figure_of_another_number_of_runs_is_not_compared(self):
        self.guard("--write")
        program = self.bin / "instruction-bench"
        program.write_text(PROGRAM.replace("store\\t10", "store\\t20"))
        code, output, _ = self.guard()
        self.assertEqual(code, 1)
        self.assertIn("another number of runs", self.row(output, "store"))

    def test_other_results_are_told(self):
        self.guard("--write")
        (self.bin / "output").write_text("checksum 0b\n")
        code, output, _ = self.guard()
        self.assertEqual(code, 0)
        self.assertRegex(self.row(output, "parse"), "holds; its results are others$")

    def test_a_difference_with_another_toolchain_is_no_verdict(self):
        self.guard("--write")
        (self.tools / "version").write_text("valgrind-3.22\n")
        code, output, _ = self.guard()
        self.assertEqual(code, 0)
        self.assertIn("ANOTHER TOOLCHAIN", output)
        self.assertIn("valgrind: valgrind-3.19, now valgrind-3.22", output)
        self.set(parse=30_000)
        code, output, _ = self.guard()
        self.assertEqual(code, 2)
        self.assertIn("says nothing about our code", output)

    def test_single_figures_are_renewed_alone_and_never_beside_those_of_another_toolchain(self):
        self.guard("--write")
        self.set(parse=30_000, store=2_000_000)
        self.assertEqual(self.guard("--write", "--path", "parse")[0], 0)
        code, output, _ = self.guard()
        self.assertEqual(code, 1)
        self.assertRegex(self.row(output, "parse"), "holds$")
        self.assertRegex(self.row(output, "store"), "SLOWER$")
        (self.tools / "version").write_text("valgrind-3.22\n")
        kept = self.figures.read_text()
        code, _, errors = self.guard("--write", "--path", "store")
        self.assertEqual(code, 2)
        self.assertIn("renew all", errors)
        self.assertEqual(self.figures.read_text(), kept)

    def test_what_is_missing_is_named(self):
        code, _, errors = self.guard("--path", "nothing")
        self.assertEqual(code, 2)
        self.assertIn("there are: parse, store", errors)
        (self.bin / "instruction-bench").unlink()
        code, _, errors = self.guard()
        self.assertEqual(code, 2)
        self.assertIn("make guard", errors)
        self.path = str(self.root)
        code, _, errors = self.guard()
        self.assertEqual(code, 2)
        self.assertIn("valgrind is missing", errors)

    def test_a_run_that_fails_or_leaves_no_checksum_is_no_verdict(self):
        (self.bin / "output").write_text("nothing\n")
        code, _, errors = self.guard()
        self.assertEqual(code, 2)
        self.assertIn("no checksum", errors)
        (self.bin / "output").unlink()
        code, _, errors = self.guard()
        self.assertEqual(code, 2)
        self.assertIn("exit code 1", errors)

    def test_progress_is_told(self):
        _, _, errors = self.guard("--jobs", "1")
        self.assertRegex(errors, r"guard: 1 of 2 paths, parse, about \d+ s left\nguard: 2 of 2 paths, store\n$")

    def test_an_interrupt_ends_it_and_what_it_has_started(self):
        (self.tools / "valgrind").write_text(f"#!/bin/bash\necho $$ >>{self.root}/pids\nexec sleep 60\n")
        for number in (signal.SIGINT, signal.SIGTERM):
            (self.root / "pids").unlink(missing_ok=True)
            process = subprocess.Popen(
                [sys.executable, "-B", instruction_guard.__file__, "--build", str(self.root / "build"), "--jobs", "1"],
                env={**os.environ, "PATH": self.path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            deadline = time.monotonic() + 30
            while not (self.root / "pids").exists() or not (self.root / "pids").read_text().strip():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
            process.send_signal(number)
            _, errors = process.communicate(timeout=30)
            self.assertEqual((process.returncode, errors), (130, "guard: interrupted\n"))
            for pid in (self.root / "pids").read_text().split():
                self.assertFalse(pathlib.Path("/proc", pid).exists())

    def test_a_path_that_does_nothing_is_no_verdict(self):
        self.set(parse=0)
        code, _, errors = self.guard()
        self.assertEqual(code, 2)
        self.assertIn("does nothing", errors)


if __name__ == "__main__":
    unittest.main()
