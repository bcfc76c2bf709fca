# What a contributor runs. `make help` lists it.

# The versions of the tools, here and nowhere else. Dependencies of the program
# are in go.mod, those of the browser test in test/browser/package.json.
GOLANGCI := v2.15.0
SPECTRAL := 6.16.3
REDOCLY  := 2.77.0

TOOLS   := $(CURDIR)/.tools
LINT    := $(TOOLS)/golangci-lint-$(GOLANGCI)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# The rooms where goroutines meet. Under the race detector everything would take
# half an hour, and the rest holds no state of its own.
RACE := ./internal/ai/... ./internal/api/... ./internal/mcp/... ./internal/rest/... ./internal/auth/... ./internal/engine/... ./internal/execution/... \
	./internal/live/... ./internal/queue/... ./internal/sse/... ./internal/store/...

.DEFAULT_GOAL := help
.PHONY: help build run test race lint fix golden openapi browser bench check clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build ./vellocity, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X vellocity/internal/app.Version=$(VERSION)" -o vellocity ./cmd/vellocity

run: ## Build and run the server on 127.0.0.1:8080
	go run ./cmd/vellocity serve

test: ## Run the tests, on PostgreSQL too where it is installed
	go test ./...

race: ## Run the tests of the rooms where goroutines meet under the race detector
	go test -race $(RACE)

lint: $(LINT) ## Format, vet and lint, without changing anything
	$(LINT) run ./...

fix: $(LINT) ## Mend what the formatter and the linters can mend by themselves
	$(LINT) run --fix ./...

golden: ## Write the golden files and generated documents anew; read the diff before you commit it
	@for p in $$(git grep --untracked -lE 'flag.Bool\("update"|/captest"' -- '*_test.go' | xargs -n1 dirname | sort -u); do \
		echo "go test ./$$p -update"; go test "./$$p" -update || exit 1; done

browser: ## Walk through the dashboard in a real browser; needs node and Chromium
	npm --prefix test/browser ci --no-audit --no-fund
	npm --prefix test/browser test

openapi: ## Lint the OpenAPI document with Spectral and Redocly
	npx --yes @stoplight/spectral-cli@$(SPECTRAL) lint --fail-severity=error internal/api/testdata/openapi.json
	npx --yes @redocly/cli@$(REDOCLY) lint

bench: ## Measure every target on this machine, about 20 minutes (go run ./bench list names the rows)
	go run ./bench

check: ## Run all that must hold before a change lands, as CI does
	.ci/run

clean: ## Remove what was built
	rm -rf vellocity dist $(TOOLS)

$(LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@mv $(TOOLS)/golangci-lint $(LINT)
