"""A stand-in for the national OSS, for training, demonstration and tests. It issues specimens only.

Services (paths, envelopes and field names of the public integration guide)
  POST /inqueryNIB /checkNIB /inqueryLicense /inqueryProyek /checkLicenseStatus /inqueryFileDS
       /getDataReferensi                        answer what is kept
  POST /receiveLicenseStatus                    takes where an application stands with the office
  POST /receiveLicense /updateLicense           take what the office decided, and a change of it
  POST /latihan/pengajuan                       ours: the guide has no service that files an
                                                application, since people file at oss.go.id; this
                                                one plays what happens there
Every call needs the header user_key.

Specimens can never be taken for real: every NIB begins with 0000, every oss_id, kd_izin and number
of a licence that an office chose with LATIHAN-. A branch is attached to its parent's NIB (PP
28/2025, Pasal 214); since that NIB is not known here, a specimen of its own stands for it.

What is issued (PP 28/2025, Pasal 130-133, 220-222, 227)
  low          an active NIB, which is also the licence
  medium-low   beside it a Sertifikat Standar by the applicant's own statement
  medium-high  beside it a Sertifikat Standar without number ("belum terverifikasi")
  high         beside it an Izin without number
The last two wait for the office: status 09, and 10 a minute later, unless the office was faster.
Without its decision they are approved by themselves (57, Pasal 225, 230) once the working days that
came with the filing have run out; never if none came. The term begins on the day after the
documents were complete, rests from 41 to 42, and begins anew at 44. Saturdays and Sundays do not
count. Public holidays are not known here, so that this approval can come earlier than in truth by
the holidays in between.

A submission is recognised by its key (kunci): the same key and content give the same oss_id and
NIB, even when two processes are asked at the same moment; other content under a used key is refused
with 400. A report or decision that comes again unchanged is answered again and kept once. Kept are
business codes, the name and NPWP of an entity, dates and digests, nothing about a person.

state_dir/oss.json {"mode": ...} switches the service while it runs: "up", "slow", "down",
"accept_then_die" (keeps what is new, then answers 500; sent again, it is answered with what was
kept) and "differs" (inqueryNIB tells of another size and place than were filed, and of an entity
another NPWP, so that a difference can be practised); "as_it_speaks" words every answer as the
national OSS does in daily use (app/simulators/_oss_speech.py), and so do "strange" (a status that
no list has), "frozen", "revoked" and "forgotten" (the NIB is not found any more). A filing may
choose them for itself (`ucapan` in PENGAJUAN), as the journey driver does; sent again with other
words it is told of in those from then on.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from app import clock
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import (
    ApplicantKind,
    ChecklistFlag,
    KdKewenangan,
    LicenceStatus,
    NibStatus,
    ResponseCode,
    SizeCode,
)
from app.simulators._oss_book import (
    REMARKS,
    Book,
    Refusal,
    authority_of,
    die_if,
    digest_of,
    find_filing,
    find_licence,
    note_news,
    own_number,
    product_of,
)
from app.simulators._oss_filing import BadFiling, kept_of
from app.simulators._oss_lists import LICENCE_KINDS, LISTS, STATUS_WORDS
from app.simulators._oss_office import Office
from app.simulators._oss_speech import STRANGE_STATUS, as_it_speaks
from app.simulators._shared import (
    SLOW_S,
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

_MODES = frozenset({"up", "slow", "down", "accept_then_die", "differs"})
_WORDS = frozenset({"as_it_speaks", "strange", "frozen", "revoked", "forgotten"})
_NIB_IN = {"frozen": NibStatus.FROZEN, "revoked": NibStatus.REVOKED}
_NAME = {  # of the service: (envelope asked in, envelope answered in); "" where there is none
    FILING_PATH: ("PENGAJUAN", "responPENGAJUAN"),
    "/inqueryNIB": ("INQUERYNIB", "responinqueryNIB"),
    "/checkNIB": ("CHECKNIB", "responcheckNIB"),
    "/checkLicenseStatus": ("CHECKLICENSESTATUS", "responcheckLicenseStatus"),
    "/inqueryLicense": ("INQUERYLICENSE", "dataLicense"),
    "/inqueryProyek": ("", ""),
    "/inqueryFileDS": ("INQUERYFILEDS", "responInqueryFileDS"),
    "/getDataReferensi": ("GETDATAREFERENSI", "respongetDataReferensi"),
    "/receiveLicenseStatus": ("IZINSTATUS", "responreceiveLicenseStatus"),
    "/receiveLicense": ("IZINFINAL", "responreceiveLicense"),
    "/updateLicense": ("IZINFINAL", "responupdateLicense"),
}
_CODE_AND_REMARK = {  # the guide has four ways to say how it went
    "/inqueryLicense": ("code", "message"),
    "/inqueryProyek": ("kode_status", "keterangan"),
    "/inqueryFileDS": ("status", "keterangan"),
}


def create_oss_simulator(
    state_dir: Path,
    user_key: str,
    *,
    now: Callable[[], datetime] = clock.now,
    sleep: Callable[[float], object] = time.sleep,
) -> WSGIApplication:
    """Return the simulator as a WSGI application.

    state_dir: folder for the submissions and the control file; made if missing. Several processes
        may share it.
    user_key: the key that callers must show; not empty.
    now: the clock (aware); its day in Jakarta is the date of issue, and terms run by it.
    sleep: waits the given seconds where the service is slow.

    Raises ValueError without a user_key.
    """
    if not user_key:
        raise ValueError("user_key must not be empty")
    return as_wsgi(_Oss(state_dir, user_key, now, sleep).answer)


class _Oss:
    def __init__(
        self,
        state_dir: Path,
        user_key: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], object],
    ) -> None:
        self._book = Book(state_dir / "oss.sqlite", now)
        office = Office(self._book)
        self._control_file = state_dir / "oss.json"
        self._user_key = user_key.encode()
        self._now = now
        self._sleep = sleep
        self._services: Mapping[str, Callable[[Mapping[str, Any], str], dict[str, Any]]] = {
            FILING_PATH: self._file,
            "/inqueryNIB": self._inquire,
            "/checkNIB": self._check,
            "/checkLicenseStatus": self._check_licence,
            "/inqueryLicense": self._inquire_licence,
            "/inqueryProyek": self._inquire_project,
            "/inqueryFileDS": self._inquire_file,
            "/getDataReferensi": self._list,
            "/receiveLicenseStatus": office.take_status,
            "/receiveLicense": office.take_final,
            "/updateLicense": office.take_change,
        }

    def answer(self, request: Request) -> Response:
        mode = control_mode(self._control_file, _MODES | _WORDS)
        if mode == "down":
            return html_response("503 Service Unavailable", 503)
        if mode == "slow":
            self._sleep(SLOW_S)
        code = ResponseCode.OK
        inside: dict[str, Any] = {}
        remark = REMARKS[ResponseCode.OK]
        try:
            inside, mode = self._serve(request, mode)
            if mode in _WORDS:
                inside = as_it_speaks(inside)
        except Refusal as refusal:
            code, remark = refusal.code, refusal.remark
        code_name, remark_name = _CODE_AND_REMARK.get(request.path, ("kode", "keterangan"))
        said = {code_name: int(code), remark_name: remark, **inside}
        envelope = _NAME.get(request.path, ("", "respon"))[1]
        return json_response({envelope: said} if envelope else said, int(code))

    def _serve(self, request: Request, mode: str) -> tuple[dict[str, Any], str]:
        """Return the inside of the answer, and in what words it is to be told."""
        shown = request.headers.get("user_key", "").encode()
        if not hmac.compare_digest(shown, self._user_key):
            raise Refusal(ResponseCode.BAD_KEY)
        service = self._services.get(request.path)
        if service is None:
            raise Refusal(ResponseCode.NO_SUCH_SERVICE)
        if request.method != "POST":
            raise Refusal(ResponseCode.ACCESS_DENIED)
        asked_in = _NAME[request.path][0]
        body = json_object(request) or {}
        asked = body.get(asked_in) if asked_in else body
        if not isinstance(asked, dict) or not asked:
            raise Refusal(ResponseCode.BAD_DATA)
        if mode == "up":
            mode = self._words_for(asked) or mode
        return service(asked, mode), mode

    def _words_for(self, asked: Mapping[str, Any]) -> str:
        """Return the words that were chosen for one filing (ucapan), "" for the usual ones."""
        with self._book.state.reading() as connection:
            row = find_licence(connection, str(asked.get("id_izin") or ""))
            oss_id = row["oss_id"] if row is not None else str(asked.get("oss_id") or "")
            nib = str(asked.get("nib") or "")
            kept = find_filing(connection, "oss_id", oss_id) or find_filing(connection, "nib", nib)
        if kept is None or kept["data"].startswith("["):
            return ""
        words = str(json.loads(kept["data"]).get("ucapan", ""))
        return words if words in _WORDS else ""

    # Filing

    def _file(self, asked: Mapping[str, Any], mode: str) -> dict[str, Any]:
        kunci = asked.get("kunci")
        if not isinstance(kunci, str) or not 16 <= len(kunci) <= 64:
            raise Refusal(ResponseCode.BAD_DATA, "Kunci pengajuan tidak sah")
        try:
            data = kept_of(asked)
        except BadFiling as bad:
            raise Refusal(ResponseCode.BAD_DATA, str(bad)) from None
        digest = digest_of([kunci, {name: asked[name] for name in asked if name != "ucapan"}])
        with self._book.state.writing() as connection:
            kept = find_filing(connection, "kunci", kunci)
            is_new = kept is None
            if kept is None:
                kept = self._keep(connection, kunci, digest, data)
            elif kept["digest"] == digest and kept["data"].startswith("{"):
                told = json.dumps({**json.loads(kept["data"]), "ucapan": data["ucapan"]})
                query = "UPDATE submissions SET data = ? WHERE kunci = ?"
                connection.execute(query, (told, kunci))
        if kept["digest"] != digest:
            raise Refusal(ResponseCode.BAD_DATA, "Kunci sudah dipakai untuk isi yang lain")
        if is_new:
            die_if(mode)
        return {"oss_id": kept["oss_id"], "nib": kept["nib"]}

    def _keep(
        self, connection: sqlite3.Connection, kunci: str, digest: str, data: dict[str, Any]
    ) -> sqlite3.Row:
        today = self._book.today
        content = json.dumps({"filed_at": self._now().isoformat(), **data})
        while True:  # until the drawn numbers are free; the table says so
            nib = f"{NIB_PREFIX}{secrets.randbelow(10**9):09d}"
            oss_id = f"LATIHAN-{today:%Y%m%d}{secrets.randbelow(10**9):09d}"
            try:
                connection.execute(
                    "INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                    (kunci, digest, oss_id, nib, today.isoformat(), content),
                )
            except sqlite3.IntegrityError:
                continue
            break
        kept = find_filing(connection, "oss_id", oss_id)
        assert kept is not None
        for number, project in enumerate(data["projects"], 1):
            self._keep_licence(connection, kept, number, project)
        return kept

    def _keep_licence(
        self,
        connection: sqlite3.Connection,
        kept: sqlite3.Row,
        number: int,
        project: Mapping[str, Any],
    ) -> None:
        """At low risk the NIB is the licence; above it a certificate or permit stands beside it."""
        risk = RiskLevel(project["skala_resiko"])
        waits = risk in (RiskLevel.MEDIUM_HIGH, RiskLevel.HIGH)
        kind = {RiskLevel.LOW: "LATIHAN-NIB", RiskLevel.HIGH: "LATIHAN-IZIN"}.get(
            risk, "LATIHAN-SS"
        )
        if waits:
            no_izin = tgl_izin = ""
        else:
            no_izin = kept["nib"] if risk is RiskLevel.LOW else own_number(kept["nib"], number)
            tgl_izin = kept["issued_on"]
        licence = _own_id("I", kept, number)
        status = LicenceStatus.REQUIREMENTS_FILLED if waits else LicenceStatus.APPROVED
        connection.execute(
            "INSERT INTO licences VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
            (
                licence, kept["oss_id"], kept["nib"], _own_id("P", kept, number), number, kind,
                KdKewenangan.REGENCY if waits else KdKewenangan.CENTRAL,
                project["hari"] if waits else None, status, no_izin, tgl_izin,
            ),
        )  # fmt: skip
        note_news(connection, licence, "oss", status, status, kept["issued_on"])

    # Asking

    def _inquire(self, asked: Mapping[str, Any], mode: str) -> dict[str, Any]:
        kept = self._book.found(asked)
        if mode == "forgotten":
            raise Refusal(ResponseCode.BAD_DATA, "Data NIB tidak ditemukan")
        data = json.loads(kept["data"])
        entity, projects = data["entity"], data["projects"]
        if mode == "differs":
            entity, projects = _changed(entity, projects)
        return {
            "dataNIB": {
                "nib": kept["nib"],
                "oss_id": kept["oss_id"],
                "tgl_pengajuan_nib": kept["issued_on"],
                "tgl_terbit_nib": kept["issued_on"],
                "jenis_pelaku_usaha": ApplicantKind.ENTITY if entity else ApplicantKind.INDIVIDUAL,
                "skala_usaha": projects[0]["skala_usaha"],
                "status_nib": _NIB_IN.get(mode, NibStatus.ACTIVE),
                **(entity or {}),
                "data_proyek": [
                    {
                        "id_proyek": _own_id("P", kept, number),
                        "kbli": project["kbli"],
                        "tahun_kbli": project["tahun_kbli"],
                        "jenis_proyek": project["jenis_proyek"],
                        "skala_usaha": project["skala_usaha"],
                        "skala_resiko": project["skala_resiko"],
                        "data_lokasi_proyek": [
                            {"proyek_daerah_id": code} for code in project["daerah"]
                        ],
                    }
                    for number, project in enumerate(projects, 1)
                ],
                "data_checklist": [
                    {
                        **_checklist(row),
                        **({"status_checklist": STRANGE_STATUS} if mode == "strange" else {}),
                        "kd_daerah": projects[row["number"] - 1]["daerah"][0],
                    }
                    for row in self._book.licences_of(kept["oss_id"])
                ],
            }
        }

    def _check(self, asked: Mapping[str, Any], _mode: str) -> dict[str, Any]:
        kept = self._book.found({"nib": asked.get("nib")})
        entity = json.loads(kept["data"])["entity"]
        return {
            "dataNIB": {
                "nib": kept["nib"],
                "nama_perusahaan": entity["nama_perseroan"] if entity else HOLDER,
                "status": NibStatus.ACTIVE,
            }
        }

    def _check_licence(self, asked: Mapping[str, Any], mode: str) -> dict[str, Any]:
        row = self._book.licence(asked.get("id_izin"))
        status, words = row["status"], STATUS_WORDS[row["status"]]
        if mode == "strange":
            status, words = STRANGE_STATUS, "Perbaikan di kantor lain (latihan)"
        return {
            "dataIZIN": {
                "nib": row["nib"],
                "id_proyek": row["id_proyek"],
                "id_izin": row["id_izin"],
                "kd_status": status,
                "uraian_status": words,
            }
        }

    def _inquire_licence(self, asked: Mapping[str, Any], _mode: str) -> dict[str, Any]:
        row = self._book.licence(asked.get("id_izin"))
        project = self._book.project_of(row)
        return {
            "success": True,
            "data": {
                "oss_id": row["oss_id"],
                "id_izin": row["id_izin"],
                "kd_izin": row["kd_izin"],
                "kd_daerah": project["daerah"][0],
                "kewenangan": authority_of(row),
                "data_proyek": [{"id_proyek": row["id_proyek"], "kbli": project["kbli"]}],
                # The guide has no status here; who wants it asks for it (checkLicenseStatus).
                "data_checklist": [
                    {
                        name: value
                        for name, value in _checklist(row).items()
                        if name != "status_checklist"
                    }
                    | {"kd_daerah": project["daerah"][0]}
                ],
            },
        }

    def _inquire_project(self, asked: Mapping[str, Any], _mode: str) -> dict[str, Any]:
        kept = self._book.found({"nib": asked.get("nib")})
        data = json.loads(kept["data"])
        wanted, kbli = str(asked.get("id_proyek") or ""), str(asked.get("kbli") or "")
        found = [
            {
                "id_proyek": _own_id("P", kept, number),
                "kbli": project["kbli"],
                "skala_usaha": project["skala_usaha"],
                "tgl_pengajuan_proyek": kept["issued_on"],
                "kd_daerah": project["daerah"][0],
                "sub_jumlah": project["sub_jumlah"],
                "modal_kerja": project["modal_kerja"],
                "jumlah_investasi": project["jumlah_investasi"],
            }
            for number, project in enumerate(data["projects"], 1)
            if _own_id("P", kept, number) == wanted and kbli in ("", project["kbli"])
        ]
        if not found:
            raise Refusal(ResponseCode.BAD_DATA, "Data proyek tidak ditemukan")
        entity = data["entity"]
        return {
            "data": {
                "nama_perusahaan": entity["nama_perseroan"] if entity else HOLDER,
                "jenis_pelaku_usaha": ApplicantKind.ENTITY if entity else ApplicantKind.INDIVIDUAL,
                "tgl_terbit_nib": kept["issued_on"],
                "skala_usaha": found[0]["skala_usaha"],
                "data_proyek": found,
            }
        }

    def _inquire_file(self, asked: Mapping[str, Any], _mode: str) -> dict[str, Any]:
        row = self._book.licence(asked.get("id_permohonan_izin"))
        if not row["file_izin"]:
            raise Refusal(ResponseCode.BAD_DATA, "data izin atau file DS tidak ditemukan")
        return {"url_file_ds": row["file_izin"]}

    def _list(self, asked: Mapping[str, Any], _mode: str) -> dict[str, Any]:
        kode = str(asked.get("kode") or "")
        words = LISTS.get(int(kode)) if re.fullmatch(r"[0-9]{1,3}", kode) else None
        if words is None:
            raise Refusal(ResponseCode.BAD_DATA, "Data referensi tidak ada di latihan")
        return {
            "dataReferensi": [
                {"kode_referensi": code, "uraian_referensi": text, "keterangan_referensi": ""}
                for code, text in words.items()
            ]
        }


def _checklist(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id_proyek": row["id_proyek"],
        "id_izin": row["id_izin"],
        "kd_izin": row["kd_izin"],
        "jenis_izin": product_of(row),
        "nama_izin": LICENCE_KINDS[row["kd_izin"]],
        "no_izin": row["no_izin"],
        "tgl_izin": row["tgl_izin"],
        "kewenangan": authority_of(row),
        "flag_checklist": (
            ChecklistFlag.AUTOMATIC
            if authority_of(row) is KdKewenangan.CENTRAL
            else ChecklistFlag.COMMITMENT
        ),
        "status_checklist": row["status"],
        "file_izin": row["file_izin"],
    }


def _changed(
    entity: dict[str, str] | None, projects: list[dict[str, Any]]
) -> tuple[dict[str, str] | None, list[dict[str, Any]]]:
    """Return what OSS would say if its data were not those that were filed."""
    first = dict(projects[0])
    is_micro = first["skala_usaha"] == SizeCode.MICRO
    first["skala_usaha"] = SizeCode.SMALL if is_micro else SizeCode.MICRO
    first["daerah"] = ["9671011001"]  # in the city of Sorong, which is no part of the regency
    if entity is not None:
        entity = {**entity, "npwp_perseroan": "0" * 16}
    return entity, [first, *projects[1:]]


def _own_id(kind: str, kept: sqlite3.Row, number: int) -> str:
    """At most 25 characters, as in the guide."""
    return f"{kind}-{kept['oss_id'].removeprefix('LATIHAN-')}-{number:03d}"
