PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

WORKERS ?= logical
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: run test test-fast test-slow coverage screenshots lint lock bench clean

run: $(VENV)/.run
	$(BIN)/python app.py

test: $(VENV)/.dev lint
	npm test --silent
	$(BIN)/python -m tests.browser.chromium
	$(PYTEST) -m "not slow"

test-fast: $(VENV)/.dev node_modules/.done
	npm test --silent
	$(PYTEST) -m "not slow" tests/core tests/components

test-slow: $(VENV)/.dev node_modules/.done
	$(BIN)/python -m tests.browser.chromium
	$(PYTEST) -m slow

coverage: $(VENV)/.dev
	$(PYTEST) -m "not slow" --cov=gaba_core tests/core tests/training

screenshots: $(VENV)/.dev
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.screenshots

lint: $(VENV)/.dev node_modules/.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm run lint --silent

bench: $(VENV)/.dev
	for script in benchmarks/[a-z]*.py; do $(BIN)/python -m benchmarks.$$(basename $$script .py) || exit 1; done

# The environment of make test down to the dependencies of dependencies, for every platform.
lock: $(VENV)/bin/python
	$(PIP) install uv==0.13.9
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
		--custom-compile-command "make lock" --output-file requirements-dev.lock requirements-dev.txt

clean:
	rm -rf $(VENV) node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis

# What checks the browser half; nothing of it is served.
node_modules/.done: package.json package-lock.json | $(VENV)/bin/python
	$(BIN)/python -m tests.javascript.node
	npm ci --silent --no-audit --no-fund
	touch $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --constraint requirements.txt --editable ".[dashboard]"
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --constraint requirements-dev.lock --requirement requirements-dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@
