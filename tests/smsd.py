"""Gammu SMSD for tests: its tables, and the real daemon with a phone that is only a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.adapters.messages.gammu import GammuSmsd

# Version 17 of the tables, as far as SMSD 1.42 and we use them; SMSD itself fills in UTC here.
_NOW = "NUMERIC NOT NULL DEFAULT (datetime('now'))"
_BODY = f"""
  "UpdatedInDB" {_NOW}, "InsertIntoDB" {_NOW}, "SendingDateTime" {_NOW}, "Text" TEXT,
  "DestinationNumber" TEXT NOT NULL DEFAULT '', "UDH" TEXT, "Class" INTEGER DEFAULT -1,
  "Coding" TEXT NOT NULL DEFAULT 'Default_No_Compression', "TextDecoded" TEXT NOT NULL DEFAULT '',
  "RelativeValidity" INTEGER DEFAULT -1, "SenderID" TEXT, "CreatorID" TEXT NOT NULL"""
TABLES = f"""
CREATE TABLE gammu ("Version" INTEGER);
INSERT INTO gammu VALUES (17);
CREATE TABLE outbox ({_BODY}, "ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "SendBefore" TIME NOT NULL DEFAULT '23:59:59', "SendAfter" TIME NOT NULL DEFAULT '00:00:00',
  "SendingTimeOut" {_NOW}, "MultiPart" TEXT NOT NULL DEFAULT 'false',
  "DeliveryReport" TEXT DEFAULT 'default', "Retries" INTEGER DEFAULT 0,
  "Priority" INTEGER DEFAULT 0, "Status" TEXT NOT NULL DEFAULT 'Reserved',
  "StatusCode" INTEGER NOT NULL DEFAULT -1);
CREATE TABLE outbox_multipart ("Text" TEXT, "Coding" TEXT, "UDH" TEXT, "Class" INTEGER,
  "TextDecoded" TEXT, "ID" INTEGER, "SequencePosition" INTEGER, "Status" TEXT DEFAULT 'Reserved',
  "StatusCode" INTEGER DEFAULT -1);
CREATE TABLE sentitems ({_BODY}, "ID" INTEGER, "SequencePosition" INTEGER DEFAULT 1,
  "DeliveryDateTime" NUMERIC, "SMSCNumber" TEXT, "Status" TEXT NOT NULL DEFAULT 'SendingOK',
  "StatusError" INTEGER DEFAULT -1, "StatusCode" INTEGER DEFAULT -1, "TPMR" INTEGER);
CREATE TABLE inbox ("ID" INTEGER PRIMARY KEY AUTOINCREMENT, "UpdatedInDB" {_NOW},
  "ReceivingDateTime" {_NOW}, "Text" TEXT NOT NULL DEFAULT '', "SenderNumber" TEXT NOT NULL,
  "Coding" TEXT, "UDH" TEXT NOT NULL DEFAULT '', "SMSCNumber" TEXT, "Class" INTEGER,
  "TextDecoded" TEXT NOT NULL DEFAULT '', "RecipientID" TEXT,
  "Processed" TEXT NOT NULL DEFAULT 'false', "Status" INTEGER DEFAULT -1);
CREATE TABLE phones ("IMEI" TEXT PRIMARY KEY, "ID" TEXT, "UpdatedInDB" {_NOW},
  "InsertIntoDB" {_NOW}, "TimeOut" {_NOW}, "Send" TEXT NOT NULL DEFAULT 'no',
  "Receive" TEXT NOT NULL DEFAULT 'no', "IMSI" TEXT, "NetCode" TEXT, "NetName" TEXT,
  "Client" TEXT, "Battery" INTEGER, "Signal" INTEGER, "Sent" INTEGER DEFAULT 0,
  "Received" INTEGER DEFAULT 0);
CREATE TRIGGER update_phones_time UPDATE ON phones BEGIN
  UPDATE phones SET "UpdatedInDB" = datetime('now') WHERE "IMEI" = old."IMEI"; END;
"""
ALIVE = """INSERT INTO phones ("IMEI", "Send") VALUES ('1', 'yes')"""
_SETTINGS = """[gammu]
device = {folder}/phone
connection = none
model = dummy
[smsd]
service = sql
driver = sqlite3
dbdir = {folder}/
database = smsd.sqlite
logfile = {folder}/log
commtimeout = 1
receivefrequency = 1
statusfrequency = 1
loopsleep = 1
multiparttimeout = 2
checksecurity = 0
"""


class Daemon:
    """A folder with SMSD's database and phone. The daemon itself runs within running()."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for place in (folder, folder / "phone", folder / "phone/sms", folder / "phone/sms/1"):
            place.mkdir(exist_ok=True)
            place.chmod(0o777)
        path = folder / "smsd.sqlite"
        self.database = sqlite3.connect(path, timeout=5)
        self.database.executescript(TABLES)
        path.chmod(0o666)
        settings = folder / "rc"
        settings.write_text(_SETTINGS.format(folder=folder), "utf-8")
        settings.chmod(0o644)  # whatever the umask of the program is
        self.modem = GammuSmsd(f"sqlite:///{path}")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run it as nobody in particular, until it knows its phone; it ends with the block."""
        who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        process = subprocess.Popen(
            ["gammu-smsd", "-c", str(self.folder / "rc")],
            env={"PATH": os.environ["PATH"], "TZ": os.environ.get("TZ", "")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **(who if os.getuid() == 0 else {}),
        )
        try:
            self.wait("SELECT 1 FROM phones")
            yield
        finally:
            process.terminate()
            process.wait(20)

    def wait(self, query: str) -> list[tuple[object, ...]]:
        """Return the rows of a query as soon as there are some."""
        for _ in range(150):
            if found := self.database.execute(query).fetchall():
                return found
            time.sleep(0.2)
        log = self.folder / "log"
        pytest.fail(f"{query}: {log.read_text('utf-8')[-2000:] if log.exists() else 'no log'}")

    def comes_in(self, sender: str, text: str, place: int, header: str | None = None) -> None:
        """Let the phone have one SMS, or one part of a long one, in one of its places."""
        more = {"UDH": header} if header else {}
        self._phone_has(place, text, {"PDU": "Deliver", "Number": f'"{sender}"', **more})

    def report(self, to: str, word: str) -> None:
        """Let the network report about the newest SMS to a number: Delivered or Failed."""
        more = {"SMSC": '"123456"', "MessageReference": 255}  # what its phone always says
        facts = {"PDU": "Status_Report", "Number": f'"{to}"', **more}
        self._phone_has(1, word, facts)

    def _phone_has(self, place: int, text: str, facts: Mapping[str, object]) -> None:
        now = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        written = {
            **facts,
            "DateTime": now,
            "State": "UnRead",
            "Coding": "Default_No_Compression",
            "Folder": 1,
            "Class": -1,
            "Length": len(text),
        }
        for start in range(0, len(text), 50):
            line = text[start : start + 50].encode("utf-16-be").hex()
            written[f"Text{start // 50:02}"] = line
        hidden = self.folder / "incoming"
        lines = [f"{name} = {value}\n" for name, value in written.items()]
        hidden.write_text("[SMSBackup000]\n" + "".join(lines), "utf-8")
        hidden.chmod(0o666)
        hidden.rename(self.folder / "phone/sms/1" / str(place))  # whole, or not there


@contextlib.contextmanager
def real_daemon() -> Iterator[Daemon]:
    """Return a real SMSD that can be run; the test is skipped on a machine without it."""
    if shutil.which("gammu-smsd") is None:
        pytest.skip("no gammu-smsd here (Debian: apt-get install gammu-smsd libdbd-sqlite3)")
    # Not in pytest's own folder: that is closed to whom the daemon runs as.
    with tempfile.TemporaryDirectory(prefix="oss-smsd-") as name:
        found = Daemon(Path(name))
        with closing(found.database):
            yield found
