#!/usr/bin/env bash
# Make .venv and install the locked packages: `scripts/venv.sh run` or `scripts/venv.sh dev`.
#
# Done before with the same lock file, it returns at once. PYTHON chooses the interpreter.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin" # root by plain `su` lacks these
cd "$(dirname "$0")/.."

want=${1:-dev}
stamp=.venv/.installed # one line: which lock file was installed, and its hash

hash_of() { sha256sum "requirements/$1.txt" | cut -d ' ' -f 1; }

is_installed() {
  local set hash
  [ -f "$stamp" ] && read -r set hash <"$stamp" || return 1
  # The dev set holds the run set, so it serves both.
  { [ "$set" = "$want" ] || [ "$set" = dev ]; } && [ "$hash" = "$(hash_of "$set")" ]
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
can_make_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

# Print the interpreter to use. One that can make a virtual environment wins over one that cannot.
find_python() {
  local name fallback=
  for name in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3; do
    # A chosen interpreter is used or refused, never replaced.
    if [ -n "${PYTHON:-}" ] && [ "$name" != "$PYTHON" ]; then break; fi
    is_new_enough "$name" || continue
    if can_make_venv "$name"; then
      echo "$name"
      return
    fi
    fallback=${fallback:-$name}
  done
  if [ -z "$fallback" ]; then
    name=${PYTHON:-python3}
    echo "Python 3.11 or newer is needed, and $name is $("$name" -V 2>/dev/null || echo "not there")." >&2
    echo "Install it (Debian: apt-get install python3 python3-venv), or name one: make run PYTHON=/path/to/python3.11" >&2
    return 1
  fi
  echo "$fallback"
}

get_venv_module() {
  local python=$1 package
  package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $package …"
    {
      DEBIAN_FRONTEND=noninteractive apt-get update -qq
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"
    } >/dev/null 2>&1 || true
  fi
  if ! can_make_venv "$python"; then
    echo "$python has no venv module. Install it (Debian: apt-get install $package) and try again." >&2
    return 1
  fi
}

if ! [ -f "requirements/$want.txt" ]; then
  echo "There is no requirements/$want.txt." >&2
  exit 2
fi
works() { .venv/bin/python -c 'import pip' 2>/dev/null && is_new_enough .venv/bin/python; }
if is_installed && works; then exit 0; fi

# Two commands started together take turns. The folder itself is the lock: no file to tidy up.
if command -v flock >/dev/null; then
  exec 9<requirements
  flock 9
  if is_installed && works; then exit 0; fi
fi

if ! works; then
  if [ -e .venv ] && ! [ -f .venv/pyvenv.cfg ]; then
    echo ".venv is there but is no virtual environment. Move it away and try again." >&2
    exit 1
  fi
  python=$(find_python)
  can_make_venv "$python" || get_venv_module "$python"
  echo "Making .venv with $("$python" -V) …"
  "$python" -m venv --clear .venv
fi

echo "Installing the locked packages (requirements/$want.txt). The first time takes a minute or two …"
rm -f "$stamp"
PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install \
  -qq --no-input --no-warn-script-location --require-hashes -r "requirements/$want.txt"
echo "$want $(hash_of "$want")" >"$stamp"
