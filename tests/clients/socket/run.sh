#!/usr/bin/env bash
# Tries the activity socket with the real clients from npm: socket.io-client 2.4.0, as the vendor's web UI
# has it, and the newest 4.x.
#
#   tests/clients/socket/run.sh [PATH/TO/r1-entitlements-mock]
#
# Needs node 18 or newer and npm. The ping interval is shortened (--socket-ping-interval), so that idling
# takes a second and not minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
binary=${1:-}
if [ -z "$binary" ]; then
    cargo build --quiet --locked --manifest-path "$root/Cargo.toml"
    binary=${CARGO_TARGET_DIR:-$root/target}/debug/r1-entitlements-mock
fi

work=$(mktemp -d)
pid=
clean_up() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
die() {
    echo "run.sh: $1" >&2
    echo "run.sh: the server's log:" >&2
    cat "$work/log" >&2
    exit 1
}

[ -d "$here/node_modules" ] || npm ci --silent --prefix "$here"

"$binary" --listen 127.0.0.1:0 --ready-file "$work/ready" --socket-ping-interval 100ms \
    --socket-ping-timeout 5s >"$work/out" 2>"$work/log" &
pid=$!
for _ in $(seq 100); do
    [ ! -e "$work/ready" ] || break
    kill -0 "$pid" 2>/dev/null || die "the server did not start"
    sleep 0.1
done
[ -e "$work/ready" ] || die "the server was not ready within 10 s"
MOCK_URL=$(node -p "JSON.parse(require('fs').readFileSync('$work/ready', 'utf8')).baseUrl")
export MOCK_URL

timeout 120 node --test "$here/test.mjs" || die "a client failed"

# SIGTERM ends the server at once, even with clients connected.
timeout 30 node "$here/stop.mjs" >"$work/stop" 2>&1 &
clients=$!
for _ in $(seq 100); do
    ! grep -q connected "$work/stop" || break
    sleep 0.1
done
before=$(date +%s%N)
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
took=$((($(date +%s%N) - before) / 1000000))
pid=
[ "$status" = 0 ] || die "the server ended with $status on SIGTERM"
[ "$took" -lt 5000 ] || die "the server took $took ms to end on SIGTERM with open sockets"
wait "$clients" || die "a client was not told that the server stops: $(cat "$work/stop")"
[ "$(grep -c '^disconnected: transport close$' "$work/stop")" = 2 ] ||
    die "the clients did not see the connection close: $(cat "$work/stop")"
echo "the server ended $took ms after SIGTERM, with two sockets open"
