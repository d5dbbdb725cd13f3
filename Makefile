# Everything there is to do here. `make` alone lists it; each target does its own set-up.

PORT ?= 8000

VENV := .venv/bin
SUITABLE_PYTHON := .ci/python $(if $(PYTHON),'$(PYTHON)')

# Finds or installs a Chromium before it starts what follows.
WITH_CHROMIUM = chromium=$$($(VENV)/python -m tests.users.chromium) && \
	CHROMIUM="$$chromium"

# As many tests at once as there are cores; four at most, for each has its own Chromium.
SIDE_BY_SIDE := --numprocesses=auto --maxprocesses=4 --no-loadscope-reorder

# What one page needs: its facts, its programs, its page's checks.
THE_PAGE = $(if $(PAGE),--page '$(PAGE)')

# The tests of Streamlit with what the library promises to work with, instead of what is
# in .venv. Streamlit takes itself for a checkout unless it is in some `site-packages`.
WITH_STREAMLIT = packages='$(CURDIR)/.cache/$@/site-packages' && \
	$(VENV)/python -m uv pip install --quiet --python $(VENV)/python \
		--target "$$packages" --upgrade --resolution $(1) \
		-r snippets/streamlit/room_sync/pyproject.toml && \
	PYTHONPATH="$$packages" $(VENV)/python -m pytest $(SIDE_BY_SIDE) \
		-m 'not browser' tests/snippets/streamlit $(ARGS)

# Newer than what .venv was made from, and names the Python that it was made with.
READY := .venv/.ready

# Material's advertisement of its successor; it would stand above every build.
export NO_MKDOCS_2_WARNING := 1

# What Python has compiled is kept, whatever the shell says: tests import the library
# hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help serve test quick oldest newest films record facts runtime site lint \
	mutate bench lighthouse lock clean

help: ## List what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

# --livereload is named because click 8.3 left it off, whatever mkdocs says. The
# plugin adds what pages are made of to what is watched.
serve: $(READY) ## Show the site at http://127.0.0.1:8000, live (or PORT=8001)
	@$(VENV)/python .ci/port.py '$(PORT)'
	@$(VENV)/python -m mkdocs serve --livereload --dev-addr '127.0.0.1:$(PORT)'

test: $(READY) ## Prove everything, or one page (PAGE=taipy/chat)
	@$(WITH_CHROMIUM) $(VENV)/python -m pytest $(SIDE_BY_SIDE) $(THE_PAGE) $(ARGS)

quick: $(READY) ## Prove what needs neither a browser nor a server, in a minute
	@$(VENV)/python -m pytest $(SIDE_BY_SIDE) -m 'not browser and not process' \
		$(THE_PAGE) $(ARGS)

oldest: $(READY) ## Test the library with the oldest Streamlit that it allows
	@$(call WITH_STREAMLIT,lowest-direct)

newest: $(READY) ## Test the library with the newest Streamlit that there is
	@$(call WITH_STREAMLIT,highest)

films: $(READY) ## Play all stories and compare each with its film
	@$(WITH_CHROMIUM) $(VENV)/python -m pytest $(SIDE_BY_SIDE) --films tests/stories $(ARGS)

record: $(READY) ## Make films again that are older than their programs
	@$(WITH_CHROMIUM) $(VENV)/python -m pytest --record tests/stories $(ARGS)

facts: $(READY) ## Show what pages say beside what is proven (or one PAGE)
	@$(VENV)/python -m livedocs facts $(PAGE)

runtime: $(READY) ## Fetch what runs programs in pages (once; needs Node.js)
	@$(VENV)/python -m livedocs runtime

site: $(READY) ## Build the site into site/; any warning is an error
	@$(VENV)/python -m mkdocs build --strict

lint: $(READY) ## Check format, style, types and spelling
	@$(VENV)/python -m ruff format --check
	@$(VENV)/python -m ruff check
	@$(VENV)/python -m mypy
	@$(VENV)/python -m mypy --package room_sync
	@$(VENV)/typos

mutate: $(READY) ## Break programs and library on purpose; see that a test fails
	@$(WITH_CHROMIUM) $(VENV)/python -m tests.mutate $(ARGS)

bench: $(READY) ## Measure builds, edits, and what fast typists lose
	@$(WITH_CHROMIUM) $(VENV)/python -m tests.bench $(ARGS)

lighthouse: $(READY) ## Score the site with Lighthouse (needs Node.js)
	@$(WITH_CHROMIUM) $(VENV)/python -m tests.site.lighthouse $(ARGS)

lock: $(READY) ## Pin the dependencies in requirements.txt (or ARGS=--upgrade)
	@$(VENV)/uv pip compile --quiet --universal --generate-hashes --all-extras \
		--python-version 3.11.5 --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" $(ARGS) \
		pyproject.toml -o requirements.txt

clean: ## Remove all that these commands have made
	@rm -rf .venv site .cache .mypy_cache .pytest_cache .ruff_cache

# The set-up. --no-deps: the list is complete, and pip asks for hashes of the extras
# that it names otherwise.
$(READY): requirements.txt pyproject.toml
	@python=$$($(SUITABLE_PYTHON)) && \
	echo "Setting up .venv with $$python (a minute or two the first time) …" && \
	if [ "$$(cat $@ 2>/dev/null)" != "$$python" ]; then rm -rf .venv; fi && \
	"$$python" -m venv .venv && \
	$(VENV)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --require-hashes -r requirements.txt && \
	$(VENV)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation -e . && \
	echo "$$python" > $@

# Another Python than the one of .venv is named: make it anew.
ifneq ($(PYTHON),)
ifneq ($(shell $(SUITABLE_PYTHON) 2>&1),$(shell cat $(READY) 2>/dev/null))
.PHONY: $(READY)
endif
endif
