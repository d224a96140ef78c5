# Every target does its own set-up; tools/setup.py says in one line what it misses.
# PYTHON=/path chooses the Python; PORT, HOST and INDEX are for `make run`.

SHELL := /bin/sh
BIN := .venv/bin
CODE := $(wildcard index search web reindex.py) tools tests
export PYTHONUTF8 := 1

# The variables of `make run`, only where they are given: an empty one would hide the setting in slovo.toml.
RUN_ENV := $(if $(PORT),SLOVO_PORT='$(PORT)') $(if $(HOST),SLOVO_HOST='$(HOST)') $(if $(INDEX),SLOVO_INDEX='$(INDEX)')

# $(call setup,run|dev): any Python that can be run starts the script, which then finds a suitable one.
setup = for python in "$(PYTHON)" python3 python3.13 python3.12 python3.11 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then \
	exec "$$python" tools/setup.py $(1) --python "$(PYTHON)"; fi; done; \
	echo "Set-up failed: no Python found. Slovo needs Python 3.11, 3.12 or 3.13." >&2; exit 2

.PHONY: setup setup-run run test check bench eval lock shots clean

run: setup-run
	@$(RUN_ENV) exec $(BIN)/python -m web

setup-run:
	@$(call setup,run)

setup:
	@$(call setup,dev)
