# The few verbs a developer uses.

CARGO ?= cargo
# Real servers on a loaded machine: a test that fails is tried once more and, when it then passes, listed as FLAKY. That
# is a fault to mend, but not a reason to hold up everything else.
NEXTEST = $(CARGO) nextest run --workspace --no-fail-fast --retries 1

.PHONY: help demo test tools check bench fuzz

help: ## shows this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: ## builds, runs the main job over the 80 sample mails on embedded defaults, shows what became of each
	@CARGO="$(CARGO)" tests/demo.sh

test: tools ## installs what the tests need (apt, as root), then runs everything on real servers on loopback
	$(CARGO) build --workspace
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		echo "$(NEXTEST)" && $(NEXTEST); \
	else \
		echo "$(CARGO) test --workspace" && $(CARGO) test --workspace --lib --bins --tests; \
	fi
	$(CARGO) test --workspace --doc

tools:
	@tests/tools.sh
	@command -v phpstan >/dev/null 2>&1 || echo "no phpstan on the PATH: the plugin is tested without it (bridge/plugin/README.md)"

check: ## formatting and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets

bench: ## measures speed and size (release build; fetches its corpus)
	$(CARGO) build --release --package tanggap
	$(CARGO) bench --package tanggap-rules --bench judge
	$(CARGO) bench --package tanggap-tests --bench spine

fuzz: ## fuzzes every way into the rules for ten minutes each (FUZZ=seconds)
	@for target in reader headers html observables compiler; do tests/fuzz/run $$target $(or $(FUZZ),600) || exit 1; done
