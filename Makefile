# Everything a person does with this project. `make run` needs only git, make and Python 3.11 or newer.
PORT ?= 8501
DATA ?= data
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

export DASHBOARD_PORT = $(PORT)
export DASHBOARD_DATA_DIR = $(DATA)

.PHONY: run demo test thorough lint bench screens components pins clean

run: $(VENV)/app.installed  ## the app with its embedded cloud on http://localhost:$(PORT)
	@$(BIN)/python -m compileall -q core pages streamlit_app.py
	@$(BIN)/python -m core serve

demo: $(VENV)/app.installed  ## the same with demo content
	@$(BIN)/python -m compileall -q core pages streamlit_app.py
	@$(BIN)/python -m core serve --demo

test: $(VENV)/dev.installed browser  ## everything that proves the product
	@bash .ci/check

thorough: $(VENV)/dev.installed browser  ## the tests with all their random examples; takes long
	@$(BIN)/pytest -n 2 --dist loadfile --hypothesis-profile=thorough

lint: $(VENV)/dev.installed  ## style, types, imports, the template
	@bash .ci/check lint

bench: $(VENV)/dev.installed browser  ## every number, as JSON
	@$(BIN)/python -m tests.bench

screens: $(VENV)/dev.installed browser  ## the README's screenshots
	@$(BIN)/python -m tests.browser.screens

components:  ## rebuild the browser components from their sources (needs Node.js 20 or newer)
	cd core/assets/src && npm ci && npm run build

pins:  ## rewrite constraints.txt from a fresh environment
	rm -rf build/pins && $(PYTHON) -m venv build/pins
	build/pins/bin/python -m pip install --quiet -r requirements-dev.txt
	{ echo "# Every package that the requirements bring, at the version that was tested. Rewritten by \`make pins\`."; \
	  build/pins/bin/python -m pip freeze; } > constraints.txt

.PHONY: browser
browser: $(VENV)/dev.installed
	@bash .ci/browser

$(VENV)/app.installed: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned requirements (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/dev.installed: requirements-dev.txt requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $(VENV)/app.installed $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache htmlcov .coverage
