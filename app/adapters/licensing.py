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
dataNIB, see _beside(). How answers are read: app/adapters/oss_reading.

Never logged: any value of a submission or an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol, TypeVar

import structlog

from app.adapters import oss_reading
from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause
from app.adapters.oss_reading import (
    SIZE_CODES,
    WIB,
    LicenceRecord,
    LicenceState,
    LicensingResult,
    NibCheck,
    ProjectRecord,
    ReferenceEntry,
    Said,
)
from app.domain.oss.codes import (
    ApplicantKind,
    DeedKind,
    IdentityKind,
    LandUnit,
    ProjectKind,
    ResponseCode,
    SizeCode,
)
from app.domain.oss.submission import (
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

_NEW_PROJECT = "01"  # status proyek, annex 22
_MAIN_PLACE = "01"  # status lokasi, annex 25
_INDONESIAN = "01"  # kebangsaan, annex 6
_SQUARE_METRES_PER_HECTARE = 10_000

_log = structlog.get_logger(__name__)
_UNPROCESSABLE = 422
_COME_BACK_LATER = frozenset({429, 502, 503})  # HTTP, where annex 9 has no code

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
        """Return whether the fault is our key or rights: a matter for whoever runs the system.

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
                    **self._in_their_areas({"dataNIB": to_wire(submission), **_beside(submission)}),
                }
            },
            "responPENGAJUAN",
            budget_s,
        )
        oss_id = oss_reading.text_in(answer, "oss_id")
        if not oss_id:
            raise self._unreadable()
        return HandoverReceipt(
            oss_id, oss_reading.as_nib(oss_reading.text_in(answer, "nib")) or None
        )

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

        return self._read(answer, "dataNIB", lambda data: oss_reading.read_nib_check(data, nib))

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
            answer, "dataIZIN", lambda data: oss_reading.read_licence_state(data, id_izin)
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

        return self._read(
            answer, "data", lambda data: oss_reading.read_licence_record(data, id_izin)
        )

    def inquire_project(
        self, nib: str, id_proyek: str, *, kbli: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> ProjectRecord:
        """Ask for one activity (inqueryProyek). kbli: to be sure that it is the one meant."""
        asked = {"nib": nib, "id_proyek": id_proyek, **({"kbli": kbli} if kbli else {})}
        answer = self._call(
            "/inqueryProyek", asked, "", budget_s, said=("kode_status", "keterangan")
        )

        return self._read(
            answer, "data", lambda data: oss_reading.read_project_record(data, id_proyek)
        )

    def inquire_file(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Ask for the address of the paper of a licence (inqueryFileDS). It is not opened here."""
        answer = self._call(
            "/inqueryFileDS",
            {"INQUERYFILEDS": {"id_permohonan_izin": id_izin}},
            "responInqueryFileDS",
            budget_s,
            said=("status", "keterangan"),
        )
        address = oss_reading.text_in(answer, "url_file_ds")
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
        return oss_reading.read_references(answer)

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
        return oss_reading.text_in(answer, "nomor_izin")

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
        return oss_reading.text_in(answer, "nomor_izin")

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
            content = oss_reading.parse(reply.body)
        except ValueError:
            content = None
        answer = oss_reading.inside(content, (envelope,) if isinstance(envelope, str) else envelope)
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
        raise Refused(code, oss_reading.text_in(answer or {}, said[1]))

    def _read(self, answer: Mapping[str, Any], name: str, read: Callable[[Said], Read]) -> Read:
        """Read one part of an answer. What it is about must be what was asked."""
        try:
            data = oss_reading.part(answer, name)
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
            oss_reading.same(data, "nib", nib)
        else:
            oss_reading.same(data, "oss_id", oss_id)
        return oss_reading.read_nib_data(data)

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
        "tgl_status": report.tgl_status.astimezone(WIB).strftime("%Y-%m-%d %H:%M:%S"),
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


def _code(answer: dict[str, Any] | None, status: int, name: str) -> ResponseCode | None:
    """The code inside the answer (a number or a text), else the HTTP status; None if unknown."""
    said = oss_reading.text_in(answer, name) if answer is not None else ""
    number = int(said) if said.isdigit() and len(said) <= 3 else status
    try:
        return ResponseCode(ResponseCode.BAD_DATA if number == _UNPROCESSABLE else number)
    except ValueError:
        return None
