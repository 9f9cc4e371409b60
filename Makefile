# make run     serve the demonstration on http://127.0.0.1:8000 (PORT= changes it)
# make test    the whole suite
# make check   everything that guards the house
# make bench   what the pages cost at 3,000 tasks, and the long jobs

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
BIN := .venv/bin
STAMP := .venv/installed

.PHONY: run install test test-full check bench messages

run: install
	@DEBUG=true DEMONSTRATION_DATE=$${DEMONSTRATION_DATE-2025-09-15} $(BIN)/python manage.py migrate --verbosity 0
	@DEBUG=true DEMONSTRATION_DATE=$${DEMONSTRATION_DATE-2025-09-15} $(BIN)/python manage.py demo
	@echo "http://127.0.0.1:$(PORT)"
	@DEBUG=true DEMONSTRATION_DATE=$${DEMONSTRATION_DATE-2025-09-15} $(BIN)/python manage.py runserver --noreload 127.0.0.1:$(PORT)

install: $(STAMP)

$(STAMP): requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)

test: install
	$(BIN)/python -m pytest -n $(WORKERS)

test-full: install
	FULL=1 $(BIN)/python -m pytest -n $(WORKERS)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=true $(BIN)/mypy
	$(BIN)/lint-imports
	DEBUG=true $(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=true $(BIN)/python manage.py workflow_diagram --check
	$(BIN)/python tools/check_templates.py
	$(BIN)/python tools/check_catalogue.py
	$(BIN)/python tools/check_deploy.py

bench: install
	$(BIN)/python tests/bench/run.py
	$(BIN)/python tests/bench/jobs.py

messages: install
	$(BIN)/python tools/make_messages.py
