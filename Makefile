PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

WORKERS ?= logical
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: run test test-fast test-slow lint bench clean

run: $(VENV)/.run
	$(BIN)/python app.py

test: $(VENV)/.dev lint
	$(BIN)/python -m tests.browser.chromium
	$(PYTEST) -m "not slow"

test-fast: $(VENV)/.dev
	$(PYTEST) -m "not slow" tests/core tests/components

test-slow: $(VENV)/.dev
	$(BIN)/python -m tests.browser.chromium
	$(PYTEST) -m slow

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	for script in benchmarks/[a-z]*.py; do $(BIN)/python -m benchmarks.$$(basename $$script .py) || exit 1; done

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
