# Quire. `make help` lists what there is to do; README.md and ARCHITECTURE.md say why.

SHELL   := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
NPM     ?= npm
BIN     := bin/quire
VERSION := $(shell cmd/version.sh)
LDFLAGS := -X main.version=$(VERSION)

# The web app is rebuilt when one of these is newer than the last build.
WEB_SOURCES := $(shell find frontend collab/wire/testdata -type f \
	-not -path '*/node_modules/*' -not -path 'frontend/dist/*' -not -path '*/dist/*' 2>/dev/null)
WEB := frontend/dist/index.html
WEB_PACKAGES := frontend/node_modules/.package-lock.json
E2E_PACKAGES := e2e/node_modules/.package-lock.json
BENCH_PACKAGES := e2e/bench/node_modules/.package-lock.json

.PHONY: help
help: ## This list
	@echo 'make TARGET, where TARGET is one of'
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '%-14s %s\n' "$$name" "$$what"; done

.PHONY: build
build: $(WEB) ## The web app, then bin/quire with the app in it
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/quire

$(WEB): $(WEB_PACKAGES) $(WEB_SOURCES)
	cd frontend && $(NPM) run build
	@touch $@

$(WEB_PACKAGES): frontend/package-lock.json
	cd frontend && $(NPM) ci --prefer-offline
	@touch $@

$(E2E_PACKAGES): e2e/package-lock.json
	cd e2e && $(NPM) ci --prefer-offline --ignore-scripts
	@touch $@

$(BENCH_PACKAGES): e2e/bench/package-lock.json
	cd e2e/bench && $(NPM) ci --prefer-offline --ignore-scripts
	@touch $@

.PHONY: run
run: build ## Build and start on SQLite in data/; prints the address to open
	./$(BIN) serve

.PHONY: check
check: $(WEB_PACKAGES) $(E2E_PACKAGES) ## Format, vet, staticcheck, arrows, unit tests, laws, a small simulation: no browser, no Postgres, some minutes
	$(GO) run ./e2e/runner check

# A Chromium, a Postgres and a C compiler, if there are none yet.
.PHONY: bring
bring:
	@e2e/bring.sh

.PHONY: test
test: bring build $(E2E_PACKAGES) ## Everything: check, real Postgres, stock clients, kill -9, Chromium, the README's examples
	QUIRE_BIN="$(CURDIR)/$(BIN)" $(GO) run ./e2e/runner test

.PHONY: test-long
test-long: bring build $(E2E_PACKAGES) ## As test, with millions of random cases, long simulations and, where there is an engine, docker compose
	QUIRE_LONG=1 QUIRE_BIN="$(CURDIR)/$(BIN)" $(GO) run ./e2e/runner test

# One part of `make test` by its name in the table: make part PART=crash
.PHONY: part
part: bring build $(E2E_PACKAGES) ## One part of test: make part PART=browser (or format, frontend, e2e-types, go, fuzz, compat, crash)
	QUIRE_BIN="$(CURDIR)/$(BIN)" $(GO) run ./e2e/runner test $(PART)

.PHONY: planted
planted: $(WEB) $(E2E_PACKAGES) ## Plant each bug of e2e/planted in a copy of the tree: a test must catch it. RUN=name tries some
	$(GO) run ./e2e/planted $(RUN)

# Known vulnerabilities in what the binary calls. Needs the network: without it it fails, and says that nothing was looked at.
.PHONY: vulnerabilities
vulnerabilities: ## govulncheck over the binary's code; fails, saying so, where its database is not reached
	@GO="$(GO)" cmd/vulnerabilities.sh

FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: ## Every fuzz target for FUZZTIME (30s) each
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "== $$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

# A run of all rows writes e2e/bench/RESULTS.md; with QUICK=1 or ROWS= it only prints, unless OUT= names a folder.
ROUNDS ?= 3
.PHONY: bench
bench: build $(BENCH_PACKAGES) ## Quire beside ShareDB on this machine, 25 minutes at most: ROUNDS=3, ROWS=pairs,ten, QUICK=1, TRACES=folder, OUT=folder
	$(GO) run ./e2e/bench -quire $(BIN) -rounds $(ROUNDS) -rows "$(ROWS)" -traces "$(TRACES)" -out "$(OUT)" $(if $(QUICK),-quick)

.PHONY: bench-page
bench-page: build $(E2E_PACKAGES) ## What a key and opening a document cost in the browser, for an empty and a 300 kB document: KEYS=60, OPENS=5
	cd e2e && QUIRE_BIN="$(CURDIR)/$(BIN)" QUIRE_BENCH_PAGE=1 KEYS="$(or $(KEYS),60)" OPENS="$(or $(OPENS),5)" npx playwright test --project=bench-page

.PHONY: screenshot
screenshot: build $(E2E_PACKAGES) ## Take the README's picture from the running app
	cd e2e && QUIRE_BIN="$(CURDIR)/$(BIN)" QUIRE_SCREENSHOT=1 npx playwright test --project=screenshot

.PHONY: clean
clean: ## Remove what was built (data/ stays)
	rm -rf bin e2e/test-results e2e/playwright-report e2e/.cache
	find frontend/dist -mindepth 1 -not -name .gitkeep -delete
