#!/usr/bin/env python3
"""Tests of install_packages.sh against stand-ins for apt and dpkg: nothing is installed, no network."""
import os
import pathlib
import subprocess
import tempfile
import textwrap
import unittest

SCRIPT = pathlib.Path(__file__).resolve().with_name("install_packages.sh")
LIST = """
# a comment
[build]
compiler
headers        private:.deps/headers
[check]
linter
runtime        command:runtime-tool
[bench]
rival
server         unpacked:.deps/server
"""


class InstallPackagesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.bin = self.root / "bin"
        self.bin.mkdir()
        self.log = self.root / "log"
        self.log.touch()
        (self.root / "packages.txt").write_text(LIST)
        self.installed = []
        self.conflicting = ""
        self.tool("id", "echo 0")

    def tool(self, name, body):
        path = self.bin / name
        path.write_text("#!/bin/bash\n" + textwrap.dedent(body))
        path.chmod(0o755)

    def run_script(self, *arguments, **environment):
        self.tool("dpkg-query", "".join(f"printf 'installed={n} '\n" for n in self.installed) +
                  "exit 1")  # the real one fails as soon as one name is unknown
        # Refuses whatever would remove a package, as --no-remove does.
        self.tool("apt-get", f"""
            echo "apt-get $*" >>{self.log}
            case " $* " in
              *" download "*) touch headers_1.81_amd64.deb ;;
              *" install "*) for p in "$@"; do [[ $p != "{self.conflicting}" ]] || exit 100; done
                             echo "Inst compiler" ;;
            esac
            """)
        self.tool("dpkg", f"""
            echo "dpkg $*" >>{self.log}
            mkdir -p "$3/usr/include/headers"
            """)
        result = subprocess.run(
            ["bash", str(SCRIPT), *arguments], capture_output=True, text=True, timeout=60,
            env={"PATH": f"{self.bin}:{os.environ['PATH']}", "PAYOUT_REPOSITORY": str(self.root),
                 "PAYOUT_PACKAGE_LIST": str(self.root / "packages.txt"), **environment})
        return result, self.log.read_text().splitlines()

    def test_nothing_missing_asks_apt_nothing(self):
        self.installed = ["compiler", "headers"]
        result, calls = self.run_script("build")
        self.assertEqual((result.returncode, calls), (0, []))

    def test_installs_only_what_is_missing_after_a_dry_run_and_never_removes(self):
        self.installed = ["headers"]
        result, calls = self.run_script("build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([call.split()[-1] for call in calls], ["update", "compiler", "compiler"])
        self.assertIn("--simulate", calls[1])
        self.assertNotIn("--simulate", calls[2])
        self.assertTrue(all("--no-remove" in call for call in calls))

    def test_group_check_includes_build_and_group_build_not_check(self):
        self.installed = ["compiler", "headers"]
        _, calls = self.run_script("check")
        self.assertTrue(calls[-1].endswith(" linter runtime"), calls)
        self.installed = []
        _, calls = self.run_script("build")
        self.assertFalse("linter" in calls[-1], calls)

    def test_group_bench_includes_build_and_not_check(self):
        _, calls = self.run_script("bench")
        self.assertTrue(calls[-1].endswith(" compiler headers rival"), calls)

    def test_a_command_that_came_by_another_way_is_enough(self):
        self.installed = ["compiler", "headers", "linter"]
        self.tool("runtime-tool", "")
        result, calls = self.run_script("check")
        self.assertEqual((result.returncode, calls), (0, []))

    def test_conflicting_headers_are_unpacked_privately_once(self):
        self.installed = ["compiler"]
        self.conflicting = "headers"
        result, calls = self.run_script("build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((self.root / ".deps/headers/usr/include/headers").is_dir())
        self.assertFalse(any(" install " in c and "--simulate" not in c for c in calls), calls)
        result, again = self.run_script("build")
        self.assertEqual((result.returncode, again), (0, calls))

    def test_what_would_start_a_service_is_unpacked_and_never_installed(self):
        self.installed = ["compiler", "headers", "rival"]
        result, calls = self.run_script("bench")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((self.root / ".deps/server/.complete").exists())
        self.assertFalse(any(" install " in call for call in calls), calls)
        result, again = self.run_script("bench")
        self.assertEqual((result.returncode, again), (0, calls))

    def test_private_copy_can_be_asked_for(self):
        self.installed = ["compiler", "headers"]
        result, _ = self.run_script("build", PAYOUT_PRIVATE_BOOST="1")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((self.root / ".deps/headers/.complete").exists())

    def test_refusal_of_the_dry_run_ends_with_an_error_before_anything_changes(self):
        self.installed = ["headers"]
        self.conflicting = "compiler"
        result, calls = self.run_script("build")
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot install: compiler", result.stderr)
        self.assertTrue(all("--simulate" in c for c in calls if " install " in c), calls)

    def test_without_root_or_sudo_it_says_what_to_run(self):
        self.tool("id", "echo 1000")
        for name in ("bash", "env", "dirname", "mktemp", "rm", "tail", "grep"):
            real = subprocess.run(["bash", "-c", f"type -P {name}"], capture_output=True, text=True)
            (self.bin / name).symlink_to(real.stdout.strip())
        result, calls = self.run_script("build", PATH=str(self.bin))
        self.assertEqual((result.returncode, calls), (1, []))
        self.assertIn("apt-get install --no-remove --no-install-recommends compiler headers",
                      result.stderr)

    def test_unknown_group_is_an_error(self):
        self.assertEqual(self.run_script("everything")[0].returncode, 1)


if __name__ == "__main__":
    unittest.main()
