#!/usr/bin/env bash
# Tries the recipes of docs/RECIPES.md, the very files of examples/recipes, against the binary.
#
#   tests/clients/recipes/run.sh [PATH/TO/r1-entitlements-mock]
#
# Needs node 20.19 or newer, npm and Chromium; SHOTS names a directory for the screenshots.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
binary=${1:-${CARGO_TARGET_DIR:-$root/target}/debug/r1-entitlements-mock}
: "${CHROMIUM:=/usr/bin/chromium}"

[ -x "$binary" ] || { echo "no binary at $binary: cargo build, or name one" >&2; exit 2; }
[ -x "$CHROMIUM" ] || { echo "no Chromium at $CHROMIUM: apt-get install chromium, or set CHROMIUM" >&2; exit 2; }
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    { echo "node $(node --version) is too old: 20.19 or newer" >&2; exit 2; }

# package.json names exact versions, so no lock file is kept.
install() {
    [ -e "$1/node_modules/.package-lock.json" ] ||
        npm install --prefer-offline --no-package-lock --no-fund --no-audit --ignore-scripts --loglevel error --prefix "$1"
}
install "$root/examples/recipes/angular" & angular=$!
install "$root/examples/recipes"
wait "$angular"

MOCK_BINARY=$(realpath "$binary") SHOTS=${SHOTS:-$(mktemp -d)}
export MOCK_BINARY CHROMIUM SHOTS
mkdir -p "$SHOTS"
cd "$here"
timeout 300 node --test --test-concurrency=2 ./*.test.mjs
echo "screenshots: $SHOTS"
