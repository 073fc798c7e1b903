# Two commands: `make run` serves the ask page, `make test` checks everything.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test bench lock clean

run: .venv/run
	$(BIN)/signpost serve

test: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses 4 --dist loadfile # many wait for something, so four at once take half the time

bench: .venv/bench
	$(BIN)/python -m benchmarks.search
	$(BIN)/python -m benchmarks.answer
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.regexes

# Hashed requirements for the image, from pyproject.toml.
lock: .venv/test
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --all-build-deps --no-header --output-file requirements.txt pyproject.toml

.venv/made:
	$(PYTHON) -c 'import sys; sys.exit("Signpost needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	touch $@

# What the packs teach is learnt once here, so that every start is quick.
.venv/run: .venv/made pyproject.toml $(shell find knowledge/packs -name '*.yaml')
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	$(BIN)/signpost compile
	touch $@

.venv/test: .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

.venv/bench: .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@

clean:
	rm -rf .venv knowledge/compiled
