#!/bin/sh
# The console in headless Chromium, against the binary on a port of its own.
# Usage: run.sh [path of the binary [test files]]; SHOTS=DIR keeps the screenshots there, ASSETS=DIR takes the page's
# scripts and styles from there instead of from the binary.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
binary=${1:-$here/../../../target/debug/r1-entitlements-mock}
: "${CHROMIUM:=/usr/bin/chromium}"

[ -x "$binary" ] || { echo "no binary at $binary: cargo build, or name one" >&2; exit 2; }
[ -x "$CHROMIUM" ] || { echo "no Chromium at $CHROMIUM: apt-get install chromium, or set CHROMIUM" >&2; exit 2; }
[ -d "$here/node_modules/playwright-core" ] || (cd "$here" && npm ci --no-fund --no-audit --ignore-scripts)

MOCK_BINARY=$(readlink -f "$binary") CHROMIUM=$CHROMIUM SHOTS=${SHOTS:-$(mktemp -d)}
export MOCK_BINARY CHROMIUM SHOTS
mkdir -p "$SHOTS"
cd "$here"
[ "$#" -gt 1 ] && shift || set -- ./*.test.mjs
node --test --test-concurrency=1 "$@"
echo "screenshots: $SHOTS"
