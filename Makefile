# ARGS goes to the program: make run ARGS="--model offline/demo", make test ARGS="-k turn"
SETUP = sh scripts/python.sh scripts/setup.py
BIN = .venv/bin
# A process for each core; tests on the rig come last, in one process. When a process dies, the run ends: with
# another in its place it would wait for ever. ARGS="-n0 -s" runs all in one, and shows
# what is printed.
PARALLEL = -n logical --max-worker-restart=0
# So often `make soak` holds the talk key: half an hour, or more.
HOLDS = 10000

help:    ## this list
	@grep -hE '^[a-z-]+: +##' $(MAKEFILE_LIST) | sed 's/: *## */\t/'

run:     ## set up and open the window; with no screen, show it on a virtual one
	@sh scripts/python.sh scripts/run.py $(ARGS)

test:    ## set up and run every test, style and types included
	@$(SETUP) test
	@$(BIN)/python -m pytest $(PARALLEL) -m "not bundle and not long" $(ARGS)

bench:   ## measure the way of the sound: a table, and JSON in build/
	@$(SETUP) test
	@$(BIN)/python -m tests.benchmarks $(ARGS)

bench-quick: ## the figures that matter most, in two minutes: before each release
	@$(SETUP) test
	@$(BIN)/python -m tests.benchmarks --quick $(ARGS)

soak:    ## the long tests, ten minutes on a bad network, 10,000 disturbed holds; ARGS="--minutes 60", or "--backlog"; HOLDS=500
	@$(SETUP) test
	@$(BIN)/python -m pytest -m long -q
	@$(BIN)/python -m tests.soak $(ARGS)
	@$(BIN)/python -m tests.monkey --holds $(HOLDS)

fuzz:    ## a million broken frames, and broken files, at the window too; ARGS="--frames 10000 --files 500 --window 50"
	@$(SETUP) test
	@$(BIN)/python -m tests.fuzz $(ARGS)

flood:   ## send all that a service can send, as fast as the loopback takes it; ARGS="--seconds 5 --only errors"
	@$(SETUP) test
	@$(BIN)/python -m tests.flood $(ARGS)

monkey:  ## do what people do at the real window, at random; ARGS="--minutes 20 --seed 2 --rough --reader orca --fault stalls", or "--holds 10000"
	@$(SETUP) test
	@$(BIN)/python -m tests.monkey $(ARGS)

restless: monkey

screenshots: ## paint the window in each of its states: build/screenshots/; ARGS="--language de --size 720x480 ready"
	@$(SETUP) test
	@$(BIN)/python scripts/screenshots.py $(ARGS)

translations: ## bring the texts for translators up to date with the code, and make what is loaded of them
	@$(SETUP) test
	@$(BIN)/python scripts/translations.py

bundle:  ## make the program for those without Python, try it and pack it; PRESSTALK_LITE=1: without speech
	@$(SETUP) bundle
	@$(BIN)/python scripts/bundle.py
	@$(SETUP) test
	@$(BIN)/python -m pytest -m bundle -q

install: ## put the bundle into ~/.local, with its menu entry and icons; PREFIX=/elsewhere
	@sh scripts/python.sh scripts/bundling/install.py install $(PREFIX)

uninstall: ## take it away again; settings stay
	@sh scripts/python.sh scripts/bundling/install.py uninstall $(PREFIX)

lint:    ## style, types and import contracts only
	@$(SETUP) test
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

format:  ## put the code into the house format
	@$(SETUP) test
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format

lock:    ## write the lock files anew; ARGS=--upgrade for the newest versions
	@sh scripts/lock.sh $(ARGS)

clean:   ## remove everything that was made here
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help run test bench bench-quick soak fuzz flood monkey restless screenshots translations bundle install uninstall lint format lock clean
