#!/usr/bin/env python3
"""Tests of tidy.py: every rule finds what is planted for it, and a clean tree stays silent."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import tidy

HEADER = "// What it is.\n#pragma once\n"


class TidyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        # A small clean tree; each test adds one thing to it.
        self.write("CMakeLists.txt", "foreach(f server/domain server/app tests/server/domain)\n")
        self.write("server/domain/CMakeLists.txt", "payout_library(domain SOURCES money.cc)\n")
        self.write("server/domain/money.h", HEADER)
        self.write("server/domain/money.cc", '#include "server/domain/money.h"\n')
        self.write("server/app/CMakeLists.txt", "payout_library(app SOURCES create.cc)\n")
        self.write("server/app/create.cc", '#include "server/domain/money.h"\n')
        self.write("tests/server/domain/CMakeLists.txt", "payout_test(t SOURCES money_test.cc)\n")
        self.write("tests/server/domain/money_test.cc", '#include "server/domain/money.h"\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def found(self):
        return tidy.Tidy(self.root).run()

    def plant(self, name, text, *expected):
        """Appends text to one file; exactly one violation comes of it, and it has the expected words."""
        path = self.root / name
        self.write(name, (path.read_text() if path.exists() else "") + text)
        violations = self.found()
        self.assertEqual(len(violations), 1, violations)
        for words in expected:
            self.assertIn(words, violations[0])

    def plant_source(self, folder, text, *expected):
        """As plant, in a new .cc of a folder that builds it."""
        self.write("CMakeLists.txt", f"{(self.root / 'CMakeLists.txt').read_text()} {folder} \n")
        self.write(f"{folder}/CMakeLists.txt", "SOURCES planted.cc")
        self.plant(f"{folder}/planted.cc", text, *expected)

    def test_clean_tree_is_silent(self):
        self.assertEqual(self.found(), [])

    def test_upward_include(self):
        self.write("server/app/create.h", HEADER)
        self.plant("server/domain/money.cc", '#include "server/app/create.h"\n',
                   "server/domain/money.cc:2: [layers]", "must not include server/app/create.h")

    def test_ports_do_not_include_use_cases(self):
        self.write("server/app/create.h", HEADER)
        self.plant_source("server/app/ports", '#include "server/app/create.h"\n', "[layers]")

    def test_adapters_do_not_include_each_other(self):
        self.plant_source("adapters/sqlite", '#include "adapters/callback/router.h"\n', "[layers]")

    def test_echelon_may_use_http_and_stores_may_use_record(self):
        for folder, target in (("adapters/echelon", "adapters/http/client.h"),
                               ("adapters/echelon/sandbox", "adapters/echelon/codec.h"),
                               ("adapters/sqlite", "adapters/record/codec.h"),
                               ("adapters/callback", "adapters/loop/loop.h"),
                               ("server/main", "adapters/sqlite/store.h"),
                               ("tests/server/domain", "adapters/sqlite/store.h")):
            violations = self.include(folder, target)
            self.assertEqual(violations, [], folder)

    def test_core_may_not_use_the_loop(self):
        for folder in ("server/base", "server/domain", "server/app"):
            self.assertEqual(len(self.include(folder, "adapters/loop/loop.h")), 1, folder)

    def include(self, folder, target):
        self.write(f"{folder}/planted.cc", f'#include "{target}"\n')
        return [line for line in self.found() if "[layers]" in line and line.startswith(folder)]

    def test_nobody_ships_tests(self):
        self.plant("server/app/create.cc", '#include "tests/support/fake.h"\n', "[layers]")

    def test_domain_knows_no_wire_and_no_thread(self):
        for target in ("<grpcpp/grpcpp.h>", "<mutex>", "<sqlite3.h>", '"payout/v1/payout.pb.h"'):
            self.write("server/domain/money.cc", f"#include {target}\n")
            self.assertTrue(any("must not know" in line for line in self.found()), target)

    def test_include_without_folder(self):
        self.plant("server/app/create.cc", '#include "money.h"\n', "full path")

    def test_wall_clock(self):
        self.plant("server/app/create.cc", "auto t = absl::Now();\n", "create.cc:2: [banned] wall clock")

    def test_wall_clock_has_a_home(self):
        self.assertEqual(self.banned("adapters/loop", "auto t = absl::Now();\n"), [])

    def test_banned_calls(self):
        for folder, text in (("server/app", "std::this_thread::sleep_for(x);\n"),
                             ("tests/server/domain", "std::this_thread::sleep_for(x);\n"),
                             ("server/app", "int i = rand();\n"),
                             ("adapters/http", "std::random_device device;\n"),
                             ("adapters/http", 'auto p = std::getenv("HOME");\n'),
                             ("server/domain", "double amount;\n"),
                             ("adapters/echelon", "float rate;\n"),
                             ("adapters/echelon", "auto v = std::strtod(a, b);\n"),
                             ("server/rpc", "std::regex r;\n"),
                             ("server/app", "absl::Mutex mutex;\n"),
                             ("server/app", "#include <format>\n"),
                             ("server/app", "throw 3;\n"),
                             ("server/app", "using namespace std;\n"),
                             ("tests/server/domain", "std::mt19937_64 engine;\n")):
            self.assertEqual(len(self.banned(folder, text)), 1, text)

    def test_allowed_neighbours_of_banned_calls(self):
        for folder, text in (("adapters/echelon/sandbox", "double seconds;\n"),
                             ("adapters/echelon", "bool Double(double) { return false; }\n"),
                             ("tests/server/domain", "auto seed = std::random_device{}();\n"),
                             ("server/main", 'getenv("HOME");\n'),
                             ("server/app", "int operand(int brand);\n"),
                             ("server/app", "// never absl::Now() here\n"),
                             ("server/app", 'Log("throw a double at rand()");\n'),
                             ("server/domain", "int x = 1'000'000; // double\n"),
                             ("server/domain", 'auto s = R"(double)";\n'),
                             ("tests/server/domain", "std::mt19937_64 engine{seed};\n")):
            self.assertEqual(self.banned(folder, text), [], text)

    def banned(self, folder, text):
        self.write(f"{folder}/planted.cc", text)
        return [line for line in self.found() if "[banned]" in line and line.startswith(folder)]

    def test_long_file(self):
        self.plant("server/app/create.cc", "\n" * tidy.LINES_MAX, "[shape]", "401 lines")

    def test_header_without_comment(self):
        self.write("server/domain/money.h", "#pragma once\n\nint x;\n")
        self.assertEqual(len(self.found()), 1)
        self.write("server/domain/money.h", "#pragma once\n\n// A comment will do here.\nint x;\n")
        self.assertEqual(self.found(), [])

    def test_header_without_guard(self):
        self.write("server/domain/money.h", "// What it is.\nint x;\n")
        self.assertIn("no include guard", self.found()[0])

    def test_source_in_no_list(self):
        self.plant("server/domain/forgotten.cc", "", "server/domain/forgotten.cc:1: [dead]")

    def test_source_that_is_only_part_of_a_listed_name(self):
        self.write("server/domain/CMakeLists.txt", "SOURCES money.cc bad_money.cc")
        self.write("server/domain/bad_money.cc", "")
        self.plant("server/domain/ney.cc", "", "[dead]")

    def test_proto_may_be_listed_without_its_suffix(self):
        self.write("server/domain/CMakeLists.txt", "SOURCES money.cc wire/row\n")
        self.write("server/domain/wire/row.proto", "")
        self.assertEqual(self.found(), [])
        self.plant("server/domain/wire/ow.proto", "", "[dead]")

    def test_commented_out_source_is_dead(self):
        self.write("server/app/CMakeLists.txt", "SOURCES # create.cc\n")
        self.assertIn("[dead]", self.found()[0])

    def test_header_that_nobody_includes(self):
        self.plant("server/domain/unused.h", HEADER, "server/domain/unused.h:1: [dead]")

    def test_folder_that_is_not_built(self):
        self.write("tests/server/app/CMakeLists.txt", "")
        self.assertEqual([line.split(" ")[0] for line in self.found()],
                         ["tests/server/app/CMakeLists.txt:1:"])

    def test_forbidden_words(self):
        for text in ("// TO" + "DO: later\n", "# FIX" + "ME\n", "see /ro" + "ot/x\n",
                     "log in /tmp/" + "bash_jobs\n", "cd /wo" + "rk/main\n"):
            self.write("README.md", text)
            self.assertEqual(len(self.found()), 1, text)
        for text in ("to do\n", "methodology, autodocs\n", "the /network/ path\n", "${x}/work/y\n"):
            self.write("README.md", text)
            self.assertEqual(self.found(), [], text)

    def test_guarantees_name_tests_that_exist(self):
        self.write("tests/server/domain/money_test.cc",
                   '#include "server/domain/money.h"\nTEST(MoneyTest, IsExact) {}\n')
        good = "# Title\n\n**G1 Exact.** As `it.is`.\nHeld by: `MoneyTest.IsExact`.\n"
        self.write("docs/guarantees.md", good)
        self.assertEqual(self.found(), [])
        for bad, words in ((good.replace("IsExact", "IsGone"), "no test MoneyTest.IsGone"),
                           (good + "\n**G2 Other.** Words.\n", "G2 names no test"),
                           (good.replace("G1", "G3"), "expected G1")):
            self.write("docs/guarantees.md", bad)
            violations = self.found()
            self.assertEqual(len(violations), 1, violations)
            self.assertIn(words, violations[0])

    def test_exit_code_and_count(self):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            self.assertEqual(tidy.main(["--root", str(self.root)]), 0)
            self.write("README.md", "TO" + "DO\n")
            self.assertEqual(tidy.main(["--root", str(self.root)]), 1)
        self.assertIn("1 violations", output.getvalue())


if __name__ == "__main__":
    unittest.main()
