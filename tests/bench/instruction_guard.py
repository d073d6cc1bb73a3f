#!/usr/bin/env python3
"""Did something get slower? Counts instructions instead of measuring time, so that a busy machine does not matter.

    instruction_guard.py [--build DIR] [--figures FILE] [--jobs N] [--path NAME]... [--write]

Each path of build/bin/instruction-bench runs under callgrind twice, N and 2N times; the difference divided by N is
the cost of one run, free of start-up. It is compared with the kept figure: ± 5 % is the same. Cheaper than that is
told, too, so that the figure is renewed and the gain is kept. --write renews the figures (of the named paths only, if
any are named): do it together with the change that explains them. The profiles stay in DIR/guard. Progress is on
standard error.

Exit code 0: all paths cost what they did; 1: one does not, or has no figure; 2: it cannot be told, because something
is missing or failed, or because costs differ and the kept figures are of another toolchain; 130: interrupted.
Standard library only.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TOLERANCE_PERCENT = 5
SECONDS_MAX = 300  # of one run
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


class CannotTell(Exception):
    """There is no verdict, and why."""


# --- comparing, without side effects ------------------------------------------------------------------

def change_of(kept, now):
    """In percent, as text."""
    return f"{100 * (now['instructions'] / kept['instructions'] - 1):+.2f} %"


def verdict_of(kept, now):
    """(what to say, whether it is a reason to fail). `kept` or `now` may be None, but not both."""
    if kept is None:
        return "no figure is kept; keep one with --write", True
    if now is None:
        return "the program has no such path any more; --write forgets it", True
    if kept["times"] != now["times"]:
        return "the figure is of another number of runs; renew it with --write", True
    dearer = now["instructions"] - kept["instructions"]
    if 100 * abs(dearer) > TOLERANCE_PERCENT * kept["instructions"]:
        return "SLOWER" if dearer > 0 else "faster; renew the figure with --write", True
    if kept["checksum"] != now["checksum"]:
        return "holds; its results are others", False
    return "holds", False


def toolchain_changes(kept, now):
    """["sqlite: 3.40.1, now 3.45.0"]: what else the counts depend on, and has changed."""
    return [f"{name}: {kept.get(name, 'unknown')}, now {now.get(name, 'unknown')}"
            for name in sorted(kept.keys() | now.keys()) if kept.get(name) != now.get(name)]


def report(kept, now, selected):
    """(lines, exit code) of what is kept and what was measured, both as in the file of figures."""
    rows = [("path", "kept", "now", "change", "verdict")]
    failed = False
    for name in selected:
        before, after = kept["paths"].get(name), now["paths"].get(name)
        verdict, bad = verdict_of(before, after)
        failed = failed or bad
        rows.append((name, *(f"{figure['instructions']:,}" if figure else "-" for figure in (before, after)),
                     change_of(before, after) if before and after else "-", verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [f"Instructions of one run; within {TOLERANCE_PERCENT} % of the kept figure is the same."]
    lines += [f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}  {row[4]}"
              for row in rows]
    others = toolchain_changes(kept["toolchain"], now["toolchain"])
    if others:
        lines += ["", "The kept figures are of ANOTHER TOOLCHAIN:", *(f"  {line}" for line in others)]
    if failed and others:
        lines += ["So a difference says nothing about our code. Renew the figures with --write on a commit that is",
                  "known to be good, and compare again."]
        return lines, 2
    if failed:
        lines += ["", "Something does not cost what it did. Where it goes: callgrind_annotate BUILD/guard/PATH.out"]
        return lines, 1
    return [*lines, "", "All paths cost what they did."], 0


# --- measuring ----------------------------------------------------------------------------------------

class Processes:
    """Those that run now, so that an interrupt ends them: the pool's threads wait for them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.ended = False

    def start(self, command, **options):
        with self.lock:
            if self.ended:
                raise CannotTell("interrupted")
            process = subprocess.Popen(command, **options)
            self.running.add(process)
            return process

    def forget(self, process):
        with self.lock:
            self.running.discard(process)

    def end(self):
        with self.lock:
            self.ended = True
            for process in self.running:
                process.kill()


def run(processes, command, folder=None):
    # An environment of its own: settings of malloc, of libraries and of valgrind would change the counts.
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    if "TMPDIR" in os.environ:
        environment["TMPDIR"] = os.environ["TMPDIR"]
    process = processes.start(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        output, errors = process.communicate(timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise CannotTell(f"{' '.join(command)}: not done after {SECONDS_MAX} s") from None
    finally:
        process.kill()
        process.wait()
        processes.forget(process)
    if process.returncode != 0:
        raise CannotTell(f"{' '.join(command)}: exit code {process.returncode}\n{(errors or output)[-2000:]}")
    return output


def count(processes, valgrind, program, name, times, profile):
    """(instructions, checksum) of a whole process."""
    profile.unlink(missing_ok=True)
    output = run(processes, [valgrind, "--tool=callgrind", f"--callgrind-out-file={profile}", program,
                             "--path", name, "--times", str(times)], profile.parent)
    totals = re.search(r"^totals: (\d+)$", profile.read_text(), re.MULTILINE) if profile.exists() else None
    checksum = re.search(r"^checksum ([0-9a-f]+)$", output, re.MULTILINE)
    if not totals or not checksum:
        raise CannotTell(f"{name}: callgrind left no count, or the program no checksum")
    return int(totals.group(1)), checksum.group(1)


def measure(processes, valgrind, program, folder, name, times):
    once, checksum = count(processes, valgrind, program, name, times, folder / f"{name}.once.out")
    twice, _ = count(processes, valgrind, program, name, 2 * times, folder / f"{name}.out")
    if twice <= once:
        raise CannotTell(f"{name}: twice the work costs no more; the path does nothing")
    return {"instructions": round((twice - once) / times), "times": times, "checksum": checksum}


def tools(build):
    """Paths of valgrind and of the program."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise CannotTell("valgrind is missing: tests/setup/install_packages.sh bench installs it")
    program = build / "bin" / "instruction-bench"
    if not os.access(program, os.X_OK):
        raise CannotTell(f"{program} is missing: `make guard` builds it, or: "
                         f"cmake --build {build} --target instruction-bench")
    return valgrind, str(program)


def toolchain_of(processes, valgrind, program):
    """What the counts depend on besides our code. Valgrind shows every program the same processor, but for AVX2."""
    named = dict(line.split("\t", 1) for line in run(processes, [program, "--toolchain"]).splitlines())
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    vectors = " with AVX2" if cpuinfo.exists() and re.search(r"\bavx2\b", cpuinfo.read_text()) else ""
    return {**named, "valgrind": run(processes, [valgrind, "--version"]).strip(), "processor": platform.machine() + vectors}


def measure_all(build, selected, jobs):
    """The same form as the file of figures. Several at once do not disturb each other: nothing is timed."""
    valgrind, program = tools(build)
    processes = Processes()
    listed = {line.split("\t")[0]: int(line.split("\t")[1])
              for line in run(processes, [program, "--list"]).splitlines()}
    unknown = [name for name in selected if name not in listed]
    if unknown:
        raise CannotTell(f"there is no path {', '.join(unknown)}; there are: {', '.join(listed)}")
    folder = build / "guard"
    folder.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            # An interrupt in the middle of a submission could leave a lock of the pool taken for ever.
            signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
            pending = {name: pool.submit(measure, processes, valgrind, program, folder, name, times)
                       for name, times in listed.items() if not selected or name in selected}
            signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)
            tell_progress(pending)
            paths = {name: figure.result() for name, figure in pending.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.end()
            raise
    return {"toolchain": toolchain_of(processes, valgrind, program), "paths": paths}


def tell_progress(pending):
    """Waits for all, or for the first that fails."""
    names = {figure: name for name, figure in pending.items()}
    began = time.monotonic()
    for done, figure in enumerate(concurrent.futures.as_completed(names), start=1):
        figure.result()
        left = (time.monotonic() - began) / done * (len(names) - done)
        print(f"guard: {done} of {len(names)} paths, {names[figure]}"
              + (f", about {left:.0f} s left" if done < len(names) else ""), file=sys.stderr, flush=True)


# --- the file of figures ------------------------------------------------------------------------------

def read_figures(file):
    if not file.exists():
        return {"toolchain": {}, "paths": {}}
    try:
        return json.loads(file.read_text())
    except ValueError as error:
        raise CannotTell(f"{file} cannot be read: {error}") from None


def write_figures(file, kept, now, selected):
    if selected:
        if kept["paths"] and toolchain_changes(kept["toolchain"], now["toolchain"]):
            raise CannotTell("the other figures are of another toolchain: renew all, without --path")
        now = {**now, "paths": {**kept["paths"], **now["paths"]}}
    file.write_text(json.dumps(now, indent=2) + "\n")


def main(arguments):
    parser = argparse.ArgumentParser(description="Compares instruction counts with kept figures.")
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build", help="folder of the build")
    parser.add_argument("--figures", type=pathlib.Path, default=HERE / "instructions.json", help="the kept figures")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="paths at once")
    parser.add_argument("--path", action="append", default=[], help="only this one; may be repeated")
    parser.add_argument("--write", action="store_true", help="renew the kept figures")
    options = parser.parse_args(arguments)
    for number in INTERRUPTS:
        signal.signal(number, signal.default_int_handler)
    try:
        kept = read_figures(options.figures)
        now = measure_all(options.build.resolve(), options.path, max(1, options.jobs))
        selected = options.path or list(dict.fromkeys([*now["paths"], *kept["paths"]]))
        lines, code = report(kept, now, selected)
        if options.write:
            write_figures(options.figures, kept, now, options.path)
            # What was the verdict is the reason to write.
            lines, code = [*lines[:len(selected) + 2], "", f"Written: {options.figures}"], 0
        print("\n".join(lines))
        return code
    except CannotTell as error:
        print(f"guard: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("guard: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
