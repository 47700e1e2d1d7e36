#!/usr/bin/env bash
# The OpenAPI documents, held against the answers from outside: models (pydantic) and schemas (zod, in TypeScript) generated
# from them read every answer of every scenario strictly, and schemathesis calls every operation with data that it makes up,
# right and wrong, alone and one after the other.
#
#   tests/clients/generated/run.sh [BINARY]
#
# Needs python3 and node. Installs into a directory of its own.
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

python3 read.py "$url" "$dir/api.py" "$dir/control.py" "$dir/answers.jsonl"

cp package.json tsconfig.json read.ts "$dir"
(
    cd "$dir"
    npm install --silent --no-audit --no-fund --no-package-lock
    for document in api control; do
        npx openapi-zod-client "$document.json" --output "$document.ts" --export-schemas --strict-objects --with-deprecated \
            --default-status auto-correct --template node_modules/openapi-zod-client/src/templates/schemas-only.hbs > /dev/null
    done
    npx tsc
    node out/read.js "$dir"
)

# Statuses, media types, headers and bodies of answers must be documented, and failures are none. The two paths left out do
# not answer at once. Two checks are about data, and hold where a schema can say what is right:
#
# - What a schema forbids is refused (negative_data_rejection). Reads and queries of the vendor's API are lenient, like the
#   original: an empty parameter and a null count as absent, and booleans have several words.
# - What a schema allows is accepted (positive_data_acceptance). Not where more is asked for than a schema can say: that an
#   assignment, a tenant or an order is there, that a text is a date or a pattern, or that a period has not passed.
fuzz() {
    local name=$1 document=$2 examples=$3
    shift 3
    (cd "$dir" && schemathesis run "$document" --url "$url" --seed 1 --max-examples "$examples" --max-time 20 --no-color \
        --warnings off --exclude-path /_mock/events --exclude-path /_mock/requests/wait "$@" > "$name.txt") || {
        cat "$dir/$name.txt"
        exit 1
    }
    printf '%s: %s\n' "$name" "$(grep generated "$dir/$name.txt")"
}
alone=examples,coverage,fuzzing
data=positive_data_acceptance,negative_data_rejection
# In this order: what is made up for the control API puts faults in force and changes settings.
fuzz 'API' api.json 20 --phases "$alone" --exclude-checks "$data"
fuzz 'API, one call after the other' api.json 20 --phases stateful --exclude-checks "$data"
fuzz 'API, what must be refused' api.json 20 --phases "$alone" --checks negative_data_rejection \
    --exclude-method GET --exclude-path-regex '/query$'
fuzz 'API, what must be accepted' api.json 20 --phases "$alone" --checks positive_data_acceptance \
    --exclude-path-regex '^/oauth2|^/assignments$|/assignments(/|$)|Reports|^/activities/query$|^/entitlements/(query|utilizations/query|orders/.id.*|orders/.order.*)$' \
    --exclude-operation-id updateSolutionTokenSettings
fuzz 'control API' control.json 5 --phases "$alone" --exclude-checks positive_data_acceptance
fuzz 'control API, one call after the other' control.json 5 --phases stateful --exclude-checks positive_data_acceptance
