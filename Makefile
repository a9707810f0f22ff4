SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
UV := .venv-uv/bin/uv
UV_VERSION := 0.13.8
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1

.PHONY: help install demo dev test e2e fuzz chaos bench check format migrate lock clean portal portal-dev web-api web-check

help:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: .venv/.synced .venv-ministack/.synced .venv/bin/imaging360  ## what everything needs, from a bare Python 3.11
	@:

demo: install portal  ## a 24-frame spin on real servers, from presign to verdict (PHOTOS=dir: your own photos)
	@exec $(PY) -m devstack demo $(if $(PHOTOS),--photos "$(PHOTOS)") $(ARGS)

dev: install portal  ## the same servers, kept until Ctrl-C; nothing is lost between two runs
	@exec $(PY) -m devstack up $(ARGS)

test: install  ## every test, on servers it starts and stops by itself
	$(PY) -m pytest $(ARGS)

e2e: install  ## the whole path only: api, bridge and worker as real processes
	$(PY) -m pytest tests/e2e $(ARGS)

portal: web/portal/dist/index.html  ## build the portal, which the API of `make dev` and `make demo` then serves
	@:

portal-dev: web/node_modules/.synced  ## the portal on port 5173, rebuilt while you edit; beside `make dev`
	@cd web && exec ./with-node npm run dev

web-api: web/node_modules/.synced  ## write the TypeScript types of api/openapi.json anew
	@cd web && ./with-node npm run api

web-check: web/node_modules/.synced  ## the web code: contract drift, types, lint, unit tests
	@cd web && ./with-node npm run check

FUZZ_SECONDS ?= 1200
fuzz: install  ## damaged photos without end through the imaging core; finds go to build/fuzz
	$(PY) -m tests.fuzz $(FUZZ_SECONDS) $(FUZZ_SEED)

CHAOS_SEED ?= $(shell date +%s)
chaos: install  ## kill every part while 240 frames come in, then compare everything (minutes)
	$(PY) -m chaos --seed $(CHAOS_SEED) $(ARGS)

BENCH ?= imaging api
bench: install  ## images against the physical bound and other programs, the API against bare routes
	$(PY) -m bench $(BENCH) $(ROUNDS)

check: install  ## lint, format, types, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports

format: install  ## rewrite the code to the house's format
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

migrate: install  ## bring the database of IMAGING360_OWNER_DATABASE_URL to the newest schema
	$(PY) -m cli db upgrade

lock: $(UV)  ## resolve the dependencies anew into requirements/*.txt, with hashes
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml -o requirements/runtime.txt
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements/ministack.in -o requirements/ministack.txt
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements/node.in -o requirements/node.txt

clean:  ## throw away the stack's data and the caches (not the installed packages)
	rm -rf .data build web/portal/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# --- installation: a stamp file per environment, so that a warm run costs nothing ---

.venv/.synced: requirements/dev.txt | $(UV)
	@echo "installing the Python packages into .venv (once)"
	@test -x $(PY) || $(UV) venv -q --allow-existing --python "$(PYTHON)" .venv
	@$(UV) pip sync -q --require-hashes --python $(PY) requirements/dev.txt
	@touch $@

# The project is no package, so its command line is a link and not an entry point.
.venv/bin/imaging360: | .venv/.synced
	@ln -sf ../../cli/imaging360 $@

WEB_SOURCES := $(shell find web -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print 2>/dev/null)
web/portal/dist/index.html: web/node_modules/.synced $(WEB_SOURCES)
	@echo "building the portal"
	@cd web && ./with-node npm run --silent build -w portal -- --logLevel warn

web/node_modules/.synced: web/package-lock.json
	@echo "installing the web packages into web/node_modules (once)"
	@cd web && ./with-node npm ci --silent
	@touch $@

# Only for machines without a Node of their own, see web/with-node.
.venv-node/.synced: requirements/node.txt | $(UV)
	@echo "installing Node into .venv-node (once)"
	@test -x .venv-node/bin/python || $(UV) venv -q --allow-existing --python "$(PYTHON)" .venv-node
	@$(UV) pip sync -q --require-hashes --python .venv-node/bin/python requirements/node.txt
	@touch $@

# ministack pins an older botocore than ours, hence an environment of its own.
.venv-ministack/.synced: requirements/ministack.txt | $(UV)
	@echo "installing the S3/SQS emulator into .venv-ministack (once)"
	@test -x .venv-ministack/bin/python || $(UV) venv -q --allow-existing --python "$(PYTHON)" .venv-ministack
	@$(UV) pip sync -q --require-hashes --python .venv-ministack/bin/python requirements/ministack.txt
	@touch $@

$(UV):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt-get install python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is too old: Python 3.11 or newer is needed (make PYTHON=...)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) -s --no-print-directory .apt-venv
	@echo "installing uv $(UV_VERSION) into .venv-uv (once)"
	@rm -rf .venv-uv && "$(PYTHON)" -m venv .venv-uv
	@.venv-uv/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

# Debian keeps venv and ensurepip in a package of their own.
.PHONY: .apt-venv
.apt-venv:
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  || { echo "Python's venv module is missing: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "installing python3-venv (once)"
	@DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; \
	  apt-get install -y -qq python3-venv >/dev/null 2>&1 \
	  || { apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; }
