#!/usr/bin/env bash
# The OpenAPI documents, held against the answers from outside: models generated from them read every answer of every
# scenario strictly, and schemathesis calls every operation with data that it makes up, right and wrong.
#
#   tests/clients/generated/run.sh [BINARY]
#
# Needs python3. Installs into a directory of its own.
set -euo pipefail
cd "$(dirname "$0")"
binary=$(realpath "${1:-../../../${CARGO_TARGET_DIR:-target}/debug/r1-entitlements-mock}")

dir=$(mktemp -d)
trap 'kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true; rm -rf "$dir"' EXIT
server=

python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
PATH="$dir/venv/bin:$PATH"

"$binary" openapi > "$dir/api.json"
"$binary" openapi --control > "$dir/control.json"
for document in api control; do
    datamodel-codegen --input "$dir/$document.json" --input-file-type openapi --output "$dir/$document.py" \
        --output-model-type pydantic_v2.BaseModel --extra-fields forbid --target-python-version 3.11 2> /dev/null
done

"$binary" --listen 127.0.0.1:0 --port-file "$dir/port" > "$dir/out.txt" 2> "$dir/err.txt" &
server=$!
for _ in $(seq 100); do
    [ -s "$dir/port" ] && break
    kill -0 "$server" || { cat "$dir/err.txt"; exit 1; }
    sleep 0.1
done
url="http://127.0.0.1:$(cat "$dir/port")"

python3 read.py "$url" "$dir/api.py" "$dir/control.py"

# Statuses, media types, headers and bodies of answers must be documented, and failures are none. The control API must also
# refuse what its schemas forbid. The vendor's API is lenient, like the original: an empty parameter and a null count as
# absent, and booleans have several words. That whatever a schema allows is accepted is not checked: a schema cannot say, for
# example, that "by" or "to" is given, or that an assignment is there. The two paths left out do not answer at once.
fuzz() {
    local document=$1 examples=$2 left_out=$3
    (cd "$dir" && schemathesis run "$document" --url "$url" --seed 1 --max-examples "$examples" --max-time 20 --no-color \
        --warnings off --phases examples,coverage,fuzzing --exclude-checks "$left_out" \
        --exclude-path /_mock/events --exclude-path /_mock/requests/wait > "$document.txt") || {
        cat "$dir/$document.txt"
        exit 1
    }
    printf '%s: %s\n' "$document" "$(grep generated "$dir/$document.txt")"
}
# In this order: what is made up for the control API puts faults in force and changes settings.
fuzz api.json 20 positive_data_acceptance,negative_data_rejection
fuzz control.json 5 positive_data_acceptance
