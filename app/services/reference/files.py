"""Reading and checking the files of reference facts. Nothing here knows the database.

A folder holds `releases.toml` and the tables it names. Either everything is right, or the caller
gets the whole list of what is wrong, each with its file and line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import AreaKind, HolidayKind, RiskNote, Unread
from app.domain.written.text import has_digits
from app.services.reference.lines import (
    CODES_HEADER,
    CORRESPONDENCE_HEADER,
    DISTRICTS_HEADER,
    HEADERS,
    HOLIDAYS_HEADER,
    LEVEL_NAMES_HEADER,
    LEVELS_HEADER,
    PREFIXES_HEADER,
    PROVINCES_HEADER,
    REGENCIES_HEADER,
    RISK_HEADER,
    VILLAGES_HEADER,
    WORDS_HEADER,
    Line,
    count_in,
    members_of,
    parts_of,
    read_lines,
)
from app.services.reference.manifest import (
    FileProblem,
    Kind,
    ReferenceFilesBroken,
    ReleaseSource,
    Table,
    Wrong,
)

Row = dict[str, Any]


# Gives what is known already when the folder itself does not bring it.
KnownCodes = Callable[[int], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """Facts from outside the folder that a part of it may lean on."""

    codes: KnownCodes
    levels: KnownCodes
    regencies: Callable[[], frozenset[str]]


RELATIONS = ("1:1", "1:N", "N:1", "N:N")
METHODS = (
    "bps_change_table",
    "bps_conversion_table",
    "same_code_same_title",
    "same_code_title_changed",
    "oss_page",
    "manual_inferred",
    "guess_within_prefix",
)
VILLAGE_TYPES = ("kampung", "kelurahan")
# Kind of area, length of its code, and the column that names its parent.
AREA_SHAPES: Mapping[tuple[str, ...], tuple[AreaKind, int, str]] = {
    PROVINCES_HEADER: (AreaKind.PROVINCE, 2, ""),
    REGENCIES_HEADER: (AreaKind.REGENCY, 4, "province"),
    DISTRICTS_HEADER: (AreaKind.DISTRICT, 6, "regency"),
    VILLAGES_HEADER: (AreaKind.VILLAGE, 10, "district"),
}
YES_NO = {"yes": True, "no": False}


@dataclass(slots=True)
class Content:
    """Rows of one release, by table."""

    source: ReleaseSource
    rows: dict[Table, list[Row]] = field(default_factory=dict)

    def add(self, table: Table, row: Row) -> None:
        """Put one row beside the others."""
        self.rows.setdefault(table, []).append({"release_id": self.source.info.id, **row})


def read_releases(folder: Path, sources: list[ReleaseSource], known: Known) -> list[Content]:
    """Return the rows of every release, in the order of the manifest.

    Raises ReferenceFilesBroken with everything that is wrong in any of the files.
    """
    reader = _Reader(folder, known)
    order = list(Kind)
    contents = {
        source.info.id: reader.read(source)
        for source in sorted(sources, key=lambda source: order.index(Kind(source.info.kind)))
    }
    if reader.problems:
        found = sorted(reader.problems, key=lambda problem: (problem.file, problem.line))
        raise ReferenceFilesBroken(tuple(found))
    return [contents[source.info.id] for source in sources]


class _Reader:
    """Reads releases in turn; what one of them brings, the later ones may lean on."""

    def __init__(self, folder: Path, known: Known) -> None:
        self.folder = folder
        self.known = known
        self.problems: list[FileProblem] = []
        self.codes: dict[int, set[str]] = {}
        self.levels: dict[int, set[str]] = {}
        self.regencies: set[str] = set()

    def read(self, source: ReleaseSource) -> Content:
        """Rows of one release. Problems are gathered, not raised."""
        content = Content(source)
        tables: dict[tuple[str, ...], list[Line]] = {}
        for path in source.files:
            header, lines = read_lines(self.folder, path, HEADERS[source.info.kind], self.problems)
            if header is not None:
                tables.setdefault(header, []).extend(lines)
        match Kind(source.info.kind):
            case Kind.KBLI:
                self._kbli(content, tables)
            case Kind.CORRESPONDENCE:
                self._correspondence(content, tables.get(CORRESPONDENCE_HEADER, []))
            case Kind.RISK:
                self._risk(content, tables.get(RISK_HEADER, []))
            case Kind.AREAS:
                self._areas(content, tables)
            case Kind.NIK_PREFIXES:
                self._nik_prefixes(content, tables.get(PREFIXES_HEADER, []))
            case Kind.HOLIDAYS:
                self._holidays(content, tables.get(HOLIDAYS_HEADER, []))
            case Kind.WORDS:
                self._words(content, tables.get(WORDS_HEADER, []))
            case Kind.LEVEL_NAMES:
                self._level_names(content, tables.get(LEVEL_NAMES_HEADER, []))
        return content

    def _known_codes(self, year: int) -> frozenset[str] | set[str]:
        if year not in self.codes:
            self.codes[year] = set(self.known.codes(year))
        return self.codes[year]

    def _known_levels(self, year: int) -> frozenset[str] | set[str]:
        if year not in self.levels:
            self.levels[year] = set(self.known.levels(year))
        return self.levels[year]

    # --- one method per kind ---

    def _kbli(self, content: Content, tables: Mapping[tuple[str, ...], list[Line]]) -> None:
        year = content.source.year
        lines = tables.get(LEVELS_HEADER, [])
        categories: dict[str, str] = {}  # level code -> the category it stands under
        # Parents first: letters, then two, three and four digits.
        for line in sorted(lines, key=lambda line: len(line["code"])):
            code, parent = line["code"], line["parent"]
            is_letter = len(code) == 1 and code.isascii() and code.isupper()
            if not is_letter and not has_digits(code, 2, 3, 4):
                line.wrong(Wrong.CODE_LENGTH, code)
                continue
            if code in categories:
                line.wrong(Wrong.DUPLICATE, code)
                continue
            above_fits = not parent if is_letter else parent in categories
            if len(code) > 2:
                above_fits = above_fits and parent == code[:-1]
            elif len(code) == 2:
                above_fits = above_fits and parent.isalpha()
            if not above_fits:
                line.wrong(Wrong.UNKNOWN_PARENT, parent)
            categories[code] = code if is_letter else categories.get(parent, "")
            if line.filled("title_id"):
                row = {"year": year, "code": code, "title_id": line["title_id"]}
                content.add(Table.LEVELS, {**row, "parent": parent or None})
        codes: set[str] = set()
        for line in tables.get(CODES_HEADER, []):
            code, category = line["code"], line["category"]
            if not has_digits(code, 5):
                line.wrong(Wrong.CODE_LENGTH, code)
            elif code in codes:
                line.wrong(Wrong.DUPLICATE, code)
            elif code[:4] not in categories:
                line.wrong(Wrong.UNKNOWN_PARENT, code[:4])
            elif categories[code[:4]] != category:
                line.wrong(Wrong.UNKNOWN_CATEGORY, category)
            elif line.filled("title_id"):
                row = {"year": year, "code": code, "title_id": line["title_id"]}
                content.add(Table.CODES, {**row, "category": category})
            codes.add(code)
        self.codes[year] = codes
        self.levels[year] = set(categories)

    def _correspondence(self, content: Content, lines: list[Line]) -> None:
        seen: set[tuple[str, str]] = set()
        for line in lines:
            old, new = line["code_2020"], line["code_2025"]
            if (old, new) in seen:
                line.wrong(Wrong.DUPLICATE, f"{old} {new}".strip())
            seen.add((old, new))
            if old not in self._known_codes(2020):
                line.wrong(Wrong.UNKNOWN_CODE, old)
            if new and new not in self._known_codes(2025):
                line.wrong(Wrong.UNKNOWN_CODE, new)
            if line["relation"] not in (RELATIONS if new else ("",)):
                line.wrong(Wrong.VALUE, line["relation"])
            if line["method"] not in (METHODS if new else ("none",)):
                line.wrong(Wrong.VALUE, line["method"])
            content.add(Table.CORRESPONDENCE, dict(line.cells))

    def _risk(self, content: Content, lines: list[Line]) -> None:
        year = content.source.year
        seen: set[tuple[str, int, str]] = set()
        scopes: dict[tuple[str, int], tuple[str, str]] = {}
        for line in lines:
            code = line["code"]
            if not has_digits(code, 5):
                line.wrong(Wrong.CODE_LENGTH, code)
            elif code not in self._known_codes(year):
                line.wrong(Wrong.UNKNOWN_CODE, code)
            scope_no = count_in(line, "scope_no", at_least=1)
            scope_count = count_in(line, "scope_count", at_least=1)
            described = (line["scope"], line["scope_count"])
            if scopes.setdefault((code, scope_no), described) != described:
                line.wrong(Wrong.SCOPE_CONFLICT, f"{code} {scope_no}")
            if line["risk"] not in list(RiskLevel):
                line.wrong(Wrong.RISK_LETTER, line["risk"])
            row = {
                "year": year,
                "code": code,
                "scope_no": scope_no,
                "scope": line["scope"],
                "scope_count": scope_count,
                "risk": line["risk"],
                **_risk_details(line),
            }
            sizes = line["sizes"].split(" ")
            for size in sizes:
                if size not in list(BusinessSize):
                    line.wrong(Wrong.SIZE, size)
                if (code, scope_no, size) in seen:
                    line.wrong(Wrong.DUPLICATE, f"{code} {scope_no} {size}")
                seen.add((code, scope_no, size))
                content.add(Table.RISK, {**row, "size": size})

    def _areas(self, content: Content, tables: Mapping[tuple[str, ...], list[Line]]) -> None:
        seen: set[str] = set()
        for header, (kind, length, parent_column) in AREA_SHAPES.items():
            for line in tables.get(header, []):
                code = line["code"]
                parent = line[parent_column] if parent_column else ""
                if not has_digits(code, length):
                    line.wrong(Wrong.CODE_LENGTH, code)
                elif code in seen:
                    line.wrong(Wrong.DUPLICATE, code)
                elif parent_column and (parent not in seen or not code.startswith(parent)):
                    line.wrong(Wrong.UNKNOWN_PARENT, parent)
                seen.add(code)
                line.filled("name")
                old_code = line.cells.get("old_code", "")
                if old_code and not has_digits(old_code, length):
                    line.wrong(Wrong.CODE_LENGTH, old_code)
                village_type = line.cells.get("type", "")
                if kind is AreaKind.VILLAGE and village_type not in VILLAGE_TYPES:
                    line.wrong(Wrong.VALUE, village_type)
                postal_hint = line.cells.get("postal_hint", "")
                if postal_hint and not has_digits(postal_hint, 5):
                    line.wrong(Wrong.VALUE, postal_hint)
                if kind is AreaKind.REGENCY:
                    self.regencies.add(code)
                content.add(
                    Table.AREAS,
                    {
                        "code": code,
                        "kind": kind,
                        "name": line["name"],
                        "parent": parent or None,
                        "old_code": old_code,
                        "village_type": village_type,
                        "postal_hint": postal_hint,
                    },
                )

    def _nik_prefixes(self, content: Content, lines: list[Line]) -> None:
        regencies = self.regencies or self.known.regencies()
        seen: set[str] = set()
        for line in lines:
            prefix = line["prefix"]
            if not has_digits(prefix, 4):
                line.wrong(Wrong.CODE_LENGTH, prefix)
            elif prefix in seen:
                line.wrong(Wrong.DUPLICATE, prefix)
            seen.add(prefix)
            if line["regency"] not in regencies:
                line.wrong(Wrong.UNKNOWN_CODE, line["regency"])
            if line["status"] not in ("current", "old"):
                line.wrong(Wrong.VALUE, line["status"])
            content.add(Table.NIK_PREFIXES, dict(line.cells))

    def _holidays(self, content: Content, lines: list[Line]) -> None:
        seen: set[date] = set()
        for line in lines:
            try:
                day = date.fromisoformat(line["date"])
            except ValueError:
                line.wrong(Wrong.DATE, line["date"])
                continue
            if day in seen:
                line.wrong(Wrong.DUPLICATE, line["date"])
            seen.add(day)
            if line["kind"] not in list(HolidayKind):
                line.wrong(Wrong.VALUE, line["kind"])
            line.filled("name_id", "name_en")
            row = {key: line[key] for key in ("kind", "name_id", "name_en", "source")}
            content.add(Table.HOLIDAYS, {"day": day, **row})

    def _words(self, content: Content, lines: list[Line]) -> None:
        year = content.source.year
        seen: set[str] = set()
        for line in lines:
            code = line["code"]
            if not has_digits(code, 5):
                line.wrong(Wrong.CODE_LENGTH, code)
            elif code not in self._known_codes(year):
                line.wrong(Wrong.UNKNOWN_CODE, code)
            elif code in seen:
                line.wrong(Wrong.DUPLICATE, code)
            seen.add(code)
            line.filled("name_en", "plain_id", "plain_en")
            words = [word.strip().lower() for word in line["words"].split(";")]
            content.add(
                Table.WORDS,
                {
                    "year": year,
                    "code": code,
                    "name_en": line["name_en"],
                    "plain_id": line["plain_id"],
                    "plain_en": line["plain_en"],
                    "words": [word for word in words if word],
                },
            )

    def _level_names(self, content: Content, lines: list[Line]) -> None:
        year = content.source.year
        seen: set[str] = set()
        for line in lines:
            code = line["code"]
            if code not in self._known_levels(year):
                line.wrong(Wrong.UNKNOWN_CODE, code)
            elif code in seen:
                line.wrong(Wrong.DUPLICATE, code)
            seen.add(code)
            line.filled("name_en")
            content.add(Table.LEVEL_NAMES, {"year": year, **line.cells})


DETAIL_COLUMNS = RISK_HEADER[RISK_HEADER.index("authority") : RISK_HEADER.index("note_code")]


def _risk_details(line: Line) -> Row:
    """What stands beside the risk."""
    if line["details"] not in YES_NO:
        line.wrong(Wrong.VALUE, line["details"])
    details_known = YES_NO.get(line["details"], False)
    if not details_known and any(line[column] for column in DETAIL_COLUMNS):
        line.wrong(Wrong.DETAIL_NOT_READ)
    if details_known and line["authority_complete"] not in YES_NO:
        line.wrong(Wrong.VALUE, line["authority_complete"])
    authority = []
    for part in parts_of(line["authority"]):
        condition, sign, who = part.partition(">")
        if not sign or not who:
            line.wrong(Wrong.AUTHORITY, part)
        authority.append([condition, who])
    days = count_in(line, "days", at_least=0) if line["days"] else None
    if days is not None:
        line.filled("days_unit")
    return {
        "details_known": details_known,
        "authority": authority,
        "authority_complete": YES_NO.get(line["authority_complete"], False),
        "days": days,
        "days_unit": line["days_unit"],
        "licence": line["licence"],
        "requirements": parts_of(line["requirements"]),
        "duties": parts_of(line["duties"]),
        "supporting_licences": parts_of(line["supporting_licences"]),
        "unread": members_of(line, "unread", parts_of(line["unread"]), Unread),
        "notes": members_of(line, "note_code", line["note_code"].split(), RiskNote),
    }
