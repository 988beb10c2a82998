# SPDX-License-Identifier: MIT
# make demo: from a fresh Debian 12 to a trained model and its report.   make test: everything that must hold.

PACKAGES := g++ cmake ninja-build ccache binutils python3 libhwy-dev libfmt-dev nlohmann-json3-dev libcli11-dev \
            zlib1g-dev libgtest-dev libgmock-dev libbenchmark-dev libjs-chart.js dataset-fashion-mnist pkg-config \
            libmd4c-dev libmd4c-html0-dev libpugixml-dev libgmime-3.0-dev librsvg2-dev
PACKAGES_SITE := emscripten chromium python3-websocket
PACKAGES_ALL := clang clang-format clang-tidy libomp-dev libclang-rt-14-dev chromium librsvg2-bin libtorch-dev libeigen3-dev
DATA := /usr/share/datasets/fashion-mnist
CALANDO := build/release/calando

.PHONY: site demo test test-all bench build format lint packages packages-all clean

demo: build
	$(CALANDO) train $(DATA) --model 'mlp(256, 128)' --out runs/fashion-mnist --overwrite
	@echo
	@echo "The report: file://$(CURDIR)/runs/fashion-mnist/report.html"

test: build
	cmake --build --preset release
	ctest --preset release

build: packages
	cmake --preset release --log-level=WARNING
	cmake --build --preset release --target calando_program

# Sanitizers, Clang, the portable build, libtorch, the cards' page in a browser: gigabytes of packages, an hour.
test-all: test packages-all site
	for preset in dev clang portable torch; do \
	  cmake --preset $$preset --log-level=WARNING && cmake --build --preset $$preset && ctest --preset $$preset || exit 1; \
	done

bench: build
	cmake --build --preset release
	for bench in build/release/src/*_bench; do $$bench || exit 1; done
	python3 tests/bench/training.py build/release

# The cards as a page with sliders and a playground, and its tests: Emscripten is about a gigabyte, Chromium a third of that.
site: build
	@cmake/install_packages $(PACKAGES_SITE)
	cmake --preset site --log-level=WARNING
	cmake --build --preset site
	@touch build/site/calando_cards.js    # it fits the program as it is now
	$(CALANDO) explain --site build/cards --module build/site/calando_cards.js
	ctest --preset release -R '^site\.'

format:
	clang-format -i $$(git ls-files '*.h' '*.cc')

lint:
	clang-format --dry-run --Werror $$(git ls-files '*.h' '*.cc')
	cmake --preset clang --log-level=WARNING
	run-clang-tidy -quiet -p build/clang $$(git ls-files 'src/*.cc' 'tools/*.cc' | grep -v -e _test.cc -e _bench.cc)

packages:
	@cmake/install_packages $(PACKAGES)

packages-all:
	@cmake/install_packages $(PACKAGES_ALL)

clean:
	rm -rf build runs
