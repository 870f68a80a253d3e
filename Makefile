# Everything there is to do with this project. Each target sets up what it needs.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

.PHONY: help setup setup-build serve test check dist command bench soak clean

## serve    build the site with its demo and serve it on http://localhost:8080
serve: setup-build
	@tools/build --demo
	@exec node tools/serve.mjs target/site --port $(or $(PORT),8080)

## test     run every test: lints, pure, command, browser, end to end; the last line counts them
test: setup
	@exec tools/test

## check    the fast part of the tests: format, lints, pure rooms
check:
	@exec tools/test --fast

## dist     build the folder to upload, without the demo: dist/; SITE=folder for a city's own
dist: setup-build
	@SITE="$(SITE)" exec tools/build

## command  build the gerbang command: target/release/gerbang
command:
	@cargo build --release --features cli --bin gerbang
	@echo "target/release/gerbang --help"

## bench    measure frame to verdict, start, first scan's bytes, a log of a million entries, verify and trace, 300 gates at a hub, the decoder beside others
bench: setup
	@tools/build --demo
	@tools/wasm node benches/frame_to_verdict.mjs
	@tools/wasm node benches/hub_verdict.mjs
	@tools/wasm node benches/start.mjs
	@tools/wasm node benches/families.mjs
	@tools/wasm node benches/million.mjs
	@tools/wasm cargo build --quiet --profile page --features browser --example in_wasm --target wasm32-unknown-unknown
	@tools/wasm bash -c 'wasm-bindgen --target nodejs --no-typescript --out-dir target/in-wasm \
		"$$CARGO_TARGET_DIR/wasm32-unknown-unknown/page/examples/in_wasm.wasm"'
	@tools/wasm node benches/in_wasm.mjs target/in-wasm
	@cat target/site/first-scan.txt
	@tools/bench-log
	@tools/bench-hub
	@tools/wasm benches/decoder

## soak     run what takes long: fuzzing, kills, endurance, pictures of every screen
soak: setup
	@exec tools/soak

## setup    fetch and build the project's own tools into .tools/
setup:
	@tools/setup

setup-build:
	@tools/setup --build

## clean    remove what was built, but not the tools
clean:
	rm -rf target dist

## help     this list
help:
	@sed -n 's/^## /  make /p' Makefile
