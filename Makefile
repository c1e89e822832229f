# The two commands of the README are `make run` and `make test`.
# Everything installs into .venv, from locks that hold names, versions and hashes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PORT ?= 8000
BROWSER := tests/browser/node_modules
export PYTHONUTF8 := 1

.PHONY: run test setup check bench full load screens docs format clean
.DEFAULT_GOAL := run

run: $(VENV)/.ready
	@$(BIN)/tsunagite sample run --port $(PORT)

test: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n 2 --dist worksteal

setup: $(VENV)/.ready

check: $(VENV)/.ready-dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/check.sh

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m benchmarks

full: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "full or not full" --hypothesis-profile=nightly --cov
	@$(BIN)/python -m tests.mutation

load: $(VENV)/.ready-dev
	@$(BIN)/python -m benchmarks.load

screens: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.browser.screens

docs: $(VENV)/.ready-dev
	@$(BIN)/python -m docs.generate

format: $(VENV)/.ready-dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only .

clean:
	rm -rf $(VENV) node_modules $(BROWSER) api/static/vendor

$(UV): requirements-uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $(UV)

$(VENV)/.ready: $(UV) pyproject.toml requirements.lock requirements-build.lock package-lock.json hatch_build.py
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements-build.lock -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock tests/browser/package-lock.json
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(BIN)/python tests/browser/install.py
	@touch $@
