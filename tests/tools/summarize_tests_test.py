#!/usr/bin/env python3
"""Tests of summarize_tests.py: what counts as passed, failed and skipped, and the exit code."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import summarize_tests

GOOGLETEST = """<?xml version="1.0"?>
<testsuites><testsuite name="S">{cases}</testsuite></testsuites>"""
PASSED = '<testcase name="Good" classname="S" status="run" result="completed"/>'
FAILED = ('<testcase name="Bad" classname="S" status="run" result="completed">'
          '<failure message="left 1, right 2">left 1, right 2</failure></testcase>')
SKIPPED = '<testcase name="Absent" classname="S" status="run" result="skipped"><skipped/></testcase>'


class SummarizeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("results", "programs"):
            (self.root / name).mkdir()

    def entry(self, name, status="run", cases=None, program=False, inner=""):
        if cases is not None:
            (self.root / "results" / f"{name}.xml").write_text(GOOGLETEST.format(cases=cases))
        if program:
            (self.root / "programs" / name).touch()
        return f'<testcase name="{name}" status="{status}">{inner}</testcase>'

    def run_summary(self, *entries, extra=()):
        junit = self.root / "ctest.junit"
        junit.write_text("<testsuite>" + "".join(entries) + "</testsuite>")
        return self.run_main("--junit", str(junit), "--results", str(self.root / "results"),
                             "--programs", str(self.root / "programs"), *extra)

    def run_main(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = summarize_tests.main(list(arguments))
        lines = output.getvalue().splitlines()
        return code, lines[-1], "\n".join(lines[:-1])

    def test_counts_cases_not_programs(self):
        code, line, _ = self.run_summary(self.entry("a_test", cases=PASSED * 3),
                                         self.entry("b_test", cases=PASSED))
        self.assertEqual((code, line), (0, "4 passed, 0 failed"))

    def test_names_the_failed_case_and_says_why(self):
        code, line, text = self.run_summary(self.entry("a_test", "fail", PASSED + FAILED))
        self.assertEqual((code, line), (1, "1 passed, 1 failed"))
        self.assertIn("a_test: S.Bad", text)
        self.assertIn("left 1, right 2", text)

    def test_skipped_cases_are_shown_and_counted_apart(self):
        code, line, text = self.run_summary(self.entry("a_test", cases=PASSED + SKIPPED))
        self.assertEqual((code, line), (0, "1 passed, 0 failed, 1 skipped"))
        self.assertIn("a_test: S.Absent", text)

    def test_program_without_result_file_has_failed_whatever_its_exit_code(self):
        for status in ("run", "fail"):
            code, line, _ = self.run_summary(self.entry("a_test", cases=PASSED),
                                             self.entry("dead_test", status, program=True))
            self.assertEqual((code, line), (1, "1 passed, 1 failed"))

    def test_program_that_fails_after_its_last_case_has_failed(self):
        code, line, text = self.run_summary(
            self.entry("leak_test", "fail", PASSED, inner="<system-out>12 bytes leaked</system-out>"))
        self.assertEqual((code, line), (1, "1 passed, 1 failed"))
        self.assertIn("12 bytes leaked", text)

    def test_result_file_cut_short_is_a_failure(self):
        entry = self.entry("a_test", "fail", program=True)
        (self.root / "results" / "a_test.xml").write_text('<testsuites><testsuite name="S">')
        code, line, _ = self.run_summary(entry)
        self.assertEqual((code, line), (1, "0 passed, 1 failed"))

    def test_entry_without_googletest_counts_as_one(self):
        (self.root / "programs" / "script_in_a_folder_of_its_name").mkdir()
        code, line, text = self.run_summary(
            self.entry("script_good"),
            self.entry("script_in_a_folder_of_its_name"),
            self.entry("script_bad", "fail", inner="<system-out>line 7 is wrong</system-out>"))
        self.assertEqual((code, line), (1, "2 passed, 1 failed"))
        self.assertIn("line 7 is wrong", text)

    def test_entry_that_could_not_start_is_a_failure_but_a_wanted_skip_is_not(self):
        code, line, _ = self.run_summary(
            self.entry("absent", "notrun", inner='<skipped message="Unable to find executable"/>'),
            self.entry("unwanted", "notrun", inner='<skipped message="SKIP_RETURN_CODE=77"/>'),
            self.entry("off", "disabled"))
        self.assertEqual((code, line), (1, "0 passed, 1 failed, 2 skipped"))

    def test_nothing_run_is_an_error(self):
        code, line, text = self.run_summary()
        self.assertEqual((code, line), (1, "0 passed, 0 failed"))
        self.assertIn("no test was run", text)

    def test_missing_or_broken_ctest_file_is_an_error(self):
        code, line, _ = self.run_main("--junit", str(self.root / "none"), "--results",
                                      str(self.root), "--programs", str(self.root))
        self.assertEqual((code, line), (1, "0 passed, 1 failed"))

    def test_hint_comes_before_the_closing_line_and_only_on_failure(self):
        _, line, text = self.run_summary(self.entry("bad", "fail"), extra=("--hint", "try again"))
        self.assertEqual(line, "0 passed, 1 failed")
        self.assertIn("try again", text)
        _, _, text = self.run_summary(self.entry("good"), extra=("--hint", "try again"))
        self.assertNotIn("try again", text)

    def test_combining_adds_runs_and_counts_a_failed_stage(self):
        files = []
        for name, entries in (("one", [self.entry("a_test", cases=PASSED + SKIPPED)]),
                              ("two", [self.entry("b_test", "fail", PASSED + FAILED)])):
            files.append(str(self.root / f"{name}.json"))
            self.run_summary(*entries, extra=("--totals", files[-1]))
        self.assertEqual(self.run_main("--combine", files[0])[:2],
                         (0, "1 passed, 0 failed, 1 skipped"))
        code, line, text = self.run_main("--combine", *files, "--stage-failed", "lint")
        self.assertEqual((code, line), (1, "2 passed, 2 failed, 1 skipped"))
        self.assertIn("stage: lint", text)
        self.assertIn("b_test: S.Bad", text)

    def test_combining_a_run_that_left_no_totals_is_an_error(self):
        code, line, _ = self.run_main("--combine", str(self.root / "none.json"))
        self.assertEqual((code, line), (1, "0 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
