#!/usr/bin/env bash
# The tests on both databases; the checks ran before (see `make test`).
set -euo pipefail
cd "$(dirname "$0")/.."

# Ask for the tools first: a missing one is better known now than in ten minutes.
marks=()
if ! scripts/ensure_tools.sh browser; then
  [ "${ALLOW_NO_BROWSER:-}" = 1 ] || exit 1
  marks=(-m "not browser")
fi
has_postgres=yes
if ! scripts/ensure_tools.sh postgres; then
  [ "${ALLOW_NO_POSTGRES:-}" = 1 ] || exit 1
  has_postgres=no
fi

"${MAKE:-make}" --no-print-directory check

echo "Tests on SQLite"
.venv/bin/python -m pytest --database=sqlite "${marks[@]}"

if [ "$has_postgres" = yes ]; then
  echo "Tests on PostgreSQL"
  scripts/with_postgres.sh .venv/bin/python -m pytest --database=postgresql -m "not browser"
fi

if [ ${#marks[@]} != 0 ]; then echo "NOT TESTED: pages in a real browser (ALLOW_NO_BROWSER=1)"; fi
if [ "$has_postgres" = no ]; then echo "NOT TESTED: PostgreSQL (ALLOW_NO_POSTGRES=1)"; fi
