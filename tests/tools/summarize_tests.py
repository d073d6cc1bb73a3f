#!/usr/bin/env python3
"""Adds up one ctest run and closes with the line "N passed, N failed" (", N skipped" where some were).

    summarize_tests.py --junit FILE --results DIR --programs DIR [--totals FILE] [--hint TEXT]
    summarize_tests.py --combine TOTALS... [--stage-failed NAME]...

The first form reads what `ctest --output-junit` wrote (every entry) and the XML that each GoogleTest
program wrote into --results (every case). An entry whose program is in --programs must have left an XML:
if it did not, it died on the way and counts as one failure. --totals keeps the sums for the second form,
which adds up several runs; a failed stage counts as one failure, so the line never looks better than the run.

Exit code 1 on any failure, on unreadable results, and when nothing ran at all.
"""
import argparse
import json
import pathlib
import sys
import xml.etree.ElementTree as ET

LINES_PER_FAILURE = 15


class Totals:
    def __init__(self):
        self.passed = 0
        self.skipped = []   # names
        self.failed = []    # (name, explanation)

    def fail(self, name, explanation=""):
        self.failed.append((name, explanation))

    def line(self):
        text = f"{self.passed} passed, {len(self.failed)} failed"
        return text + (f", {len(self.skipped)} skipped" if self.skipped else "")


def last_lines(text):
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return "\n".join(lines[-LINES_PER_FAILURE:])


def first_lines(text):
    return "\n".join((text or "").strip().splitlines()[:LINES_PER_FAILURE])


def add_googletest_cases(xml_file, program, totals):
    """Adds the cases of one GoogleTest XML; returns how many of them failed, None if it cannot be read."""
    try:
        root = ET.parse(xml_file).getroot()
    except (ET.ParseError, OSError) as error:
        totals.fail(program, f"{xml_file.name} cannot be read: {error}")
        return None
    failed = 0
    for case in root.iter("testcase"):
        name = f"{program}: {case.get('classname')}.{case.get('name')}"
        failures = case.findall("failure") + case.findall("error")
        if failures:
            failed += 1
            totals.fail(name, "\n".join(first_lines(f.text or f.get("message")) for f in failures))
        elif case.get("result") == "completed":
            totals.passed += 1
        else:  # GTEST_SKIP or DISABLED_
            totals.skipped.append(name)
    return failed


def add_entry(entry, results, programs, totals):
    """Adds one ctest entry: its GoogleTest cases where it has them, else itself."""
    name = entry.get("name")
    status = entry.get("status")
    output = entry.findtext("system-out") or ""
    skipped = entry.find("skipped")
    if status == "disabled":
        totals.skipped.append(name)
        return
    if status == "notrun":
        reason = skipped.get("message", "") if skipped is not None else ""
        if reason.startswith("SKIP_"):  # the test itself asked for it
            totals.skipped.append(name)
        else:                           # no executable, a dependency failed, ...
            totals.fail(name, f"did not run: {reason}")
        return
    ended_well = status == "run"
    xml_file = results / f"{name}.xml"
    if xml_file.exists():
        failed = add_googletest_cases(xml_file, name, totals)
        if failed == 0 and not ended_well:
            totals.fail(name, "every case passed, but the program ended badly\n" + last_lines(output))
    elif (programs / name).is_file():
        totals.fail(name, "ended without a result file (crash, time-out or exit)\n" + last_lines(output))
    elif ended_well:
        totals.passed += 1
    else:
        totals.fail(name, last_lines(output))


def summarize(junit, results, programs):
    totals = Totals()
    try:
        entries = ET.parse(junit).getroot().findall("testcase")
    except (ET.ParseError, OSError) as error:
        totals.fail("ctest", f"{junit} cannot be read: {error}")
        return totals
    for entry in entries:
        add_entry(entry, results, programs, totals)
    return totals


def report(totals, hint=""):
    """Prints the skipped and the failed by name, then the closing line; returns the exit code."""
    for name in totals.skipped:
        print(f"SKIPPED {name}")
    for name, explanation in totals.failed:
        print(f"FAILED  {name}")
        for line in explanation.splitlines():
            print(f"        {line}")
    if totals.failed and hint:
        print(hint)
    nothing_ran = totals.passed == 0 and not totals.failed
    if nothing_ran:
        print("no test was run")
    print(totals.line(), flush=True)
    return 1 if totals.failed or nothing_ran else 0


def combine(files, stages):
    totals = Totals()
    for file in files:
        try:
            part = json.loads(pathlib.Path(file).read_text())
            totals.passed += part["passed"]
            totals.skipped += part["skipped"]
            totals.failed += [(name, "") for name in part["failed"]]
        except (OSError, ValueError, KeyError) as error:
            totals.fail(f"results of {file}", str(error))
    for stage in stages:
        totals.fail(f"stage: {stage}")
    return totals


def main(arguments):
    parser = argparse.ArgumentParser(description="Adds up test results; see the head of this file.")
    parser.add_argument("--junit", type=pathlib.Path)
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--programs", type=pathlib.Path)
    parser.add_argument("--totals", type=pathlib.Path)
    parser.add_argument("--hint", default="", help="printed before the closing line of a failed run")
    parser.add_argument("--combine", nargs="*")
    parser.add_argument("--stage-failed", action="append", default=[])
    options = parser.parse_args(arguments)
    if options.combine is not None:
        return report(combine(options.combine, options.stage_failed))
    if not (options.junit and options.results and options.programs):
        parser.error("--junit, --results and --programs belong together")
    totals = summarize(options.junit, options.results, options.programs)
    if options.totals:
        options.totals.write_text(json.dumps({
            "passed": totals.passed,
            "skipped": totals.skipped,
            "failed": [name for name, _ in totals.failed],
        }))
    return report(totals, options.hint)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
