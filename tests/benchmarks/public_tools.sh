#!/usr/bin/env bash
# Do public tools accept our documents? Spectral, Redocly, openapi-spec-validator, and Prism as a mock
# and as a judge of `conformance mock`. Usage: tests/benchmarks/public_tools.sh [FOLDER]
# Needs node with npm and a registry; FOLDER (a new temporary one otherwise) receives the tools.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python=${PYTHON:-.venv/bin/python}
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
export CONFORMANCE_HOME=$folder/home
started=()
trap 'for one in "${started[@]}"; do kill "$one" 2>/dev/null || true; done' EXIT

conformance() { "$python" -m conformance.cli.main "$@"; }
ready() { curl -s --retry 30 --retry-connrefused --retry-delay 1 -o /dev/null "$1"; }

npm install --prefix "$folder" --no-audit --no-fund --silent \
  @stoplight/prism-cli@5 @stoplight/spectral-cli@6 @redocly/cli@2
tools=$folder/node_modules/.bin
document=$folder/openapi.json
conformance pack show --openapi >"$document"

echo "== openapi-spec-validator"
"$python" -m openapi_spec_validator "$document" specs/*/*/openapi/*.yaml

echo "== Spectral $("$tools/spectral" --version)"
"$tools/spectral" lint --ruleset specs/.spectral.yaml --fail-severity warn "$document"

echo "== Redocly $("$tools/redocly" --version 2>/dev/null)"
"$tools/redocly" lint --config specs/redocly.yaml "$document" 2>&1 | grep -v '║' | tee "$folder/redocly.txt"
! grep -q warning "$folder/redocly.txt"

echo "== Prism $("$tools/prism" --version) as a mock"
"$tools/prism" mock -p 8198 "$document" >"$folder/prism.txt" 2>&1 &
started+=($!)
ready http://127.0.0.1:8198/
for body in '{"records":[]}' "$(cat fixtures/messages/full.json)"; do
  curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:8198/v1/trial-sync -d "$body" \
    -H 'Content-Type: application/json' -H 'Authorization: Bearer any'
done | tee "$folder/answers.txt"
diff "$folder/answers.txt" <(printf '422\n200\n')

echo "== Prism between the Python sample and conformance mock"
"$python" -m conformance.cli.main mock --port 0 --format json >"$folder/mock.json" &
started+=($!)
until [ -s "$folder/mock.json" ] || ! kill -0 $!; do sleep 0.2; done
told() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$folder/mock.json" "$1"; }
"$tools/prism" proxy -p 8199 --errors "$document" "$(told base_url)" >"$folder/proxy.txt" 2>&1 &
started+=($!)
ready http://127.0.0.1:8199/
conformance generate people --count 3 --out "$folder/trial"
"$python" fixtures/samples/python/trial_sync.py http://127.0.0.1:8199 "$(told signing_key)" \
  "$folder/trial/people.jsonl" "$folder/trial/units.jsonl"
echo "accepted by all"
