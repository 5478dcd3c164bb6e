# The two commands of README.md. Each does all the set-up first.
BUILD := build/release
PROGRAM := build/saccade
export SACCADE_CACHE_DIR ?= $(CURDIR)/.cache/saccade

.PHONY: demo test program build setup gpu format check-format tidy sanitize asan tsan ray bench bundle wheel check-wheel clean

# (Where there is no model yet, the demo fetches one of 3.7 MB, and says so.)
demo: program
	$(PROGRAM) demo

# The program alone, as build/saccade: several files of a folder compiled as one, no tests.
program: setup
	cmake --preset program $(CMAKE_ARGS)
	cmake --build --preset program

test: build
	ctest --test-dir $(BUILD) --output-on-failure -j2

build: setup
	scripts/setup.sh --python
	cmake --preset release $(CMAKE_ARGS)
	cmake --build --preset release

setup:
	scripts/setup.sh

# The same program with the GPU path in it: see docs/gpu.md.
gpu:
	scripts/setup.sh --gpu
	cmake --preset program -DSACCADE_CUDA=ON
	cmake --build --preset program

# All C++ and CUDA files in the style of .clang-format, by the version that requirements.txt pins, all
# Python in that of ruff.toml; and whether they are.
FORMAT = git ls-files -z '*.cpp' '*.h' '*.cu' '*.cuh' | xargs -0 .venv/bin/clang-format
PYTHONS = python scripts tests bench
format: setup
	scripts/setup.sh --python
	$(FORMAT) -i
	.venv-python/bin/ruff format $(PYTHONS)

check-format: setup
	scripts/setup.sh --python
	$(FORMAT) --dry-run --Werror
	.venv-python/bin/ruff format --check $(PYTHONS)
	.venv-python/bin/ruff check $(PYTHONS)

# src/ by the rules of .clang-tidy, without the CUDA path.
tidy: setup
	cmake --preset tidy
	scripts/tidy.py build/tidy

# (oneTBB opens its parts with RTLD_DEEPBIND, which ASan refuses, unless it is told of sanitizers. Threads
# that it does not know of, as those are, crash GCC 12's ASan at their end where it watches their locals. And
# OpenVINO puts a signal stack of its own on the thread that loads it, which ASan would unmap at the thread's
# end and OpenVINO once more: what lies there by then is gone.)
# All tests under the address and undefined-behaviour sanitizers, the threaded ones under TSan.
sanitize: asan tsan

asan: setup
	cmake --preset asan
	cmake --build --preset asan
	TBB_ENABLE_SANITIZERS=1 ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:intercept_tls_get_addr=0:use_sigaltstack=0 \
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0 \
	UBSAN_OPTIONS=print_stacktrace=1 \
	  ctest --test-dir build/asan --output-on-failure -j2

tsan: setup
	cmake --preset tsan
	cmake --build --preset tsan --target test_core test_memory test_trace test_pipeline test_media test_relay
	ctest --test-dir build/tsan --output-on-failure -j2 -L '^(core|memory|trace|pipeline)$$'
	TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp \
	  ctest --test-dir build/tsan --output-on-failure -j2 -L '^media$$' -R 'Parts|Live'
	TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp \
	  ctest --test-dir build/tsan --output-on-failure -j2 -L '^relay$$'

# The cluster of two Ray nodes, with each of actor, node and driver killed at each step over 40 videos:
# what `make test` does a part of.
ray: build
	cd python/tests && SACCADE_TEST_RAY=full PYTHONPATH=$(CURDIR)/$(BUILD)/python PYTHONDONTWRITEBYTECODE=1 \
	  $(CURDIR)/.venv-python/bin/python -m pytest test_ray.py --durations=0

bench: program
	$(PROGRAM) bench

bundle: program
	scripts/bundle.sh

# Wheels of the Python package, into out/wheels; and one of them, installed where nothing else is.
wheel: setup
	scripts/wheel.sh

check-wheel:
	scripts/check-wheel.sh

clean:
	rm -rf build out
