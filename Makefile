# Live Chat Cloud. `make help` lists the targets; each installs what it needs and does nothing twice.

ENV ?= dev
SHELL := /bin/bash -o pipefail
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.DEFAULT_GOAL := help

GO_FILES := $(shell find cmd config constructs internal localaws policies stacks test -name '*.go' -not -name '*_test.go' 2>/dev/null)
LAMBDAS  := $(patsubst %,bin/lambda/%.zip,vpctask registrar tablepolicy rotator secretage)
EMBEDDED := stacks/flags.json internal/bootstrap/cdk.yaml $(wildcard config/*.json)
ASSEMBLY := cdk.out/$(ENV)

# Files that are deleted or renamed are older than nothing: so the list of names is itself a file, which is new when it differs.
$(shell mkdir -p .cache && ls $(GO_FILES) $(EMBEDDED) > .cache/sources.new && \
  if cmp -s .cache/sources.new .cache/sources; then rm .cache/sources.new; else mv .cache/sources.new .cache/sources; fi)
STACKS   := $(if $(REGION),'$(ENV)-$(REGION)-*',--all)

# The cdk CLI and the app run on the Node that package.json pins, whatever the machine's own.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
CDK := node_modules/.bin/node node_modules/aws-cdk/bin/cdk --app $(ASSEMBLY)

help: ## list the targets
	@echo "make TARGET [ENV=dev|staging|prod|prod-eu] [REGION=eu-west-1]"
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18

deploy-local: node_modules/.stamp .venv/.stamp bin/deploylocal synth ## deploy ENV to a local AWS emulator: no account, no credentials
	@bin/deploylocal -env $(ENV) -assembly $(ASSEMBLY)

test: build node_modules/.stamp .venv/.stamp synth-dev ## test everything that must hold, from unit to local deploy
	go vet ./...
	go test -timeout 20m $$(go list ./... | grep -v /test)
	@# these judge what the program writes, which Go's cache of test results does not see; internal/judged does
	go test -count=1 -timeout 20m ./test/...

build: bin/livechat bin/livechatctl bin/deploylocal lambdas ## build the app, the tools and the Lambdas, into bin/

lambdas: $(LAMBDAS)

setup: node_modules/.stamp .venv/.stamp build ## install the pinned tools and build

synth: synth-$(ENV) ## write cdk.out/ENV: offline, without credentials, judged by the policies and CDK's validator

check: synth bin/livechatctl ## judge cdk.out/ENV by the policies
	@bin/livechatctl check $(ASSEMBLY)

diagram: synth bin/livechatctl ## draw the network of ENV and its flows: cdk.out/ENV.network.svg, or OUT
	@bin/livechatctl diagram $(ASSEMBLY) --out $(or $(OUT),$(ASSEMBLY).network.svg)

bootstrap: node_modules/.stamp bin/livechatctl ## bootstrap every region of ENV in AWS, as an administrator (OPTIONS: more for the cdk CLI)
	@mkdir -p cdk.out
	@command="$$(bin/livechatctl bootstrap $(ENV) --out $(ASSEMBLY).bootstrap.template.json)" && echo "$$command $(OPTIONS)" && \
	  $(firstword $(CDK)) $(word 2,$(CDK)) $${command#npx cdk } $(OPTIONS)

diff: synth ## compare ENV with what is deployed in AWS, in all regions or in REGION
	$(CDK) diff $(filter-out --all,$(STACKS))

deploy: synth ## deploy ENV to AWS, in all regions or in REGION (it costs money: see README)
	$(CDK) deploy $(STACKS)

destroy: synth ## destroy ENV in AWS; what holds data is retained
	$(CDK) destroy $(STACKS)

lint: .venv/.stamp synth-dev ## run gofmt, vet, actionlint, and cfn-lint with the region of each stack
	@unformatted="$$(gofmt -l cmd config constructs internal localaws policies stacks test)"; test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	go tool actionlint
	go test -count=1 ./test/estate -run 'TestCfnLint'

mutation: node_modules/.stamp ## run every mutation on every resource of every environment
	go test -count=1 -timeout 120m ./test/mutation -run 'Mutation|Mutant|Noticing|JudgedAsTheWhole' -mutation.all

fuzz: ## run each fuzz target for a minute
	@for package in ./config ./policies/template; do \
	  for target in $$(go test $$package -list '^Fuzz' | grep '^Fuzz'); do \
	    go test $$package -run '^$$' -fuzz "^$$target$$" -fuzztime 60s || exit 1; done; done

bench: build node_modules/.stamp ## measure synth by regions and partners, check, mutants, memory: a table and JSON
	go run ./test/bench

doctor: bin/livechatctl ## report what this machine lacks for the targets
	@bin/livechatctl doctor

clean: ## remove what was built and written
	rm -rf bin cdk.out .cache

# --- files ---

bin/livechat: .cache/jsii/kernel/program.js
bin/%: $(GO_FILES) $(EMBEDDED) .cache/sources go.mod go.sum
	@mkdir -p bin
	go build -buildvcs=false -o $@ ./cmd/$*

bin/lambda/%.zip: $(GO_FILES) .cache/sources go.mod go.sum
	@go run ./cmd/packlambda -out $@ ./cmd/$*

# jsii's kernel and the worker that it starts, for internal/node/launch.js
.cache/jsii/kernel/program.js: go.mod
	@mkdir -p $(@D)
	@go mod download github.com/aws/jsii-runtime-go
	@cp -Rf "$$(go list -m -f '{{.Dir}}' github.com/aws/jsii-runtime-go)"/internal/embedded/resources/lib/. $(@D)
	@chmod -R u+w $(@D) && touch $@

# The program compares the content of all its inputs with the stamp of the assembly. CDK's validator judges whatever make takes.
synth-%: bin/livechat $(LAMBDAS) node_modules/.stamp
	@env -u CDK_VALIDATION bin/livechat -env $* -if-changed

node_modules/.stamp: package.json package-lock.json
	@echo "installing the cdk CLI and its Node"
	@npm ci --no-audit --no-fund --loglevel error 2>&1 | { grep -v 'npm warn Unknown user config' || true; }
	@touch $@

.venv/.stamp: requirements.txt
	@echo "installing cfn-lint and the local AWS"
	@python3 -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.PHONY: help deploy-local test build lambdas setup synth check diagram bootstrap diff deploy destroy lint mutation fuzz bench doctor clean
