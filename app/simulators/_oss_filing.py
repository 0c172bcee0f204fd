"""What the practice OSS takes of a filing, refuses of it, and keeps of it.

Kept are business codes and, of an entity, what a reconciliation compares: its name, kind and NPWP.
Nothing is kept about a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import ApplicantKind, EntityCode, SizeCode

_UMK = {SizeCode.MICRO, SizeCode.SMALL}


class BadFiling(Exception):
    """OSS would not take this. str(): what it says, with no value of a person in it."""


def kept_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a filing: {"projects": [...], "entity": {...} | None, "ucapan"}.

    asked: the inside of PENGAJUAN. Raises BadFiling.
    """
    data = asked.get("dataNIB")
    if not isinstance(data, dict):
        raise BadFiling("dataNIB tidak ada")
    size = data.get("skala_usaha")
    if size not in set(SizeCode) or (data.get("flag_umk") == "Y") != (size in _UMK):
        raise BadFiling("Skala usaha tidak sah")
    _need(_digits(data.get("no_id_user_proses"), 16), "NIK harus 16 angka")
    _need(_said(data, "nama_user_proses"), "Nama tidak ada")
    projects = data.get("data_proyek")
    if not isinstance(projects, list) or not projects:
        raise BadFiling("Data proyek tidak ada")
    entity = _entity(data, asked)
    days = asked.get("hari")
    if not isinstance(days, list) or len(days) != len(projects):
        days = [None] * len(projects)
    projects_kept = [_project(each, by) for each, by in zip(projects, days, strict=True)]
    _compare_with_deed(projects_kept, asked.get("AKTA"))
    return {"projects": projects_kept, "entity": entity, "ucapan": asked.get("ucapan", "")}


def _entity(data: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, str] | None:
    kind = data.get("jenis_pelaku_usaha")
    if kind == ApplicantKind.INDIVIDUAL:
        return None
    if kind != ApplicantKind.ENTITY:
        raise BadFiling("Jenis pelaku usaha tidak dilayani")
    in_charge = data.get("penanggung_jwb")
    first = in_charge[0] if isinstance(in_charge, list) and in_charge else {}
    if not isinstance(first, dict):
        raise BadFiling("Penanggung jawab tidak sah")
    _need(_digits(first.get("no_identitas_penanggung_jwb"), 16), "NIK harus 16 angka")
    _need(_said(first, "jabatan_penanggung_jwb"), "Jabatan penanggung jawab tidak ada")
    _need(_said(data, "nama_perseroan"), "Nama perseroan tidak ada")
    branch = asked.get("cabang")
    if isinstance(branch, dict):
        _check_branch(data, branch)
    if not isinstance(branch, dict) or _said(data, "jenis_perseroan"):
        if data.get("jenis_perseroan") not in set(EntityCode):
            raise BadFiling("Jenis perseroan tidak sah")
        _need(_npwp(data.get("npwp_perseroan")), "NPWP harus 15 atau 16 angka")
        _need(_said(data, "no_pengesahan"), "Nomor pengesahan tidak ada")
        _need(_digits(data.get("perseroan_daerah_id"), 10), "Daerah perseroan tidak sah")
    return {
        "nama_perseroan": str(data["nama_perseroan"]),
        "jenis_perseroan": str(data.get("jenis_perseroan") or ""),
        "npwp_perseroan": str(data.get("npwp_perseroan") or ""),
    }


def _check_branch(data: Mapping[str, Any], branch: Mapping[str, Any]) -> None:
    _need(_digits(data.get("nib"), 13), "NIB induk harus 13 angka")
    nitku = branch.get("nitku")
    _need(not nitku or _digits(nitku, 22), "NITKU harus 22 angka")
    for project in data["data_proyek"]:
        if not isinstance(project, dict) or project.get("flag_cabang") != "Y":
            raise BadFiling("Proyek cabang tidak ditandai")
        npwp = project.get("npwp_cabang")
        _need(not npwp or _npwp(npwp), "NPWP harus 15 atau 16 angka")
        _need(_said(project, "nama_cabang"), "Nama cabang tidak ada")


def _project(project: object, days: object) -> dict[str, Any]:
    if not isinstance(project, dict) or not _digits(project.get("kbli"), 5):
        raise BadFiling("KBLI harus 5 angka")
    if project.get("skala_resiko") not in set(RiskLevel):
        raise BadFiling("Tingkat risiko tidak sah")
    if project.get("skala_usaha") not in set(SizeCode):
        raise BadFiling("Skala usaha tidak sah")
    places = project.get("data_lokasi_proyek")
    codes = [
        str(place.get("proyek_daerah_id"))
        for place in (places if isinstance(places, list) else [])
        if isinstance(place, dict)
    ]
    if not codes or not all(_digits(code, 10) for code in codes):
        raise BadFiling("Daerah lokasi proyek tidak sah")
    is_number = isinstance(days, int) and not isinstance(days, bool) and days > 0
    return {
        "kbli": str(project["kbli"]),
        "tahun_kbli": str(project.get("tahun_kbli") or ""),
        "jenis_proyek": str(project.get("jenis_proyek") or ""),
        "skala_usaha": str(project["skala_usaha"]),
        "skala_resiko": str(project["skala_resiko"]),
        "sub_jumlah": _whole(project.get("sub_jumlah")),
        "modal_kerja": _whole(project.get("modal_kerja")),
        "jumlah_investasi": _whole(project.get("jumlah_investasi")),
        "daerah": codes,
        "hari": days if is_number else None,
    }


def _compare_with_deed(projects: list[dict[str, Any]], deed: object) -> None:
    """Every activity must stand in the deed (Pasal 207(4)), if its edition is that of the deed."""
    if not isinstance(deed, dict):
        return
    year, entries = str(deed.get("tahun_kbli") or ""), deed.get("data_kbli")
    if not isinstance(entries, list):
        raise BadFiling("Data akta tidak sah")
    codes = {str(each.get("kbli5")) for each in entries if isinstance(each, dict)}
    for project in projects:
        if year in ("", project["tahun_kbli"]) and project["kbli"] not in codes:
            raise BadFiling(f"KBLI {project['kbli']} tidak ada dalam akta")


def _need(is_there: object, remark: str) -> None:
    if not is_there:
        raise BadFiling(remark)


def _said(entry: Mapping[str, Any], name: str) -> bool:
    value = entry.get(name)
    return isinstance(value, str) and bool(value.strip())


def _digits(value: object, count: int) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(rf"[0-9]{{{count}}}", value))


def _npwp(value: object) -> bool:
    return _digits(value, 15) or _digits(value, 16)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
