# Everything is installed into this folder: .uv holds the installer, .venv the project, .cache what was downloaded.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
STAGE ?= dev
# One more than there are processors: many tests wait for what they have set going.
JOBS ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() + 1)")
UPGRADE ?= --upgrade

export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export UV_PYTHON_INSTALL_DIR := $(CURDIR)/.cache/python
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export PATH := $(CURDIR)/.venv/bin:$(PATH)

UV := .uv/bin/uv
READY := .venv/.ready
LOCKS := layers/dependencies/requirements.txt layers/tool_dependencies/requirements.txt tests/requirements.txt
# The CDK CLI; the registry's `latest` is an old, incompatible build.
CDK_VERSION := 2.1148.1
CDK_READY := .cdk/$(CDK_VERSION)
CDK := $(CURDIR)/.venv/bin/node $(CURDIR)/.cdk/node_modules/aws-cdk/bin/cdk
# Where the emulator runs the functions: on this machine.
HOST_LAYERS := .build/host-layers
EMULATOR := .emulator/.ready
EMULATOR_LOCK := tests/emulator/requirements.txt
COMPILE := pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

.PHONY: dev test check chaos storm bench costs synth bootstrap deploy destroy smoke lock clean
.DEFAULT_GOAL := dev

$(UV):
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check 'uv>=0.9,<1'

$(READY): $(UV) pyproject.toml $(LOCKS)
	@echo "Setting up .venv (once) …"
	@test -x .venv/bin/python || $(UV) venv --quiet .venv
	@$(UV) pip sync --quiet --require-hashes $(LOCKS)
	@$(UV) pip install --quiet --no-deps --editable .
	@touch $@

$(EMULATOR): $(UV) $(EMULATOR_LOCK)
	@test -x .emulator/bin/python || $(UV) venv --quiet .emulator
	@$(UV) pip sync --quiet --require-hashes --python .emulator $(EMULATOR_LOCK)
	@touch $@

$(CDK_READY): $(READY)
	@.venv/bin/npm install --silent --no-audit --no-fund --no-package-lock --cache .cache/npm --prefix .cdk aws-cdk@$(CDK_VERSION)
	@touch $@

$(HOST_LAYERS): $(READY) infra/components/dependencies_layer.py
	@.venv/bin/python -m infra.components.dependencies_layer
	@touch $@

dev: $(READY)  ## Run the product on PORT; FRESH=1 starts with empty tables
	@exec .venv/bin/python -m infra.local --port $(PORT) $(if $(filter 1,$(FRESH)),--fresh)

test: check $(EMULATOR) $(CDK_READY) $(HOST_LAYERS)  ## All checks and all tests; JOBS=1 runs them one by one
	@.venv/bin/python -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

check: $(READY)  ## Format, lint, types and the direction of imports
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

chaos: $(READY)  ## 200 replies while workers are killed and clients leave; PARLEY_CHAOS_SEED=, PARLEY_CHAOS_REPLIES=
	@PARLEY_CHAOS_REPLIES=$${PARLEY_CHAOS_REPLIES:-200} .venv/bin/python -m pytest -n 0 -s tests/e2e/test_chaos.py

storm: $(READY)  ## 300 connections in a room, 1,000 messages, some lost and reopened: a few minutes
	@.venv/bin/python -m tests.e2e.storm

bench: $(READY)  ## Every figure beside its reference in the same run
	@.venv/bin/python -m tests.benchmarks

costs: $(READY)  ## What the product costs at AWS, out of topology, measurements and list prices
	@.venv/bin/python -m infra.costs

synth: $(READY)  ## The CloudFormation template, in cdk.out
	@.venv/bin/python -m infra.app -c stage=$(STAGE)

bootstrap: $(CDK_READY)  ## Once for an account and region: what the CDK CLI needs there
	@cd .cdk && $(CDK) bootstrap $(ARGS)

deploy: $(CDK_READY)  ## The stack into the AWS account of your credentials; STAGE=prod for production
	@.venv/bin/python -m infra.account ready
	@$(CDK) deploy --all --context stage=$(STAGE) $(ARGS)

destroy: $(CDK_READY)  ## Removes the stack; of STAGE=prod the data stays, and what stays is said first
	@.venv/bin/python -m infra.account kept parley-$(STAGE)
	@$(CDK) destroy --all --context stage=$(STAGE) $(ARGS)

smoke: $(READY)  ## Walk through a deployment: URL=… and, without an edge, SOCKET_URL=…
	@.venv/bin/python -m tests.smoke $(URL) $(if $(SOCKET_URL),--socket-url $(SOCKET_URL))

lock: $(UV)  ## Resolve anew what pyproject.toml allows; UPGRADE= keeps what is locked
	@$(UV) $(COMPILE) $(UPGRADE) pyproject.toml -o layers/dependencies/requirements.txt
	@$(UV) $(COMPILE) $(UPGRADE) -c layers/dependencies/requirements.txt \
		--group tools -o layers/tool_dependencies/requirements.txt
	@$(UV) $(COMPILE) $(UPGRADE) -c layers/dependencies/requirements.txt -c layers/tool_dependencies/requirements.txt \
		pyproject.toml --group dev -o tests/requirements.txt
	@$(UV) $(COMPILE) $(UPGRADE) --group emulator -o $(EMULATOR_LOCK)

clean:
	@rm -rf .venv .emulator .uv .cache .build .cdk .parley cdk.out
