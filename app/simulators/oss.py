"""A stand-in for the national OSS, for training, demonstration and tests. It issues specimens only.

Services
  POST /inqueryNIB, POST /checkNIB   as in the public integration guide
  POST /latihan/pengajuan            ours: the guide has no service that files an application, since
                                     people file at oss.go.id; this one plays what happens there
Every call needs the header user_key.

Specimens can never be taken for real: every NIB begins with 0000, every oss_id with LATIHAN-, and
kd_izin with LATIHAN-.

What is issued: low risk, an active NIB that is also the licence (PP 28/2025, Pasal 131, 220);
medium-low, a NIB and a Sertifikat Standar by the applicant's own statement (Pasal 131, 221). All
other risks are refused with code 400, because only these two are decided at once.

A submission is recognised by its key (kunci): the same key and content give the same oss_id and
NIB, even when two processes are asked at the same moment; other content under a used key is refused
with 400. Of the content only a digest and the business codes are kept, nothing about the person.

state_dir/oss.json {"mode": "up" | "slow" | "down" | "accept_then_die"} switches the service while
it runs. accept_then_die keeps a new submission and then answers 500; sent again, it is answered
with what was kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from app.domain.oss_codes import (
    ApplicantKind,
    KdKewenangan,
    LicenceStatus,
    NibStatus,
    ProductType,
    ResponseCode,
    SizeCode,
)
from app.domain.risk import RiskLevel
from app.simulators._shared import (
    SLOW_S,
    StateFile,
    as_wsgi,
    control_mode,
    html_response,
    json_object,
    json_response,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

FILING_PATH = "/latihan/pengajuan"
NIB_PREFIX = "0000"
HOLDER = "PELAKU USAHA LATIHAN"
WIB = timezone(timedelta(hours=7))  # OSS counts days in the time of Jakarta

_MODES = frozenset({"up", "slow", "down", "accept_then_die"})
_SCHEMA = """
CREATE TABLE IF NOT EXISTS submissions (
    kunci TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    oss_id TEXT NOT NULL UNIQUE,
    nib TEXT NOT NULL UNIQUE,
    issued_on TEXT NOT NULL,
    data TEXT NOT NULL
)
"""
_NAME = {  # of the service: (envelope asked in, envelope answered in)
    FILING_PATH: ("PENGAJUAN", "responPENGAJUAN"),
    "/inqueryNIB": ("INQUERYNIB", "responinqueryNIB"),
    "/checkNIB": ("CHECKNIB", "responcheckNIB"),
}
_REMARKS = {
    ResponseCode.OK: "Sukses",
    ResponseCode.BAD_DATA: "Data Parameter Salah",
    ResponseCode.BAD_KEY: "User Akses Tidak Valid",
    ResponseCode.ILLEGAL_ACCESS: "Ilegal Inquery /Akses",
    ResponseCode.NO_SUCH_SERVICE: "Akses Service Tidak Ditemukan",
    ResponseCode.ACCESS_DENIED: "Akses Service Ditolak",
    ResponseCode.FAILED: "Proses Payload Data Di Sistem OSS Gagal",
    ResponseCode.TIMED_OUT: "Proses Payload Data Di Sistem OSS Timeout",
}


def create_oss_simulator(
    state_dir: Path,
    user_key: str,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], object] = time.sleep,
) -> WSGIApplication:
    """Return the simulator as a WSGI application.

    state_dir: folder for the submissions and the control file; made if missing. Several processes
        may share it.
    user_key: the key that callers must show; not empty.
    now: the clock (aware); its day in Jakarta is the date of issue.
    sleep: waits the given seconds where the service is slow.

    Raises ValueError without a user_key.
    """
    if not user_key:
        raise ValueError("user_key must not be empty")
    return as_wsgi(_Oss(state_dir, user_key, now, sleep).answer)


class _Refusal(Exception):
    def __init__(self, code: ResponseCode, remark: str = "") -> None:
        super().__init__(int(code))
        self.code = code
        self.remark = remark or _REMARKS[code]


class _Oss:
    def __init__(
        self,
        state_dir: Path,
        user_key: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], object],
    ) -> None:
        self._state = StateFile(state_dir / "oss.sqlite", _SCHEMA)
        self._control_file = state_dir / "oss.json"
        self._user_key = user_key.encode()
        self._now = now
        self._sleep = sleep

    def answer(self, request: Request) -> Response:
        mode = control_mode(self._control_file, _MODES)
        if mode == "down":
            return html_response("503 Service Unavailable", 503)
        if mode == "slow":
            self._sleep(SLOW_S)
        asked_in, answered_in = _NAME.get(request.path, ("", "respon"))
        try:
            inside = self._serve(request, asked_in, mode)
        except _Refusal as refusal:
            return json_response(
                {answered_in: {"kode": int(refusal.code), "keterangan": refusal.remark}},
                int(refusal.code),
            )
        return json_response(
            {
                answered_in: {
                    "kode": int(ResponseCode.OK),
                    "keterangan": _REMARKS[ResponseCode.OK],
                    **inside,
                }
            }
        )

    def _serve(self, request: Request, asked_in: str, mode: str) -> dict[str, Any]:
        shown = request.headers.get("user_key", "").encode()
        if not hmac.compare_digest(shown, self._user_key):
            raise _Refusal(ResponseCode.BAD_KEY)
        if not asked_in:
            raise _Refusal(ResponseCode.NO_SUCH_SERVICE)
        if request.method != "POST":
            raise _Refusal(ResponseCode.ACCESS_DENIED)
        asked = (json_object(request) or {}).get(asked_in)
        if not isinstance(asked, dict):
            raise _Refusal(ResponseCode.BAD_DATA)
        if request.path == FILING_PATH:
            return self._file(asked, dies_after=mode == "accept_then_die")
        if request.path == "/inqueryNIB":
            return {"dataNIB": self._inquire(asked)}
        return {"dataNIB": self._check(asked)}

    def _file(self, asked: Mapping[str, Any], *, dies_after: bool) -> dict[str, Any]:
        kunci = asked.get("kunci")
        if not isinstance(kunci, str) or not 16 <= len(kunci) <= 64:
            raise _Refusal(ResponseCode.BAD_DATA, "Kunci pengajuan tidak sah")
        business = _business(asked.get("dataNIB"))
        digest = hashlib.sha256(
            json.dumps([kunci, asked], sort_keys=True, ensure_ascii=True).encode()
        ).hexdigest()
        with self._state.writing() as connection:
            kept = _find(connection, "kunci", kunci)
            is_new = kept is None
            if kept is None:
                kept = self._keep(connection, kunci, digest, business)
        if kept["digest"] != digest:
            raise _Refusal(ResponseCode.BAD_DATA, "Kunci sudah dipakai untuk isi yang lain")
        if is_new and dies_after:
            raise _Refusal(ResponseCode.FAILED)
        return {"oss_id": kept["oss_id"], "nib": kept["nib"]}

    def _keep(
        self,
        connection: sqlite3.Connection,
        kunci: str,
        digest: str,
        business: list[dict[str, str]],
    ) -> sqlite3.Row:
        today = self._now().astimezone(WIB).date()
        while True:  # until the drawn numbers are free; the table says so
            nib = f"{NIB_PREFIX}{secrets.randbelow(10**9):09d}"
            oss_id = f"LATIHAN-{today:%Y%m%d}{secrets.randbelow(10**9):09d}"
            try:
                connection.execute(
                    "INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                    (kunci, digest, oss_id, nib, today.isoformat(), json.dumps(business)),
                )
            except sqlite3.IntegrityError:
                continue
            kept = _find(connection, "kunci", kunci)
            if kept is not None:
                return kept

    def _inquire(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        kept = self._found(asked)
        projects = json.loads(kept["data"])
        return {
            "nib": kept["nib"],
            "oss_id": kept["oss_id"],
            "tgl_pengajuan_nib": kept["issued_on"],
            "tgl_terbit_nib": kept["issued_on"],
            "jenis_pelaku_usaha": ApplicantKind.INDIVIDUAL,
            "status_nib": NibStatus.ACTIVE,
            "data_proyek": [
                {"id_proyek": _own_id("P", kept, number), **project}
                for number, project in enumerate(projects, 1)
            ],
            "data_checklist": [
                _licence(kept, number, project) for number, project in enumerate(projects, 1)
            ],
        }

    def _check(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        kept = self._found({"nib": asked.get("nib")})
        return {
            "nib": kept["nib"],
            "nama_perusahaan": HOLDER,
            "npwp_perusahaan": "",
            "status": NibStatus.ACTIVE,
        }

    def _found(self, asked: Mapping[str, Any]) -> sqlite3.Row:
        nib, oss_id = asked.get("nib") or "", asked.get("oss_id") or ""
        with self._state.reading() as connection:
            kept = (
                _find(connection, "oss_id", str(oss_id))
                if oss_id
                else _find(connection, "nib", str(nib))
            )
        if kept is None or (nib and kept["nib"] != nib):
            raise _Refusal(ResponseCode.BAD_DATA, "Data NIB tidak ditemukan")
        return kept


def _find(connection: sqlite3.Connection, column: str, value: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        f"SELECT * FROM submissions WHERE {column} = ?",  # noqa: S608 - column is one of ours
        (value,),
    ).fetchone()
    return row


def _business(data: object) -> list[dict[str, str]]:
    """Return what is kept of each activity, or refuse what would not pass at OSS either."""
    if not isinstance(data, dict):
        raise _Refusal(ResponseCode.BAD_DATA)
    projects = data.get("data_proyek")
    if (
        data.get("jenis_pelaku_usaha") != ApplicantKind.INDIVIDUAL
        or not re.fullmatch(r"[0-9]{16}", str(data.get("no_id_user_proses")))
        or not str(data.get("nama_user_proses") or "").strip()
        or data.get("skala_usaha") not in (SizeCode.MICRO, SizeCode.SMALL)
        or not isinstance(projects, list)
        or not projects
    ):
        raise _Refusal(ResponseCode.BAD_DATA)
    return [_project(each) for each in projects]


def _project(project: object) -> dict[str, str]:
    if not isinstance(project, dict) or not re.fullmatch(r"[0-9]{5}", str(project.get("kbli"))):
        raise _Refusal(ResponseCode.BAD_DATA)
    risk = str(project.get("skala_resiko"))
    if risk not in (RiskLevel.LOW, RiskLevel.MEDIUM_LOW):
        raise _Refusal(ResponseCode.BAD_DATA, "Tingkat risiko ini tidak dilayani di latihan")
    return {
        "kbli": str(project["kbli"]),
        "tahun_kbli": str(project.get("tahun_kbli") or ""),
        "skala_usaha": str(project.get("skala_usaha") or ""),
        "skala_resiko": risk,
    }


def _licence(kept: sqlite3.Row, number: int, project: Mapping[str, str]) -> dict[str, Any]:
    """At low risk the NIB is the licence; at medium-low a Sertifikat Standar stands beside it."""
    by_statement = project["skala_resiko"] == RiskLevel.MEDIUM_LOW
    return {
        "id_proyek": _own_id("P", kept, number),
        "id_izin": _own_id("I", kept, number),
        "kd_izin": "LATIHAN-SS" if by_statement else "LATIHAN-NIB",
        "jenis_izin": ProductType.STANDARD_CERTIFICATE if by_statement else "",
        "nama_izin": "Sertifikat Standar (latihan)" if by_statement else "NIB (latihan)",
        "no_izin": f"{kept['nib']}{number:04d}" if by_statement else kept["nib"],
        "tgl_izin": kept["issued_on"],
        "kewenangan": KdKewenangan.CENTRAL,  # issued by OSS itself, without anybody deciding
        "flag_checklist": "O",  # issued automatically, annex 28
        "status_checklist": LicenceStatus.APPROVED,
    }


def _own_id(kind: str, kept: sqlite3.Row, number: int) -> str:
    """At most 25 characters, as in the guide."""
    return f"{kind}-{kept['oss_id'].removeprefix('LATIHAN-')}-{number:03d}"
