#!/usr/bin/env bash
# The tests on both databases; the checks ran before (see `make test`).
set -euo pipefail
cd "$(dirname "$0")/.."

# Ask for the tools first: a missing one is better known now than in ten minutes.
first_lane="not live"
has_browser=yes
if ! scripts/ensure_tools.sh browser; then
  [ "${ALLOW_NO_BROWSER:-}" = 1 ] || exit 1
  first_lane="not live and not browser"
  has_browser=no
fi
# The old engine comes from Debian alone; elsewhere the rest is tested, and it is said.
has_old_browser=yes
if ! scripts/ensure_tools.sh oldbrowser; then
  first_lane="$first_lane and not oldbrowser"
  has_old_browser=no
fi
has_postgres=yes
if ! scripts/ensure_tools.sh postgres; then
  [ "${ALLOW_NO_POSTGRES:-}" = 1 ] || exit 1
  has_postgres=no
fi
has_poppler=yes
scripts/ensure_tools.sh poppler || has_poppler=no
has_smsd=yes
scripts/ensure_tools.sh smsd || has_smsd=no

"${MAKE:-make}" --no-print-directory check

# Two lanes at once, one for each core of a small machine. What the second says is shown when the
# first is done: PostgreSQL, then the walks against servers of their own.
second_lane() {
  local failed=0
  if [ "$has_postgres" = yes ]; then
    echo "Tests on PostgreSQL"
    scripts/with_postgres.sh .venv/bin/python -m pytest --database=postgresql \
      -m "not browser and not oldbrowser and not live" --durations=10 || failed=1
  fi
  echo "Walks against running servers"
  .venv/bin/python -m pytest --database=sqlite -m live --durations=10 || failed=1
  return "$failed"
}

second_log=$(mktemp)
second=
end_second_lane() {
  # Whoever runs there first, so that it ends with the lane (Linux says who).
  kill "$second" $(cat "/proc/$second/task/$second/children" 2>/dev/null) 2>/dev/null || true
  rm -f "$second_log"
}
trap end_second_lane EXIT
second_lane >"$second_log" 2>&1 &
second=$!

failed=0
echo "Tests on SQLite"
.venv/bin/python -m pytest --database=sqlite -m "$first_lane" --durations=10 || failed=1
wait "$second" || failed=1
cat "$second_log"

if [ "$has_browser" = no ]; then echo "NOT TESTED: pages in a real browser (ALLOW_NO_BROWSER=1)"; fi
if [ "$has_old_browser" = no ]; then echo "NOT TESTED: pages in an old browser engine"; fi
if [ "$has_postgres" = no ]; then echo "NOT TESTED: PostgreSQL (ALLOW_NO_POSTGRES=1)"; fi
if [ "$has_poppler" = no ]; then echo "NOT TESTED: kept PDFs in poppler (no pdftoppm)"; fi
if [ "$has_smsd" = no ]; then echo "NOT TESTED: SMS by the daemon of a modem (no gammu-smsd)"; fi
exit "$failed"
