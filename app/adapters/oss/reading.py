"""Reading what OSS says, in an answer or unasked, as it really comes.

The public guide names fields and codes; payloads in daily use differ from it and among themselves.
So everything is read with patience and nothing is guessed:

- "-", "/", "", null and an absent name say nothing, and so does "00" where a state is told;
- numbers may be texts and texts numbers: a NIB or an activity code gets its zeros back; a number
  that only stands for "none" (0, 000) is none;
- a list may be one object, a numbered map, empty, JSON inside a text, or hold rows in which nothing
  is said; one value may stand in a list of its own;
- names that we do not know, other capitals and blanks around a name do not matter;
- each row is read by itself. What cannot be read in it is left out, and the *name* of the field is
  kept in `unread`. A code of a state that we do not know is kept as OSS wrote it.

Pure: nothing is asked, kept or logged here. Values may be about people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.adapters.oss.results import (
    EntityResult,
    LicenceRecord,
    LicenceResult,
    LicenceState,
    LicensingResult,
    NamedPerson,
    NibCheck,
    NoticeRead,
    ProjectRecord,
    ProjectResult,
    ReferenceEntry,
)
from app.adapters.oss.said import (
    ID_AT_MOST,
    Said,
    as_area,
    as_kbli,
    as_nib,
    same,
    told,
    unless_zeros,
)
from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import (
    ApplicantKind,
    DocumentKind,
    IdentityKind,
    KdKewenangan,
    LicenceStatus,
    NibStatus,
    ProductType,
    ProjectKind,
    SizeCode,
)

NUMBER_AT_MOST = 60
WORDS_AT_MOST = 200

SIZE_CODES = {
    BusinessSize.MICRO: SizeCode.MICRO,
    BusinessSize.SMALL: SizeCode.SMALL,
    BusinessSize.MEDIUM: SizeCode.MEDIUM,
    BusinessSize.LARGE: SizeCode.LARGE,
}
_SIZES = {str(code): size for size, code in SIZE_CODES.items()}
_DOCUMENTS = {  # as the guide explains them beside the field
    "original": DocumentKind.ORIGINAL,
    "update": DocumentKind.UPDATE,
    "pencabutan": DocumentKind.REVOKED,
    "pembatalan": DocumentKind.CANCELLED,
}
_KBLI_YEARS = {str(year): year for year in (2015, 2017, 2020, 2025)}
_SUPPORTING = frozenset({ProjectKind.SUPPORTING, ProjectKind.SUPPORTING_LICENCE})


def read_nib_data(data: Said) -> LicensingResult:
    """Read dataNIB as inqueryNIB, fetchNIB and receiveNIB give it."""
    nib_code = data.code("status_nib")
    projects = tuple(each for row in data.entries("data_proyek") for each in read_projects(row))
    licences = tuple(
        licence
        for row in data.entries("data_checklist")
        if (licence := read_licence(row)) is not None
    )
    return LicensingResult(
        oss_id=data.identifier("oss_id"),
        nib=as_nib(data.text("nib")) or None,
        nib_status=(status := NibStatus.of(nib_code) if nib_code else None),
        nib_code=nib_code if status is NibStatus.OTHER else "",
        issued_on=data.day("tgl_terbit_nib"),
        licences=licences,
        projects=projects,
        entity=_read_entity(data),
        unread=tuple(sorted(data.unread)),
    )


def _read_entity(data: Said) -> EntityResult | None:
    """Only 02 is a person; a company may come with a kind that no list has (11 for a PT)."""
    if data.code("jenis_pelaku_usaha") == ApplicantKind.INDIVIDUAL:
        return None
    found = EntityResult(
        name=data.words("nama_perseroan"),
        npwp=unless_zeros(data.text("npwp_perseroan")),
        kind=data.code("jenis_perseroan"),
    )
    return found if data.code("jenis_pelaku_usaha") or found.name else None


def read_licence(row: Said) -> LicenceResult | None:
    """Read one row of a checklist; None for one that names no licence."""
    id_izin, id_before = numbers_of(row)
    if not id_izin:
        row.unread.add("id_izin")
        return None
    code, product = row.code("status_checklist", "kd_status"), row.code("jenis_izin")
    number = unless_zeros(row.text("no_izin"))
    if len(number) > NUMBER_AT_MOST:
        row.unread.add("no_izin")
        number = ""
    address = row.text("file_izin_oss") or row.text("file_izin")
    return LicenceResult(
        id_izin=id_izin,
        kd_izin=row.text("kd_izin")[:ID_AT_MOST],
        status=(status := LicenceStatus.of(code) if code else None),
        code=code if status is LicenceStatus.OTHER else "",
        words=row.words("uraian_status", "uraian_status_checklist")[:WORDS_AT_MOST],
        product=ProductType.of(product) if product else None,
        nomor_izin=number or None,
        tgl_terbit=row.day("tgl_izin"),
        authority=_authority(row),
        id_proyek=row.identifier("id_proyek"),
        kbli=as_kbli(row.text("kbli")),
        id_before=id_before,
        kd_daerah=as_area(row.text("kd_daerah")),
        file=address if address.startswith(("https://", "http://")) else "",
    )


def numbers_of(row: Said) -> tuple[str, str]:
    """Return the id_izin in use and the one given up for it, "" where OSS names none.

    A licence gets another when a higher authority takes it over (id_izin_new, in no public guide).
    """
    before, new = row.identifier("id_izin"), row.identifier("id_izin_new")
    return (new, before if before != new else "") if new else (before, "")


def _authority(row: Said) -> KdKewenangan | None:
    found = row.text("kewenangan")
    found = found.zfill(2) if found.isdigit() else found
    if not found:
        return None
    try:
        return KdKewenangan(found)
    except ValueError:  # such as 03, of foreign electronic systems
        row.unread.add("kewenangan")
        return None


def read_projects(row: Said) -> list[ProjectResult]:
    """Read one activity; fetchNIB names several codes in one row."""
    named = row.entries("kbli") if row.is_list("kbli") else []
    codes = [as_kbli(each.text("kbli", "kode_kbli", "kode")) for each in named]
    codes = codes or [as_kbli(row.text("kbli"))]
    places = [as_area(each.text("proyek_daerah_id")) for each in row.entries("data_lokasi_proyek")]
    areas = [code for code in places if code] or [as_area(row.text("kd_daerah"))]
    year, risk = row.text("tahun_kbli"), row.text("skala_resiko").upper()
    found = []
    for code in codes:
        if not code:
            row.unread.add("kbli")
            continue
        found.append(
            ProjectResult(
                id_proyek=row.identifier("id_proyek"),
                kbli_code=code,
                kbli_year=_KBLI_YEARS.get(year),
                size=_SIZES.get(row.code("skala_usaha")),
                risk=RiskLevel(risk) if risk in set(RiskLevel) else None,
                area_codes=tuple(area for area in areas if area),
                is_supporting=row.code("jenis_proyek") in _SUPPORTING,
            )
        )
    return found


def read_nib_check(data: Said, asked: str) -> NibCheck:
    """Read dataNIB of checkNIB. Raises ValueError where it is about another NIB."""
    same(data, "nib", asked)
    code = data.code("status", "status_nib")
    return NibCheck(
        nib=asked,
        status=(status := NibStatus.of(code) if code else None),
        holder=data.words("nama_perusahaan"),
        code=code if status is NibStatus.OTHER else "",
    )


def read_licence_state(data: Said, asked: str) -> LicenceState:
    """Read dataIZIN of checkLicenseStatus. Raises ValueError where it is about another licence."""
    same(data, "id_izin", asked)
    code = data.code("kd_status")
    return LicenceState(
        id_izin=asked,
        nib=as_nib(data.text("nib")),
        id_proyek=data.identifier("id_proyek"),
        status=(status := LicenceStatus.of(code) if code else None),
        words=data.words("uraian_status")[:WORDS_AT_MOST],
        code=code if status is LicenceStatus.OTHER else "",
    )


def read_licence_record(data: Said, asked: str) -> LicenceRecord:
    """Read data of inqueryLicense, whose rows have no status. Raises ValueError without the one."""
    rows = data.entries("data_checklist")
    licences = [licence for row in rows if (licence := read_licence(row)) is not None]
    found = [each for each in licences if each.id_izin == asked]
    if not found:
        raise ValueError("data_checklist")
    return LicenceRecord(
        oss_id=data.identifier("oss_id"),
        kd_daerah=as_area(data.text("kd_daerah")),
        licence=found[0],
        kbli_codes=tuple(
            project.kbli_code
            for row in data.entries("data_proyek")
            for project in read_projects(row)
        ),
    )


def read_project_record(data: Said, id_proyek: str) -> ProjectRecord:
    """Read data of inqueryProyek. Raises ValueError where the activity is not in it."""
    for row in data.entries("data_proyek"):
        if row.identifier("id_proyek") != id_proyek:
            continue
        for project in read_projects(row):
            return ProjectRecord(
                project=project,
                holder=data.words("nama_perusahaan"),
                assets_idr=row.idr("sub_jumlah"),
                working_idr=row.idr("modal_kerja"),
                investment_idr=row.idr("jumlah_investasi"),
            )
    raise ValueError("data_proyek")


def read_references(answer: Mapping[str, Any]) -> tuple[ReferenceEntry, ...]:
    """Read the codes of one list."""
    return tuple(
        ReferenceEntry(
            code=row.text("kode_referensi"),
            words=row.words("uraian_referensi"),
            remark=row.words("keterangan_referensi"),
        )
        for row in Said(answer, set()).entries("datareferensi")
    )


def read_notice(content: Any, envelope: str, nib: str) -> NoticeRead:
    """Read what OSS told us unasked about a NIB. What cannot be read is named in `unread`."""
    found = told(content, envelope)
    if found is None:
        return NoticeRead(nib=nib, unread=(envelope,))
    data = Said(found, set())
    code = data.code("status_nib")
    status = NibStatus.of(code) if code else None
    document = data.text("tipe_dokumen").lstrip("0").casefold()
    document = _DOCUMENTS.get(document, document)
    if document in (DocumentKind.REVOKED, DocumentKind.CANCELLED):
        status = NibStatus.REVOKED
    elif document and document not in set(DocumentKind):
        data.unread.add("tipe_dokumen")
    if status is NibStatus.OTHER:
        data.unread.add("status_nib")
    projects = [each for row in data.entries("data_proyek") for each in read_projects(row)]
    id_izin, id_before = numbers_of(data)
    return NoticeRead(
        nib=nib,
        oss_id=data.identifier("oss_id"),
        id_izin=id_izin,
        id_before=id_before,
        nib_status=status,
        nib_code=code if status is NibStatus.OTHER else "",
        people=tuple(_people(data)),
        kbli_codes=tuple(each.kbli_code for each in projects),
        unread=tuple(sorted(data.unread)),
    )


def _people(data: Said) -> Iterator[NamedPerson]:
    rows = [(data, "jenis_id_user_proses", "no_id_user_proses", "nama_user_proses")]
    for row in data.entries("penanggung_jwb"):
        rows.append(
            (
                row,
                "jns_identitas_penanggung_jwb",
                "no_identitas_penanggung_jwb",
                "nama_penanggung_jwb",
            )
        )
    for said, kind, number, name in rows:
        nik, called = re.sub(r"[ .\-'’`]", "", said.text(number)), said.words(name)
        # A kind that was not said is no other kind: sixteen digits are those of a KTP.
        if said.code(kind) in ("", IdentityKind.KTP) and re.fullmatch(r"[0-9]{16}", nik) and called:
            yield NamedPerson(nik, called)


def nibs_in(content: Any, envelope: str) -> list[str]:
    """Return the spellings of the NIB of a notice over which its sender may have made the token."""
    found = told(content, envelope) or {}
    written = Said(found, set()).text("nib")
    nib = as_nib(written)
    return [nib, *([written] if written != nib else [])] if nib else []


def tax_number_in(content: Any, envelope: str) -> str:
    """Return the tax number of a notice, over which older senders make the token."""
    return Said(told(content, envelope) or {}, set()).text("npwp_perseroan")
