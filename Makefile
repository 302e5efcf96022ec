# make serve   read the book at http://127.0.0.1:8000, reloading on each change
# make test    prove it: style, types, code, pages, figures, the site in a browser
# make proof   attack it: corrupt the text, change the code, imitate other machines
# make site    build the book into site/
# make offline pack the book into dist/book.zip, to be read without a server
# make lint    look at the style and types of the code, and at the spelling of all
# make figures draw figures, run labs and write notebooks that are out of date
# make update  write new outputs and numbers into the pages, after a deliberate change
# make record  train on MNIST again, and keep weights and record, as the pages quote them
# make bench   measure the speed beside PyTorch and scikit-learn, and keep the record
# make twin    train one network here and in PyTorch, and keep the record of both
# make wheel   pack the library for release, into dist/
# make lock    choose new versions of what the project needs
# make clean   remove the environment and all that was made
#
# Each but the last makes its own environment first, in .venv, from the versions in
# constraints.txt; what bench and twin compare with is in no lock. The first, site and offline
# make another edition of the book if they are told so: make serve EDITION=zh

PYTHON ?= python3
EDITION ?= en
ADDRESS ?= 127.0.0.1:8000
BIN := .venv/bin
READY := .venv/ready
OLDEST := .venv/oldest
BENCH := .venv/bench
export NO_MKDOCS_2_WARNING = 1
unexport PYTHONDONTWRITEBYTECODE  # many short programs run here: compile once for all

MAKEFLAGS += --jobs=2  # what a target needs is made side by side

.PHONY: serve test lint proof site offline figures update record bench twin wheel lock clean

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.13, say")'
	@echo "Making an environment in .venv, of a gigabyte, once; this takes a minute or more."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# As many workers as cores, so one thread each for NumPy's products.
serve test proof figures site offline: export OPENBLAS_NUM_THREADS = 1

serve: $(READY)
	$(BIN)/python -m bookbinder.serving $(ADDRESS) $(EDITION)

test: figures lint
	$(BIN)/pytest --numprocesses auto --dist worksteal

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/codespell

proof: figures $(OLDEST)
	$(BIN)/python -m bookbinder.proof $(if $(SAMPLES),--samples $(SAMPLES))

# The oldest NumPy that is supported (Python 3.13 has none older than 2.1) and a
# Matplotlib of its time; both win over the newer ones when they come first on the path.
$(OLDEST): $(READY)
	rm -rf $@
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
		--target $@ 'numpy>=2.0,<2.1; python_version<"3.13"' 'numpy>=2.1,<2.2; python_version>="3.13"' \
		'matplotlib>=3.9,<3.10' 'pyparsing<3.3'
	touch $@

site: $(READY)
	$(BIN)/python -m bookbinder.publishing --draw --edition $(EDITION)

offline: $(READY)
	$(BIN)/python -m bookbinder.publishing --draw --edition $(EDITION) --offline dist/book.zip

figures: $(READY)
	$(BIN)/python -m bookbinder.make

update: figures
	$(BIN)/python -m bookbinder.update

record: $(READY)
	$(BIN)/python -m bookbinder.record_mnist

# PyTorch is larger than all the rest together, so only this asks for it, into an
# environment of its own.
$(BENCH)/ready: pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@

# KERNELS=SkylakeX, say, names those with which NumPy shall multiply matrices.
bench: $(BENCH)/ready
	$(if $(KERNELS),OPENBLAS_CORETYPE=$(KERNELS)) $(BENCH)/bin/python benchmarks/speed.py

twin: $(BENCH)/ready
	$(BENCH)/bin/python benchmarks/twin.py

wheel: $(READY)
	$(BIN)/python -m hatchling build

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	printf 'hatchling\neditables\n' | $(BIN)/uv pip compile --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --extra book --extra test \
		--output-file constraints.txt pyproject.toml -

clean:
	rm -rf .venv site dist docs/*/figures docs/*/notebooks \
		.cache .hypothesis .pytest_cache .mypy_cache .ruff_cache
