# Everything needs a Python 3.11+ only; the rest is brought along (bootstrap.py).
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
ANY_PYTHON := $(or $(PYTHON),$(shell command -v python3))
BIN := .venv/bin
SIZE ?= 100k
ONLY ?=
# What a production server's environment must name, filled with stand-ins: `check --deploy` judges the settings.
PRODUCTION = env CLAIMS_MODE=production CLAIMS_HOSTS=claims.example.com DATABASE_URL=postgresql://claims_app@/claims \
	REDIS_URL=redis://localhost:6379/0 CLAIMS_SEAL_KEY_FILE=/etc/claims-seal.key \
	CLAIMS_SECRET_KEY=a-stand-in-that-only-the-settings-check-sees-0123456789-abcdefghijk

export PYTHONUTF8 = 1

.PHONY: help run test check bench faults ready ready-dev ready-browser format lock
.DEFAULT_GOAL := help

help:
	@echo 'make run       start the whole department: database, queue, web, worker, beat (Ctrl-C stops all)'
	@echo 'make test      set-up, all checks, all tests with a browser'
	@echo 'make check     lint, types, import contracts, migrations, production settings'
	@echo 'make bench     measurements of benchmarks/ (SIZE=10k|100k|1m, ONLY=lists,exporting for some)'
	@echo 'make faults    the long fault tests: kills, outages, two beats, full disk'
	@echo 'make format    format code and templates'
	@echo 'make lock      renew requirements*.txt from requirements*.in'

ready:
	@test -n "$(ANY_PYTHON)" || { echo '需要 Python 3.11 或更高版本，本机没有找到 python3。' >&2; exit 2; }
	@$(ANY_PYTHON) bootstrap.py

ready-dev:
	@test -n "$(ANY_PYTHON)" || { echo '需要 Python 3.11 或更高版本，本机没有找到 python3。' >&2; exit 2; }
	@$(ANY_PYTHON) bootstrap.py --dev

ready-browser:
	@$(ANY_PYTHON) bootstrap.py --dev --browser

run: ready
	@exec $(BIN)/python -m claims_admin.supervisor

check: ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check $$(git ls-files '*.html')
	$(BIN)/lint-imports --no-cache
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	CLAIMS_MODE=test $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/mypy .

test: check ready-browser
	$(BIN)/pytest tests/test_prepared.py
	$(BIN)/pytest -n auto --dist loadfile --cov --cov-report=term:skip-covered

bench: ready-dev
	$(BIN)/python -m claims_admin.embedded during $(BIN)/python -m benchmarks --size $(SIZE) $(if $(ONLY),--only $(ONLY))

faults: ready-dev
	REPORT_KILLS=60 DELIVERY_KILLS=20 $(BIN)/pytest tests/faults -m ""
	TAMPERINGS=10000 DATABASE_TAMPERINGS=500 $(BIN)/pytest tests/authority/test_seals.py -k tampering

format: ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade $$(git ls-files '*.html')

lock:
	for lock in requirements requirements-dev requirements-node; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			--no-annotate --no-strip-extras $$lock.in -o $$lock.txt; \
	done
