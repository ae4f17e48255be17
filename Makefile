# make run, make demo, make test: each works on a fresh machine with Python 3.11 or newer.
HOST ?= 127.0.0.1
PORT ?= 8000
INSTANCE ?= $(CURDIR)/instance
VENV ?= $(CURDIR)/.venv
PYTHON ?= python3
BIN = $(VENV)/bin
FLASK = INSTANCE="$(INSTANCE)" $(BIN)/flask --app app
BASE = http://$(HOST):$(PORT)

.PHONY: run demo test soak fast coverage lint fix bench screenshots messages requirements clean

run: $(VENV)/.run surveys/translations/.compiled
	@$(FLASK) db migrate
	@$(FLASK) account first-link --base $(BASE)
	@echo "Serving on $(BASE) (Ctrl-C ends it)"
	@HOST=$(HOST) PORT=$(PORT) INSTANCE="$(INSTANCE)" exec $(BIN)/gunicorn app:app

demo: INSTANCE = $(CURDIR)/instance/demo
demo: $(VENV)/.run surveys/translations/.compiled
	@$(FLASK) demo make --base $(BASE)
	@echo "Serving on $(BASE) (Ctrl-C ends it)"
	@HOST=$(HOST) PORT=$(PORT) INSTANCE="$(INSTANCE)" exec $(BIN)/gunicorn app:app

# Compiled files are kept, also where the environment says otherwise: tests start some hundred processes.
test fast coverage soak: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.dev surveys/translations/.compiled lint
	@VENV="$(VENV)" sh tests/browser/chromium.sh
	@sh tests/faults/programs.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# The tests without browser, PostgreSQL and faults.
fast: $(VENV)/.dev surveys/translations/.compiled
	$(BIN)/python -m pytest -m "not browser and not postgres and not fault"

# The faults a hundred times each, and ten minutes of whatever comes: about 45 minutes. The figures are for docs/reliability.md.
soak: $(VENV)/.dev surveys/translations/.compiled
	@sh tests/faults/programs.sh
	@rm -f "$(INSTANCE)/soak.jsonl"
	FAULT_ROUNDS=100 FAULT_FIGURES="$(INSTANCE)/soak.jsonl" $(BIN)/python -m pytest -n 4 --dist loadgroup tests/faults/under_load
	@cat "$(INSTANCE)/soak.jsonl"

# The branch coverage of every file by the fast tests: the others run the same code again or in processes of their own.
coverage: $(VENV)/.dev surveys/translations/.compiled
	$(BIN)/python -m pytest -n 2 -m "not browser and not postgres and not fault" --cov --cov-report=term-missing:skip-covered

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check templates
	$(BIN)/djlint --lint templates

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --warn templates

bench: $(VENV)/.dev surveys/translations/.compiled
	$(BIN)/python -m bench --write

screenshots: $(VENV)/.dev surveys/translations/.compiled
	VENV="$(VENV)" sh tests/browser/screenshots.sh

# Take new texts over into the catalogues; then translate what is empty in zh.
messages: $(VENV)/.dev
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k Problem -k note -k remark -k refuse -k problem:2 -k message_id --no-location --sort-output -o /tmp/messages.pot .
	$(BIN)/pybabel -q update -N -w 120 --ignore-pot-creation-date -i /tmp/messages.pot -d surveys/translations -l zh
	rm -f /tmp/messages.pot surveys/translations/.compiled

# Pin all that requirements*.in need. `make requirements UPGRADE=--upgrade` takes newer releases where no line forbids it.
UPGRADE ?=
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" $(UPGRADE)
requirements: $(VENV)/.dev
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

surveys/translations/.compiled: $(wildcard surveys/translations/*/LC_MESSAGES/*.po) $(VENV)/.run
	$(BIN)/pybabel -q compile -d surveys/translations
	@touch $@

$(VENV)/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv "$(VENV)"
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf "$(VENV)" surveys/translations/.compiled .pytest_cache .mypy_cache .ruff_cache .hypothesis
