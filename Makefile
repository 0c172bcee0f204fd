# `make` alone lists what there is. Both `make run` and `make test` set up what they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check translations content bench faults lock format venv-run venv-dev

PY := .venv/bin/python
# The compiled translations are not in git; they are made when a .po is newer.
CATALOGS := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

run: venv-run $(CATALOGS)  ## set up what is needed and serve http://127.0.0.1:8000 (obeys PORT, HOST, INSTANCE, DATABASE_URL)
	@exec $(PY) -m app

test: venv-dev $(CATALOGS)  ## everything: checks, then all tests on SQLite and PostgreSQL
	@scripts/test.sh

check: venv-dev $(CATALOGS)  ## the fast part of the tests: linters, types, packages, layers, templates, translations, plain language
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@$(PY) -m deptry .
	$(PY) -c 'from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_logo=True))'
	@if [ -d app/templates ]; then $(PY) -m djlint app/templates --lint --quiet; fi
	@$(PY) -m scripts.check_translations
	@$(PY) -m scripts.check_plain

translations: venv-dev  ## collect the texts of the program and list those without Indonesian
	@$(PY) -m scripts.update_translations

content: venv-run $(CATALOGS)  ## write help: check app/content and show it at http://127.0.0.1:8010 while you write
	@INSTALL=1 $(PY) -m flask --app app.wsgi help preview

bench: venv-dev $(CATALOGS)  ## measure: bytes and seconds on a slow line, pages a second
	@$(PY) -m tests.bench

faults: venv-dev $(CATALOGS)  ## kill the processes during 500 journeys and find every answer again (obeys JOURNEYS, SEED; takes minutes)
	@$(PY) -m tests.faults --journeys $(or $(JOURNEYS),500) --seed $(or $(SEED),1)
	@if scripts/ensure_tools.sh postgres; then scripts/with_postgres.sh bash -c 'exec "$$@" --database "$$DATABASE_URL"' - $(PY) -m tests.faults --journeys $(or $(JOURNEYS),500) --seed $(or $(SEED),1); else echo "NOT TESTED: PostgreSQL"; fi

lock:  ## write requirements/*.txt anew from pyproject.toml
	@scripts/lock.sh

format: venv-dev  ## put the Python code in its common form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

venv-run venv-dev: venv-%:
	@scripts/venv.sh $*

%.mo: %.po | venv-run
	@$(PY) -m babel.messages.frontend --quiet compile --input-file=$< --output-file=$@ --locale=$(word 2,$(subst /, ,$<))
