"""The lines of the tables: which columns each has, and reading one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.domain.written.text import read_whole
from app.reference import UNREAD
from app.services.reference.manifest import (
    FileProblem,
    Kind,
    Wrong,
)

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


def count_in(line: Line, column: str, *, at_least: int) -> int:
    """A whole number; complains and returns the least one when it is none."""
    text = line[column]
    number = read_whole(text, digits=9)
    if number is not None and number >= at_least:
        return number
    line.wrong(Wrong.NUMBER, text)
    return at_least


def parts_of(text: str) -> list[str]:
    return text.split("|") if text else []


def members_of(line: Line, column: str, values: list[str], allowed: type[StrEnum]) -> list[str]:
    """The values, complaining about those that are not in the enumeration."""
    for value in values:
        if value not in list(allowed):
            line.wrong(Wrong.VALUE, f"{column} {value}")
    return values
