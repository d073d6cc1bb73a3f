#!/usr/bin/env python3
"""Checks the conventions that a compiler cannot: one line per violation, exit code 1 if there is any.

    tidy.py [--root DIR]        DIR: the repository; default: the one that holds this file

What it looks at, each explained at its rule below:
  layers      who may include whom; the picture in the README is this table
  banned      calls and types that have one home, or none
  shape       length of files, a comment at the head of every header, an include guard
  dead        sources that no CMakeLists.txt names, headers that nobody includes, folders that are not built
  words       unfinished work, paths of somebody's machine
  guarantees  docs/guarantees.md: each one names its tests, and they exist
It reads the files that git tracks or would track. Standard library only.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

# --- layers -------------------------------------------------------------------------------------
# Folder → folders it may include from, itself and everything below it understood. The longest matching
# folder decides. `domain` decides, `app` carries out, adapters and rpc are edges, `main` knows everybody.
CORE = ["server/base", "server/domain"]
EDGE = CORE + ["server/app", "adapters/loop"]
LAYERS = {
    "server/base": [],
    "server/domain": ["server/base"],
    "server/app/ports": CORE,
    "server/app": CORE,
    "server/rpc": EDGE + ["payout/v1"],
    "server/main": ["server", "adapters", "payout/v1"],
    "adapters/loop": CORE + ["server/app"],
    "adapters/http": EDGE,
    "adapters/echelon": EDGE + ["adapters/http"],
    "adapters/callback": EDGE + ["adapters/http"],
    "adapters/admin": EDGE + ["adapters/http"],
    "adapters/record": CORE + ["server/app"],
    "adapters/memory": EDGE + ["adapters/record"],
    "adapters/sqlite": EDGE + ["adapters/record"],
    "adapters/postgres": EDGE + ["adapters/record"],
    "client": ["payout/v1"],
    "tests": ["server", "adapters", "client", "payout/v1"],
}
# Folders that must not see these libraries at all: what an include of theirs starts with.
WIRE = (r"grpc|google/|payout/v1/|curl/|sqlite3|libpq|rapidjson/|boost/|prometheus/|toml\+\+/|CLI/")
FOREIGN = {
    "server/domain": WIRE + r"|openssl/|sys/|unistd\.h|(thread|mutex|condition_variable|future|fstream|"
                            r"iostream|filesystem|random)$",
    "server/app": WIRE,
    "adapters/echelon": r"grpc|payout/v1/|sqlite3",
    "adapters/sqlite": r"grpc|payout/v1/|curl/",
    "adapters/callback": r"grpc|payout/v1/|curl/|sqlite3",
}

# --- banned calls -------------------------------------------------------------------------------
# (name, pattern in code without comments and strings, folders it is looked for in, homes where it may
# stand, what to do instead)
CODE = ["server", "adapters", "client", "tests"]
SHIPPED = ["server", "adapters", "client"]
BANNED = [
    ("wall clock", r"\babsl::Now\s*\(|\bsystem_clock::now\s*\(|\bgettimeofday\s*\(|[^\w.>:]time\s*\(\s*(nullptr|NULL|0)\s*\)",
     # gRPC states deadlines on the wall clock; the simulator, the client and benchmarks are programs of their own.
     CODE, ["adapters/loop", "server/main", "server/rpc/call_scope.cc", "server/rpc/grpc_server.cc", "client", "tests/client", "tests/integration", "tests/bench/growth_bench.cc", "tests/bench/question.cc",
            "adapters/echelon/sandbox/main.cc", "adapters/echelon/sandbox/sandbox.cc"],
     "time comes in through the clock port"),
    ("sleep", r"\bsleep_for\s*\(|\bsleep_until\s*\(|\babsl::SleepFor\s*\(|\busleep\s*\(|\bnanosleep\s*\(",
     CODE, ["tests/support/eventually.h"], "wait on an event, or on the timer port"),
    ("rand", r"(?<![\w.>])s?rand\s*\(",
     CODE, [], "randomness comes in through its port; tests use a seeded engine"),
    ("entropy", r"\brandom_device\b|\bgetrandom\s*\(|\bRAND_bytes\s*\(",
     SHIPPED, ["adapters/loop", "server/base/digest.cc", "client"], "randomness comes in through its port"),
    ("getenv", r"\b(secure_)?getenv\s*\(",
     SHIPPED, ["server/main", "client"], "configuration is read once, in server/main"),
    ("floating point", r"(?<!Double\()\b(double|float)\b|\b(std::)?(stod|stof|strtod|strtof|atof)\s*\(",
     ["server/domain", "adapters/echelon"], ["adapters/echelon/sandbox"],
     "money is decimal text and integers (RapidJSON's handler has to have a Double(double), which refuses)"),
    ("regex", r"\bstd::(basic_)?regex\b|#\s*include\s*<regex>",
     CODE, [], "RE2, or a hand-written scan: std::regex recurses on its input"),
    ("absl::Mutex", r"\babsl::(Mutex|MutexLock|CondVar)\b",
     CODE, [], "std::mutex: ThreadSanitizer cannot see into the uninstrumented absl"),
    ("not in both compilers", r"#\s*include\s*<(format|source_location)>|\bstd::(views|ranges::views)::",
     CODE, [], "g++ 12 has no <format>; clang 14 rejects views and source_location"),
    ("throw", r"\bthrow\b(?!\s+CLI::)",
     SHIPPED, [], "recoverable errors are absl::Status; constructors cannot fail (CLI11 wants to be thrown at)"),
    ("using namespace", r"\busing\s+namespace\b(?!\s+std::(string|chrono)?_?literals)",
     CODE, [], "name what is used"),
    ("default seed", r"\bstd::(mt19937(_64)?|default_random_engine)\s+\w*[^\W_]\s*;",
     ["tests"], [], "seed it, and print the seed"),
]

# --- shape --------------------------------------------------------------------------------------
LINES_MAX = 400
LINES_SUFFIXES = {".cc", ".h", ".proto", ".py", ".sh", ".bzl", ".cmake"}

# --- words --------------------------------------------------------------------------------------
# Written in two halves so that this file passes its own check.
FORBIDDEN_WORDS = [
    ("unfinished work", r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "HA" + "CK"]) + r")\b"),
    ("path of a machine", r"(?<![\w.$}*-])/(?:" + "|".join(["ro" + "ot/", "wo" + "rk/", "home/\\w+/"]) +
     r")|/tmp/" + "bash"),
    ("host of a package registry", "registry" + r"\.npmjs|deb" + r"\.debian\.org|pypi" + r"\.org"),
]
# --- guarantees ---------------------------------------------------------------------------------
GUARANTEES = "docs/guarantees.md"

BINARY_SUFFIXES = {".png", ".jpg", ".gz", ".db", ".pem", ".der", ".bin"}


def tracked_files(root):
    """Relative paths that git tracks or would track; a plain walk where there is no git repository."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard"], capture_output=True, text=True, check=False)
    if listed.returncode == 0 and (root / ".git").exists():
        names = [name for name in listed.stdout.split("\0") if name]
    else:
        names = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, files in os.walk(root) for name in files]
    return sorted({name for name in names if (root / name).is_file()})


def without_comments_and_strings(text):
    """C++ code with comments and the insides of literals blanked; line breaks stay where they are."""
    pattern = re.compile(
        r'R"(?P<d>[^\s()\\]{0,16})\(.*?\)(?P=d)"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'", re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def longest_match(path, folders):
    matches = [folder for folder in folders if inside(path, folder)]
    return max(matches, key=len) if matches else None


class Tidy:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = tracked_files(self.root)
        self.texts = {}
        self.violations = []

    def text(self, name):
        if name not in self.texts:
            self.texts[name] = (self.root / name).read_text(encoding="utf-8", errors="replace")
        return self.texts[name]

    def say(self, name, line, rule, message):
        self.violations.append(f"{name}:{line}: [{rule}] {message}")

    def sources(self, *suffixes):
        return [name for name in self.files if name.endswith(suffixes)]

    def run(self):
        for name in self.sources(".cc", ".h"):
            self.check_layers(name)
            self.check_banned(name)
        for name in self.files:
            if pathlib.Path(name).suffix in LINES_SUFFIXES:
                self.check_length(name)
            if pathlib.Path(name).suffix not in BINARY_SUFFIXES:
                self.check_words(name)
        for name in self.sources(".h"):
            self.check_header(name)
        self.check_dead_sources()
        self.check_dead_headers()
        self.check_dead_folders()
        self.check_guarantees()
        return sorted(self.violations)

    def check_layers(self, name):
        layer = longest_match(name, LAYERS)
        foreign = longest_match(name, FOREIGN)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', self.text(name), re.MULTILINE):
            line = self.text(name).count("\n", 0, match.start()) + 1
            target = match.group(2)
            if foreign and re.match(FOREIGN[foreign], target):
                self.say(name, line, "layers", f"{foreign} must not know {target}")
            if match.group(1) == "<":
                continue
            if "/" not in target:
                self.say(name, line, "layers", f'"{target}": includes carry the full path from the root')
            top = target.split("/")[0]
            if layer is None or top not in ("server", "adapters", "client", "tests", "payout"):
                continue
            if not any(inside(target, allowed) for allowed in LAYERS[layer] + [layer]):
                self.say(name, line, "layers", f"{layer} must not include {target}")

    def check_banned(self, name):
        code = None
        for rule, pattern, folders, homes, instead in BANNED:
            if not any(inside(name, folder) for folder in folders):
                continue
            if any(inside(name, home) for home in homes):
                continue
            if code is None:
                code = without_comments_and_strings(self.text(name))
            for match in re.finditer(pattern, code):
                line = code.count("\n", 0, match.start()) + 1
                self.say(name, line, "banned", f"{rule} ({match.group().strip()}): {instead}")

    def check_length(self, name):
        lines = self.text(name).count("\n")
        if lines > LINES_MAX:
            self.say(name, lines, "shape", f"{lines} lines; {LINES_MAX} are the limit, two files read better")

    def check_header(self, name):
        guard = re.compile(r"#\s*(pragma\s+once|ifndef\s+\w+|define\s+\w+)\s*$")
        if not re.search(r"^#\s*pragma\s+once|^#\s*ifndef\s+\w+_H_?\b", self.text(name), re.MULTILINE):
            self.say(name, 1, "shape", "no include guard")
        for line in self.text(name).splitlines():
            if line.strip() == "" or guard.match(line):
                continue
            if not line.startswith(("//", "/*")):
                self.say(name, 1, "shape", "a header opens with a comment: what it is, who uses it, its threads")
            return

    def check_words(self, name):
        for number, line in enumerate(self.text(name).split("\n"), 1):
            for rule, pattern in FORBIDDEN_WORDS:
                match = re.search(pattern, line)
                if match:
                    self.say(name, number, "words", f"{rule}: {match.group()}")

    def cmake_of(self, folder):
        name = f"{folder}/CMakeLists.txt" if folder else "CMakeLists.txt"
        return re.sub(r"#[^\n]*", "", self.text(name)) if name in self.files else None

    def check_dead_sources(self):
        """Every .cc and .proto is named, by its path from there, in a CMakeLists.txt of its own or an upper folder."""
        for name in self.sources(".cc", ".proto"):
            parts = name.split("/")
            if parts[0] not in ("server", "adapters", "client", "tests", "proto"):
                continue
            # Lists of .proto files may leave the suffix out.
            optional = r"(?:\.proto)?" if name.endswith(".proto") else ""
            named = False
            for depth in range(len(parts) - 1, -1, -1):
                cmake = self.cmake_of("/".join(parts[:depth]))
                rest = re.escape("/".join(parts[depth:]).removesuffix(".proto")) + optional
                if cmake and re.search(r"(?<![\w/.-])" + rest + r"(?![\w.-])", cmake):
                    named = True
            if not named:
                self.say(name, 1, "dead", "no CMakeLists.txt names this file")

    def check_dead_headers(self):
        included = set()
        for name in self.sources(".cc", ".h"):
            included.update(re.findall(r'^\s*#\s*include\s*"([^"]+)"', self.text(name), re.MULTILINE))
        for name in self.sources(".h"):
            if name.split("/")[0] in ("server", "adapters", "tests") and name not in included:
                self.say(name, 1, "dead", "nobody includes this header")

    def check_dead_folders(self):
        """A CMakeLists.txt that no upper one mentions builds nothing."""
        for name in self.files:
            folder, _, base = name.rpartition("/")
            if base != "CMakeLists.txt" or not folder:
                continue
            parts = folder.split("/")
            reached = False
            for depth in range(len(parts) - 1, -1, -1):
                cmake = self.cmake_of("/".join(parts[:depth]))
                rest = "/".join(parts[depth:])
                if cmake and re.search(r"(?<![\w/.-])" + re.escape(rest) + r"(?![\w./-])", cmake):
                    reached = True
            if not reached and self.cmake_of("") is not None:
                self.say(name, 1, "dead", "no CMakeLists.txt above adds this folder")

    def check_guarantees(self):
        """Paragraphs that begin with **G1 ...** name tests as `Suite.Name`."""
        if GUARANTEES not in self.files:
            return
        tests = set()
        for name in self.sources("_test.cc", "_contract.cc"):
            tests.update(re.findall(r"\bTEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", self.text(name)))
        paragraphs = re.split(r"\n(?=\*\*G\d|#)", self.text(GUARANTEES))
        line = 1
        number = 0
        for paragraph in paragraphs:
            guarantee = re.match(r"\*\*G(\d+)", paragraph)
            named = re.findall(r"`([A-Z]\w*)\.(\w+)`", paragraph.partition("Held by:")[2])
            if guarantee:
                number += 1
                if int(guarantee.group(1)) != number:
                    self.say(GUARANTEES, line, "guarantees", f"expected G{number}")
                if not named:
                    self.say(GUARANTEES, line, "guarantees", f"G{number} names no test that holds it")
            for test in named:
                if test not in tests:
                    self.say(GUARANTEES, line, "guarantees", f"there is no test {'.'.join(test)}")
            line += paragraph.count("\n") + 1


def main(arguments):
    parser = argparse.ArgumentParser(description="Checks the project's conventions.")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    violations = Tidy(parser.parse_args(arguments).root).run()
    for violation in violations:
        print(violation)
    if violations:
        print(f"{len(violations)} violations of the conventions")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
