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

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

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
from app.domain.oss.nib import NIB_DIGITS

CODE_AT_MOST = 10  # letters of a code that are kept
ID_AT_MOST = 40
NUMBER_AT_MOST = 60
WORDS_AT_MOST = 200
WIB = timezone(timedelta(hours=7))

SIZE_CODES = {
    BusinessSize.MICRO: SizeCode.MICRO,
    BusinessSize.SMALL: SizeCode.SMALL,
    BusinessSize.MEDIUM: SizeCode.MEDIUM,
    BusinessSize.LARGE: SizeCode.LARGE,
}
_SIZES = {str(code): size for size, code in SIZE_CODES.items()}
_NOTHING = re.compile(r"[\s\-\u2010-\u2015/._]*|null|undefined|n/a", re.IGNORECASE)
_DIGITS_AT_MOST = 40  # of a number; 1e999999999 would fill the memory
_DEEP_AT_MOST = 20
_FIRST_YEAR = 1945  # programs write 0001 or 1900 for a day that they do not have
_KBLI_DIGITS = 5
_KBLI_YEARS = {str(year): year for year in (2015, 2017, 2020, 2025)}
_SUPPORTING = frozenset({ProjectKind.SUPPORTING, ProjectKind.SUPPORTING_LICENCE})
_DOCUMENTS = {  # as the guide explains them beside the field
    "original": DocumentKind.ORIGINAL,
    "update": DocumentKind.UPDATE,
    "pencabutan": DocumentKind.REVOKED,
    "pembatalan": DocumentKind.CANCELLED,
}
_DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y%m%d")
_NIB_IN_TEXT = re.compile(rb'"\s*nib\s*"\s*:\s*"?\s*([0-9][0-9 .\-]{8,20})', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LicenceResult:
    """One licence. product: None for the NIB itself, which has no code of its own.

    status: None where OSS does not say, OTHER for a code that we do not know; code: that one, as
        OSS wrote it. words: OSS's own for the status, "" where it gives none.
    nomor_izin, tgl_terbit: None until issued. authority: None when OSS did not say.
    id_izin: the one in use; id_before: the one that OSS gave up for it (id_izin_new), or "".
    id_proyek, kbli, kd_daerah: "" when OSS did not say. file: address of the paper at OSS, or "".
    """

    id_izin: str
    kd_izin: str
    status: LicenceStatus | None
    product: ProductType | None = None
    nomor_izin: str | None = None
    tgl_terbit: date | None = None
    authority: KdKewenangan | None = None
    id_proyek: str = ""
    kd_daerah: str = ""
    file: str = ""
    code: str = ""
    words: str = ""
    kbli: str = ""
    id_before: str = ""


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """One activity at OSS. size, risk: None when OSS did not say, or not in a form we know.

    kbli_year: edition of kbli_code, None where OSS did not say. area_codes: 10 digits each, in the
    order of OSS.
    """

    id_proyek: str
    kbli_code: str
    kbli_year: int | None = None
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
    """What OSS holds about one submission. entity: None for a business of a person's own.

    nib_code: a state that we do not know, as OSS wrote it. unread: names of fields that could not
        be read.
    """

    oss_id: str
    nib: str | None
    nib_status: NibStatus | None
    issued_on: date | None
    licences: tuple[LicenceResult, ...] = ()
    projects: tuple[ProjectResult, ...] = ()
    entity: EntityResult | None = None
    nib_code: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NibCheck:
    """What OSS says about one NIB. holder: the name on it. code: as for LicenceResult."""

    nib: str
    status: NibStatus | None
    holder: str = field(repr=False)
    code: str = ""


@dataclass(frozen=True, slots=True)
class LicenceState:
    """Where one licence stands. status, code, words: as for LicenceResult."""

    id_izin: str
    nib: str
    id_proyek: str
    status: LicenceStatus | None
    words: str = ""
    code: str = ""


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


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody whom OSS names with a KTP: who applied, or who is in charge."""

    nik: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoticeRead:
    """What OSS told us unasked, as far as it could be read.

    nib_status, nib_code: what the call says of the NIB, by its kind of document or its state; the
        code only where we do not know it. id_izin: the licence that it is about.
    id_before: the one that it had, where OSS gives it another. has_file: it brings the address of
        a paper.
    """

    nib: str
    oss_id: str = ""
    id_izin: str = ""
    id_before: str = ""
    has_file: bool = False
    nib_status: NibStatus | None = None
    nib_code: str = ""
    people: tuple[NamedPerson, ...] = field(default=(), repr=False)
    kbli_codes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Said:
    """One object of OSS. unread: filled with the names of fields that could not be read."""

    def __init__(self, content: Mapping[str, Any], unread: set[str]) -> None:
        self._content: dict[str, Any] = {}
        for key, value in content.items():  # the guide itself has a name with a blank behind it
            if _says_nothing(self._content.get(_name(key))):
                self._content[_name(key)] = value
        self.unread = unread

    def text(self, *names: str) -> str:
        """Return the first of these fields that says something, as text; "" where none does."""
        for name in names:
            value = self._content.get(name)
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            if isinstance(value, dict | list):
                if not _says_nothing(value):
                    self.unread.add(name)
                continue
            found = _as_text(value)
            if found:
                return found
        return ""

    def is_list(self, name: str) -> bool:
        """Return whether a field holds rows, or an object."""
        return isinstance(self._content.get(name), dict | list)

    def words(self, *names: str) -> str:
        """Return a text for people, without the escapes of HTML that some senders leave in."""
        return " ".join(unescape(self.text(*names)).split())

    def identifier(self, name: str) -> str:
        """Return a number that OSS gave something, of at most 40 letters; "" for one of zeros."""
        found = self.text(name)
        if not found.strip("0"):
            return ""
        if len(found) <= ID_AT_MOST:
            return found
        self.unread.add(name)
        return ""

    def code(self, *names: str) -> str:
        """Return the code of a state: two digits at least, "" for "00", cut to what is kept."""
        found = self.text(*names)
        if found.isdigit():
            found = found.zfill(2)
        return "" if found == "00" else found[:CODE_AT_MOST]

    def day(self, name: str) -> date | None:
        """Return a day; a date of zeros counts as none. A moment's day is the one in Jakarta."""
        found = self.text(name)
        if not found or found.startswith(("0000", "00-00", "00/00")):
            return None
        day = _day(found)
        if day is None:
            self.unread.add(name)
        return day if day is None or day.year >= _FIRST_YEAR else None

    def idr(self, name: str) -> int | None:
        """Return an amount in whole rupiah: 1000000, "1000000.00", "1.000.000,00"."""
        found = self.text(name)
        if not found:
            return None
        amount = _amount(found)
        if amount is None:
            self.unread.add(name)
        return amount

    def entries(self, name: str) -> list[Said]:
        """Return the rows of a list that say something, however it is wrapped."""
        found = []
        for row in _rows(self._content.get(name)):
            if isinstance(row, dict):
                if not _says_nothing(row):
                    found.append(Said(row, self.unread))
            elif not _says_nothing(row):
                self.unread.add(name)
        return found


def parse(body: bytes) -> Any:
    """Return what a JSON body says; amounts exactly. Raises ValueError for what is no JSON."""
    content = _loads(as_letters(body))
    return _loads(content) if isinstance(content, str) else content


def as_letters(body: bytes) -> str:
    """Return a body as text: in UTF-8, 16 or 32 as JSON may come, else as Windows writes it."""
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _loads(body: str) -> Any:
    try:
        # A line break inside a text is no JSON, and no reason to lose all the rest.
        return json.loads(
            body, strict=False, parse_float=Decimal, parse_constant=lambda _name: None
        )
    except RecursionError:
        raise ValueError("too deep") from None


def inside(content: Any, envelopes: Iterable[str]) -> dict[str, Any] | None:
    """Return the object in the first of these envelopes; "" is the content itself."""
    if not isinstance(content, dict):
        return None
    plain = {_name(key): value for key, value in content.items()}
    for envelope in envelopes:
        if not envelope:
            return content
        rows = [row for row in _rows(plain.get(_name(envelope))) if isinstance(row, dict)]
        if rows:
            return next((row for row in rows if not _says_nothing(row)), rows[0])
    return None


def _told(content: Any, envelope: str) -> dict[str, Any] | None:
    """Return what a notice is about: in its envelope, in a further one, or without any."""
    for outer in _rows(content):
        found = inside(outer, (envelope,))
        if found is not None:
            return found
        for inner in outer.values() if isinstance(outer, dict) else ():
            if (found := inside(inner, (envelope,))) is not None:
                return found
        if isinstance(outer, dict) and "nib" in {_name(key) for key in outer}:
            return outer
    return None


def text_in(answer: Mapping[str, Any], name: str) -> str:
    """Return one text of an answer, "" where it says nothing."""
    return Said(answer, set()).text(_name(name))


def part(answer: Mapping[str, Any], name: str) -> Said:
    """Return one part of an answer. Raises ValueError where it says nothing."""
    found = Said(answer, set()).entries(_name(name))
    if not found:
        raise ValueError(name)
    return found[0]


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
        npwp=_unless_zeros(data.text("npwp_perseroan")),
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
    number = _unless_zeros(row.text("no_izin"))
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
    found = _told(content, envelope)
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
        has_file=data.text("file_izin").startswith(("https://", "http://")),
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
    found = _told(content, envelope) or {}
    written = Said(found, set()).text("nib")
    nib = as_nib(written)
    return [nib, *([written] if written != nib else [])] if nib else []


def tax_number_in(content: Any, envelope: str) -> str:
    """Return the tax number of a notice, over which older senders make the token."""
    return Said(_told(content, envelope) or {}, set()).text("npwp_perseroan")


def nib_in_bytes(body: bytes) -> str:
    """Return the NIB in a body that is no JSON as a whole: cut off, or too long to be read."""
    found = _NIB_IN_TEXT.search(body)
    return as_nib(found.group(1).decode("ascii")) if found else ""


def same(data: Said, name: str, asked: str) -> None:
    """An answer about something else than was asked is no answer; one that does not say may be."""
    found = data.text(name)
    if found and found != asked and (name != "nib" or as_nib(found) != asked):
        raise ValueError(name)


def as_nib(written: str) -> str:
    """Return the thirteen digits of a NIB; as a number it has lost the zeros in front."""
    digits = re.sub(r"^NIB|[ .:\-]", "", unicodedata.normalize("NFKC", written).upper())
    if not re.fullmatch(r"[0-9]{1,13}", digits):
        return ""
    return digits.zfill(NIB_DIGITS) if len(digits) >= NIB_DIGITS - 5 else ""


def as_kbli(written: str) -> str:
    """Return an activity code of five digits; as a number 01131 comes as 1131."""
    digits = re.sub(r"[ .]", "", written)
    if not re.fullmatch(r"[1-9][0-9]{3}|[0-9]{5}", digits):
        return ""
    return digits.zfill(_KBLI_DIGITS)


def as_area(written: str) -> str:
    """Return an area code without dots, of ten digits; a wider area ends in zeros."""
    digits = re.sub(r"[ .]", "", written)
    if not re.fullmatch(r"[0-9]{2,10}", digits) or not int(digits):
        return ""
    return digits.ljust(10, "0")


def _name(name: object) -> str:
    return str(name).strip().lower()


def _as_text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, Decimal):
        is_whole = value.is_finite() and value == value.to_integral()
        return str(int(value) if is_whole and value.adjusted() < _DIGITS_AT_MOST else value)
    if not isinstance(value, str | int):
        return ""
    # Text that no database takes (a zero byte, half of a pair) is not worth a whole notice.
    text = str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return "" if _NOTHING.fullmatch(text) else text


def _unless_zeros(number: str) -> str:
    return number if re.sub(r"[0 .\-]", "", number) else ""


def _says_nothing(value: object, depth: int = 0) -> bool:
    """Return whether this is a dummy: empty, or a row of "-" and 0 that stands for “none”."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth < _DEEP_AT_MOST and all(_says_nothing(each, depth + 1) for each in inner)
    return _as_text(value) in ("", "0")


def _rows(value: object) -> list[Any]:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = _loads(value)
        except ValueError:
            return [value]
    if isinstance(value, list):
        return [row for each in value for row in (each if isinstance(each, list) else [each])]
    if isinstance(value, dict):
        is_map = bool(value) and all(str(key).strip().isdigit() for key in value)
        return list(value.values()) if is_map else [value]
    return [] if value is None else [value]


def _day(text: str) -> date | None:
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text)
            return (moment.astimezone(WIB) if moment.tzinfo else moment).date()
        except (ValueError, OverflowError):
            return None
    first = text.split()[0]
    for form in _DATES:
        try:
            return datetime.strptime(first, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _amount(text: str) -> int | None:
    plain = text.replace(" ", "").removeprefix("Rp")
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{1,2})?", plain):  # as people write it
        plain = plain.replace(".", "").replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    fits = amount.is_finite() and amount.adjusted() < _DIGITS_AT_MOST
    return int(amount) if fits else None
