# `make demo` and `make test` need Python 3.11, git and make, and reach only the package registry.
PYTHON ?= python3.11
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/.venv
export MLFLOW_DISABLE_TELEMETRY := true
export UV_COMPILE_BYTECODE := 1

# Of all packages `pesq` alone comes as C source; where there is no compiler, one from the registry.
ifeq ($(shell command -v cc),)
export CC := uv tool run --python $(CURDIR)/.venv/bin/python --from ziglang==0.17.1 python-zig cc
endif

.PHONY: setup demo test test-long check ui screenshots lock

# The second environment is the one that a bare `mlflow run .` looks for, made from the same pins.
setup: .venv/ready
.venv/ready: requirements.txt requirements-dev.txt python_env.yaml pyproject.toml
	$(PYTHON) -m venv .venv
	python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	uv pip sync --quiet requirements-dev.txt
	uv pip install --quiet --no-deps --no-build-isolation --editable .
	MLFLOW_TRACKING_URI=sqlite:///$(CURDIR)/.venv/setup.db mlflow run . -e environment --env-manager uv
	touch .venv/ready

demo: setup
	mlflow run . --experiment-name species

# On one thread tiny networks are faster, and the same on every machine.
PYTEST := OMP_NUM_THREADS=1 python -m pytest --numprocesses 2 --dist loadfile
test: setup check
	$(PYTEST) -m "not long"

# Many processes killed at random, trainings from end to end: what would take `make test` over 10 min.
test-long: setup
	$(PYTEST) -m long

check: setup
	ruff check .
	ruff format --check .
	mypy

ui: setup
	MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR=false \
		mlflow server --app-name syrinx --backend-store-uri sqlite:///mlflow.db \
		--no-serve-artifacts --default-artifact-root ./mlruns --workers 1

screenshots: setup
	$(PYTEST) -m long tests/dashboards/browser/test_pages.py -k read_by_everyone
	cp .ci/screenshots/leaderboard.png docs/leaderboard.png
	cp .ci/screenshots/compare.png docs/compare.png

lock:
	uv pip compile --quiet --python-version 3.11 --no-emit-index-url --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --python-version 3.11 --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt
