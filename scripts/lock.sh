#!/usr/bin/env bash
# Write requirements/*.txt anew from pyproject.toml, every file of every package with its hash.
#
# Versions locked before are kept while they still fit; `scripts/lock.sh --upgrade` takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
[ -x .venv/bin/python ] && PYTHON=.venv/bin/python
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$PYTHON" -m venv "$folder/venv"
PIP_DISABLE_PIP_VERSION_CHECK=1 "$folder/venv/bin/python" -m pip install -qq --no-input uv

compile() {
  "$folder/venv/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate "$@"
}
for name in run dev; do # half-written files would be worse than old ones
  if [ -f "requirements/$name.txt" ]; then cp "requirements/$name.txt" "$folder/"; fi
done
compile --output-file "$folder/run.txt" "$@"
# The same versions in both: what is tested is what runs.
compile --group dev --constraints "$folder/run.txt" --output-file "$folder/dev.txt" "$@"
mkdir -p requirements
cp "$folder/run.txt" "$folder/dev.txt" requirements/
