#!/usr/bin/env bash
# gammu-smsd 1.42.0-8 (Debian 12) with an SQL service: of a long SMS, TextDecoded has the whole text in the
# first row and nothing in the others, while Text has each part where it belongs.
#
# Guess before: each row of `inbox` has the text of its own part, as each row of the outgoing long SMS
# in the manual has (gammu-smsd-tables(7), "Injecting long message using SQL"); the header (UDH) tells
# which belong together. TextDecoded is "decoded SMS text", varchar(160).
# Seen: TextDecoded of the first row has all of it, more than 160 characters, and is empty in the rows of
# the other parts; Text, the same in hex, has in each row its own part alone. Only where a part did not
# come within MultipartTimeout has TextDecoded its own part too. So the two columns of one row disagree,
# who reads row by row gets one full message and some empty ones, and who counts rows counts twice.
# Joining TextDecoded by the UDH is right in both cases.
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
multiparttimeout = 2
checksecurity = 0
"""
PARTS = ["first " * 25, "second " * 5]


def part_of(number: int) -> str:
    """A part of a long SMS as the dummy phone keeps it."""
    text = PARTS[number - 1]
    lines = [text[at : at + 50].encode("utf-16-be").hex() for at in range(0, len(text), 50)]
    return "\n".join([
        "[SMSBackup000]", "PDU = Deliver", "DateTime = 20261130T080000Z", "State = UnRead",
        'Number = "+800123465"', f"UDH = 0500033202{number:02}", "Coding = Default_No_Compression",
        "Folder = 1", f"Length = {len(text)}", "Class = -1",
        *(f"Text{place:02} = {line}" for place, line in enumerate(lines)), "",
    ])


def rows(numbers: list[int]) -> list[tuple[str, str, str]]:
    """Return UDH, TextDecoded and Text of the inbox after the phone had these parts."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = pathlib.Path(folder, "phone/sms/1")
        inbox.mkdir(parents=True)
        for number in numbers:
            (inbox / str(number)).write_text(part_of(number))
        pathlib.Path(f"{folder}/rc").write_text(SETTINGS.format(folder=folder, dbd=dbd))
        database = sqlite3.connect(f"{folder}/smsd.db", timeout=5, isolation_level=None)
        database.executescript(tables)
        daemon = subprocess.Popen(
            [f"{usr}/bin/gammu-smsd", "-c", f"{folder}/rc"],
            env={"LD_LIBRARY_PATH": f"{usr}/lib:{dbd.parent}"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            found = []
            for _ in range(100):
                found = database.execute("SELECT UDH, TextDecoded, Text FROM inbox ORDER BY ID").fetchall()
                if len(found) == len(numbers):
                    break
                time.sleep(0.2)
            return found
        finally:
            daemon.terminate()
            daemon.wait(20)
            database.close()


both, alone = rows([1, 2]), rows([1])
for udh, decoded, text in [*both, *alone]:
    print(f"UDH {udh}: {len(decoded)} characters decoded, {len(text) // 4} in hex")
whole = "".join(PARTS)
is_so = (
    [(udh, decoded) for udh, decoded, _ in both] == [("050003320201", whole), ("050003320202", "")]
    and [len(text) // 4 for _, _, text in both] == [len(part) for part in PARTS]
    and [decoded for _, decoded, _ in alone] == [PARTS[0]]
)
print("as found" if is_so else "it changed")
sys.exit(0 if is_so else 1)
PY
