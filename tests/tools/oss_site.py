"""oss.go.id as the driver plays it, over the ports of the built-in OSS and of the service.

A person files there what the order sheet says, OSS tells the service of the NIB (receiveNIB), and
an office decides. Nothing here knows how either side is built but for the public guide.
"""

from __future__ import annotations

import copy
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx

from app.domain.oss.codes import IdentityKind, KdKewenangan, LicenceStatus
from tests.tools.phone import Unexpected

_WIB = timezone(timedelta(hours=7))  # OSS counts days in Jakarta's time
_PATIENCE_S = 15.0
SPEECH = "ucapan"  # in what words the built-in OSS tells of this filing
LATER = "ucapan_lalu"  # and in what words from then on, once the service has confirmed its NIB
_BY_HAND = frozenset({LicenceStatus.APPROVED, LicenceStatus.REJECTED})


@dataclass(frozen=True)
class Filed:
    """An application as OSS holds it; person: what the guide's receiveNIB says about who filed."""

    nib: str
    oss_id: str
    person: Mapping[str, Any] = field(repr=False)
    asked: Mapping[str, Any] = field(repr=False)


class OssSite:
    """One OSS and one service that it calls."""

    def __init__(
        self, oss: str, user_key: str, *, service: str, username: str, password: str
    ) -> None:
        """oss, service: addresses. user_key: ours at OSS. username, password: OSS's at ours."""
        self._oss = httpx.Client(base_url=oss, headers={"user_key": user_key}, timeout=_PATIENCE_S)
        self._service = httpx.Client(base_url=service, timeout=_PATIENCE_S)
        self._secret = username + password

    def close(self) -> None:
        """Hang up."""
        self._oss.close()
        self._service.close()

    def file(self, data_nib: Mapping[str, Any], otherwise: Mapping[str, str]) -> Filed:
        """Type the answers into OSS. otherwise: what is typed differently, by path with dots."""
        data: dict[str, Any] = copy.deepcopy(dict(data_nib))
        for path, value in otherwise.items():
            *way, last = path.split(".")
            if path in (SPEECH, LATER):
                continue
            at: Any = data
            for name in way:
                at = at[int(name)] if name.isdigit() else at[name]
            if last not in at:
                raise Unexpected(f"the order sheet has no {path}")
            at[last] = value
        # Beside its own names OSS asks whether a business is a branch of another.
        branch = any(each.get("flag_cabang") == "Y" for each in data["data_proyek"])
        asked = {"kunci": secrets.token_urlsafe(24), "dataNIB": data}
        asked |= {"cabang": {}} if branch else {}
        asked |= {SPEECH: otherwise[SPEECH]} if SPEECH in otherwise else {}
        said = self._ask("/latihan/pengajuan", {"PENGAJUAN": asked}, "responPENGAJUAN")
        names = ("no_id_user_proses", "nama_user_proses")
        person = {name: data[name] for name in names}
        person["jenis_id_user_proses"] = IdentityKind.KTP
        return Filed(said["nib"], said["oss_id"], person, asked)

    def change_words(self, filed: Filed, words: str) -> None:
        """Let OSS tell of this filing in other words from now on, and call the service."""
        self._ask(
            "/latihan/pengajuan", {"PENGAJUAN": {**filed.asked, SPEECH: words}}, "responPENGAJUAN"
        )
        self._call(filed, {"nib": filed.nib, "oss_id": filed.oss_id, "tipe_dokumen": "5"})

    def tell(self, filed: Filed) -> None:
        """Call the service: this NIB was given, or something about it changed."""
        self._call(filed, self._held(filed))

    def _call(self, filed: Filed, held: Mapping[str, Any]) -> None:
        body = {"dataNIB": {**held, **filed.person}}
        day = datetime.now(UTC).astimezone(_WIB).strftime("%Y%m%d")
        token = hashlib.sha1(
            f"{self._secret}{filed.nib}{day}".encode(), usedforsecurity=False
        ).hexdigest()
        answer = self._service.post(
            "/api/oss/receiveNIB", content=json.dumps(body), headers={"Token": token}
        )
        said = answer.json().get("responreceiveNIB", {})
        if answer.status_code != 200 or said.get("status") != "1":
            raise Unexpected(f"the service does not take the NIB: {answer.status_code} {said}")

    def decide(self, filed: Filed, status: LicenceStatus) -> int:
        """Let the office give its licences a status. Return how many there are."""
        rows = [
            row
            for row in self._held(filed)["data_checklist"]
            if row["kewenangan"] == KdKewenangan.REGENCY
        ]
        today = datetime.now(UTC).astimezone(_WIB).date().isoformat()
        for row in rows:
            known = {"nib": filed.nib, "oss_id": filed.oss_id}
            known |= {name: row[name] for name in ("id_izin", "id_proyek", "kd_izin", "kd_daerah")}
            if status in _BY_HAND:
                signed = {"nama_ttd": "Pejabat Latihan", "nip_ttd": "-", "jabatan_ttd": "Kepala"}
                final = {**known, **signed, "status_izin": status, "tgl_terbit_izin": today}
                self._ask("/receiveLicense", {"IZINFINAL": final}, "responreceiveLicense")
            else:
                news = {**known, "kd_status": status, "tgl_status": today}
                envelope = "responreceiveLicenseStatus"
                self._ask("/receiveLicenseStatus", {"IZINSTATUS": news}, envelope)
        return len(rows)

    def _held(self, filed: Filed) -> dict[str, Any]:
        asked = {"INQUERYNIB": {"nib": filed.nib, "oss_id": filed.oss_id}}
        held: dict[str, Any] = self._ask("/inqueryNIB", asked, "responinqueryNIB")["dataNIB"]
        return held

    def _ask(self, path: str, payload: Mapping[str, Any], envelope: str) -> dict[str, Any]:
        answer = self._oss.post(path, json=payload)
        said: dict[str, Any] = answer.json().get(envelope, {})
        if answer.status_code != 200:
            raise Unexpected(f"OSS says {answer.status_code} at {path}: {said.get('keterangan')}")
        return said
