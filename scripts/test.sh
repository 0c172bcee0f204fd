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

# Both at once: each is one process, and most machines have two cores. What PostgreSQL says is
# shown when SQLite is done.
postgres_log=""
if [ "$has_postgres" = yes ]; then
  postgres_log=$(mktemp)
  postgres=
  trap 'kill "$postgres" 2>/dev/null || true; rm -f "$postgres_log"' EXIT
  scripts/with_postgres.sh .venv/bin/python -m pytest --database=postgresql -m "not browser" \
    >"$postgres_log" 2>&1 &
  postgres=$!
fi

failed=0
echo "Tests on SQLite"
.venv/bin/python -m pytest --database=sqlite "${marks[@]}" || failed=1

if [ "$has_postgres" = yes ]; then
  echo "Tests on PostgreSQL"
  wait "$postgres" || failed=1
  cat "$postgres_log"
fi

if [ ${#marks[@]} != 0 ]; then echo "NOT TESTED: pages in a real browser (ALLOW_NO_BROWSER=1)"; fi
if [ "$has_postgres" = no ]; then echo "NOT TESTED: PostgreSQL (ALLOW_NO_POSTGRES=1)"; fi
exit "$failed"
