"""What we tell OSS, under the field names of its guide."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.adapters.oss.reading import SIZE_CODES
from app.adapters.oss.said import WIB
from app.domain.oss.codes import (
    ApplicantKind,
    DeedKind,
    IdentityKind,
    LandUnit,
    ProjectKind,
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

_NEW_PROJECT = "01"  # status proyek, annex 22
_MAIN_PLACE = "01"  # status lokasi, annex 25
_INDONESIAN = "01"  # kebangsaan, annex 6
_SQUARE_METRES_PER_HECTARE = 10_000


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


def beside(submission: Submission) -> dict[str, Any]:
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
        **activity.as_typed,
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
