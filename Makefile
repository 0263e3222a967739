# The README's two commands are `make report` and `make test`; each sets up first what it needs, and no more.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TESTED := $(VENV)/.ready-for-tests
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	--only-binary :all:
STUDY  ?= data/example
FUZZ_SECONDS ?= 120
MUTANTS ?= 300

.DEFAULT_GOAL := help
.PHONY: help setup report test long slow fuzz mutants check format bench dist docs docs-tables reference-run lock clean

help:             ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

setup: $(TESTED)  ## make .venv with everything: reports, tests, notebooks

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "outcomes needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src  # as pip does for what it installs: the first report need not
	@touch $@

$(TESTED): $(READY) requirements-test.lock
	$(PIP) --require-hashes --only-binary :all: -r requirements-test.lock
	@touch $@

report: $(READY)  ## write the report on the example study and print the file to open
	$(BIN)/outcomes report $(STUDY)

test: $(TESTED)   ## run every test that is marked neither slow nor long
	$(BIN)/python -m pytest -n auto

long: $(TESTED)   ## run the tests of many whole studies, as continuous integration does
	$(BIN)/python -m pytest -n auto -m "long and not slow"

slow: $(TESTED)   ## run the simulations
	$(BIN)/python -m pytest -m slow

fuzz: $(TESTED)   ## look for tables that break the reader, by coverage (FUZZ_SECONDS=120)
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(PIP) atheris \
		|| { echo "atheris, which is no dependency of the project, could not be installed here"; exit 1; }
	$(BIN)/python tests/fuzz/fuzz_study.py -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -len_control=0 -rss_limit_mb=0

mutants: $(TESTED) ## plant mutants where questions, release, pages, scores and cohort are made (MUTANTS=300; two hours)
	@$(BIN)/python -c 'import cosmic_ray' 2>/dev/null || $(PIP) cosmic-ray \
		|| { echo "cosmic-ray, which is no dependency of the project, could not be installed here"; exit 1; }
	$(BIN)/python tests/mutants/plant.py --sample $(MUTANTS)

check: $(TESTED)  ## format, lint, types, import contracts, house tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

format: $(TESTED) ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(TESTED)  ## time whole processes: medians, ratios, memory
	for program in benchmarks/[!p]*.py; do echo "== $$program"; $(BIN)/python $$program || exit 1; done

dist: $(READY)    ## build wheel, source without reports, bill of materials and checksums into dist/
	@$(BIN)/python -c 'import cyclonedx_py' 2>/dev/null || $(PIP) cyclonedx-bom \
		|| { echo "cyclonedx-bom, which is no dependency of the project, could not be installed here"; exit 1; }
	rm -rf dist
	$(BIN)/python -m hatchling build
	$(BIN)/python -m cyclonedx_py requirements --output-reproducible --pyproject pyproject.toml -o dist/sbom.cdx.json requirements.lock
	cd dist && sha256sum -- *.* > SHA256SUMS

docs: $(TESTED)   ## build the site of the documentation into docs/_build; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

docs-tables: $(READY)  ## write the tables of docs/data.md again from the schemas
	$(BIN)/python -m outcomes.study.describe docs/data.md

reference-run: $(READY)  ## write the committed run of the example again
	rm -rf reports/example/reference
	page=$$($(BIN)/outcomes report data/example --independent --quiet) && mv "$$(dirname "$$(dirname "$$page")")" reports/example/reference
	$(BIN)/outcomes verify reports/example/reference

lock:             ## make both locks again, the smaller from the resolution of the larger (needs uv)
	uv pip compile $(LOCKED) --all-extras pyproject.toml -o requirements-test.lock
	uv pip compile $(LOCKED) --extra build --constraint requirements-test.lock pyproject.toml -o requirements.lock

clean:            ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
