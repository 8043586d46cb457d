# Every door of the project; `make help` lists them. Needs make and Python 3.11 only.
# Paths are relative, so that the checkout may lie on a path with spaces.
SHELL = /bin/sh
MAKEFLAGS += --no-print-directory
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT

SYSTEM = sh local/python.sh
LOCAL = $(SYSTEM) -m local.bootstrap local
DEV = $(SYSTEM) -m local.bootstrap dev
DRILLED = alerts/tests/test_kill.py catalog/tests/test_chart.py \
	catalog/tests/test_matching_shared.py collections_app/tests/imports/test_shared_imports.py \
	collections_app/tests/test_reckoning.py config/tests/test_permissions.py deploy/tests/test_drill.py \
	pricing/tests/test_corrections_reference.py pricing/tests/test_kill.py pricing/tests/test_ledger.py \
	pricing/tests/test_poison.py
COMPILE = $(DEV) -m uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

.PHONY: help run secrets sync manage test test-browser lint format types imports migrations ships findings pins leaks security \
	sbom permissions ci rules drill drills coverage lock client contract bench load chaos clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: ## the whole site on this machine; PORT=8000, HOST=127.0.0.1
	@$(SYSTEM) -m local.port
	@$(LOCAL) -m local run

secrets: ## .env for production, from .env.production.example with fresh secrets; ARGS=--force writes it anew
	@$(SYSTEM) -m deploy.fresh $(ARGS)

sync: ## load today's real prices into the site of PORT; ARGS go to manage.py sync
	@$(LOCAL) -m local manage sync $(ARGS)

manage: ## Django's command line on the site of PORT, as in make manage ARGS=shell
	@$(LOCAL) -m local manage $(ARGS)

test: ## all tests but the browser's, with a PostgreSQL and a Valkey of their own; ARGS go to pytest
	@$(DEV) -m local test -m pytest -n 2 -m "not browser" $(ARGS)

test-browser: ## the tests that need Chromium; CHROMIUM names another than Debian's
	@$(DEV) -m local browser -m pytest -n 2 -m browser $(ARGS)

lint: ## rules and format
	@$(DEV) -m ruff check .
	@$(DEV) -m ruff format --check .

format: ## put the code into its format
	@$(DEV) -m ruff format .

types: ## mypy, strict; its Django plug-in reads the settings and connects to nothing
	@DEBUG=true DATABASE_URL=postgresql:///none REDIS_URL=unix:///none $(DEV) -m mypy

imports: ## who may import whom
	@$(DEV) -c "from importlinter.cli import lint_imports_command as main; main()"

migrations: ## is a migration missing, and may each new one run while the site is used?
	@$(DEV) -m local test -m local.migrations $(ARGS)

ships: ## Dockerfile, compose files, manifests and scripts, by the rules of those who read them
	@$(DEV) -m deploy.lint

ci: ## everything that must hold
	@$(MAKE) -j 2 --output-sync=target lint types imports migrations ships findings pins leaks
	@$(MAKE) test

rules: ## Prometheus' alert rules and their tests, by promtool; PROMTOOL names another than Debian's
	@sh deploy/prometheus/check.sh

findings: ## bandit: is every finding explained where it stands?
	@$(DEV) -m local.findings

pins: ## is every package locked with its hashes, installed as locked, and in the bill of materials?
	@$(DEV) -m local.pins

leaks: ## is there a secret in a file, committed or not?
	@$(DEV) -m local.leaks tree

security: findings pins leaks ## all that can be looked for: also in every commit, and known vulnerabilities (needs a network)
	@$(DEV) -m local.leaks history
	@$(DEV) -m local.advisories

sbom: ## the bill of materials of the product (CycloneDX), into var/dist
	@$(DEV) -m local.pins sbom

permissions: ## write down who gets what at new addresses: docs/security/permissions.md
	@PERMISSIONS=1 $(DEV) -m local test -m pytest -q --no-cov -n 0 config/tests/test_permissions.py -k everybody

drills: ## the tests that kill, poison and compare, in their full sizes
	@DRILLS=1 $(MAKE) test ARGS="$(DRILLED) $(ARGS)"

drill: ## fill a site, back it up, destroy it, restore it, compare; docs/runbook.md has the figures
	@$(DEV) -m local bench -m bench.drill

coverage: ## all tests but the browser's, with the gate on covered branches
	@$(MAKE) test ARGS="--cov"

lock: ## compile the requirements with hashes
	@$(COMPILE) --upgrade requirements-build.in -o requirements-build.txt
	@$(COMPILE) --upgrade requirements.in -o requirements.txt
	@$(COMPILE) --upgrade requirements-local.in -c requirements.txt -o requirements-local.txt
	@$(COMPILE) --upgrade requirements-dev.in -c requirements-local.txt -o requirements-dev.txt

client: ## the OpenAPI document, a Python client and TypeScript types of it, into var/dist
	@DEBUG=true DATABASE_URL=postgresql:///none REDIS_URL=unix:///none DJANGO_SETTINGS_MODULE=config.settings $(DEV) -m local.clients

contract: ## schemathesis tries every operation of the API's document; ARGS go to it
	@$(DEV) -m local test -m bench.contract $(ARGS)

bench: ## measure against the physical limits, on a PostgreSQL that really writes
	@$(DEV) -m local bench -m bench $(ARGS)

load: ## how many requests a second the whole site takes while prices come in; ARGS="--cards 50000" for a short run
	@$(DEV) -m bench.load $(ARGS)

chaos: ## kill its parts one after the other while it is used: is anything lost?
	@$(DEV) -m bench.load.chaos $(ARGS)

clean: ## remove all that make has made: var, .venv and this checkout's folders in /tmp and /var/tmp
	@$(SYSTEM) -m local.clean
