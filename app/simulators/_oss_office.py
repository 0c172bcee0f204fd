"""What an office tells the stand-in of OSS about the licences that wait for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.domain.oss.codes import KdKewenangan, LicenceStatus, ResponseCode
from app.simulators._oss_book import (
    FINALS,
    GRANTED,
    UNKNOWN_LICENCE,
    Book,
    Refusal,
    allow,
    authority_of,
    day_in,
    die_if,
    digest_of,
    has_news,
    is_known,
    note_news,
    own_number,
    product_of,
)

OFFICE_PREFIX = "LATIHAN-"


class Office:
    """Takes reports and decisions, each once."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def take_status(self, asked: Mapping[str, Any], mode: str) -> dict[str, Any]:
        """Take where a licence stands (receiveLicenseStatus)."""
        status = status_of(asked.get("kd_status"))
        day = str(asked.get("tgl_status") or "")[:10]
        self._check_day(day)
        with self._book.state.writing() as connection:
            row = self._reported(connection, asked)
            digest = digest_of(asked)
            is_new = not is_known(connection, row, "status", digest)
            if is_new:
                allow(connection, row, status)
                note_news(connection, row["id_izin"], "status", digest, status, day)
                connection.execute(
                    "UPDATE licences SET status = ? WHERE id_izin = ?", (status, row["id_izin"])
                )
        if is_new:
            die_if(mode)
        return {"dataNIB": {}}

    def take_final(self, asked: Mapping[str, Any], mode: str) -> dict[str, Any]:
        """Take what was decided (receiveLicense)."""
        with self._book.state.writing() as connection:
            row = self._reported(connection, asked)
            digest = digest_of(asked)
            is_new = not is_known(connection, row, "final", digest)
            if is_new:
                if has_news(connection, row, "final"):
                    raise Refusal(ResponseCode.BAD_DATA, "Izin sudah final: pakai updateLicense")
                self._decide(connection, row, asked, "final", digest)
            number = self._number(connection, row["id_izin"])
        if is_new:
            die_if(mode)
        return {"nomor_izin": number, "jenis_perizinan": product_of(row)}

    def take_change(self, asked: Mapping[str, Any], mode: str) -> dict[str, Any]:
        """Take a change of what was decided (updateLicense)."""
        with self._book.state.writing() as connection:
            row = self._reported(connection, asked)
            digest = digest_of(asked)
            is_new = not is_known(connection, row, "change", digest)
            if is_new:
                if not has_news(connection, row, "final"):
                    raise Refusal(ResponseCode.BAD_DATA, "Izin belum final")
                self._decide(connection, row, asked, "change", digest)
            number = self._number(connection, row["id_izin"])
        if is_new:
            die_if(mode)
        return {"keterangan_reset_izin_ds": "Berhasil Reset DS", "nomor_izin": number}

    def _decide(
        self,
        connection: sqlite3.Connection,
        row: sqlite3.Row,
        asked: Mapping[str, Any],
        service: str,
        digest: str,
    ) -> None:
        status = status_of(asked.get("status_izin"))
        if status not in FINALS:
            raise Refusal(ResponseCode.BAD_DATA, "Status izin bukan keputusan")
        day = str(asked.get("tgl_terbit_izin") or "")
        self._check_day(day)
        for name in ("nama_ttd", "nip_ttd", "jabatan_ttd"):
            if not str(asked.get(name) or "").strip():
                raise Refusal(ResponseCode.BAD_DATA, "Penandatangan tidak lengkap")
        ends = str(asked.get("tgl_berlaku_izin") or "")
        if ends and (day_in(ends) is None or ends < day):
            raise Refusal(ResponseCode.BAD_DATA, "Tanggal berlaku tidak sah")
        link = str(asked.get("file_izin") or "")
        if link and not link.startswith("https://"):
            raise Refusal(ResponseCode.BAD_DATA, "File izin harus berupa tautan")
        if status != row["status"]:
            allow(connection, row, status)
        number = row["no_izin"]
        if status in GRANTED:
            chosen = str(asked.get("nomor_izin") or "").strip()
            if len(marked(chosen)) > 50:
                raise Refusal(ResponseCode.BAD_DATA, "Nomor izin terlalu panjang")
            number = marked(chosen) or number or own_number(row["nib"], row["number"])
        note_news(connection, row["id_izin"], service, digest, status, day)
        connection.execute(
            "UPDATE licences SET status = ?, no_izin = ?, tgl_izin = ?, file_izin = ?"
            " WHERE id_izin = ?",
            (status, number, day if number else "", link, row["id_izin"]),
        )

    def _number(self, connection: sqlite3.Connection, id_izin: str) -> str:
        row = connection.execute(
            "SELECT no_izin FROM licences WHERE id_izin = ?", (id_izin,)
        ).fetchone()
        return str(row["no_izin"])

    def _reported(self, connection: sqlite3.Connection, asked: Mapping[str, Any]) -> sqlite3.Row:
        """Return the licence that is reported on; every number must be the one that OSS gave."""
        row = self._book.settled(connection, str(asked.get("id_izin") or ""))
        if row is None or any(
            str(asked.get(name) or "") != row[name]
            for name in ("nib", "oss_id", "id_proyek", "kd_izin")
        ):
            raise Refusal(ResponseCode.BAD_DATA, UNKNOWN_LICENCE)
        if authority_of(row) is not KdKewenangan.REGENCY:
            raise Refusal(ResponseCode.ILLEGAL_ACCESS)
        return row

    def _check_day(self, text: str) -> None:
        day = day_in(text)
        if day is None or day > self._book.today + timedelta(days=1):  # Sorong is ahead of Jakarta
            raise Refusal(ResponseCode.BAD_DATA, "Tanggal tidak sah")


def status_of(value: object) -> LicenceStatus:
    try:
        return LicenceStatus(str(value))
    except ValueError:
        raise Refusal(ResponseCode.BAD_DATA, "Kode status tidak dikenal") from None


def marked(number: str) -> str:
    """A number that an office chose could be a real one, so the specimen mark goes before it."""
    if not number or number.startswith(OFFICE_PREFIX):
        return number
    return f"{OFFICE_PREFIX}{number}"
