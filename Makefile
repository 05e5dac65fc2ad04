# arxivqa: `make chat` to use it, `make test` to check it, `make help` for the rest.

# The first Python from 3.11 on; set PYTHON=/path/to/python to choose another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# test: what pytest gets, e.g. TESTS="tests/qa -k settings"; two files at a time, since half of the time is waiting.
TESTS ?=
# soak, eval-category: a listings folder, or an archive of one.
LISTINGS ?=
# eval-category, ablation: a library of a whole category; eval-category makes it.
LIBRARY ?=

# chat: HOST= and PORT= count only on make's own command line, since shells and containers set variables of these names;
# ARGS= holds anything else `arxivqa chat` takes.
CHAT_FLAGS = $(if $(filter command,$(origin HOST)),--host $(HOST)) $(if $(filter command,$(origin PORT)),--port $(PORT)) $(ARGS)
# Two cores or twenty: no test needs more threads than this, and the tests start many processes.
TEST_ENV = OMP_NUM_THREADS=$${OMP_NUM_THREADS:-2} TOKENIZERS_PARALLELISM=false

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install install-dev browser chat test lint docs format soak eval eval-category ablation citations bench screenshots readme pins clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "arxivqa needs Python 3.11 or newer, and '$(or $(PYTHON),python3)' is not one." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; fi
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu the package python3-venv brings it." >&2; exit 1; }

# The stamps say what was installed, so that a second run costs nothing; a change of either file installs again.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing arxivqa and what it needs into $(VENV); the first time takes some minutes and 2 GB."
	@$(PIP) install --quiet --constraint constraints.txt setuptools
	@PYTHONWARNINGS=ignore $(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what tests and lint need."
	@PYTHONWARNINGS=ignore $(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable ".[dev,ollama,openai,anthropic,huggingface]"
	@touch $@

install: $(VENV)/.installed ## make .venv and install arxivqa with the pinned versions

install-dev: $(VENV)/.installed-dev ## the same, with what tests and lint need

browser: install-dev
	@$(BIN)/python scripts/install_browser.py

chat: install ## fill the library from seeds/ and start the page (PORT=, HOST=, ARGS=)
	@$(BIN)/arxivqa ingest seeds
	@$(BIN)/arxivqa chat $(CHAT_FLAGS)

test: install-dev browser ## run every test, the browser's included (TESTS= for some)
	@$(TEST_ENV) $(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report= $(TESTS)

lint: install-dev ## ruff, ruff format, mypy, and the order of packages and folders
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

docs: install-dev ## build the documentation as a site into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "The site's first page is site/index.html; $(BIN)/python -m mkdocs serve shows it while you write."

format: install-dev ## let ruff put the code in shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

soak: install-dev ## the long tests; with LISTINGS=PATH (a folder or an archive) also those that read a whole category
	@if [ -n "$(LISTINGS)" ] && [ ! -e "$(LISTINGS)" ]; then echo "There is no '$(LISTINGS)': make soak LISTINGS=PATH" >&2; exit 2; fi
	@$(TEST_ENV) $(if $(LISTINGS),ARXIVQA_SOAK_LISTINGS="$(abspath $(LISTINGS))") $(BIN)/python -m pytest -m soak \
		$(if $(LISTINGS),tests,tests --ignore tests/soak)

eval: install ## ask the question sets over seeds/ and write the figures to docs/measurements.md (ARGS=--misses)
	@$(BIN)/python -m benchmarks.quality.run_eval $(ARGS)

eval-category: install ## the same over a whole category (LISTINGS=PATH, LIBRARY=PATH, ARGS=)
	@$(BIN)/python -m benchmarks.quality.run_category $(if $(LIBRARY),--library "$(LIBRARY)") $(ARGS) $(if $(LISTINGS),"$(LISTINGS)")

ablation: install ## what each part earns, over seeds/ and where one is named a category's library (LIBRARY=PATH)
	@$(BIN)/python -m benchmarks.quality.ablation $(if $(LIBRARY),--library "$(LIBRARY)")

citations: install ## how well the citations of written answers are checked, written to docs/measurements.md
	@$(BIN)/python -m benchmarks.citations.checks

bench: install-dev ## measure times and memory, and the stock pipeline beside (docs/measurements.md, ARGS=)
	@$(BIN)/python -m benchmarks.speed.bench $(ARGS)

screenshots: install-dev browser ## make the pictures in docs/screenshots again
	@$(BIN)/python scripts/screenshots.py

readme: install ## run the examples of the README and docs/asking.md and put what they print under them
	@$(BIN)/python scripts/readme_examples.py

pins: install-dev ## write constraints.txt from what .venv holds
	@$(BIN)/python scripts/pin_constraints.py

# A category's library takes an hour to make again.
clean: ## remove .venv and everything else that was made (libraries stay)
	if [ -d artifacts ]; then find artifacts -mindepth 1 -maxdepth 1 ! -name category -exec rm -rf {} +; fi
	rm -rf $(VENV) build dist site .coverage* *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
