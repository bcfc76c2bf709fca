# What a contributor runs. `make help` lists it.

# The versions of the tools, here and nowhere else. Dependencies of the program
# are in go.mod, those of the outside tests in test/*/package.json.
GOLANGCI := v2.15.0
SPECTRAL := 6.16.3
REDOCLY  := 2.77.0

# Downloaded tools stay in the repository's own, ignored directory.
TOOLS   := $(CURDIR)/.tools
LINT    := $(TOOLS)/golangci-lint-$(GOLANGCI)
OPENAPI := $(TOOLS)/openapi-$(SPECTRAL)-$(REDOCLY)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Packages that the race detector skips, each for a reason. A new package is
# checked until it is listed here.
#   .                        reads source files
#   bench, cmd, test         run the program as another process, which is built without the detector
#   capability, compose,     start no goroutines and share nothing between them
#   config, cron, domain,
#   golden, guard, markdown,
#   prose, seo, voice
#   engine/account, calendar, start no goroutines
#   content, partner and work
#   extract/pdf/apart        starts itself with a bound on its memory that the detector does not fit in
#   api, web/pages           keep no state; internal/app and internal/web serve them to several callers at once, and are checked
NO_RACE := vellocity vellocity/bench% vellocity/cmd/% vellocity/test/% vellocity/internal/web/pages/% \
	vellocity/internal/api vellocity/internal/api/% \
	$(foreach p,account calendar content partner work,vellocity/internal/engine/$(p)) vellocity/internal/extract/pdf/apart \
	$(foreach p,capability compose config cron domain golden guard markdown prose seo voice,vellocity/internal/$(p) vellocity/internal/$(p)/%)

.DEFAULT_GOAL := help
.PHONY: help build run test race lint fix golden openapi browser wordpress bench check clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build ./vellocity, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X vellocity/internal/app.Version=$(VERSION)" -o vellocity ./cmd/vellocity

run: ## Build and run the server on 127.0.0.1:8080
	go run ./cmd/vellocity serve

test: ## Run the tests, on PostgreSQL too if it is installed
	go test ./...

# Where goroutines meet: CI checks these (QUICK=1). All packages take several times as long.
RACE_CORE := $(foreach p,await gate live queue sse store/db text,./internal/$(p))

# TestVerbs calls one verb at a time, and takes minutes under the detector.
race: ## Run the tests of packages that start goroutines under the race detector (QUICK=1: the core only)
	CGO_ENABLED=1 go test -race -short -skip '^TestVerbs$$' \
		$(if $(QUICK),$(RACE_CORE),$(filter-out $(NO_RACE),$(shell go list ./...)))

lint: $(LINT) ## Check formatting and lint, without changing anything
	$(LINT) run ./...

fix: $(LINT) ## Fix what the formatter and the linters can fix by themselves
	$(LINT) run --fix ./...

golden: ## Write the golden files and generated documents; read the diff before you commit it
	@go list -f '{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}' ./... | \
		awk '/internal\/golden|capability\/captest/ {print $$1}' | \
		while read -r p; do echo "go test $$p -update"; go test "$$p" -update || exit 1; done

browser: ## Walk through the dashboard in real browsers; needs node, Chromium and Firefox
	npm --prefix test/browser ci --no-audit --no-fund
	npm --prefix test/browser test

wordpress: $(TOOLS)/wordpress ## Fetch Debian's WordPress for its test, which also needs php and mariadbd

# The package would install a web server, so it is only unpacked.
$(TOOLS)/wordpress:
	rm -rf $@.part && mkdir -p $@.part
	cd $@.part && apt-get download -qq wordpress && dpkg -x wordpress_*.deb . && rm wordpress_*.deb
	mv $@.part $@

openapi: $(OPENAPI) ## Lint the OpenAPI document with Spectral and Redocly; needs node
	$(OPENAPI)/node_modules/.bin/spectral lint --fail-severity=error internal/api/testdata/openapi.json
	$(OPENAPI)/node_modules/.bin/redocly lint

bench: ## Measure every target on this machine, about 20 minutes (go run ./bench list names the rows)
	go run ./bench

check: ## Run everything that must pass before a change lands, as CI does
	.ci/run

clean: ## Remove what was built and downloaded
	rm -rf vellocity dist $(TOOLS)

$(LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@mv $(TOOLS)/golangci-lint $(LINT)

$(OPENAPI):
	@rm -rf $(OPENAPI).part
	npm install --prefix $(OPENAPI).part --no-save --no-audit --no-fund \
		@stoplight/spectral-cli@$(SPECTRAL) @redocly/cli@$(REDOCLY)
	@mv $(OPENAPI).part $(OPENAPI)
