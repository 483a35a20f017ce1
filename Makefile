# Everything a person or CI runs. It needs make and Python 3.11 or later, nothing else prepared.

PYTHON ?= python3
PORT ?= 5000
ARGS ?=

BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help run test histories check lint format bench pictures translations assets clean
.DEFAULT_GOAL := help

help: ## list the targets
	@echo "Usage: make TARGET [PORT=5000] [ARGS='-k words'] [PYTHON=python3.13]"
	@echo
	@sed -n 's/^\([a-z][a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | \
		while IFS='|' read -r name words; do printf '  %-13s %s\n' "$$name" "$$words"; done

run: .venv/.runtime ## install what is missing, then serve the demonstration on 127.0.0.1:PORT
	@$(BIN)/python -m tools.assets
	@$(BIN)/python -m tools.translations
	@DEMO=1 PORT=$(PORT) $(BIN)/flask --app wsgi serve

test: .venv/.dev ## run the whole test suite (ARGS goes to pytest)
	@$(BIN)/python -m tools.assets --dev
	@$(BIN)/python -m tools.translations
	@$(BIN)/python -m pytest $(ARGS)

histories: .venv/.dev ## tell the engine and its model 50,000 histories instead of 2,000
	@HISTORIES=50000 $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/model/test_histories.py $(ARGS)

check: lint ## all that CI runs: style, types, layers, then the tests
	@$(MAKE) --no-print-directory test

lint: .venv/.dev ## style, types and layers only
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/.dev ## put the code in the project's style
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: .venv/.dev ## measure speed on a large database (ARGS goes to the benchmark)
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: .venv/.dev ## take the README's pictures anew (needs Chromium)
	@$(BIN)/python -m tools.pictures

translations: .venv/.runtime ## bring new texts into the translators' files
	@$(BIN)/python -m tools.translations update
	@$(BIN)/python -m tools.translations

assets: .venv/.runtime ## fetch the browser files (the font)
	@$(BIN)/python -m tools.assets

clean: ## remove what make installed; the database stays
	rm -rf .venv node_modules booking/static/vendor .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis

# ---- The virtual environment: made once, filled again when the pins change ---------------------

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$($(PYTHON) --version 2>/dev/null) || found="not there"; \
		echo "Python 3.11 or later is needed; '$(PYTHON)' is $$found."; \
		echo "Name another one: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@echo "Making the virtual environment in .venv ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.runtime: requirements.txt | .venv/bin/pip
	@echo "Installing the Python packages ..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing the packages for tests and checks ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@
