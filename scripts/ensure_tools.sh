#!/usr/bin/env bash
# Get what the tests need from outside Python: `scripts/ensure_tools.sh browser`,
# `… oldbrowser`, `… postgres`, `… poppler` or `… smsd`.
#
# Ends with 0 when the tool is there, else says plainly what is missing and ends with 1.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin" # root by plain `su` lacks these
cd "$(dirname "$0")/.."

install() { # Debian packages; quiet, but what went wrong is shown
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  local log
  log=$(mktemp)
  echo "Installing $* (Debian) …"
  if {
    DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  } >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
  return 1
}

has_playwright_chromium() {
  .venv/bin/python - 2>/dev/null <<'PYTHON'
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PYTHON
}

has_browser() {
  local name
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  has_playwright_chromium
}

has_old_browser() {
  /usr/bin/python3 -c 'import PyQt5.QtWebEngineWidgets' 2>/dev/null
}

has_postgres() {
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null
}

case ${1:-} in
  browser)
    has_browser && exit 0
    install chromium && has_browser && exit 0
    echo "Getting Playwright's own Chromium …"
    if .venv/bin/python -m playwright install chromium >/dev/null 2>&1 && has_browser; then exit 0; fi
    echo "Could not get: a Chromium for the browser tests. Install one yourself (Debian: apt-get install chromium)," >&2
    echo "or run the other tests only: make test ALLOW_NO_BROWSER=1" >&2
    exit 1
    ;;
  oldbrowser)
    has_old_browser && exit 0
    install python3-pyqt5.qtwebengine && has_old_browser && exit 0
    echo "Could not get: an old browser engine (Debian 11 and 12: apt-get install python3-pyqt5.qtwebengine)" >&2
    exit 1
    ;;
  postgres)
    has_postgres && exit 0
    install postgresql && has_postgres && exit 0
    echo "Could not get: a PostgreSQL server for the tests. Install one yourself (Debian: apt-get install postgresql)," >&2
    echo "or test on SQLite only: make test ALLOW_NO_POSTGRES=1" >&2
    exit 1
    ;;
  poppler)
    command -v pdftoppm >/dev/null && exit 0
    install poppler-utils && command -v pdftoppm >/dev/null && exit 0
    echo "Could not get: poppler, the second viewer of PDFs (Debian: apt-get install poppler-utils)." >&2
    exit 1
    ;;
  smsd)
    command -v gammu-smsd >/dev/null && exit 0
    install gammu-smsd libdbd-sqlite3 && command -v gammu-smsd >/dev/null && exit 0
    echo "Could not get: gammu-smsd, which sends SMS by a modem (Debian: apt-get install gammu-smsd libdbd-sqlite3)." >&2
    exit 1
    ;;
  *)
    echo "usage: scripts/ensure_tools.sh browser|oldbrowser|postgres|poppler|smsd" >&2
    exit 2
    ;;
esac
