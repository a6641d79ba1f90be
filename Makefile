# Needs Python 3.11+ with venv and pip, git and make; everything else comes pinned and
# hash-checked from requirements/. Another interpreter: make test PYTHON=python3.12

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two pips in one environment break each other.
.NOTPARALLEL:

# The first that starts and is new enough; a name on PATH may be a shim of nothing.
ENOUGH := import sys; assert sys.version_info >= (3, 11); print('%d.%d' % sys.version_info[:2])
ifndef PYTHON
PYTHON := $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python,$(if $(shell $(p) -c "$(ENOUGH)" 2>/dev/null),$(p))))
endif
VERSION := $(if $(PYTHON),$(shell $(PYTHON) -c "$(ENOUGH)" 2>/dev/null))

VENV := .venv
BIN := $(VENV)/bin
# The interpreter's version is part of the stamp, so another PYTHON rebuilds.
PINS := $(VENV)/.pins-$(VERSION)
RUNTIME := $(VENV)/.runtime-$(VERSION)
DEV := $(VENV)/.dev-$(VERSION)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq --no-input

OUT ?= conformance-out
# Workers of pytest-xdist; 0 keeps everything in one process, for a debugger.
JOBS ?= auto
ARGS ?=

.PHONY: help certify test long check format lock wheelhouse clean

help: ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

certify: $(RUNTIME) ## certify the bundled mock, then verify what was signed (OUT=conformance-out)
	$(BIN)/conformance certify reference --out $(OUT)
	$(BIN)/conformance verify $(OUT)/certificate.vc.jwt

test: $(DEV) ## the toolkit's own tests, but the long ones (ARGS="-k word")
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

long: $(DEV) ## the long tests
	$(BIN)/python -m pytest -m long $(ARGS)

check: $(DEV) ## ruff, mypy --strict, the layer contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## let ruff write what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# ── the environment ──────────────────────────────────────────────────────────
# pip refuses an editable install under --require-hashes: first the pins, then ourselves.
$(PINS): requirements/runtime.txt
	@test -n "$(VERSION)" || { echo "make: Python 3.11 or newer is needed ($(or $(PYTHON),python3) is missing or older): make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "building $(VENV) with $(PYTHON) ($(VERSION)): about a minute, once"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/runtime.txt
	@touch $@

$(RUNTIME): $(PINS) pyproject.toml src/conformance/__init__.py
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(RUNTIME)
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

# uv's compiled form names no registry, unlike uv.lock and pylock.toml. UPGRADE=1 takes newer releases.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --python-version 3.11 --only-binary :all: \
	$(if $(UPGRADE),--upgrade) pyproject.toml requirements/macos-intel.in --group build

lock: ## write requirements/*.txt from pyproject.toml (UPGRADE=1 for newer releases)
	@test -x $(BIN)/uv || $(MAKE) $(DEV)
	$(COMPILE) --output-file requirements/runtime.txt
	$(COMPILE) --extra data --constraint requirements/runtime.txt --output-file requirements/data.txt
	$(COMPILE) --extra data --group dev --constraint requirements/data.txt --output-file requirements/dev.txt
	@! grep -nE '://|^--' requirements/*.txt || { echo "make: a lock names an address" >&2; exit 1; }

wheelhouse: $(RUNTIME) ## wheels for a network without a registry, into wheelhouse/
	@$(PIP) download --require-hashes --only-binary :all: --dest wheelhouse -r requirements/data.txt
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir wheelhouse .

clean: ## remove what make made
	rm -rf $(VENV) $(OUT) wheelhouse build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests suites -name __pycache__ -type d -prune -exec rm -rf {} +
