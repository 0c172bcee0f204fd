"""The civil registry (Dukcapil): does what is typed agree with what is registered?

Only the comparing call is used. It returns a verdict per field and no personal record; the older
calls that return a whole record must never be used here. Its shape was read from several public
clients, since no official description is public: before the first real use, compare it with the
office's own agreement with Dukcapil (path and user differ from office to office).

Never logged: the number, the name, any value of an answer.
"""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

import structlog

from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause
from app.domain.nik.verdict import (
    CLASS_BY_RESPONSE_CODE,
    DEFAULT_NAME_THRESHOLD,
    NikClass,
    RegistryFault,
    RegistryQuery,
    RegistryReply,
    fault_from_message,
)
from app.domain.written.person import Sex, comparable_name

DEFAULT_PATH = "/dukcapil/get_json/verify"
DEFAULT_BUDGET_S = 2.0

SEX_TEXT = {Sex.MALE: "Laki-Laki", Sex.FEMALE: "Perempuan"}

_log = structlog.get_logger(__name__)

_FAULT_BY_CAUSE = {
    UnavailableCause.TIMEOUT: RegistryFault.TIMEOUT,
    UnavailableCause.DOWN: RegistryFault.DOWN,
    UnavailableCause.RESTING: RegistryFault.DOWN,
    UnavailableCause.BUSY: RegistryFault.DOWN,
    UnavailableCause.UNREADABLE: RegistryFault.UNREADABLE,
}
_FAULT_BY_STATUS = {
    401: RegistryFault.LOGIN,
    403: RegistryFault.LOGIN,
    429: RegistryFault.QUOTA,
}
_VERDICT = re.compile(r"(?P<no>tidak )?sesuai(?: \((?P<score>\d{1,3})\))?", re.IGNORECASE)
_NOT_FOUND_CODE = next(
    code for code, each in CLASS_BY_RESPONSE_CODE.items() if each is NikClass.NOT_FOUND
)


class CivilRegistry(Protocol):
    """Port to the civil registry."""

    def verify(self, query: RegistryQuery, *, budget_s: float = DEFAULT_BUDGET_S) -> RegistryReply:
        """Compare. Never raises for anything the registry or the line does: see reply.fault."""
        ...


class NoRegistry:
    """The port where staff compare on the registry's portal: there is no line to ask over."""

    def verify(self, query: RegistryQuery, *, budget_s: float = DEFAULT_BUDGET_S) -> RegistryReply:
        """Return no verdict, so that a check stays open for staff."""
        return RegistryReply(fault=RegistryFault.DOWN)


class HttpCivilRegistry:
    """The port over HTTP, for the real registry and the built-in one alike."""

    def __init__(
        self,
        client: ServiceClient,
        user_id: str,
        password: str,
        ip_user: str,
        threshold: int = DEFAULT_NAME_THRESHOLD,
        *,
        path: str = DEFAULT_PATH,
    ) -> None:
        self._client = client
        self._access = {
            "user_id": user_id,
            "password": password,
            "IP_USER": ip_user,
            "TRESHOLD": threshold,
        }
        self._path = path

    def verify(self, query: RegistryQuery, *, budget_s: float = DEFAULT_BUDGET_S) -> RegistryReply:
        """Compare one person's data; a call that fails in any way comes back as a fault."""
        payload = {
            **self._access,
            "NIK": query.nik,
            "NAMA_LGKP": comparable_name(query.name),
            "TGL_LHR": query.birth_date.strftime("%d-%m-%Y"),
            "JENIS_KLMIN": SEX_TEXT[query.sex],
        }
        try:
            answer = self._client.post(self._path, payload, budget_s=budget_s, repeatable=True)
        except ServiceUnavailable as unavailable:
            reply = RegistryReply(fault=_FAULT_BY_CAUSE[unavailable.cause])
        else:
            if answer.status == 200:
                reply = read_answer(answer.body, nik=query.nik)
            else:
                reply = RegistryReply(fault=_FAULT_BY_STATUS.get(answer.status, RegistryFault.DOWN))
        if reply.fault is not None:
            _log.warning("civil_registry_fault", fault=str(reply.fault))
        return reply


def read_answer(body: bytes, *, nik: str) -> RegistryReply:
    """Reduce the registry's answer to verdicts; what cannot be read is a fault.

    nik: the number that was asked for; an answer that names another one is not used.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return _unreadable()
    content = answer.get("content") if isinstance(answer, dict) else None
    entry = content[0] if isinstance(content, list) and content else None
    if not isinstance(entry, dict):
        return _unreadable()

    code = _text(entry, "RESPONSE_CODE")
    message = _text(entry, "RESPON")
    if code in CLASS_BY_RESPONSE_CODE:
        return RegistryReply(response_code=code)
    if message and code != "00":
        if "data tidak ditemukan" in message.lower():  # older answers carry no code
            return RegistryReply(response_code=_NOT_FOUND_CODE)
        return RegistryReply(fault=fault_from_message(message))
    if code not in {"", "00"}:
        return _unreadable()

    echoed = _text(entry, "NIK")
    if re.fullmatch(r"\d{16}", echoed) and echoed != nik:
        return _unreadable()
    name_agrees, name_score = _verdict(entry, "NAMA_LGKP")
    birth_date_agrees, _ = _verdict(entry, "TGL_LHR")
    sex_agrees, _ = _verdict(entry, "JENIS_KLMIN")
    if None in (name_agrees, birth_date_agrees, sex_agrees):
        return _unreadable()
    return RegistryReply(
        name_score=name_score,
        name_agrees=name_agrees,
        birth_date_agrees=birth_date_agrees,
        sex_agrees=sex_agrees,
    )


def _unreadable() -> RegistryReply:
    return RegistryReply(fault=RegistryFault.UNREADABLE)


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join(str(value).split())


def _verdict(entry: dict[str, Any], key: str) -> tuple[bool | None, int | None]:
    """Return (agrees, score) of "Sesuai", "Tidak Sesuai (74)"; (None, None) for anything else."""
    found = _VERDICT.fullmatch(_text(entry, key))
    if found is None:
        return None, None
    score = found["score"]
    return found["no"] is None, None if score is None else min(int(score), 100)
