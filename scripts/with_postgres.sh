#!/usr/bin/env bash
# Run a command beside a throw-away PostgreSQL: `scripts/with_postgres.sh COMMAND …`
#
# The cluster lives in a temporary folder, listens on a Unix socket only and is removed with all it
# holds when the command ends, also when it is interrupted. DATABASE_URL tells where it is.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin" # root by plain `su` lacks these

if [ $# = 0 ]; then
  echo "usage: scripts/with_postgres.sh COMMAND …" >&2
  exit 2
fi

# Debian keeps the server's programs out of PATH, one folder per version; take the newest.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if ! [ -x "$bin/initdb" ]; then
  bin=$(dirname "$(command -v initdb || true)")
fi
if ! [ -x "$bin/initdb" ]; then
  echo "No PostgreSQL server here (Debian: apt-get install postgresql)." >&2
  exit 3
fi

# PostgreSQL refuses to run as root; somebody else must then own the folder.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  as_owner=(runuser -u "$owner" --)
fi

# Not in TMPDIR: that may be closed to the owner, and a socket's path may have 107 bytes only.
folder=$(mktemp -d /tmp/oss-postgres.XXXXXX)
# The owner may not be allowed into the folder we stand in.
in_folder=(env -C "$folder" "${as_owner[@]}")
child=

# True when the command ended within ten seconds.
ends_soon() {
  local _
  for _ in {1..100}; do
    kill -0 "$child" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

clean() {
  trap '' INT TERM HUP
  if [ -n "$child" ]; then
    kill -TERM "$child" 2>/dev/null || true
    ends_soon || kill -KILL "$child" 2>/dev/null || true
  fi
  if [ -f "$folder/data/postmaster.pid" ]; then
    "${in_folder[@]}" "$bin/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop \
      >/dev/null 2>&1 || true
  fi
  rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

if [ "$(id -u)" = 0 ]; then chown "$owner" "$folder"; fi

if ! "${in_folder[@]}" "$bin/initdb" --pgdata="$folder/data" --username=postgres \
  --auth=trust --encoding=UTF8 --no-locale --no-sync >"$folder/initdb.log" 2>&1; then
  cat "$folder/initdb.log" >&2
  exit 3
fi
# A crash would lose this cluster, and that is fine: it only has to be quick.
# pg_ctl puts the server into a session of its own, so Ctrl-C ends the command before the server.
if ! "${in_folder[@]}" "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/server.log" --silent --wait \
  --timeout=60 --options="-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off \
  -c synchronous_commit=off -c full_page_writes=off" start; then
  cat "$folder/server.log" >&2 || true
  exit 3
fi
"$bin/createdb" --host="$folder" --username=postgres oss

export DATABASE_URL="postgresql://postgres@/oss?host=$folder"

# In the background, so that a signal is heard at once and not only when the command ends. Bash would
# then have the command ignore Ctrl-C and read nothing: both are put back.
env --default-signal=INT,QUIT "$@" <&0 &
child=$!
# Ctrl-C in a terminal reaches the command too: let it finish by itself.
trap 'trap "" INT; ends_soon || true; exit 130' INT
status=0
wait "$child" || status=$?
child=
exit "$status"
