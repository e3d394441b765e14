# `make demo` and `make test` are all that a fresh machine with make and Python >= 3.11 needs; `make help` lists the rest.
PYTHON ?= python3
UV ?= $(shell command -v uv || echo $(CURDIR)/.tools/bin/uv)
BIN := .venv/bin
STAMP := .venv/.complete
export WHEATPASTE_CACHE ?= $(HOME)/.cache/wheatpaste-tests

.DEFAULT_GOAL := help
.PHONY: help prepare setup demo test test-fast check bench up clean format generate

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(CURDIR)/.tools/bin/uv: # uv from PyPI: through pip, or through a virtual environment where pip is not allowed to install
	@$(PYTHON) -c 'import sys; sys.exit("Python >= 3.11 is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m pip install --quiet --target .tools uv || { $(PYTHON) -m venv .tools/venv && .tools/venv/bin/pip install --quiet uv && mkdir -p .tools/bin && ln -sf ../venv/bin/uv .tools/bin/uv; }

$(STAMP): pyproject.toml requirements.lock | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip install --quiet --python $(BIN)/python --constraint requirements.lock --editable '.[all]' --group dev
	@touch $@

setup: $(STAMP) ## make .venv with everything in it

demo: $(STAMP) ## the whole pipeline on real data: S3, crawler, catalog, Spark job, Athena, Redshift
	$(BIN)/wheatpaste demo

prepare: $(STAMP) # what jobs would fetch at their first run: some minutes once, nothing afterwards
	$(BIN)/wheatpaste doctor --fetch || true
	$(BIN)/python tools/fetch_suites.py

test: prepare ## every test: unit, wire oracle, services, real clients, crashes, Spark, the demo
	$(BIN)/python tools/test_halves.py

test-fast: prepare ## the tests that need no Spark
	$(BIN)/pytest -m 'not spark and not slow'

check: $(STAMP) ## lint, types, generated files, architecture, docs
	$(BIN)/ruff check src tests tools benchmarks patterns
	$(BIN)/ruff format --check src tests tools benchmarks patterns
	$(BIN)/mypy
	$(BIN)/python tools/generate_index.py --check
	$(BIN)/python tools/generate_schema.py --check
	$(BIN)/python tools/generate_shapes.py --check
	$(BIN)/python tools/generate_docs.py --check

format: $(STAMP) ## put the code into its canonical form
	$(BIN)/ruff check --fix src tests tools benchmarks patterns
	$(BIN)/ruff format src tests tools benchmarks patterns

generate: $(STAMP) ## make the generated files anew
	$(BIN)/python tools/generate_index.py
	$(BIN)/python tools/generate_schema.py
	$(BIN)/python tools/generate_shapes.py
	$(BIN)/python tools/generate_docs.py

bench: $(STAMP) ## the speed table, side by side; writes benchmarks/results
	$(BIN)/python -m benchmarks

up: $(STAMP) ## start the platform in the foreground
	$(BIN)/wheatpaste up

clean: ## remove what make made
	rm -rf .venv .tools build dist .pytest_cache .mypy_cache .ruff_cache
