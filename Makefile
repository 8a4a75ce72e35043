# The front door. Every command may be the first one on a fresh Debian 12: what is missing is installed through
# apt as root or with sudo, or named in one sentence. Underneath is CMake; `cmake --list-presets` has the rest.
#
#   make             library and program: build/libgrulens.a, build/grulens
#   make run         the main job on the bundled networks: report, JSON and figures under out/
#   make gallery     build/gallery/index.html: every kind of figure in every theme
#   make test        everything that CI runs; the last lines are ctest's summary
#   make bench       speed against the peers that are installed, as ratios
#   make asan        the tests under AddressSanitizer and UndefinedBehaviorSanitizer
#   make fuzz        libFuzzer on every reader, FUZZ_SECONDS (60) each
#   make tidy        clang-tidy over src/
#   make format      writes every C file as clang-format 14 would
#   make docs        docs/manual.md and build/grulens.1, from the program's own option tables
#   make install     into PREFIX (/usr/local), under DESTDIR if given
#   make clean       removes what the others built

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
JOBS ?= $(shell nproc)
export CMAKE_BUILD_PARALLEL_LEVEL = $(JOBS)
MAKEFLAGS += --no-print-directory

program: build/build.ninja
	@cmake --build build --target grulens grulens-program

build/build.ninja: | packages-build
	@cmake --preset release

packages-%:
	@tools/packages $*

run: program
	@tools/run-examples

gallery: program
	@tools/gallery build/grulens build/gallery
	@echo build/gallery/index.html

test:
	@tools/test

test-build:
	@tools/test build

bench: packages-bench
	@cmake --preset release -DGRULENS_BENCH=ON >/dev/null
	@cmake --build build
	@tools/bench

asan: packages-test
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan
	@ctest --preset asan -j $(JOBS)

fuzz: packages-fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz --target fuzz
	@tools/fuzz $(FUZZ_SECONDS)

tidy: packages-tidy
	@cmake --preset clang >/dev/null
	@tools/tidy

format:
	@tools/check-format . --fix

docs: program
	@cmake --build build --target man
	@build/grulens help --markdown >docs/manual.md.new && mv docs/manual.md.new docs/manual.md

install: program
	@cmake --build build
	@cmake --install build --prefix '$(PREFIX)'

clean:
	@rm -rf build build-* out

.PHONY: program run gallery test test-build bench asan fuzz tidy format docs install clean
