#!/usr/bin/env python3
"""Tests of bazel_sources.py and grpc_free_folders.py on a small tree."""
import contextlib
import io
import pathlib
import tempfile
import unittest

import bazel_sources
import grpc_free_folders


class BazelSourcesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.write("server/base/CMakeLists.txt",
                   "payout_library(base SOURCES log.cc DEPS absl::strings OpenSSL::Crypto)\n")
        self.write("server/base/log.h")
        self.write("server/domain/CMakeLists.txt",
                   "payout_library(domain SOURCES money.cc money.h DEPS payout::base)\n"
                   "set_target_properties(payout_domain PROPERTIES X Y)\n")
        self.write("server/domain/money.h")
        self.write("adapters/memory/CMakeLists.txt",
                   "payout_library(memory SOURCES store.cc DEPS payout::domain)\n")
        self.write("tests/server/domain/CMakeLists.txt",
                   "payout_test(money_test SOURCES money_test.cc DEPS payout::domain)\n")
        self.write("tests/server/domain/money_test.cc")
        self.write("bazel/sources.bzl")

    def write(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_main(self, action):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = bazel_sources.main([action, "--root", str(self.root)])
        return code, output.getvalue()

    def lists(self):
        code, output = self.run_main("write")
        self.assertEqual(code, 0, output)
        text = (self.root / "bazel/sources.bzl").read_text()
        values = {}
        exec(text, values)  # a list of literals is Python, too
        return ({row["name"]: row for row in values["LIBRARIES"]},
                {row["name"]: row for row in values["TESTS"]}, text)

    def test_lists_are_those_of_cmake(self):
        libraries, tests, _ = self.lists()
        self.assertEqual(sorted(libraries), ["payout_base", "payout_domain"])
        self.assertEqual(libraries["payout_base"]["srcs"], ["server/base/log.cc"])
        self.assertEqual(libraries["payout_base"]["hdrs"], ["server/base/log.h"])
        self.assertEqual(libraries["payout_base"]["deps"], ["@system//:absl", "@system//:crypto"])
        self.assertEqual(libraries["payout_domain"]["deps"], [":payout_base"])
        self.assertEqual(tests["money_test"]["srcs"], ["tests/server/domain/money_test.cc"])

    def test_library_outside_the_core_comes_when_a_test_needs_it(self):
        self.write("tests/server/domain/CMakeLists.txt",
                   "payout_test(money_test SOURCES money_test.cc DEPS payout_memory)\n")
        libraries, _, _ = self.lists()
        self.assertIn("payout_memory", libraries)

    def test_generated_library_is_named_but_not_listed(self):
        self.write("adapters/memory/CMakeLists.txt",
                   "payout_library(memory SOURCES store.cc DEPS payout::domain payout::record_proto)\n")
        self.write("tests/server/domain/CMakeLists.txt",
                   "payout_test(money_test SOURCES money_test.cc DEPS payout_memory)\n")
        libraries, _, _ = self.lists()
        self.assertIn(":payout_record_proto", libraries["payout_memory"]["deps"])
        self.assertNotIn("payout_record_proto", libraries)

    def test_test_that_needs_an_unknown_library_is_left_out_by_name(self):
        self.write("tests/server/domain/CMakeLists.txt",
                   "payout_test(wire_test SOURCES wire_test.cc DEPS payout::domain gRPC::grpc++)\n")
        _, tests, text = self.lists()
        self.assertEqual(tests, {})
        self.assertIn("# Left to CMake: wire_test, because wire_test needs gRPC::grpc++.", text)

    def test_core_that_needs_an_unknown_library_is_an_error(self):
        self.write("server/app/CMakeLists.txt", "payout_library(app SOURCES a.cc DEPS Odd::odd)\n")
        code, output = self.run_main("write")
        self.assertEqual(code, 1)
        self.assertIn("app needs Odd::odd", output)

    def test_files_that_a_test_reads_are_its_data(self):
        self.write("docs/table.md")
        self.write("tests/server/domain/money_test.cc", 'Read(PAYOUT_SOURCE_DIR "/docs/table.md");\n')
        self.assertEqual(self.lists()[1]["money_test"]["data"], ["docs/table.md"])

    def test_check_shows_what_has_changed(self):
        self.lists()
        self.assertEqual(self.run_main("check")[0], 0)
        self.write("server/domain/CMakeLists.txt",
                   "payout_library(domain SOURCES money.cc rate.cc DEPS payout::base)\n")
        code, output = self.run_main("check")
        self.assertEqual(code, 1)
        self.assertIn('+            "server/domain/rate.cc",', output)
        self.assertIn("make bazel-sources", output)

    def test_folders_without_grpc(self):
        self.write("server/rpc/CMakeLists.txt", "payout_library(rpc SOURCES r.cc DEPS payout::proto)\n")
        self.write("server/main/CMakeLists.txt", "payout_library(wiring SOURCES w.cc DEPS payout::rpc)\n")
        self.write("adapters/http/CMakeLists.txt",
                   "add_library(payout_asio STATIC a.cc)\ntarget_link_libraries(payout_asio PUBLIC x)\n"
                   "payout_library(http SOURCES h.cc DEPS payout::asio)\n")
        self.write("tests/support/CMakeLists.txt",
                   "add_library(payout_wire STATIC a.cc)\n"
                   "target_link_libraries(payout_wire PUBLIC gRPC::grpc++)\n"
                   "payout_library(support SOURCES s.cc DEPS payout_wire)\n")
        self.write("tests/CMakeLists.txt", "add_subdirectory(support)\n")
        self.assertEqual(grpc_free_folders.grpc_free_folders(self.root),
                         ["adapters/http", "adapters/memory", "server/base", "server/domain",
                          "tests/server/domain"])


if __name__ == "__main__":
    unittest.main()
