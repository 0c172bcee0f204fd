"""The national OSS: hand over what was collected, ask what came of it.

What the public integration guide (PIA) offers a regency is *asking* (inqueryNIB, checkNIB) and
reporting on licences that people applied for themselves. It has **no call that files an
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
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

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
from app.domain.submission import Activity, Applicant, Branch, Entity, Submission

DEFAULT_BUDGET_S = 2.0
PRACTICE_FILING_PATH = "/latihan/pengajuan"

SIZE_CODES = {
    BusinessSize.MICRO: SizeCode.MICRO,
    BusinessSize.SMALL: SizeCode.SMALL,
    BusinessSize.MEDIUM: SizeCode.MEDIUM,
    BusinessSize.LARGE: SizeCode.LARGE,
}
_NEW_PROJECT = "01"  # status proyek, annex 22
_MAIN_PLACE = "01"  # status lokasi, annex 25
_INDONESIAN = "01"  # kebangsaan, annex 6
_SQUARE_METRES_PER_HECTARE = 10_000
_WIB = timezone(timedelta(hours=7))

_log = structlog.get_logger(__name__)


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
    """

    id_izin: str
    kd_izin: str
    status: LicenceStatus
    product: ProductType | None = None
    nomor_izin: str | None = None
    tgl_terbit: date | None = None
    authority: KdKewenangan | None = None


@dataclass(frozen=True, slots=True)
class LicensingResult:
    """What OSS holds about one submission."""

    oss_id: str
    nib: str | None
    nib_status: NibStatus | None
    issued_on: date | None
    licences: tuple[LicenceResult, ...] = ()


@dataclass(frozen=True, slots=True)
class NibCheck:
    """What OSS says about one NIB. holder: the name on it."""

    nib: str
    status: NibStatus
    holder: str = field(repr=False)


class Licensing(Protocol):
    """Port to OSS. All calls raise Refused or ServiceUnavailable, and nothing else of the line."""

    def hand_over(
        self, submission: Submission, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> HandoverReceipt:
        """Hand over once; the same key again gives the same receipt."""
        ...

    def ask(self, oss_id: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicensingResult:
        """Ask what came of a submission."""
        ...


class HttpLicensing:
    """The port over HTTP.

    practice: behind the client stands our simulator, so that hand_over() may be used. Known by
        itself when it runs in this process; to be said when it is reached over a port.
    """

    def __init__(
        self, client: ServiceClient, user_key: str, *, practice: bool | None = None
    ) -> None:
        self._client = client
        self._headers = {"user_key": user_key}
        self._practice = client.is_simulator if practice is None else practice

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
        answer = self._call(
            "/inqueryNIB",
            {"INQUERYNIB": {"nib": "", "oss_id": oss_id}},
            "responinqueryNIB",
            budget_s,
        )
        data = answer.get("dataNIB")
        if not isinstance(data, dict) or _text(data, "oss_id") != oss_id:
            raise self._unreadable()
        try:
            return _read_result(oss_id, data)
        except ValueError:  # an unknown code or a date that is none
            raise self._unreadable() from None

    def check_nib(self, nib: str, *, budget_s: float = DEFAULT_BUDGET_S) -> NibCheck:
        """Ask whether a NIB that a person shows is known, and its state (checkNIB)."""
        answer = self._call("/checkNIB", {"CHECKNIB": {"nib": nib}}, "responcheckNIB", budget_s)
        data = answer.get("dataNIB")
        if not isinstance(data, dict) or _text(data, "nib") != nib:
            raise self._unreadable()
        try:
            return NibCheck(nib, NibStatus(_text(data, "status")), _text(data, "nama_perusahaan"))
        except ValueError:
            raise self._unreadable() from None

    def _call(
        self, path: str, payload: Mapping[str, Any], envelope: str, budget_s: float
    ) -> dict[str, Any]:
        """Return the inside of the answer's envelope if OSS says 200.

        All three calls are repeatable: two only ask, the third carries its key.
        """
        reply = self._client.post(
            path, payload, budget_s=budget_s, repeatable=True, headers=self._headers
        )
        answer = _inside(reply.body, envelope)
        code = _code(answer, reply.status)
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
        raise Refused(code, _text(answer or {}, "keterangan"))

    def _unavailable(self, cause: UnavailableCause) -> ServiceUnavailable:
        return ServiceUnavailable(self._client.service, cause, may_have_acted=True)

    def _unreadable(self) -> ServiceUnavailable:
        return self._unavailable(UnavailableCause.UNREADABLE)


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


def _inside(body: bytes, envelope: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    inside = answer.get(envelope) if isinstance(answer, dict) else None
    return inside if isinstance(inside, dict) else None


def _code(answer: dict[str, Any] | None, status: int) -> ResponseCode | None:
    """The code inside the answer (a number or a text), else the HTTP status; None if unknown."""
    said = _text(answer, "kode") if answer is not None else ""
    try:
        return ResponseCode(int(said or status))
    except ValueError:
        return None


def _read_result(oss_id: str, data: Mapping[str, Any]) -> LicensingResult:
    """Raises ValueError for an unknown code or date: better unread than misread."""
    checklist = data.get("data_checklist") or []
    if not isinstance(checklist, list):
        raise ValueError(checklist)
    nib_status = _text(data, "status_nib")
    return LicensingResult(
        oss_id=oss_id,
        nib=_text(data, "nib") or None,
        nib_status=NibStatus(nib_status) if nib_status else None,
        issued_on=_date(_text(data, "tgl_terbit_nib")),
        licences=tuple(_read_licence(entry) for entry in checklist),
    )


def _read_licence(entry: object) -> LicenceResult:
    if not isinstance(entry, dict):
        raise ValueError(entry)
    product, authority = _text(entry, "jenis_izin"), _text(entry, "kewenangan")
    return LicenceResult(
        id_izin=_text(entry, "id_izin"),
        kd_izin=_text(entry, "kd_izin"),
        status=LicenceStatus(_text(entry, "status_checklist")),
        product=ProductType(product) if product else None,
        nomor_izin=_text(entry, "no_izin") or None,
        tgl_terbit=_date(_text(entry, "tgl_izin")),
        authority=KdKewenangan(authority) if authority else None,
    )


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
