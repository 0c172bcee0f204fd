#!/usr/bin/env bash
# gammu-smsd 1.42.0-8 (Debian 12) on SQLite: west of Greenwich an SMS with only the documented columns
# waits for hours.
#
# Guess before: a row in `outbox` with number, text, coding and CreatorID, as the manual shows it
# (gammu-smsd-tables(7), "Injecting a message using SQL"), goes out at the next look, wherever it runs.
# Seen: the tables that come with it (examples/sqlite.sql) fill in SendingDateTime and SendingTimeOut
# by datetime('now'), which is UTC; the daemon compares both with datetime('now', 'localtime'). At
# UTC and east of it the row goes out at once. At UTC-5 it is still there after the same time, and
# would be for five hours. With both columns written in local time it goes out there too. So who adds
# rows by hand on SQLite has to write these two as well.
# Public word: gammu/gammu issue 124 is about the sent ones; pull request 1046 mends a third place.
#
# Ends with 0 while this is so, with 1 when it changed, with 2 where it cannot be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The daemon of exactly this version, and the libraries that a small Debian lacks.
apt-get download -qq gammu-smsd=1.42.0-8 libgsmsd8=1.42.0-8 libgammu8=1.42.0-8 libdbi1 libdbd-sqlite3 libsqlite3-0 \
  libodbc2 libmariadb3 libpq5 libglib2.0-0 libbluetooth3 libusb-1.0-0 libltdl7 libssl3 libldap-2.5-0 libsasl2-2 \
  libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libkeyutils1 libpcre2-8-0 2>/dev/null ||
  { echo "needs Debian 12 and its package lists (apt-get update)" >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 - "$folder/root/usr" <<'PY'
import glob
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

usr = pathlib.Path(sys.argv[1])
dbd = pathlib.Path(glob.glob(f"{usr}/lib/*/dbd")[0])
tables = (usr / "share/doc/gammu-smsd/examples/sqlite.sql").read_text()
SETTINGS = """[gammu]
device = {folder}/phone
connection = none
model = dummy
[smsd]
service = sql
driver = sqlite3
driverspath = {dbd}
dbdir = {folder}/
database = smsd.db
commtimeout = 1
checksecurity = 0
"""


def sent(zone: str, *, both_written: bool) -> bool:
    """Say whether one SMS left within ten seconds after the daemon knew its phone."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/phone")
        pathlib.Path(f"{folder}/rc").write_text(SETTINGS.format(folder=folder, dbd=dbd))
        environment = {"TZ": zone, "LD_LIBRARY_PATH": f"{usr}/lib:{dbd.parent}"}
        database = sqlite3.connect(f"{folder}/smsd.db", timeout=5, isolation_level=None)
        database.executescript(tables)
        row = {
            "DestinationNumber": "'800123465'",
            "TextDecoded": "'This is a SQL test message'",
            "CreatorID": "'test'",
            "Coding": "'Default_No_Compression'",
        }
        if both_written:
            hours = f"{-int(zone[3:]):+} hours"
            row["SendingDateTime"] = row["SendingTimeOut"] = f"datetime('now', '{hours}')"
        database.execute(f"INSERT INTO outbox ({', '.join(row)}) VALUES ({', '.join(row.values())})")
        daemon = subprocess.Popen(
            [f"{usr}/bin/gammu-smsd", "-c", f"{folder}/rc"], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            for query in ("SELECT 1 FROM phones", "SELECT 1 FROM sentitems"):
                for _ in range(50):
                    if database.execute(query).fetchone():
                        break
                    time.sleep(0.2)
                else:
                    if "phones" in query:
                        sys.exit("the daemon did not start")
                    return False
            return True
        finally:
            daemon.terminate()
            daemon.wait(20)
            database.close()


seen = {
    (zone, both): sent(zone, both_written=both)
    for zone, both in [("UTC0", False), ("XXX-9", False), ("XXX5", False), ("XXX5", True)]
}
for (zone, both), left in seen.items():
    print(f"TZ={zone}, both times written: {both}: {'sent' if left else 'still waits'}")
is_so = list(seen.values()) == [True, True, False, True]
print("as found" if is_so else "it changed")
sys.exit(0 if is_so else 1)
PY
