#!/usr/bin/env python3
"""Writes bazel/sources.bzl, the file lists of the Bazel build, from the CMakeLists.txt files; or compares.

    bazel_sources.py write      takes the lists anew
    bazel_sources.py check      exit code 1 and a diff when bazel/sources.bzl is not what `write` would write

CMake owns the lists. Bazel builds the folders of CORE and the tests of CORE_TESTS, plus the libraries that
those need. A test that needs a library which Bazel does not know (SYSTEM below) is left out, by name.
"""
import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = ["server/base", "server/domain", "server/app"]
CORE_TESTS = ["tests/server/base", "tests/server/domain", "tests/server/app"]
PORTS = "server/app/ports"
# Targets of CMake → targets of bazel/system.BUILD.
SYSTEM = {
    "OpenSSL::Crypto": "@system//:crypto",
    "PkgConfig::RE2": "@system//:re2",
    "Threads::Threads": "@system//:threads",
    "fmt::fmt": "@system//:fmt",
    "prometheus-cpp::core": "@system//:prometheus_core",
    "rapidjson": "@system//:rapidjson",
    "GTest::gtest": "@system//:gtest_main",
    "GTest::gmock": "@system//:gtest_main",
    "GTest::gtest_main": "@system//:gtest_main",
}
# Libraries of generated code, which bazel/gateway.BUILD makes itself.
GENERATED = {"record_proto"}
HEAD = '''"""File lists of the core, generated from the CMakeLists.txt files by `make bazel-sources`. Do not edit."""
'''


class UnknownLibrary(Exception):
    pass


def system_target(dep):
    if dep.startswith("absl::"):
        return "@system//:absl"
    return SYSTEM.get(dep)


def read_folder(root, folder):
    """What one CMakeLists.txt declares: [(kind, name, sources, deps)], sources relative to the root."""
    if not (root / folder / "CMakeLists.txt").exists():
        return []
    script = pathlib.Path(__file__).with_name("bazel_lists.cmake")
    with tempfile.TemporaryDirectory() as scratch:
        result = subprocess.run(["cmake", f"-DROOT={root}", f"-DFOLDER={folder}", f"-DSCRATCH={scratch}",
                                 "-P", str(script)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"cannot read {folder}/CMakeLists.txt:\n{result.stderr}")
    declared = []
    for line in result.stderr.splitlines():
        if not re.match(r"(library|test|links|adds)\|", line):
            continue
        kind, name, sources, deps = line.split("|")
        paths = []
        for source in sources.split():
            source = source if source.startswith("/") else f"{root}/{folder}/{source}"
            paths.append(str(pathlib.Path(source).resolve().relative_to(root)))
        declared.append((kind, name, sorted(set(paths)), deps.split()))
    return declared


def all_folders(root):
    folders = [path.parent for top in ("server", "adapters", "tests") for path in root.glob(f"{top}/**/CMakeLists.txt")]
    return sorted(str(folder.relative_to(root)) for folder in folders)


def plain_name(dep):
    """payout::base and payout_base → base; None for libraries that are not ours."""
    match = re.fullmatch(r"payout(?:::|_)(\w+)", dep)
    return match.group(1) if match else None


def translate(name, deps, libraries):
    """Bazel's labels for the deps of one target; raises UnknownLibrary, also for what they need in turn."""
    labels = set()
    for dep in deps:
        own = plain_name(dep)
        if own is None:
            label = system_target(dep)
            if label is None:
                raise UnknownLibrary(f"{name} needs {dep}")
            labels.add(label)
        elif own in GENERATED:
            labels.add(f":payout_{own}")
        elif own in libraries:
            translate(own, libraries[own]["deps"], libraries)
            labels.add(f":payout_{own}")
        else:
            raise UnknownLibrary(f"{name} needs {dep}")
    return sorted(labels)


def closure(names, libraries):
    wanted, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name not in wanted and name not in GENERATED:
            wanted.add(name)
            queue += [plain_name(dep) for dep in libraries[name]["deps"] if plain_name(dep)]
    return sorted(wanted)


def generate(root):
    libraries, tests, core = {}, [], []
    for folder in all_folders(root):
        for kind, name, sources, deps in read_folder(root, folder):
            if kind == "library":
                # Headers beside the sources belong to the library, listed or not.
                headers = {str(p.relative_to(root)) for p in (root / folder).glob("*.h")}
                headers.update(s for s in sources if s.endswith(".h"))
                libraries[name] = {"sources": sources, "headers": sorted(headers), "deps": deps}
                if folder in CORE:
                    core.append(name)
            elif kind == "test" and folder in CORE_TESTS:
                headers = {str(p.relative_to(root)) for p in (root / folder).glob("*.h")}
                tests.append((name, sorted(headers.union(sources)), deps))

    test_rows, left_out, needed = [], [], list(core)
    for name, sources, deps in sorted(tests):
        try:
            labels = translate(name, deps, libraries)
        except UnknownLibrary as reason:
            left_out.append(f"{name}, because {reason}")
            continue
        needed += [plain_name(dep) for dep in deps if plain_name(dep)]
        test_rows.append({"name": name, "srcs": sources, "data": data_of(root, sources), "deps": labels})
    library_rows = []
    for name in closure(needed, libraries):
        library = libraries[name]
        library_rows.append({
            "name": f"payout_{name}",
            "srcs": [s for s in library["sources"] if not s.endswith(".h")],
            "hdrs": library["headers"],
            "deps": translate(name, library["deps"], libraries) + ports_of(root, name, library),
        })
    ports = sorted(str(path.relative_to(root)) for path in (root / PORTS).glob("*.h"))
    text = HEAD + "\n" + one_list("PORTS", ports) + "\n" + rows("LIBRARIES", library_rows) + "\n" + rows("TESTS", test_rows)
    for reason in left_out:
        text += f"\n# Left to CMake: {reason}.\n"
    return text


def ports_of(root, name, library):
    """Adapters implement ports: to CMake headers that are simply there, to Bazel a library of their own."""
    sources = set(library["sources"] + library["headers"])
    uses = name != "app" and any(f'"{PORTS}/' in (root / source).read_text() for source in sources
                                 if (root / source).exists())
    return [":payout_ports"] if uses else []


def data_of(root, sources):
    """Files that a test reads by PAYOUT_SOURCE_DIR "/path": they have to stand in its runfiles."""
    data = set()
    for source in sources:
        for path in re.findall(r'PAYOUT_SOURCE_DIR\s*(?:\)\s*\+\s*)?"/([\w./-]+)"', (root / source).read_text()):
            if (root / path).is_file():
                data.add(path)
            elif (root / path).is_dir():
                data.update(str(p.relative_to(root)) for p in (root / path).rglob("*") if p.is_file())
    return sorted(data)


def one_list(name, items):
    return "\n".join([f"{name} = ["] + [f'    "{item}",' for item in items] + ["]", ""])


def rows(name, items):
    lines = [f"{name} = ["]
    for item in items:
        lines.append("    {")
        for key, value in item.items():
            if isinstance(value, list) and value:
                lines.append(f'        "{key}": [')
                lines += [f'            "{element}",' for element in value]
                lines.append("        ],")
            elif isinstance(value, list):
                lines.append(f'        "{key}": [],')
            else:
                lines.append(f'        "{key}": "{value}",')
        lines.append("    },")
    return "\n".join(lines + ["]", ""])


def main(arguments):
    parser = argparse.ArgumentParser(description="File lists of the Bazel build.")
    parser.add_argument("action", choices=["write", "check"])
    parser.add_argument("--root", type=pathlib.Path, default=ROOT)
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    target = root / "bazel/sources.bzl"
    try:
        wanted = generate(root)
    except UnknownLibrary as reason:
        print(f"bazel/sources.bzl: {reason}, which tests/tools/bazel_sources.py does not know (SYSTEM)")
        return 1
    present = target.read_text() if target.exists() else ""
    if options.action == "write":
        if wanted != present:
            target.write_text(wanted)
        print("bazel/sources.bzl: " + ("as it was" if wanted == present else "written"))
        return 0
    if wanted == present:
        print("bazel/sources.bzl: the lists are CMake's")
        return 0
    print("bazel/sources.bzl is out of date; `make bazel-sources` writes what CMake says now:")
    print("\n".join(list(difflib.unified_diff(present.splitlines(), wanted.splitlines(), "sources.bzl",
                                              "from CMake", lineterm="", n=1))[:60]))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
