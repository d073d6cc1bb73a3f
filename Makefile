# The payout gateway: everything a developer runs. `make` lists it.
#
# On Debian 12 nothing but `make` has to be there beforehand (apt-get install make): each target installs
# the packages that it needs and that are missing. Every step prints one line; its output is in BUILD/logs.
#
#   PAYOUT_SKIP_SETUP=1   do not look at packages       PAYOUT_JOBS=N   compilers at once

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.NOTPARALLEL:

tools := tests/tools
step := $(tools)/step.sh
jobs = $$($(tools)/jobs.sh)

.PHONY: help setup setup-check build demo test check format format-check lint proto-lint clang-tidy \
        asan tsan clang bazel bazel-sources benchmarks bench bench-smoke bench-growth bench-soak guard clean simulate crash fuzz

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Use it -----------------------------------------------------------------------------------------

setup: ## install the packages that are missing (tests/setup/packages.txt)
	@tests/setup/install_packages.sh build

build: build/.configured ## build the programs into build/bin
	@$(step) "Building the programs" build/logs/build.log cmake --build build -j "$(jobs)" --target programs

demo: build ## simulator, gateway, payouts of several kinds, and what became of them
	@tests/demo/demo.sh

test: build/.configured ## build everything, run all tests
	@$(step) "Building programs and tests" build/logs/build.log cmake --build build -j "$(jobs)"
	@$(tools)/run_tests.sh build

benchmarks: build/.configured
	@$(step) "Building the benchmarks" build/logs/build.log cmake --build build -j "$(jobs)" --target benchmarks

bench: benchmarks ## run the benchmarks (15 minutes); prints tables, keeps figures in build/bench
	@tests/setup/install_packages.sh bench
	@tests/bench/peers/install.sh build || echo "bench: the rows of the peers will be skipped"
	@tests/bench/run.sh build

bench-smoke: benchmarks ## does every row of the benchmarks work? (a minute; no figures, no npm)
	@tests/setup/install_packages.sh bench
	@tests/bench/run.sh --smoke build

bench-growth: build/.configured ## growth-bench with five million payouts (10 minutes; 8 GB stay in build/bench-stores)
	@$(step) "Building the benchmarks" build/logs/build.log cmake --build build -j "$(jobs)" --target growth-bench payout-gateway
	@OUT=build/bench/five-million OPTIONS="--payouts 5000000" tests/bench/run.sh build growth-bench

bench-soak: build/.configured ## ten minutes at half load: does anything grow? (11 minutes)
	@$(step) "Building the benchmarks" build/logs/build.log cmake --build build -j "$(jobs)" --target soak-bench payout-gateway echelon-sandbox
	@OUT=build/bench/ten-minutes OPTIONS="--minutes 10" tests/bench/run.sh build soak-bench

guard: build/.configured ## did something get slower? instruction counts beside the kept ones (a minute)
	@tests/setup/install_packages.sh bench
	@$(step) "Building instruction-bench" build/logs/build.log cmake --build build -j "$(jobs)" --target instruction-bench
	@python3 -B tests/bench/instruction_guard.py --build build --jobs "$(jobs)"

clean: ## remove everything that was built
	@rm -rf build build-asan build-tsan build-clang build-fuzz
	@rm -rf .deps/bazel bazel/bazel-*

# --- Check it ---------------------------------------------------------------------------------------

check: format-check lint test asan tsan clang-tidy bazel ## all of the checks below, one after the other
	@echo "make check: all checks passed"

setup-check:
	@tests/setup/install_packages.sh check

format: setup-check ## format the C++ and the .proto files in place
	@$(tools)/format.sh fix

format-check: setup-check ## say which files are not formatted
	@$(tools)/format.sh check

lint: setup-check ## conventions (tests/tidy), file lists of Bazel, lint and compatibility of the .proto files
	@python3 -B tests/tidy/tidy.py && echo "Conventions: no violation"
	@python3 -B $(tools)/bazel_sources.py check
	@$(tools)/proto_lint.sh

clang-tidy: clang ## clang-tidy on the code that ships (slow)
	@$(tools)/clang_tidy.sh build-clang "$(jobs)"

clang: build-clang/.configured ## build everything with clang 14
	@$(step) "Building with clang" build-clang/logs/build.log cmake --build build-clang -j "$(jobs)"

asan: build-asan/.configured ## tests of code with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer
	@$(step) "Building with address and undefined sanitizers" build-asan/logs/build.log cmake --build build-asan -j "$(jobs)"
	@$(tools)/run_tests.sh build-asan -LE script

# TSAN_WITHOUT="FOLDER..." leaves folders out, as CI does with those that never start a thread.
tsan: setup-check ## tests without gRPC under ThreadSanitizer
	@folders=$$(python3 -B $(tools)/grpc_free_folders.py $${TSAN_WITHOUT:-}) && \
	$(step) "Configuring build-tsan" build-tsan/logs/configure.log cmake --preset tsan -DPAYOUT_FOLDERS="$$folders"
	@$(step) "Building with the thread sanitizer" build-tsan/logs/build.log cmake --build build-tsan -j "$(jobs)"
	@$(tools)/run_tests.sh build-tsan -LE script

bazel: setup-check ## build the core with Bazel and run its unit tests
	@python3 -B $(tools)/bazel_sources.py check
	@$(tools)/bazel_test.sh

bazel-sources: ## take the file lists of Bazel anew from CMake's
	@python3 -B $(tools)/bazel_sources.py write

# --- Prove it: long gates, each with a closing table -------------------------------------------------
# Beginning somewhere else: SEEDS=1..1000  KILLS=50  FUZZ_SECONDS=5

simulate: build/.configured ## 100,000 simulated worlds, every planted bug, every interleaving of the smallest world
	@$(step) "Building the simulator" build/logs/simulate.log \
	  cmake --build build -j "$(jobs)" --target payout-sim payout-explore
	@build/bin/payout-sim --seeds "$${SEEDS:-1..100000}" --probes
	@build/bin/payout-sim --mutations
	@build/tests/payout-explore

crash: build/.configured ## kills the real gateway 500 times, at every durable step and at random, and compares the books
	@$(step) "Building the crash loops" build/logs/crash.log \
	  cmake --build build -j "$(jobs)" --target payout-crash payout-gateway-crash echelon-sandbox
	@build/bin/payout-crash --bin build/bin --kills "$${KILLS:-500}" --kills-per-round 50 --all-points

fuzz: setup-check ## every fuzz target for 20 s
	@tests/fuzz/run.sh

# --- How it is done ---------------------------------------------------------------------------------

# build is the default preset, build-X the preset X. CMake itself notices changed lists; only a changed
# preset needs this again. The packages are looked at every time: that takes a hundredth of a second.
preset = $(or $(patsubst build-%,%,$(filter build-%,$(@D))),default)

build/.configured: CMakePresets.json | setup
build-asan/.configured build-clang/.configured: CMakePresets.json | setup-check
build/.configured build-asan/.configured build-clang/.configured:
	@$(step) "Configuring $(@D)" $(@D)/logs/configure.log cmake --preset $(preset)
	@touch $@
