"""The national OSS: hand over what was collected, ask what came of it.

What the public integration guide (PIA) offers a regency is *asking* (inqueryNIB, checkNIB,
checkLicenseStatus, inqueryLicense, inqueryProyek, inqueryFileDS, getDataReferensi) and *reporting*
on licences that people applied for themselves (receiveLicenseStatus, receiveLicense,
updateLicense). It has **no call that files an
application**: people do that at oss.go.id, in their own account (PP 28/2025, Pasal 4(4)-(5)).
hand_over() therefore works only against our built-in simulator, through a service of our own making
(`POST /latihan/pengajuan`), and refuses to send anything elsewhere. If Lembaga OSS ever grants a
filing service, it becomes a second implementation of the same port.

Field names are those of dataNIB in the guide, version 4.3.22, the newest that is public. (5.0.0 is
an older numbering of the same text, of 2023.) One is ours: `tahun_kbli` beside each `kbli`, since
the guide still speaks of KBLI 2020 only. What else the guide has no place for stands beside
dataNIB, see wire.py:beside(). How answers are read: reading.py.

Never logged: any value of a submission or an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import structlog

from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause
from app.adapters.oss import reading
from app.adapters.oss.port import DEFAULT_BUDGET_S, FilingNotOffered, HandoverReceipt, Refused
from app.adapters.oss.results import (
    LicenceRecord,
    LicenceState,
    LicensingResult,
    NibCheck,
    ProjectRecord,
    ReferenceEntry,
)
from app.adapters.oss.said import Said, as_nib, inside, parse, part, same, text_in
from app.adapters.oss.wire import beside, final_to_wire, report_to_wire, to_wire
from app.domain.oss.codes import (
    ResponseCode,
)
from app.domain.oss.submission import (
    LicenceFinal,
    LicenceReport,
    Submission,
)

PRACTICE_FILING_PATH = "/latihan/pengajuan"


_log = structlog.get_logger(__name__)
_UNPROCESSABLE = 422
_COME_BACK_LATER = frozenset({429, 502, 503})  # HTTP, where annex 9 has no code

Read = TypeVar("Read")


class HttpLicensing:
    """The port over HTTP.

    practice: behind the client stands our simulator, so that hand_over() may be used. Known by
        itself when it runs in this process; to be said when it is reached over a port.
    area_code: turns an area code of ours into the one that this OSS uses.
    """

    def __init__(
        self,
        client: ServiceClient,
        user_key: str,
        *,
        practice: bool | None = None,
        area_code: Callable[[str], str] = str,
    ) -> None:
        self._client = client
        self._headers = {"user_key": user_key}
        self._practice = client.is_simulator if practice is None else practice
        self._area_code = area_code

    def hand_over(
        self, submission: Submission, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> HandoverReceipt:
        """Hand over to the practice service; the key makes it safe to repeat.

        Raises FilingNotOffered outside practice, Refused, ServiceUnavailable (which says whether
        the submission may have arrived: if so, only the same key may be tried again).
        """
        if not self._practice:
            raise FilingNotOffered
        answer = self._call(
            PRACTICE_FILING_PATH,
            {
                "PENGAJUAN": {
                    "kunci": submission.key,
                    **self._in_their_areas({"dataNIB": to_wire(submission), **beside(submission)}),
                }
            },
            "responPENGAJUAN",
            budget_s,
        )
        oss_id = text_in(answer, "oss_id")
        if not oss_id:
            raise self._unreadable()
        return HandoverReceipt(oss_id, as_nib(text_in(answer, "nib")) or None)

    def ask(self, oss_id: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicensingResult:
        """Ask for everything about one submission (inqueryNIB)."""
        return self.inquire_nib(oss_id=oss_id, budget_s=budget_s)

    def inquire_nib(
        self, *, nib: str = "", oss_id: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> LicensingResult:
        """Ask for everything under a NIB, an oss_id, or the two together (inqueryNIB).

        Raises ValueError with neither, Refused, ServiceUnavailable.
        """
        if not nib and not oss_id:
            raise ValueError("give nib, oss_id or both")
        answer = self._call(
            "/inqueryNIB",
            {"INQUERYNIB": {"nib": nib, "oss_id": oss_id}},
            "responinqueryNIB",
            budget_s,
        )
        return self._read(answer, "dataNIB", lambda data: self._result(data, nib, oss_id))

    def check_nib(self, nib: str, *, budget_s: float = DEFAULT_BUDGET_S) -> NibCheck:
        """Ask whether a NIB that a person shows is known, and its state (checkNIB)."""
        answer = self._call("/checkNIB", {"CHECKNIB": {"nib": nib}}, "responcheckNIB", budget_s)

        return self._read(answer, "dataNIB", lambda data: reading.read_nib_check(data, nib))

    def check_licence_status(
        self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> LicenceState:
        """Ask where one licence stands (checkLicenseStatus)."""
        answer = self._call(
            "/checkLicenseStatus",
            {"CHECKLICENSESTATUS": {"id_izin": id_izin}},
            # The guide spells it in three ways.
            ("responcheckLicenseStatus", "responcheckStatusLicense", "responsecheckStatusLicense"),
            budget_s,
        )

        return self._read(
            answer, "dataIZIN", lambda data: reading.read_licence_state(data, id_izin)
        )

    def inquire_licence(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicenceRecord:
        """Ask for one licence (inqueryLicense)."""
        answer = self._call(
            "/inqueryLicense",
            {"INQUERYLICENSE": {"id_izin": id_izin}},
            "dataLicense",
            budget_s,
            said=("code", "message"),
        )

        return self._read(answer, "data", lambda data: reading.read_licence_record(data, id_izin))

    def inquire_project(
        self, nib: str, id_proyek: str, *, kbli: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> ProjectRecord:
        """Ask for one activity (inqueryProyek). kbli: to be sure that it is the one meant."""
        asked = {"nib": nib, "id_proyek": id_proyek, **({"kbli": kbli} if kbli else {})}
        answer = self._call(
            "/inqueryProyek", asked, "", budget_s, said=("kode_status", "keterangan")
        )

        return self._read(answer, "data", lambda data: reading.read_project_record(data, id_proyek))

    def inquire_file(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Ask for the address of the paper of a licence (inqueryFileDS). It is not opened here."""
        answer = self._call(
            "/inqueryFileDS",
            {"INQUERYFILEDS": {"id_permohonan_izin": id_izin}},
            "responInqueryFileDS",
            budget_s,
            said=("status", "keterangan"),
        )
        address = text_in(answer, "url_file_ds")
        if not address.startswith("https://"):
            raise self._unreadable()
        return address

    def reference_data(
        self, kode: int, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> tuple[ReferenceEntry, ...]:
        """Ask for one list of codes (getDataReferensi); kode: 1 to 32, annex 29."""
        answer = self._call(
            "/getDataReferensi",
            {"GETDATAREFERENSI": {"kode": str(kode)}},
            "respongetDataReferensi",
            budget_s,
        )
        return reading.read_references(answer)

    def report_status(self, report: LicenceReport, *, budget_s: float = DEFAULT_BUDGET_S) -> None:
        """Tell where a licence stands with the office (receiveLicenseStatus).

        The guide does not say what OSS makes of the same news told twice, so this call does not
        repeat itself; whoever calls does so again only after ServiceUnavailable.
        """
        self._call(
            "/receiveLicenseStatus",
            {"IZINSTATUS": report_to_wire(report)},
            "responreceiveLicenseStatus",
            budget_s,
            repeatable=False,
        )

    def report_final(self, final: LicenceFinal, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Tell what the office decided (receiveLicense). Does not repeat itself, see above."""
        answer = self._call(
            "/receiveLicense",
            {"IZINFINAL": self._in_their_areas(final_to_wire(final))},
            "responreceiveLicense",
            budget_s,
            repeatable=False,
        )
        return text_in(answer, "nomor_izin")

    def update_final(self, final: LicenceFinal, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Tell a change of what was decided (updateLicense). Does not repeat itself, see above."""
        answer = self._call(
            "/updateLicense",
            {
                "IZINFINAL": {
                    **self._in_their_areas(final_to_wire(final)),
                    "kewenangan": final.kewenangan,
                }
            },
            "responupdateLicense",
            budget_s,
            repeatable=False,
        )
        return text_in(answer, "nomor_izin")

    def _call(
        self,
        path: str,
        payload: Mapping[str, Any],
        envelope: str | tuple[str, ...],
        budget_s: float,
        *,
        said: tuple[str, str] = ("kode", "keterangan"),
        repeatable: bool = True,
    ) -> dict[str, Any]:
        """Return the inside of the answer's envelope if OSS says 200.

        envelope: "" for an answer without one. said: names of the code and the remark in it.
        repeatable: the call only asks, or carries its key.
        """
        reply = self._client.post(
            path, payload, budget_s=budget_s, repeatable=repeatable, headers=self._headers
        )
        try:
            content = parse(reply.body)
        except ValueError:
            content = None
        answer = inside(content, (envelope,) if isinstance(envelope, str) else envelope)
        if answer is None and isinstance(content, dict) and said[0] in content:
            answer = content  # the envelope was left out
        code = _code(answer, reply.status, said[0])
        if code is ResponseCode.OK and answer is not None:
            return answer
        if code is None and reply.status in _COME_BACK_LATER:
            code = ResponseCode.FAILED
        if code is None or code is ResponseCode.OK:
            _log.warning("licensing_unreadable", path=path, status=reply.status)
            raise self._unreadable()
        _log.warning("licensing_not_done", path=path, code=int(code))
        if code is ResponseCode.FAILED:
            raise self._unavailable(UnavailableCause.DOWN)
        if code is ResponseCode.TIMED_OUT:
            raise self._unavailable(UnavailableCause.TIMEOUT)
        raise Refused(code, text_in(answer or {}, said[1]))

    def _read(self, answer: Mapping[str, Any], name: str, read: Callable[[Said], Read]) -> Read:
        """Read one part of an answer. What it is about must be what was asked."""
        try:
            data = part(answer, name)
            found = read(data)
        except ValueError as error:
            # The error names a field and holds no value.
            _log.warning("licensing_unreadable", part=name, field=str(error))
            raise self._unreadable() from None
        if data.unread:
            _log.warning("licensing_partly_unread", part=name, fields=sorted(data.unread))
        return found

    def _result(self, data: Said, nib: str, oss_id: str) -> LicensingResult:
        if nib:
            same(data, "nib", nib)
        else:
            same(data, "oss_id", oss_id)
        return reading.read_nib_data(data)

    def _in_their_areas(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return a payload with the area codes that this OSS uses."""
        changed: dict[str, Any] = {}
        for name, value in payload.items():
            if isinstance(value, dict):
                changed[name] = self._in_their_areas(value)
            elif isinstance(value, list):
                changed[name] = [
                    self._in_their_areas(each) if isinstance(each, dict) else each for each in value
                ]
            elif value and ("daerah_id" in name or name == "kd_daerah"):
                changed[name] = self._area_code(value)
            else:
                changed[name] = value
        return changed

    def _unavailable(self, cause: UnavailableCause) -> ServiceUnavailable:
        return ServiceUnavailable(self._client.service, cause, may_have_acted=True)

    def _unreadable(self) -> ServiceUnavailable:
        return self._unavailable(UnavailableCause.UNREADABLE)


class NoLine(HttpLicensing):
    """The port where there is no line to OSS: whatever is asked, OSS cannot be reached."""

    def __init__(self) -> None:  # nothing to hold: there is no client
        self._practice = False
        self._area_code = str

    def _call(self, *_args: Any, **_options: Any) -> dict[str, Any]:
        raise ServiceUnavailable("oss", UnavailableCause.DOWN)


def _code(answer: dict[str, Any] | None, status: int, name: str) -> ResponseCode | None:
    """The code inside the answer (a number or a text), else the HTTP status; None if unknown."""
    said = text_in(answer, name) if answer is not None else ""
    number = int(said) if said.isdigit() and len(said) <= 3 else status
    try:
        return ResponseCode(ResponseCode.BAD_DATA if number == _UNPROCESSABLE else number)
    except ValueError:
        return None
