"""A dossier in the order of the OSS screens: one list for the page, the paper and the exports.

The person types at oss.go.id, in an account of their own, and takes each answer from here. The
names are those that to_wire() gives; what stands in which order, and how it is said, stands here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.adapters.oss.reading import SIZE_CODES
from app.adapters.oss.wire import to_wire
from app.adapters.workbook import text_workbook
from app.domain.law.editions import KBLI_NOW
from app.domain.law.requirements import DeclarationKind
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import (
    ApplicantKind,
    IdentityKind,
    LandStatus,
    LandUnit,
    Part,
    Position,
    ProjectKind,
)
from app.domain.oss.submission import Declaration, Submission
from app.domain.written.person import Sex
from app.i18n import DEFAULT, language, number, number_to_edit, rupiah, short_day
from app.labels import in_words, label
from app.services.oss.submission import told_as_typed
from app.services.reference.book import get_book


@dataclass(frozen=True, slots=True)
class Row:
    """One box of a screen.

    path: where it stands in dataNIB, like "data_proyek[0].kbli". value: as it travels.
    shown: in words. typed: what is typed into the box, "" where something is chosen instead.
    on_screen: False for what only machines exchange.
    """

    label: str
    path: str
    value: object
    shown: str
    typed: str
    on_screen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together. title: the activity that they are about, "" for the rest."""

    title: str
    rows: tuple[Row, ...]

    @property
    def on_screen(self) -> tuple[Row, ...]:
        """What a person needs: rows of a screen that have an answer."""
        return tuple(row for row in self.rows if row.on_screen and row.shown)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One screen."""

    part: Part
    groups: tuple[Group, ...]


# How a value is said: value -> (words, what is typed; "" where it is chosen).
Say = Callable[[Any], tuple[str, str]]


def _text(value: Any) -> tuple[str, str]:
    return str(value), str(value)


def _phone(value: str) -> tuple[str, str]:
    here = "0" + value.removeprefix("+62") if value.startswith("+62") else value
    return here, here


def _nik(value: str) -> tuple[str, str]:
    return " ".join(value[at : at + 4] for at in range(0, len(value), 4)), value


def _money(value: int) -> tuple[str, str]:
    return rupiah(value), str(value)


def _amount(value: Any) -> tuple[str, str]:
    return number(value), number_to_edit(value)


def _day(value: str) -> tuple[str, str]:
    return (short_day(date.fromisoformat(value)) if value else ""), ""


def _yes_no(value: str) -> tuple[str, str]:
    return (_("Yes") if value == "Y" else _("No")), ""


def _size(value: str) -> tuple[str, str]:
    return next(label(size) for size, code in SIZE_CODES.items() if code == value), ""


def _kbli(value: str) -> tuple[str, str]:
    entry = get_book().kbli(KBLI_NOW, value)
    title = (entry.title_id if language() == DEFAULT else entry.name_en) if entry else None
    return (f"{value} – {title}" if title else value), value


def _area(code: str) -> tuple[str, str]:
    """The names from the largest area to the smallest, as OSS lets people choose them."""
    book = get_book()
    levels = [code[:length] for length in (2, 4, 6, 10) if len(code) >= length]
    names = [area.name for area in map(book.area, levels) if area]
    return " › ".join(names), ""


def _chosen(kind: Callable[[Any], Any]) -> Say:
    def say(value: Any) -> tuple[str, str]:
        return (label(kind(value)) if value else ""), ""

    return say


@dataclass(frozen=True, slots=True)
class Box:
    """One entry of the list. path: names in dataNIB joined by ".", "*" for each of a list."""

    path: str
    label: Any
    say: Say = _text
    on_screen: bool = True


_FOR_MACHINES = _l("For machines")


def _hidden(path: str) -> Box:
    return Box(path, _FOR_MACHINES, on_screen=False)


_PLACE = "data_lokasi_proyek.*"
_PRODUCT = "data_proyek_produk.*"
_IN_CHARGE = "penanggung_jwb.*"

# Of the whole submission. What an applicant does not have (a company, a branch) is left out.
BOXES: Mapping[Part, tuple[Box, ...]] = {
    Part.ACCOUNT: (
        Box("jenis_pelaku_usaha", _l("Kind of applicant"), _chosen(ApplicantKind)),
        Box("flag_umk", _l("Micro or small business (UMK)"), _yes_no),
        Box("no_id_user_proses", _l("NIK"), _nik),
        Box("nama_user_proses", _l("Name")),
        Box("jns_kelamin_user_proses", _l("Sex"), _chosen(Sex)),
        Box("tgl_lahir_user_proses", _l("Date of birth"), _day),
        Box("hp_user_proses", _l("Phone with WhatsApp"), _phone),
        Box("email_user_proses", _l("E-mail")),
    ),
    Part.PROFILE: (
        Box("jenis_id_user_proses", _l("Identity card"), _chosen(IdentityKind)),
        Box("daerah_id_user_proses", _l("Where you live"), _area),
        Box("alamat_user_proses", _l("Home address")),
        Box("rt_rw_user_proses", _l("RT/RW")),
        Box("nib", _l("NIB of the head office")),
        Box("jenis_perseroan", _l("Kind of company or group")),
        Box("status_badan_hukum", _l("Legal status")),
        Box("nama_perseroan", _l("Name of the company or group")),
        Box("npwp_perseroan", _l("NPWP of the company or group")),
        Box("no_pengesahan", _l("Number of legalisation or registration")),
        Box("tgl_pengesahan", _l("Day of legalisation or registration"), _day),
        _hidden("legalitas.*.jenis_legal"),
        Box("legalitas.*.tgl_legal", _l("Day of the deed"), _day),
        Box("perseroan_daerah_id", _l("Where the office is"), _area),
        Box("alamat_perseroan", _l("Office address")),
        Box("rt_rw_perseroan", _l("RT/RW of the office")),
        Box("kode_pos_perseroan", _l("Postcode of the office")),
        Box("nomor_telpon_perseroan", _l("Phone of the office"), _phone),
        Box("email_perusahaan", _l("E-mail of the office")),
        Box(f"{_IN_CHARGE}.nama_penanggung_jwb", _l("Person in charge")),
        Box(f"{_IN_CHARGE}.jabatan_penanggung_jwb", _l("Position")),
        Box(f"{_IN_CHARGE}.no_identitas_penanggung_jwb", _l("NIK of the person in charge"), _nik),
        Box(f"{_IN_CHARGE}.no_hp_penanggung_jwb", _l("Phone of the person in charge"), _phone),
        Box(f"{_IN_CHARGE}.email_penanggung_jwb", _l("E-mail of the person in charge")),
        Box(f"{_IN_CHARGE}.daerah_id_penanggung_jwb", _l("Where this person lives"), _area),
        Box(f"{_IN_CHARGE}.alamat_penanggung_jwb", _l("Address of this person")),
        Box(f"{_IN_CHARGE}.rt_rw_penanggung_jwb", _l("RT/RW of this person")),
        Box(f"{_IN_CHARGE}.kode_pos_penanggung_jwb", _l("Postcode of this person")),
        _hidden(f"{_IN_CHARGE}.flag_asing"),
        _hidden(f"{_IN_CHARGE}.jns_identitas_penanggung_jwb"),
        _hidden(f"{_IN_CHARGE}.kebangsaan_penanggung_jwb"),
        _hidden(f"{_IN_CHARGE}.negara_asal_penanggung_jwb"),
    ),
    Part.CAPITAL: (Box("skala_usaha", _l("Business size"), _size),),
}

# Of each activity (data_proyek).
BOXES_OF_ACTIVITY: Mapping[Part, tuple[Box, ...]] = {
    Part.CAPITAL: (
        Box("pembelian_pematang_tanah", _l("Land"), _money),
        Box("bangunan_gedung", _l("Building"), _money),
        Box("mesin_peralatan", _l("Machines and tools"), _money),
        Box("investasi_lain", _l("Other"), _money),
        Box("sub_jumlah", _l("Subtotal"), _money),
        Box("modal_kerja", _l("Working capital"), _money),
        Box("jumlah_investasi", _l("Total"), _money),
    ),
    Part.ACTIVITY: (
        Box("kbli", _l("Activity (KBLI)"), _kbli),
        Box("tahun_kbli", _l("Edition of KBLI"), lambda value: (str(value), "")),
        Box("jenis_proyek", _l("Main or supporting"), _chosen(ProjectKind)),
        Box("skala_resiko", _l("Risk (estimate)"), _chosen(RiskLevel)),
        Box(f"{_PLACE}.proyek_daerah_id", _l("Area of the business"), _area),
        Box(f"{_PLACE}.alamat_usaha", _l("Address of the business")),
        Box(f"{_PLACE}.data_posisi_proyek.*.posisi_lokasi", _l("The place is"), _chosen(Position)),
        Box(f"{_PLACE}.data_lokasi_proyek.*.lat_lng", _l("Point on the map")),
        _hidden(f"{_PLACE}.data_lokasi_proyek.*.serial"),
        _hidden(f"{_PLACE}.status_lokasi"),
    ),
    Part.BUSINESS: (
        Box("nama_kegiatan", _l("Name of your business")),
        Box("deskripsi_kegiatan", _l("Description")),
        Box(f"{_PRODUCT}.jenis_produksi", _l("Product")),
        Box(f"{_PRODUCT}.kapasitas", _l("In one year"), _amount),
        Box(f"{_PRODUCT}.satuan", _l("Unit")),
        Box(f"{_PRODUCT}.merk_dagang", _l("Brand")),
        Box("jumlah_tki_l", _l("Men at work"), _amount),
        Box("jumlah_tki_p", _l("Women at work"), _amount),
        Box("flag_cabang", _l("Branch office"), _yes_no),
        Box("nama_cabang", _l("Name of the branch")),
        Box("npwp_cabang", _l("NPWP of the branch")),
        Box("nama_pj", _l("Head of the branch")),
        Box("no_identitas_pj", _l("NIK of the head of the branch"), _nik),
        _hidden("jenis_identitas_pj"),
        _hidden(f"{_PRODUCT}.kbli"),
        _hidden("status_proyek"),
        _hidden("skala_usaha"),
    ),
    Part.SPATIAL: (
        Box("memiliki_menguasai", _l("You hold land or a place"), _yes_no),
        Box("luas_tanah", _l("Size"), _amount),
        Box("satuan_luas_tanah", _l("Unit of the size"), _chosen(LandUnit)),
        Box("status_tanah", _l("Whose place"), _chosen(LandStatus)),
    ),
}

_SAID = {
    Declaration.DATA_TRUE: DeclarationKind.DATA_TRUE,
    Declaration.SPATIAL: DeclarationKind.KKPR_SELF_STATEMENT,
    Declaration.ENVIRONMENT: DeclarationKind.SPPL,
    Declaration.STANDARD: DeclarationKind.BUSINESS_STANDARD,
    Declaration.SAFETY: DeclarationKind.K3L,
    Declaration.SNI_AND_HALAL: DeclarationKind.SNI_HALAL_BY_NIB,
}
_PART_OF_STATEMENT = {
    Declaration.SPATIAL: Part.SPATIAL,
    Declaration.ENVIRONMENT: Part.ENVIRONMENT,
}


def sheets_of(submission: Submission) -> list[Sheet]:
    """Return every screen in order, in the language of the page. It holds the whole NIK."""
    wire = to_wire(submission)
    projects = list(enumerate(wire["data_proyek"]))
    several = len(projects) > 1
    sheets = []
    for part in Part:
        groups = [Group("", (*_rows(wire, BOXES.get(part, ())), *_statements(submission, part)))]
        for place, project in projects:
            boxes = BOXES_OF_ACTIVITY.get(part, ())
            if part is Part.BUSINESS:
                boxes += tuple(Box(each.oss, in_words(each.asks)) for each in told_as_typed())
            rows = _rows(project, boxes, f"data_proyek[{place}].")
            name = project["nama_kegiatan"] or project["deskripsi_kegiatan"]
            title = " – ".join(filter(None, (project["kbli"], name))) if several else ""
            groups.append(Group(title, tuple(rows)))
        sheets.append(Sheet(part, tuple(group for group in groups if group.rows)))
    return sheets


def _rows(entry: Mapping[str, Any], boxes: tuple[Box, ...], before: str = "") -> Iterator[Row]:
    for box in boxes:
        for path, value in _values(entry, box.path.split(".")):
            empty = value is None or value == ""
            shown, typed = ("", "") if empty else box.say(value)
            yield Row(str(box.label), before + path, value, shown, typed, box.on_screen)


def _values(entry: Mapping[str, Any], names: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield each value that a path leads to, with its path; nothing where a name is missing."""
    name, *rest = names
    if name not in entry:
        return
    if not rest:
        yield name, entry[name]
        return
    for place, inner in enumerate(entry[name]):  # a list follows, and "*" stands for each of it
        for path, value in _values(inner, rest[1:]):
            yield f"{name}[{place}].{path}", value


def _statements(submission: Submission, part: Part) -> Iterator[Row]:
    for place, declaration in enumerate(submission.declarations):
        if _PART_OF_STATEMENT.get(declaration, Part.STATEMENTS) is part:
            words = label(_SAID[declaration])
            yield Row(_("You state:"), f"pernyataan[{place}]", str(declaration), words, "", True)


def as_data(submission: Submission) -> dict[str, Any]:
    """Return what the JSON file holds: dataNIB, and the statements that have no place in it."""
    return {
        "dataNIB": to_wire(submission),
        "pernyataan": [str(each) for each in submission.declarations],
    }


_FORMULA = re.compile(r"[\s]*[=+\-@]|[\t\r\n]")


def as_csv(submission: Submission) -> str:
    """Return a table for machines, a line for each value: screen, name in dataNIB, value, words.

    No quotes keep a spreadsheet from making numbers of it: people get as_workbook instead. A cell
    that it would run as a formula starts with an apostrophe.
    """
    file = io.StringIO()
    file.write("\ufeff")  # a spreadsheet that opens it all the same then reads UTF-8
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)  # RFC 4180
    writer.writerow(("layar", "nama", "nilai", "keterangan"))
    for sheet in sheets_of(submission):
        for group in sheet.groups:
            for row in group.rows:
                said = row.label if row.shown in ("", str(row.value)) else row.shown
                writer.writerow(map(_cell, (label(sheet.part), row.path, row.value, said)))
    return file.getvalue()


COLUMNS = ("Layar", "Kegiatan", "Isian", "Ketik di OSS", "Terbaca", "Nama data")


def as_workbook(submission: Submission) -> bytes:
    """Return what stands on the screens as XLSX: a line for each box, every cell text.

    "Ketik di OSS" is empty where something is chosen there; "Terbaca" says it in words, a NIK in
    groups. The columns are the same in both languages.
    """
    return text_workbook(
        "Untuk OSS",
        COLUMNS,
        (
            (label(sheet.part), group.title, row.label, row.typed, row.shown, row.path)
            for sheet in sheets_of(submission)
            for group in sheet.groups
            for row in group.on_screen
        ),
    )


def _cell(value: object) -> str:
    text = str(value)
    return "'" + text if _FORMULA.match(text) else text
