"""What the stand-in of OSS keeps, and what may follow on where a licence stands."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.law.calendar import WorkingCalendar
from app.domain.oss.codes import (
    KdKewenangan,
    LicenceStatus,
    ProductType,
    ResponseCode,
)
from app.simulators._shared import StateFile

if TYPE_CHECKING:
    pass


UNKNOWN_LICENCE = "Data izin tidak ditemukan"
LOOKING_THROUGH = timedelta(minutes=1)  # the automatic check whether documents are complete
WIB = timezone(timedelta(hours=7))  # OSS counts days in the time of Jakarta

SCHEMA = """
CREATE TABLE IF NOT EXISTS submissions (
    kunci TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    oss_id TEXT NOT NULL UNIQUE,
    nib TEXT NOT NULL UNIQUE,
    issued_on TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS licences (
    id_izin TEXT PRIMARY KEY,
    oss_id TEXT NOT NULL REFERENCES submissions (oss_id),
    nib TEXT NOT NULL,
    id_proyek TEXT NOT NULL,
    number INTEGER NOT NULL,
    kd_izin TEXT NOT NULL,
    kewenangan TEXT NOT NULL,
    days INTEGER,
    status TEXT NOT NULL,
    no_izin TEXT NOT NULL,
    tgl_izin TEXT NOT NULL,
    file_izin TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS licences_of ON licences (oss_id, number);
CREATE TABLE IF NOT EXISTS news (
    id INTEGER PRIMARY KEY,
    id_izin TEXT NOT NULL REFERENCES licences (id_izin),
    service TEXT NOT NULL,
    digest TEXT NOT NULL,
    status TEXT NOT NULL,
    day TEXT NOT NULL,
    UNIQUE (id_izin, service, digest)
);
"""
REMARKS = {
    ResponseCode.OK: "Sukses",
    ResponseCode.BAD_DATA: "Data Parameter Salah",
    ResponseCode.BAD_KEY: "User Akses Tidak Valid",
    ResponseCode.ILLEGAL_ACCESS: "Ilegal Inquery /Akses",
    ResponseCode.NO_SUCH_SERVICE: "Akses Service Tidak Ditemukan",
    ResponseCode.ACCESS_DENIED: "Akses Service Ditolak",
    ResponseCode.FAILED: "Proses Payload Data Di Sistem OSS Gagal",
    ResponseCode.TIMED_OUT: "Proses Payload Data Di Sistem OSS Timeout",
}
GRANTED = {LicenceStatus.APPROVED, LicenceStatus.DEEMED_APPROVED, LicenceStatus.PROVISIONAL}
SANCTIONS = {LicenceStatus.WARNED, LicenceStatus.SUSPENDED, LicenceStatus.FINED}
_OURS_ALONE = {LicenceStatus.DEEMED_APPROVED}  # only OSS itself says this
_PAUSES = {LicenceStatus.CLARIFICATION, LicenceStatus.RECLARIFICATION}
_MUST_FOLLOW = {  # a clarification is answered only where one was asked
    LicenceStatus.CLARIFIED: LicenceStatus.CLARIFICATION,
    LicenceStatus.RECLARIFIED: LicenceStatus.RECLARIFICATION,
}
FINALS = {*GRANTED, *SANCTIONS, LicenceStatus.REJECTED} - _OURS_ALONE
_CALENDAR = WorkingCalendar(frozenset())


class Refusal(Exception):
    def __init__(self, code: ResponseCode, remark: str = "") -> None:
        super().__init__(int(code))
        self.code = code
        self.remark = remark or REMARKS[code]


def take_step(
    connection: sqlite3.Connection, row: sqlite3.Row, status: LicenceStatus, day: str, number: str
) -> sqlite3.Row:
    """Let OSS itself give a licence another status. number: "" where none is given with it."""
    note_news(connection, row["id_izin"], "oss", status, status, day)
    connection.execute(
        "UPDATE licences SET status = ?, no_izin = ?, tgl_izin = ? WHERE id_izin = ?",
        (status, number, day if number else "", row["id_izin"]),
    )
    found = find_licence(connection, row["id_izin"])
    assert found is not None
    return found


def find_filing(connection: sqlite3.Connection, column: str, value: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        f"SELECT * FROM submissions WHERE {column} = ?",  # noqa: S608 - column is one of ours
        (value,),
    ).fetchone()
    return row


def find_licence(connection: sqlite3.Connection, id_izin: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM licences WHERE id_izin = ?", (id_izin,)
    ).fetchone()
    return row


def note_news(
    connection: sqlite3.Connection, id_izin: str, service: str, digest: str, status: str, day: str
) -> None:
    connection.execute(
        "INSERT INTO news (id_izin, service, digest, status, day) VALUES (?, ?, ?, ?, ?)",
        (id_izin, service, digest, status, day),
    )


def is_known(connection: sqlite3.Connection, row: sqlite3.Row, service: str, digest: str) -> bool:
    query = "SELECT 1 FROM news WHERE id_izin = ? AND service = ? AND digest = ?"
    return connection.execute(query, (row["id_izin"], service, digest)).fetchone() is not None


def has_news(connection: sqlite3.Connection, row: sqlite3.Row, service: str) -> bool:
    query = "SELECT 1 FROM news WHERE id_izin = ? AND service = ?"
    return connection.execute(query, (row["id_izin"], service)).fetchone() is not None


def allow(connection: sqlite3.Connection, row: sqlite3.Row, status: LicenceStatus) -> None:
    """Refuse what cannot follow on where the licence stands; all else is up to the office."""
    now = LicenceStatus(row["status"])
    after_the_end = now in GRANTED | SANCTIONS
    if (
        status in _OURS_ALONE
        or now is LicenceStatus.REJECTED
        or (after_the_end and status not in SANCTIONS | {LicenceStatus.APPROVED})
        or (not after_the_end and status in SANCTIONS)
        or (status in _MUST_FOLLOW and not _stands_open(connection, row, _MUST_FOLLOW[status]))
    ):
        raise Refusal(ResponseCode.BAD_DATA, "Status tidak dapat mengikuti status sekarang")


def _stands_open(connection: sqlite3.Connection, row: sqlite3.Row, asked: LicenceStatus) -> bool:
    """Return whether the last thing about a clarification was that this one was asked."""
    passed = [status for status, _day in _passed(connection, row)]
    about = [each for each in passed if each in _PAUSES or each in _MUST_FOLLOW]
    return bool(about) and about[-1] is asked


def _passed(connection: sqlite3.Connection, row: sqlite3.Row) -> list[tuple[LicenceStatus, date]]:
    rows = connection.execute(
        "SELECT status, day FROM news WHERE id_izin = ? ORDER BY id", (row["id_izin"],)
    ).fetchall()
    return [(LicenceStatus(each["status"]), date.fromisoformat(each["day"])) for each in rows]


def last_day_of(connection: sqlite3.Connection, row: sqlite3.Row) -> date | None:
    """Return the last day of the office's term, None while it rests or after it has ended."""
    left = int(row["days"])
    running_since: date | None = None
    for status, day in _passed(connection, row):
        if status in GRANTED | SANCTIONS | {LicenceStatus.REJECTED}:
            return None
        if status in _PAUSES and running_since is not None:
            left -= max(_CALENDAR.working_days_between(running_since, day), 0)
            running_since = None
        if status in (LicenceStatus.RECLARIFICATION, LicenceStatus.RECLARIFIED):
            left = int(row["days"])
        if status in (
            LicenceStatus.COMPLETE, LicenceStatus.CLARIFIED, LicenceStatus.RECLARIFIED,
        ) and running_since is None:  # fmt: skip
            running_since = day
    if running_since is None:
        return None
    return _CALENDAR.add_working_days(running_since, max(left, 0))


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def own_number(nib: str, number: int) -> str:
    """The number that OSS itself gives a licence."""
    return f"{nib}{number:04d}"


def authority_of(row: sqlite3.Row) -> KdKewenangan:
    """What OSS issues by itself is central; all that waits here waits for the regency."""
    return KdKewenangan(row["kewenangan"])


def product_of(row: sqlite3.Row) -> str:
    return {
        "LATIHAN-SS": ProductType.STANDARD_CERTIFICATE,
        "LATIHAN-IZIN": ProductType.PERMIT,
    }.get(row["kd_izin"], "")


def digest_of(content: object) -> str:
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=True).encode()
    ).hexdigest()


def die_if(mode: str) -> None:
    if mode == "accept_then_die":
        raise Refusal(ResponseCode.FAILED)


class Book:
    """What is kept, as it stands by now."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.state = StateFile(path, SCHEMA)
        self._now = now

    @property
    def today(self) -> date:
        """The day in Jakarta."""
        return self._now().astimezone(WIB).date()

    def found(self, asked: Mapping[str, Any]) -> sqlite3.Row:
        """Return the filing that is asked for by NIB or oss_id. Raises Refusal."""
        nib, oss_id = asked.get("nib") or "", asked.get("oss_id") or ""
        with self.state.reading() as connection:
            kept = (
                find_filing(connection, "oss_id", str(oss_id))
                if oss_id
                else find_filing(connection, "nib", str(nib))
            )
        if kept is None or (nib and kept["nib"] != nib) or kept["data"].startswith("["):
            # The list is what an early version kept, which knew too little to be asked about.
            raise Refusal(ResponseCode.BAD_DATA, "Data NIB tidak ditemukan")
        return kept

    def licences_of(self, oss_id: str) -> list[sqlite3.Row]:
        """Return the licences of a filing, in order."""
        with self.state.writing() as connection:
            ids = connection.execute(
                "SELECT id_izin FROM licences WHERE oss_id = ? ORDER BY number", (oss_id,)
            ).fetchall()
            found = [self.settled(connection, row["id_izin"]) for row in ids]
        return [row for row in found if row is not None]

    def licence(self, id_izin: object) -> sqlite3.Row:
        """Return one licence. Raises Refusal."""
        with self.state.writing() as connection:
            row = self.settled(connection, str(id_izin or ""))
        if row is None:
            raise Refusal(ResponseCode.BAD_DATA, UNKNOWN_LICENCE)
        return row

    def project_of(self, row: sqlite3.Row) -> dict[str, Any]:
        """Return the activity that a licence belongs to."""
        with self.state.reading() as connection:
            kept = find_filing(connection, "oss_id", row["oss_id"])
        assert kept is not None
        project: dict[str, Any] = json.loads(kept["data"])["projects"][row["number"] - 1]
        return project

    def settled(self, connection: sqlite3.Connection, id_izin: str) -> sqlite3.Row | None:
        """Return a licence as it stands by now: what OSS does by itself is done here."""
        row = find_licence(connection, id_izin)
        if row is not None and row["status"] == LicenceStatus.REQUIREMENTS_FILLED:
            row = self._looked_through(connection, row)
        if row is None or row["days"] is None:
            return row
        last_day = last_day_of(connection, row)
        if last_day is None or self.today <= last_day:
            return row
        lapsed_on = (last_day + timedelta(days=1)).isoformat()
        number = own_number(row["nib"], row["number"])
        return take_step(connection, row, LicenceStatus.DEEMED_APPROVED, lapsed_on, number)

    def _looked_through(self, connection: sqlite3.Connection, row: sqlite3.Row) -> sqlite3.Row:
        """Find the documents complete, after the moment that this takes."""
        kept = find_filing(connection, "oss_id", row["oss_id"])
        assert kept is not None
        done_at = datetime.fromisoformat(json.loads(kept["data"])["filed_at"]) + LOOKING_THROUGH
        if self._now() < done_at:
            return row
        day = done_at.astimezone(WIB).date().isoformat()
        return take_step(connection, row, LicenceStatus.COMPLETE, day, "")
