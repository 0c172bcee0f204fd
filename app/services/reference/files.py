"""Reading and checking the files of reference facts. Nothing here knows the database.

A folder holds `releases.toml` and the tables it names. Either everything is right, or the caller
gets the whole list of what is wrong, each with its file and line.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import AreaKind, HolidayKind, ReleaseInfo, RiskNote, Unread
from app.reference import UNREAD

# Part of every checksum: raise it when the same file must be read in another way.
FORMAT = 1
MANIFEST = "releases.toml"

Row = dict[str, Any]


class Kind(StrEnum):
    """Kinds of reference facts, in the order in which they can be checked."""

    KBLI = "kbli"
    CORRESPONDENCE = "correspondence"
    RISK = "risk"
    AREAS = "areas"
    NIK_PREFIXES = "nik_prefixes"
    HOLIDAYS = "holidays"
    WORDS = "words"
    LEVEL_NAMES = "level_names"


class Table(StrEnum):
    """Where rows go."""

    CODES = "codes"
    LEVELS = "levels"
    CORRESPONDENCE = "correspondence"
    RISK = "risk"
    AREAS = "areas"
    NIK_PREFIXES = "nik_prefixes"
    HOLIDAYS = "holidays"
    WORDS = "words"
    LEVEL_NAMES = "level_names"


class Wrong(StrEnum):
    """What can be wrong with a line."""

    FILE_MISSING = "file missing"
    NOT_UTF8 = "not UTF-8"
    NOT_TOML = "not TOML"
    NOT_CSV = "not CSV"
    KEY_MISSING = "key missing"
    UNKNOWN_KIND = "unknown kind of release"
    UNKNOWN_EDITION = "unknown edition"
    DUPLICATE_RELEASE = "duplicate release"
    HEADER = "wrong header"
    COLUMNS = "wrong number of columns"
    EMPTY = "empty value"
    CODE_LENGTH = "code of unknown length"
    DUPLICATE = "duplicate code"
    UNKNOWN_CODE = "unknown code"
    UNKNOWN_PARENT = "unknown parent"
    UNKNOWN_CATEGORY = "unknown category"
    RISK_LETTER = "impossible risk letter"
    SIZE = "unknown business size"
    NUMBER = "not a whole number"
    VALUE = "value not allowed"
    SCOPE_CONFLICT = "scope described in two ways"
    DETAIL_NOT_READ = "detail beside a row that was not read"
    AUTHORITY = "authority without its condition sign"
    DATE = "date unreadable"
    UNREAD_TEXT = "remark of unread text"
    TOO_LONG = "too many words"
    TOO_MANY = "too many lines for a code"
    POINTS_TO_ITSELF = "code points to itself"


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong. line counts from 1; value is what stands there."""

    file: str
    line: int
    wrong: Wrong
    value: str = ""

    def __str__(self) -> str:
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.file}:{self.line}: {self.wrong.value}{shown}"


class ReferenceFilesBroken(Exception):
    """The folder cannot be loaded. problems holds everything found, in order of file and line."""

    def __init__(self, problems: tuple[FileProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ReleaseSource:
    """One entry of the manifest with its files. No files = an optional release that is absent."""

    info: ReleaseInfo
    files: tuple[Path, ...]
    sha256: str

    @property
    def year(self) -> int:
        """Edition as a number, for kinds that have editions."""
        return int(self.info.edition)


# Gives what is known already when the folder itself does not bring it.
KnownCodes = Callable[[int], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """Facts from outside the folder that a part of it may lean on."""

    codes: KnownCodes
    levels: KnownCodes
    regencies: Callable[[], frozenset[str]]


# --- the manifest ---------------------------------------------------------------------------------


REQUIRED_KEYS = ("id", "kind", "title", "as_of", "source", "licence", "trust", "files")
EDITIONS: Mapping[str, tuple[str, ...]] = {
    Kind.KBLI: ("2020", "2025"),
    Kind.RISK: ("2025",),
    Kind.WORDS: ("2025",),
    Kind.LEVEL_NAMES: ("2025",),
}


def read_manifest(folder: Path) -> list[ReleaseSource]:
    """Return the releases of a folder, checked.

    Raises ReferenceFilesBroken when releases.toml or a file it names cannot be used.
    """
    path = folder / MANIFEST
    problems: list[FileProblem] = []
    try:
        text = path.read_bytes().decode("utf-8")
        entries = tomllib.loads(text).get("release", [])
    except FileNotFoundError:
        raise ReferenceFilesBroken((FileProblem(MANIFEST, 1, Wrong.FILE_MISSING),)) from None
    except UnicodeDecodeError:
        raise ReferenceFilesBroken((FileProblem(MANIFEST, 1, Wrong.NOT_UTF8),)) from None
    except tomllib.TOMLDecodeError as error:
        problem = FileProblem(MANIFEST, 1, Wrong.NOT_TOML, str(error))
        raise ReferenceFilesBroken((problem,)) from None

    starts = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[release]]"]
    sources: list[ReleaseSource] = []
    for position, entry in enumerate(entries):
        line = starts[position] if position < len(starts) else 1
        wrong = _manifest_problem(entry, {source.info.id for source in sources})
        if wrong is not None:
            problems.append(FileProblem(MANIFEST, line, *wrong))
            continue
        files = tuple(sorted(found for pattern in entry["files"] for found in folder.glob(pattern)))
        missing = [pattern for pattern in entry["files"] if not any(folder.glob(pattern))]
        if missing and not entry.get("optional", False):
            problems += [FileProblem(MANIFEST, line, Wrong.FILE_MISSING, name) for name in missing]
            continue
        info = ReleaseInfo(
            id=entry["id"],
            kind=entry["kind"],
            edition=entry.get("edition", ""),
            title=entry["title"],
            as_of=entry["as_of"],
            source=entry["source"],
            licence=entry["licence"],
            trust=entry["trust"],
        )
        sources.append(ReleaseSource(info, files, _checksum(folder, entry, files)))
    if problems:
        raise ReferenceFilesBroken(tuple(problems))
    return sources


def _manifest_problem(entry: Mapping[str, Any], seen: set[str]) -> tuple[Wrong, str] | None:
    """The first thing wrong with one entry, if any."""
    for key in REQUIRED_KEYS:
        if not entry.get(key):
            return Wrong.KEY_MISSING, key
    if entry["id"] in seen:
        return Wrong.DUPLICATE_RELEASE, entry["id"]
    if entry["kind"] not in list(Kind):
        return Wrong.UNKNOWN_KIND, str(entry["kind"])
    if entry.get("edition", "") not in EDITIONS.get(entry["kind"], ("",)):
        return Wrong.UNKNOWN_EDITION, str(entry.get("edition", ""))
    if type(entry["as_of"]) is not date:
        return Wrong.DATE, str(entry["as_of"])
    return None


def _checksum(folder: Path, entry: Mapping[str, Any], files: tuple[Path, ...]) -> str:
    """One checksum over the entry and the content of its files."""
    digest = hashlib.sha256(
        json.dumps([FORMAT, entry], sort_keys=True, default=str).encode("utf-8")
    )
    for path in files:
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


# --- the tables -----------------------------------------------------------------------------------


CODES_HEADER = ("code", "title_id", "category")
LEVELS_HEADER = ("code", "title_id", "parent")
CORRESPONDENCE_HEADER = ("code_2020", "code_2025", "relation", "method")
RISK_HEADER = (
    "code",
    "scope_no",
    "scope",
    "scope_count",
    "sizes",
    "risk",
    "details",
    "authority",
    "authority_complete",
    "days",
    "days_unit",
    "licence",
    "requirements",
    "duties",
    "supporting_licences",
    "unread",
    "note_code",
)
PROVINCES_HEADER = ("code", "name")
REGENCIES_HEADER = ("code", "name", "province", "old_code")
DISTRICTS_HEADER = ("code", "name", "regency", "old_code", "postal_hint")
VILLAGES_HEADER = ("code", "name", "district", "type", "old_code")
PREFIXES_HEADER = ("prefix", "regency", "status")
HOLIDAYS_HEADER = ("date", "kind", "name_id", "name_en", "source")
WORDS_HEADER = ("code", "name_en", "plain_id", "plain_en", "words")
LEVEL_NAMES_HEADER = ("code", "name_en")

HEADERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    Kind.KBLI: (CODES_HEADER, LEVELS_HEADER),
    Kind.CORRESPONDENCE: (CORRESPONDENCE_HEADER,),
    Kind.RISK: (RISK_HEADER,),
    Kind.AREAS: (PROVINCES_HEADER, REGENCIES_HEADER, DISTRICTS_HEADER, VILLAGES_HEADER),
    Kind.NIK_PREFIXES: (PREFIXES_HEADER,),
    Kind.HOLIDAYS: (HOLIDAYS_HEADER,),
    Kind.WORDS: (WORDS_HEADER,),
    Kind.LEVEL_NAMES: (LEVEL_NAMES_HEADER,),
}
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table, with the means to complain about it."""

    file: str
    number: int
    cells: Mapping[str, str]
    problems: list[FileProblem]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def wrong(self, what: Wrong, value: str = "") -> None:
        """Note a problem of this line."""
        self.problems.append(FileProblem(self.file, self.number, what, value))

    def filled(self, *columns: str) -> bool:
        """Return whether these columns are filled; complain about those that are not."""
        empty = [column for column in columns if not self.cells[column]]
        for column in empty:
            self.wrong(Wrong.EMPTY, column)
        return not empty


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


def read_lines(
    folder: Path,
    path: Path,
    headers: tuple[tuple[str, ...], ...],
    problems: list[FileProblem],
) -> tuple[tuple[str, ...] | None, list[Line]]:
    """Return header and lines of one table; only lines of the right width are returned.

    headers: those that the table may have. What is wrong is added to problems.
    """
    name = path.relative_to(folder).as_posix()
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(FileProblem(name, line, Wrong.NOT_UTF8))
        return None, []
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = tuple(next(rows, []))
    if header not in headers:
        problems.append(FileProblem(name, 1, Wrong.HEADER, ",".join(header)))
        return None, []
    return header, list(_checked(name, header, rows, problems))


def _checked(
    name: str, header: tuple[str, ...], rows: Any, problems: list[FileProblem]
) -> Iterator[Line]:
    number = rows.line_num + 1
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            problems.append(FileProblem(name, number, Wrong.NOT_CSV, str(error)))
            return
        if cells is None:
            return
        if len(cells) != len(header):
            if cells:
                problems.append(FileProblem(name, number, Wrong.COLUMNS, str(len(cells))))
        else:
            line = Line(name, number, dict(zip(header, cells, strict=True)), problems)
            for cell in cells:
                found = UNREAD.search(cell) if "(" in cell or "[" in cell else None
                if found:
                    line.wrong(Wrong.UNREAD_TEXT, found[0].strip())
            yield line
        number = rows.line_num + 1


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
            if not is_letter and not _digits(code, 2, 3, 4):
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
            if not _digits(code, 5):
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
            if not _digits(code, 5):
                line.wrong(Wrong.CODE_LENGTH, code)
            elif code not in self._known_codes(year):
                line.wrong(Wrong.UNKNOWN_CODE, code)
            scope_no = _count(line, "scope_no", at_least=1)
            scope_count = _count(line, "scope_count", at_least=1)
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
                if not _digits(code, length):
                    line.wrong(Wrong.CODE_LENGTH, code)
                elif code in seen:
                    line.wrong(Wrong.DUPLICATE, code)
                elif parent_column and (parent not in seen or not code.startswith(parent)):
                    line.wrong(Wrong.UNKNOWN_PARENT, parent)
                seen.add(code)
                line.filled("name")
                old_code = line.cells.get("old_code", "")
                if old_code and not _digits(old_code, length):
                    line.wrong(Wrong.CODE_LENGTH, old_code)
                village_type = line.cells.get("type", "")
                if kind is AreaKind.VILLAGE and village_type not in VILLAGE_TYPES:
                    line.wrong(Wrong.VALUE, village_type)
                postal_hint = line.cells.get("postal_hint", "")
                if postal_hint and not _digits(postal_hint, 5):
                    line.wrong(Wrong.VALUE, postal_hint)
                if kind is AreaKind.REGENCY:
                    self.regencies.add(code)
                content.add(
                    Table.AREAS,
                    {
                        "code": code,
                        "kind": kind.value,
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
            if not _digits(prefix, 4):
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
            if not _digits(code, 5):
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


def _digits(code: str, *lengths: int) -> bool:
    """Return whether a code is made of plain digits and has one of these lengths."""
    return len(code) in lengths and code.isascii() and code.isdigit()


def _count(line: Line, column: str, *, at_least: int) -> int:
    """A whole number; complains and returns the least one when it is none."""
    text = line[column]
    if text.isascii() and text.isdigit() and int(text) >= at_least:
        return int(text)
    line.wrong(Wrong.NUMBER, text)
    return at_least


def _list(text: str) -> list[str]:
    return text.split("|") if text else []


def _members(line: Line, column: str, values: list[str], allowed: type[StrEnum]) -> list[str]:
    """The values, complaining about those that are not in the enumeration."""
    for value in values:
        if value not in list(allowed):
            line.wrong(Wrong.VALUE, f"{column} {value}")
    return values


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
    for part in _list(line["authority"]):
        condition, sign, who = part.partition(">")
        if not sign or not who:
            line.wrong(Wrong.AUTHORITY, part)
        authority.append([condition, who])
    days = _count(line, "days", at_least=0) if line["days"] else None
    if days is not None:
        line.filled("days_unit")
    return {
        "details_known": details_known,
        "authority": authority,
        "authority_complete": YES_NO.get(line["authority_complete"], False),
        "days": days,
        "days_unit": line["days_unit"],
        "licence": line["licence"],
        "requirements": _list(line["requirements"]),
        "duties": _list(line["duties"]),
        "supporting_licences": _list(line["supporting_licences"]),
        "unread": _members(line, "unread", _list(line["unread"]), Unread),
        "notes": _members(line, "note_code", line["note_code"].split(), RiskNote),
    }
