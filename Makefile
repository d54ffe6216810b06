# make run   sets up everything and opens nodelink
# make test  sets up everything and passes the tests
# Both are quick when nothing has changed. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
CORE := .venv-core
TRAIN := .venv-train
BIN := $(VENV)/bin
DATA ?= data
# one thread a library: the arrays are small, and threads only get in each other's way
export OMP_NUM_THREADS ?= 1

.PHONY: help run test test-model test-scene test-widgets test-window check train docs torch-test clean

help:
	@sed -n 's/^## //p' Makefile

## make run    set up and open the window (ARGS="--network mlp" passes options)
run: $(VENV)/.run
	@$(BIN)/nodelink $(ARGS)

## make test   set up and run all tests that need no torch
test: $(VENV)/.test $(CORE)/.done
	@$(MAKE) --no-print-directory --output-sync -j2 test-window test-scene test-model test-widgets

# the parts of `make test`, two at a time; the longest first
test-model:
	@echo "== the model, with neither Qt nor OpenGL installed"
	$(CORE)/bin/python -m pytest -q tests/test_*.py tests/nn tests/graph tests/explain

test-scene:
	@echo "== the scene, off-screen"
	EGL_PLATFORM=surfaceless PYOPENGL_PLATFORM=egl $(BIN)/python -m pytest -q tests/gl

test-widgets:
	@echo "== the widgets, off-screen"
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q tests/qt

test-window:
	@echo "== the whole window, on a virtual screen"
	xvfb-run -a -s "-screen 0 1600x1000x24" $(BIN)/python -m pytest -q tests/window

## make check  lint, types, import walls
check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

## make train  make the three weight files from their seeds (DATA=folder of MNIST, downloaded by default)
train: $(TRAIN)/.done
	$(TRAIN)/bin/python -m train.train --data $(DATA)

## make docs   render the guide's pictures from the program
docs: $(VENV)/.run
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/studies.py
	if [ -n "$$DISPLAY" ]; then $(BIN)/python docs/pictures.py window; \
	else xvfb-run -a -s "-screen 0 1600x1000x24" $(BIN)/python docs/pictures.py window; fi

## make torch-test  the tests that hold the engine against torch, and those of train/
torch-test: $(TRAIN)/.done
	$(TRAIN)/bin/python -m pytest -q tests/torch tests/train

## make clean  remove what the targets above have made
clean:
	rm -rf $(VENV) $(CORE) $(TRAIN) .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.system: .ci/system-libraries
	@sh .ci/system-libraries run
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: pyproject.toml $(VENV)/.system
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@sh .ci/system-libraries test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

# the run-time packages less PyQt6, vispy and PyOpenGL: what nn, graph, session and commands live on
$(CORE)/.done: pyproject.toml .ci/system-libraries
	@sh .ci/system-libraries run
	@$(PYTHON) -m venv $(CORE)
	$(CORE)/bin/python -m pip install --quiet --disable-pip-version-check \
	    numpy psygnal safetensors Pillow pytest pytest-timeout
	@touch $@

$(TRAIN)/.done: pyproject.toml .ci/system-libraries
	@sh .ci/system-libraries run
	@$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[train,test]'
	@touch $@
