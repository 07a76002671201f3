# Everything a newcomer needs: `make demo` shows the product, `make test` runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

.PHONY: setup demo test check lock clean bench

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
ifdef UV
	uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@

demo: setup
	$(BIN)/presswatch demo

test: setup
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

bench: setup
	$(BIN)/python benchmarks/crawl.py --setup
	$(BIN)/python benchmarks/crawl.py --feeds 20 200 2000

lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --all-extras --group dev --no-emit-index-url --no-annotate \
		--no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache
