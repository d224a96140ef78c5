# Every target does its own set-up; tools/setup.py says in one line what it misses.
# PYTHON=/path chooses the Python; PORT, HOST and INDEX are for `make run`; UPGRADE=1 is for `make lock`.

BIN := .venv/bin
export PYTHONUTF8 := 1

# Only those that are given: an empty variable would hide the setting in slovo.toml.
RUN_ENV := $(if $(PORT),SLOVO_PORT='$(PORT)') $(if $(HOST),SLOVO_HOST='$(HOST)') $(if $(INDEX),SLOVO_INDEX='$(INDEX)')

# $(call setup,run|dev): any Python that can be run starts the script, which then finds one that suits.
setup = for python in "$(PYTHON)" python3 python3.13 python3.12 python3.11 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then \
	exec "$$python" tools/setup.py $(1) --python "$(PYTHON)"; fi; done; \
	echo "Set-up failed: no Python found. Slovo needs Python 3.11, 3.12 or 3.13." >&2; exit 2

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --fork-strategy fewest --only-binary :all: \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet $(if $(UPGRADE),--upgrade)

.PHONY: run serve-setup setup test check bench eval fuzz shots lock clean

run: serve-setup
	@$(RUN_ENV) exec $(BIN)/python -m web

# Enough to serve, in half the time of everything.
serve-setup:
	@$(call setup,run)

setup:
	@$(call setup,dev)

test: setup
	@BROWSER_MISSING="$$($(BIN)/python tools/browser.py)" exec $(BIN)/python -m pytest

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet tests/test_imports.py

bench eval shots: setup
	@exec $(BIN)/python -m tools.$@

# COUNT=1000000 asks that many strings, INDEX=/path another index than sample/.
fuzz: setup
	@exec $(BIN)/python -m tools.fuzz --count $(or $(COUNT),20000) $(if $(INDEX),--index '$(INDEX)')

# Pins stay as they are unless run.in or dev.in or UPGRADE=1 asks for others.
lock: setup
	$(LOCK) requirements/run.in -o requirements/run.txt >/dev/null
	$(LOCK) requirements/dev.in -c requirements/run.txt -o requirements/dev.txt >/dev/null

# The index in var/ stays: it took work to make.
clean:
	rm -rf .venv .venv.lock .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
