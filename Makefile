# make serve: the graph, answering.   make test: the tests.   Both do all the set-up.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/pip --disable-pip-version-check --quiet

.PHONY: serve test check build bench clean

serve: $(VENV)/.ready
	$(VENV)/bin/kg serve --host $(HOST) --port $(PORT)

build: $(VENV)/.ready
	$(VENV)/bin/kg build

check: $(VENV)/.ready-test
	$(VENV)/bin/kg check

test: $(VENV)/.ready-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m pytest

FRONTEND := hatch_build.py frontend/package-lock.json frontend/build.mjs $(wildcard frontend/src/*.js)
$(VENV)/.ready: pyproject.toml requirements.lock $(FRONTEND)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Grotius needs Python 3.11 or newer; try: make PYTHON=python3.11 serve")'
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --editable .
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready requirements-test.lock
	$(PIP) install --require-hashes -r requirements-test.lock
	touch $@

# Results and tables of a comparison side by side, at 100,000 and a million triples: about twenty minutes. A peer that
# answers otherwise is named in the tables, and does not end the run.
bench: $(VENV)/.ready-test
	-$(VENV)/bin/kg bench run --triples 100000 --rounds 4 > bench/results/100k.json
	-$(VENV)/bin/kg bench run --triples 1000000 --rounds 4 --no-questions > bench/results/1m.json
	$(VENV)/bin/kg bench plot bench/results/1m.json --output docs/bench-1m.svg
	$(VENV)/bin/python -m bench.where > bench/results/look-up.md
	$(VENV)/bin/kg build
	$(VENV)/bin/python -m bench.library > bench/results/library.md
	$(VENV)/bin/python -m bench.engines > bench/results/engines.json
	$(VENV)/bin/python -m bench.document

clean:
	rm -rf $(VENV) releases
