# `make help` lists what there is. ARGS goes to the server: make run ARGS="--music ~/Music --port 8080"

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGE := setup.cfg pyproject.toml
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --only-binary :all: --requirement
OURS := $(PIP) --no-deps --no-build-isolation --editable .
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock'
.DEFAULT_GOAL := help
.PHONY: help run demo test check fix bench fuzz drill chaos engines lock upgrade hooks

help: ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/served ## Install what is needed and serve on port 8000
	@exec $(BIN)/python -m api_queue serve $(ARGS)

demo: $(VENV)/served ## The README's curl lines on 127.0.0.1, in a data folder that is removed afterwards
	@exec $(BIN)/python -m api_queue serve --config config/demo.toml $(ARGS)

# Compiled Python is kept, whatever the shell says: each worker and each process of a test would do it again.
# What failed among others is asked once more, alone, and has to pass (docs/decisions/0019-failed-among-others.md).
test: $(VENV)/tested ## Run all tests; at least 90 % of the lines have to be covered
	export PYTHONDONTWRITEBYTECODE=; $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder --cov=api_queue --cov-report=term-missing:skip-covered --cov-fail-under=90 $(ARGS) || \
	{ [ $$? = 1 ] && echo "Failed among others; once more, alone:" && $(BIN)/python -m pytest -v --last-failed --last-failed-no-failures=none --maxfail=1 && $(BIN)/coverage report --format=total --fail-under=90; }

check: $(VENV)/tested ## Look for faults without running anything: style, types, who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shellcheck .ci/run config/install-pi.sh tests/config/boot.sh
	$(BIN)/hadolint Dockerfile
	PUBLIC_URL=- MQTT_PASSWORD=- $(BIN)/docker-compose --file config/compose.yaml --profile postgres config --quiet

fix: $(VENV)/tested ## Mend what of the style can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/tested ## Measure, and write bench/RESULTS.md
	$(BIN)/python -m bench $(ARGS)

fuzz: $(VENV)/tested ## Ten minutes of damaged input for everything that reads any; ARGS is another number of seconds
	$(BIN)/python -m tests.fuzz.long $(or $(ARGS),600)

drill: $(VENV)/tested ## Ten minutes of killed speakers and servers: is there ever more than one that sounds?
	@exec $(BIN)/python -m api_queue drill $(ARGS)

# What they do on one Redis and SQLite they have to do here; tests/engines/left_out.py has what is not run, and why.
engines: $(VENV)/tested ## Run the acceptance tests on a Redis Cluster, beside Sentinel, and on PostgreSQL
	TEST_REDIS=cluster $(BIN)/python -m pytest $(or $(ARGS),tests/acceptance tests/queues tests/stream tests/messages tests/jobs)
	TEST_REDIS=sentinel $(BIN)/python -m pytest $(or $(ARGS),tests/acceptance tests/queues tests/stream tests/messages tests/jobs)
	TEST_SQL=postgres $(BIN)/python -m pytest $(or $(ARGS),tests/acceptance tests/tracks tests/jobs)

chaos: $(VENV)/tested ## Kill the processes of a server 500 times under load: is anything that was answered lost?
	@unset PYTHONDONTWRITEBYTECODE; exec $(BIN)/python -m api_queue chaos $(ARGS)

# What the lock files have stays as it is; `upgrade` sets RENEW.
lock: $(VENV)/tested ## Write the lock files anew after a change of setup.cfg, and docs/licences.md
	$(LOCK) $(RENEW) setup.cfg --output-file requirements.lock
	$(LOCK) $(RENEW) setup.cfg --extra test --extra check --extra fuzz --constraints requirements.lock --output-file requirements-test.lock
	@$(MAKE) --silent $(VENV)/tested
	$(BIN)/python -m tests.docs.licences
	@git diff --unified=0 -- '*.lock' | grep '^[+-][a-z].*==' || echo 'Each package is the one that it was.'

upgrade: ## Take the newest packages that setup.cfg allows, and show what changed
	@$(MAKE) --silent lock RENEW=--upgrade

hooks: $(VENV)/tested ## Have git run `make check` before each commit
	@$(BIN)/pre-commit install

# A stamp is newer than the package's description: nothing to install, and a second start takes a second.
# What comes from elsewhere has the hash that the lock file has, and is built: building would take tools without one.
$(VENV)/served: $(PACKAGE) requirements.lock | $(BIN)/python
	$(LOCKED) requirements.lock
	$(OURS)
	@touch $@

$(VENV)/tested: $(PACKAGE) requirements.lock requirements-test.lock | $(BIN)/python
	$(LOCKED) requirements-test.lock
	$(OURS)
	@touch $@ $(VENV)/served

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON to one."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.maxsize < 2**32)' || { echo "A 64-bit system is needed: on a Raspberry Pi the 64-bit Raspberry Pi OS."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python cannot make virtual environments here: install the package python3-venv."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
