"""The national OSS: hand over what was collected, ask what came of it.

What the public integration guide (PIA) offers a regency is *asking* (inqueryNIB, checkNIB,
checkLicenseStatus, inqueryLicense, inqueryProyek, inqueryFileDS, getDataReferensi) and *reporting*
on licences that people applied for themselves (receiveLicenseStatus, receiveLicense,
updateLicense). It has **no call that files an
application**: people do that at oss.go.id, in their own account (PP 28/2025, Pasal 4(4)-(5)).
hand_over() therefore works only against our built-in simulator, through a service of our own making
(`POST /latihan/pengajuan`), and refuses to send anything elsewhere. If Lembaga OSS ever grants a
filing service, it becomes a second implementation of the same port.

Field names are those of dataNIB in the guide (versions 4.3.22 and 5.0.0 agree on all used here).
One is ours: `tahun_kbli` beside each `kbli`, since the guide still speaks of KBLI 2020 only. What
else the guide has no place for stands beside dataNIB, see _beside().

Never logged: any value of a submission or an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol, TypeVar

import structlog

from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause
from app.domain.business_size import BusinessSize
from app.domain.oss_codes import (
    ApplicantKind,
    DeedKind,
    IdentityKind,
    KdKewenangan,
    LandUnit,
    LicenceStatus,
    NibStatus,
    ProductType,
    ProjectKind,
    ResponseCode,
    SizeCode,
)
from app.domain.risk import RiskLevel
from app.domain.submission import (
    Activity,
    Applicant,
    Branch,
    Entity,
    LicenceFinal,
    LicenceReport,
    Submission,
)

DEFAULT_BUDGET_S = 2.0
PRACTICE_FILING_PATH = "/latihan/pengajuan"

SIZE_CODES = {
    BusinessSize.MICRO: SizeCode.MICRO,
    BusinessSize.SMALL: SizeCode.SMALL,
    BusinessSize.MEDIUM: SizeCode.MEDIUM,
    BusinessSize.LARGE: SizeCode.LARGE,
}
_SIZES = {str(code): size for size, code in SIZE_CODES.items()}
_NEW_PROJECT = "01"  # status proyek, annex 22
_MAIN_PLACE = "01"  # status lokasi, annex 25
_INDONESIAN = "01"  # kebangsaan, annex 6
_SQUARE_METRES_PER_HECTARE = 10_000
_WIB = timezone(timedelta(hours=7))

_log = structlog.get_logger(__name__)
Read = TypeVar("Read")


class Refused(Exception):
    """OSS answered that it will not do this; sending the same again changes nothing.

    code: see ResponseCode. remark: OSS's own words (keterangan), which may name a person: show
        them to staff only, never log them. They are not part of str().
    """

    def __init__(self, code: ResponseCode, remark: str = "") -> None:
        super().__init__(f"oss: {int(code)}")
        self.code = code
        self.remark = remark

    @property
    def is_about_access(self) -> bool:
        """Our key or rights, not this submission: a matter for whoever runs the system.

        404 is left out: the guide uses it for an unknown service and for unknown data alike.
        """
        return self.code in (
            ResponseCode.BAD_KEY,
            ResponseCode.ILLEGAL_ACCESS,
            ResponseCode.ACCESS_DENIED,
        )


class FilingNotOffered(Exception):
    """The OSS at this address has no service that files an application; people file it there."""


@dataclass(frozen=True, slots=True)
class HandoverReceipt:
    """What hand_over() brings back. nib: 13 digits, or None while OSS has not given one."""

    oss_id: str
    nib: str | None


@dataclass(frozen=True, slots=True)
class LicenceResult:
    """One licence. product: None for the NIB itself, which has no code of its own.

    nomor_izin, tgl_terbit: None until issued. authority: None when OSS did not say.
    id_proyek, kd_daerah: "" when OSS did not say. file: address of the paper at OSS, or "".
    """

    id_izin: str
    kd_izin: str
    status: LicenceStatus
    product: ProductType | None = None
    nomor_izin: str | None = None
    tgl_terbit: date | None = None
    authority: KdKewenangan | None = None
    id_proyek: str = ""
    kd_daerah: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """One activity at OSS. size, risk: None when OSS did not say, or not in a form we know.

    kbli_year: edition of kbli_code. area_codes: 10 digits each, in the order of OSS.
    """

    id_proyek: str
    kbli_code: str
    kbli_year: int
    size: BusinessSize | None = None
    risk: RiskLevel | None = None
    area_codes: tuple[str, ...] = ()
    is_supporting: bool = False


@dataclass(frozen=True, slots=True)
class EntityResult:
    """What OSS says of the business itself; "" where it did not say."""

    name: str = field(repr=False)
    npwp: str = field(repr=False)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LicensingResult:
    """What OSS holds about one submission. entity: None for a business of a person's own."""

    oss_id: str
    nib: str | None
    nib_status: NibStatus | None
    issued_on: date | None
    licences: tuple[LicenceResult, ...] = ()
    projects: tuple[ProjectResult, ...] = ()
    entity: EntityResult | None = None


@dataclass(frozen=True, slots=True)
class NibCheck:
    """What OSS says about one NIB. holder: the name on it."""

    nib: str
    status: NibStatus
    holder: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LicenceState:
    """Where one licence stands. words: OSS's own for the status."""

    id_izin: str
    nib: str
    id_proyek: str
    status: LicenceStatus
    words: str = ""


@dataclass(frozen=True, slots=True)
class LicenceRecord:
    """One licence with the submission that it belongs to."""

    oss_id: str
    kd_daerah: str
    licence: LicenceResult
    kbli_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """One activity with its money in whole rupiah. holder: the name on the NIB."""

    project: ProjectResult
    holder: str = field(repr=False)
    assets_idr: int | None = None
    working_idr: int | None = None
    investment_idr: int | None = None


@dataclass(frozen=True, slots=True)
class ReferenceEntry:
    """One code of a list of OSS (getDataReferensi)."""

    code: str
    words: str
    remark: str = ""


class Licensing(Protocol):
    """Port to OSS. All calls raise Refused or ServiceUnavailable, and nothing else of the line.

    budget_s: seconds that a call may take, retries included.
    """

    def hand_over(
        self, submission: Submission, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> HandoverReceipt:
        """Hand over once; the same key again gives the same receipt."""
        ...

    def ask(self, oss_id: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicensingResult:
        """Ask what came of a submission."""
        ...

    def inquire_nib(
        self, *, nib: str = "", oss_id: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> LicensingResult:
        """Ask for everything that OSS holds under a NIB, an oss_id, or the two together."""
        ...

    def check_nib(self, nib: str, *, budget_s: float = DEFAULT_BUDGET_S) -> NibCheck:
        """Ask whether a NIB that a person shows is known, and its state."""
        ...

    def check_licence_status(
        self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> LicenceState:
        """Ask where one licence stands."""
        ...

    def inquire_licence(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicenceRecord:
        """Ask for one licence."""
        ...

    def inquire_project(
        self, nib: str, id_proyek: str, *, kbli: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> ProjectRecord:
        """Ask for one activity."""
        ...

    def inquire_file(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Ask for the address of the paper of a licence."""
        ...

    def reference_data(
        self, kode: int, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> tuple[ReferenceEntry, ...]:
        """Ask for one list of codes; kode: its number in annex 29 of the guide, 1 to 32."""
        ...

    def report_status(self, report: LicenceReport, *, budget_s: float = DEFAULT_BUDGET_S) -> None:
        """Tell where a licence stands with the office."""
        ...

    def report_final(self, final: LicenceFinal, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Tell what the office decided; returns the number that OSS gave, "" if none."""
        ...

    def update_final(self, final: LicenceFinal, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Tell a change of what was decided; returns as report_final()."""
        ...


class HttpLicensing:
    """The port over HTTP.

    practice: behind the client stands our simulator, so that hand_over() may be used. Known by
        itself when it runs in this process; to be said when it is reached over a port.
    kbli_year: edition of the activity codes that this OSS speaks where it does not say so: 2020 as
        in the guide (all versions up to 5.0.0), 2025 since its switch, reported for 15 June 2026.
    """

    def __init__(
        self,
        client: ServiceClient,
        user_key: str,
        *,
        practice: bool | None = None,
        kbli_year: int = 2025,
    ) -> None:
        self._client = client
        self._headers = {"user_key": user_key}
        self._practice = client.is_simulator if practice is None else practice
        self._kbli_year = kbli_year

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
                    "dataNIB": to_wire(submission),
                    **_beside(submission),
                }
            },
            "responPENGAJUAN",
            budget_s,
        )
        oss_id = _text(answer, "oss_id")
        if not oss_id:
            raise self._unreadable()
        return HandoverReceipt(oss_id, _text(answer, "nib") or None)

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

        def read(data: Mapping[str, Any]) -> NibCheck:
            _same(data, "nib", nib)
            return NibCheck(nib, NibStatus(_text(data, "status")), _text(data, "nama_perusahaan"))

        return self._read(answer, "dataNIB", read)

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

        def read(data: Mapping[str, Any]) -> LicenceState:
            _same(data, "id_izin", id_izin)
            return LicenceState(
                id_izin=id_izin,
                nib=_text(data, "nib"),
                id_proyek=_text(data, "id_proyek"),
                status=LicenceStatus(_text(data, "kd_status")),
                words=_text(data, "uraian_status"),
            )

        return self._read(answer, "dataIZIN", read)

    def inquire_licence(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicenceRecord:
        """Ask for one licence (inqueryLicense)."""
        answer = self._call(
            "/inqueryLicense",
            {"INQUERYLICENSE": {"id_izin": id_izin}},
            "dataLicense",
            budget_s,
            said=("code", "message"),
        )

        def read(data: Mapping[str, Any]) -> LicenceRecord:
            _same(data, "id_izin", id_izin)
            licences = [_read_licence(entry) for entry in _list(data, "data_checklist")]
            (licence,) = [each for each in licences if each.id_izin == id_izin]
            return LicenceRecord(
                oss_id=_text(data, "oss_id"),
                kd_daerah=_text(data, "kd_daerah"),
                licence=licence,
                kbli_codes=tuple(
                    _text(_entry(project), "kbli") for project in _list(data, "data_proyek")
                ),
            )

        return self._read(answer, "data", read)

    def inquire_project(
        self, nib: str, id_proyek: str, *, kbli: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> ProjectRecord:
        """Ask for one activity (inqueryProyek). kbli: to be sure that it is the one meant."""
        asked = {"nib": nib, "id_proyek": id_proyek, **({"kbli": kbli} if kbli else {})}
        answer = self._call(
            "/inqueryProyek", asked, "", budget_s, said=("kode_status", "keterangan")
        )

        def read(data: Mapping[str, Any]) -> ProjectRecord:
            entries = [_entry(each) for each in _list(data, "data_proyek")]
            (entry,) = [each for each in entries if _text(each, "id_proyek") == id_proyek]
            return ProjectRecord(
                project=self._project_result(entry),
                holder=_text(data, "nama_perusahaan"),
                assets_idr=_idr(entry, "sub_jumlah"),
                working_idr=_idr(entry, "modal_kerja"),
                investment_idr=_idr(entry, "jumlah_investasi"),
            )

        return self._read(answer, "data", read)

    def inquire_file(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Ask for the address of the paper of a licence (inqueryFileDS). It is not opened here."""
        answer = self._call(
            "/inqueryFileDS",
            {"INQUERYFILEDS": {"id_permohonan_izin": id_izin}},
            "responInqueryFileDS",
            budget_s,
            said=("status", "keterangan"),
        )
        address = _text(answer, "url_file_ds")
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
        try:
            return tuple(
                ReferenceEntry(
                    code=_text(_entry(each), "kode_referensi"),
                    words=_text(_entry(each), "uraian_referensi"),
                    remark=_text(_entry(each), "keterangan_referensi"),
                )
                for each in _list(answer, "dataReferensi")
            )
        except ValueError:
            raise self._unreadable() from None

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
            {"IZINFINAL": final_to_wire(final)},
            "responreceiveLicense",
            budget_s,
            repeatable=False,
        )
        return _text(answer, "nomor_izin")

    def update_final(self, final: LicenceFinal, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Tell a change of what was decided (updateLicense). Does not repeat itself, see above."""
        answer = self._call(
            "/updateLicense",
            {"IZINFINAL": {**final_to_wire(final), "kewenangan": final.kewenangan}},
            "responupdateLicense",
            budget_s,
            repeatable=False,
        )
        return _text(answer, "nomor_izin")

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
        answer = _inside(reply.body, (envelope,) if isinstance(envelope, str) else envelope)
        code = _code(answer, reply.status, said[0])
        if code is ResponseCode.OK and answer is not None:
            return answer
        if code is None or code is ResponseCode.OK:
            _log.warning("licensing_unreadable", path=path, status=reply.status)
            raise self._unreadable()
        _log.warning("licensing_not_done", path=path, code=int(code))
        if code is ResponseCode.FAILED:
            raise self._unavailable(UnavailableCause.DOWN)
        if code is ResponseCode.TIMED_OUT:
            raise self._unavailable(UnavailableCause.TIMEOUT)
        raise Refused(code, _text(answer or {}, said[1]))

    def _read(
        self, answer: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], Read]
    ) -> Read:
        """Read one part of an answer. An unknown code or a wrong number is not guessed at."""
        try:
            return read(_entry(answer.get(name)))
        except ValueError:
            raise self._unreadable() from None

    def _result(self, data: Mapping[str, Any], nib: str, oss_id: str) -> LicensingResult:
        if nib:
            _same(data, "nib", nib)
        if oss_id:
            _same(data, "oss_id", oss_id)
        return _read_nib_data(data, kbli_year=self._kbli_year)

    def _project_result(self, entry: Mapping[str, Any]) -> ProjectResult:
        return _read_project(entry, self._kbli_year)

    def _unavailable(self, cause: UnavailableCause) -> ServiceUnavailable:
        return ServiceUnavailable(self._client.service, cause, may_have_acted=True)

    def _unreadable(self) -> ServiceUnavailable:
        return self._unavailable(UnavailableCause.UNREADABLE)


class NoLine(HttpLicensing):
    """The port where there is no line to OSS: whatever is asked, OSS cannot be reached."""

    def __init__(self) -> None:  # nothing to hold: there is no client
        self._practice = False

    def _call(self, *_args: Any, **_options: Any) -> dict[str, Any]:
        raise ServiceUnavailable("oss", UnavailableCause.DOWN)


def report_to_wire(report: LicenceReport) -> dict[str, Any]:
    """Return news about a licence under the field names of IZINSTATUS; times are Jakarta's."""
    return {
        "nib": report.nib,
        "id_produk": "",
        "id_proyek": report.id_proyek,
        "oss_id": report.oss_id,
        "id_izin": report.id_izin,
        "kd_izin": report.kd_izin,
        "kd_instansi": report.kd_instansi,
        "kd_status": report.kd_status,
        "tgl_status": report.tgl_status.astimezone(_WIB).strftime("%Y-%m-%d %H:%M:%S"),
        "nip_status": report.nip_status,
        "nama_status": report.nama_status,
        "keterangan": report.keterangan,
    }


def final_to_wire(final: LicenceFinal) -> dict[str, Any]:
    """Return a decision under the field names of IZINFINAL."""
    return {
        "nib": final.nib,
        "id_proyek": final.id_proyek,
        "oss_id": final.oss_id,
        "id_izin": final.id_izin,
        "kd_izin": final.kd_izin,
        "kd_daerah": final.kd_daerah,
        "nomor_izin": final.nomor_izin,
        "tgl_terbit_izin": final.tgl_terbit_izin.isoformat(),
        "tgl_berlaku_izin": _day(final.tgl_berlaku_izin),
        "nama_ttd": final.nama_ttd,
        "nip_ttd": final.nip_ttd,
        "jabatan_ttd": final.jabatan_ttd,
        "status_izin": final.status_izin,
        "file_izin": final.file_izin,
        "keterangan": final.keterangan,
    }


def to_wire(submission: Submission) -> dict[str, Any]:
    """Return the submission under the field names of dataNIB."""
    person, entity, branch = submission.applicant, submission.entity, submission.branch
    size = SIZE_CODES[submission.size]
    is_own = entity is None and branch is None
    return {
        "jenis_pelaku_usaha": ApplicantKind.INDIVIDUAL if is_own else ApplicantKind.ENTITY,
        "flag_umk": "Y" if submission.is_umk else "N",
        "skala_usaha": size,
        **(_parent(branch) if branch else {}),
        **(_entity(entity) if entity else {}),
        **({} if is_own else {"penanggung_jwb": [_in_charge(person)]}),
        "jenis_id_user_proses": IdentityKind.KTP,
        "no_id_user_proses": person.nik,
        "nama_user_proses": person.name,
        "jns_kelamin_user_proses": person.sex,
        "tgl_lahir_user_proses": person.birth_date.isoformat(),
        "hp_user_proses": person.phone,
        "email_user_proses": person.email,
        "alamat_user_proses": person.address.street,
        "rt_rw_user_proses": person.address.rt_rw,
        "daerah_id_user_proses": person.address.area_code,
        "data_proyek": [_project(each, size, submission) for each in submission.activities],
    }


def _entity(entity: Entity) -> dict[str, Any]:
    kind = entity.kind
    return {
        "jenis_perseroan": kind or "",
        "status_badan_hukum": kind.legal_status if kind else "",
        "nama_perseroan": entity.name,
        "npwp_perseroan": entity.npwp,
        "alamat_perseroan": entity.office.street,
        "rt_rw_perseroan": entity.office.rt_rw,
        "perseroan_daerah_id": entity.office.area_code,
        "kode_pos_perseroan": entity.office.postcode,
        "nomor_telpon_perseroan": entity.phone,
        "email_perusahaan": entity.email,
        "no_pengesahan": entity.registration_number,
        "tgl_pengesahan": _day(entity.registered_on),
        "legalitas": (
            [{"jenis_legal": DeedKind.FOUNDING, "tgl_legal": _day(entity.deed_on)}]
            if entity.deed_on
            else []
        ),
    }


def _parent(branch: Branch) -> dict[str, Any]:
    """A branch belongs to a NIB that exists already; what is known of its entity comes after."""
    return {"nib": branch.parent_nib, "nama_perseroan": branch.parent_name}


def _in_charge(person: Applicant) -> dict[str, Any]:
    """The person in charge (penanggung jawab). Only people with a NIK come here."""
    return {
        "flag_asing": "N",
        "jns_identitas_penanggung_jwb": IdentityKind.KTP,
        "no_identitas_penanggung_jwb": person.nik,
        "nama_penanggung_jwb": person.name,
        "jabatan_penanggung_jwb": person.role,
        "kebangsaan_penanggung_jwb": _INDONESIAN,
        "negara_asal_penanggung_jwb": "ID",
        "alamat_penanggung_jwb": person.address.street,
        "rt_rw_penanggung_jwb": person.address.rt_rw,
        "daerah_id_penanggung_jwb": person.address.area_code,
        "kode_pos_penanggung_jwb": person.address.postcode,
        "no_hp_penanggung_jwb": person.phone,
        "email_penanggung_jwb": person.email,
    }


def _beside(submission: Submission) -> dict[str, Any]:
    """What the guide has no place for: only the practice service is told it, beside dataNIB.

    AKTA has the names under which the guide lets AHU tell OSS of a deed (receiveLegal).
    """
    entity, branch = submission.entity, submission.branch
    beside: dict[str, Any] = {
        "pernyataan": [str(each) for each in submission.declarations],
        "hari": [each.decision_working_days for each in submission.activities],
    }
    if entity is not None and entity.deed_kbli:
        beside["AKTA"] = {
            "tahun_kbli": str(entity.deed_kbli_year or ""),
            "data_kbli": [{"kbli5": code} for code in entity.deed_kbli],
        }
    if branch is not None:
        beside["cabang"] = {
            "nitku": branch.nitku,
            "alamat": branch.address.street,
            "daerah_id": branch.address.area_code,
        }
    return beside


def _project(activity: Activity, size: SizeCode, submission: Submission) -> dict[str, Any]:
    capital, product = activity.capital, activity.product
    return {
        "kbli": activity.kbli_code,
        "tahun_kbli": str(activity.kbli_year),
        "deskripsi_kegiatan": activity.description,
        "nama_kegiatan": activity.trade_name,
        "jenis_proyek": ProjectKind.SUPPORTING if activity.is_supporting else ProjectKind.MAIN,
        "status_proyek": _NEW_PROJECT,
        "skala_usaha": size,
        "skala_resiko": activity.risk,
        "jumlah_tki_l": activity.workers_male,
        "jumlah_tki_p": activity.workers_female,
        **_branch_of(submission),
        **_land(activity),
        "pembelian_pematang_tanah": capital.land_idr,
        "bangunan_gedung": capital.building_idr,
        "mesin_peralatan": capital.machines_idr,
        "investasi_lain": capital.other_idr,
        "sub_jumlah": capital.total_idr - capital.working_idr,
        "modal_kerja": capital.working_idr,
        "jumlah_investasi": capital.total_idr,
        "data_lokasi_proyek": [_place(activity)],
        "data_proyek_produk": [
            {
                "kbli": activity.kbli_code,
                "jenis_produksi": product.description,
                "kapasitas": _number(product.capacity),
                "satuan": product.unit,
                "merk_dagang": product.brand,
            }
        ],
    }


def _branch_of(submission: Submission) -> dict[str, Any]:
    branch, person = submission.branch, submission.applicant
    if branch is None:
        return {}
    return {
        "flag_cabang": "Y",
        "npwp_cabang": branch.npwp,
        "nama_cabang": branch.name,
        "jenis_identitas_pj": IdentityKind.KTP,
        "no_identitas_pj": person.nik,
        "nama_pj": person.name,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _land(activity: Activity) -> dict[str, Any]:
    """Land in whole numbers, as the guide wants it: part of a hectare becomes square metres."""
    premises = activity.premises
    area, unit = premises.land_area, premises.land_unit
    if area is None:
        return {"memiliki_menguasai": "N"}
    if unit is LandUnit.HECTARE and area % 1:
        area, unit = area * _SQUARE_METRES_PER_HECTARE, LandUnit.SQUARE_METRE
    return {
        "memiliki_menguasai": "Y",
        "status_tanah": premises.land_status or "",
        "luas_tanah": max(int(area.to_integral_value(ROUND_HALF_UP)), 1),
        "satuan_luas_tanah": unit,
    }


def _place(activity: Activity) -> dict[str, Any]:
    premises = activity.premises
    place: dict[str, Any] = {
        "proyek_daerah_id": premises.area_code,
        "alamat_usaha": premises.address,
        "status_lokasi": _MAIN_PLACE,
        "data_posisi_proyek": [{"posisi_lokasi": premises.position}],
    }
    if premises.latitude and premises.longitude:
        place["data_lokasi_proyek"] = [
            {"serial": 1, "lat_lng": f"{premises.latitude},{premises.longitude}"}
        ]
    return place


def _number(quantity: Decimal) -> int | float:
    """A quantity (never money) as a JSON number with at most two decimals."""
    rounded = quantity.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return float(rounded) if rounded % 1 else int(rounded)


def _inside(body: bytes, envelopes: tuple[str, ...]) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    for envelope in envelopes:
        inside = answer.get(envelope) if envelope else answer
        if isinstance(inside, dict):
            return inside
    return None


def _code(answer: dict[str, Any] | None, status: int, name: str) -> ResponseCode | None:
    """The code inside the answer (a number or a text), else the HTTP status; None if unknown."""
    said = _text(answer, name) if answer is not None else ""
    try:
        return ResponseCode(int(said or status))
    except ValueError:
        return None


def _read_nib_data(data: Mapping[str, Any], *, kbli_year: int) -> LicensingResult:
    """Read dataNIB as inqueryNIB gives it. kbli_year: edition where OSS does not say.

    Raises ValueError for an unknown code or date: better unread than misread.
    """
    nib_status = _text(data, "status_nib")
    is_entity = _text(data, "jenis_pelaku_usaha") == ApplicantKind.ENTITY
    return LicensingResult(
        oss_id=_text(data, "oss_id"),
        nib=_text(data, "nib") or None,
        nib_status=NibStatus(nib_status) if nib_status else None,
        issued_on=_date(_text(data, "tgl_terbit_nib")),
        licences=tuple(_read_licence(entry) for entry in _list(data, "data_checklist")),
        projects=tuple(
            _read_project(_entry(entry), kbli_year) for entry in _list(data, "data_proyek")
        ),
        entity=EntityResult(
            name=_text(data, "nama_perseroan"),
            npwp=_text(data, "npwp_perseroan"),
            kind=_text(data, "jenis_perseroan"),
        )
        if is_entity
        else None,
    )


def _read_licence(entry: object) -> LicenceResult:
    entry = _entry(entry)
    product, authority = _text(entry, "jenis_izin"), _text(entry, "kewenangan")
    return LicenceResult(
        id_izin=_text(entry, "id_izin"),
        kd_izin=_text(entry, "kd_izin"),
        status=LicenceStatus(_text(entry, "status_checklist")),
        product=ProductType(product) if product else None,
        nomor_izin=_text(entry, "no_izin") or None,
        tgl_terbit=_date(_text(entry, "tgl_izin")),
        authority=KdKewenangan(authority) if authority else None,
        id_proyek=_text(entry, "id_proyek"),
        kd_daerah=_text(entry, "kd_daerah"),
        file=_text(entry, "file_izin"),
    )


def _read_project(entry: Mapping[str, Any], kbli_year: int) -> ProjectResult:
    size, risk = _text(entry, "skala_usaha"), _text(entry, "skala_resiko")
    year = _text(entry, "tahun_kbli")
    places = [_entry(each) for each in _list(entry, "data_lokasi_proyek")]
    codes = [_text(place, "proyek_daerah_id") for place in places] or [_text(entry, "kd_daerah")]
    return ProjectResult(
        id_proyek=_text(entry, "id_proyek"),
        kbli_code=_text(entry, "kbli"),
        kbli_year=int(year) if year else kbli_year,
        size=_SIZES.get(size),
        risk=RiskLevel(risk) if risk in set(RiskLevel) else None,
        area_codes=tuple(code for code in codes if code),
        is_supporting=_text(entry, "jenis_proyek") == ProjectKind.SUPPORTING,
    )


def _entry(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _list(entry: Mapping[str, Any], name: str) -> list[Any]:
    value = entry.get(name)
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise ValueError(name)
    return value


def _same(entry: Mapping[str, Any], name: str, asked: str) -> None:
    """An answer about something else than was asked is no answer."""
    if _text(entry, name) != asked:
        raise ValueError(name)


def _idr(entry: Mapping[str, Any], name: str) -> int | None:
    text = _text(entry, name)
    return int(text) if text else None


def _date(text: str) -> date | None:
    """YYYY-MM-DD, or a moment, whose day is the one in Jakarta; a date of zeros counts as none."""
    if not text or text.startswith("0000"):
        return None
    if "T" not in text:
        return date.fromisoformat(text[:10])
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(_WIB) if moment.tzinfo else moment).date()


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()
