# make demo   sets everything up and serves the demo on http://127.0.0.1:8000/
# make test   sets everything up and runs every test
# make lint   style, types, import boundaries, migrations      make bench  measured figures
# make lock   pins the parts again, with their hashes

VENV ?= .venv
PORT ?= 8000
DEMO_HOME ?= $(CURDIR)/var/demo
# Any Python from 3.11 on; a pyenv shim that answers nothing is passed over.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PY = $(VENV)/bin/python
TEST_JOBS ?= auto
BENCHES ?= intake nightly plans pages letters rounds
LOCK = $(VENV)/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: demo test lint bench lock clean

demo: $(VENV)/.run
	AMIABLE_HOME="$(DEMO_HOME)" AMIABLE_DEMO=1 $(PY) -m amiable demo --port $(PORT)

test: $(VENV)/.dev
	$(PY) -m pytest -n $(TEST_JOBS) --dist loadgroup $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(PY) -m ruff check amiable tests bench
	$(PY) -m ruff format --check amiable tests bench
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m djlint --lint --quiet amiable
	$(VENV)/bin/shellcheck .ci/run
	AMIABLE_HOME="$${AMIABLE_HOME:-$(CURDIR)/build/lint}" $(PY) manage.py makemigrations --check --dry-run

bench: $(VENV)/.dev
	@for file in $(BENCHES); do echo "== $$file"; $(PY) -m bench.$$file || exit 1; done

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamps say which lock is installed: nothing is fetched again until it changes.
$(VENV)/.run: requirements.lock | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

lock: | $(PY)
	$(PY) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet pip-tools
	$(LOCK) -o requirements.lock requirements.in
	$(LOCK) -c requirements.lock -o requirements-dev.lock requirements-dev.in
	$(LOCK) -o requirements-rights.lock requirements-rights.in

clean:
	rm -rf build var test-results
