"""What belongs to an activity, what does not and where that goes, and what people also need.

Our own words for those KBLI 2025 codes that people here ask for, read once from the files beside
the plain words (boundaries_*.csv, instead_*.csv). They explain and never replace the official list.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.reference import FOLDER
from app.services.reference.lines import Line, read_lines
from app.services.reference.manifest import FileProblem, ReferenceFilesBroken, Wrong

WORDS_AT_MOST = 15
INSTEAD_AT_MOST = 4
BOUNDARIES_HEADER = ("code", "belongs_id", "belongs_en", "together")
INSTEAD_HEADER = ("code", "not_id", "not_en", "goes_to")
CODES_FILE = "kbli2025.csv"


@dataclass(frozen=True, slots=True)
class Instead:
    """Something that people take for the activity, and the code it belongs to."""

    not_id: str
    not_en: str
    goes_to: str

    def said(self, language: str) -> str:
        """The words in a language of the pages."""
        return self.not_id if language == "id" else self.not_en


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where one activity ends. together: codes that people often need beside it."""

    belongs_id: str
    belongs_en: str
    together: tuple[str, ...]
    instead: tuple[Instead, ...]

    def belongs(self, language: str) -> str:
        """What belongs to it, in a language of the pages."""
        return self.belongs_id if language == "id" else self.belongs_en


def boundary_of(code: str) -> Boundary | None:
    """Return what is known about a KBLI 2025 code, None where nobody wrote it down."""
    return boundaries().get(code)


@cache
def boundaries() -> Mapping[str, Boundary]:
    """Return all of them by code. Raises ReferenceFilesBroken with everything that is wrong."""
    return read_boundaries(FOLDER)


def read_boundaries(folder: Path) -> Mapping[str, Boundary]:
    """Return what the files of a folder say, by code.

    Raises ReferenceFilesBroken with everything that is wrong in any of the files.
    """
    with (folder / CODES_FILE).open(encoding="utf-8", newline="") as file:
        codes = frozenset(row[0] for row in csv.reader(file) if row)
    problems: list[FileProblem] = []
    belongs: dict[str, Line] = {}
    for line in _all_lines(folder, "boundaries", BOUNDARIES_HEADER, problems):
        code = line["code"]
        if _is_code(line, code, codes) and code in belongs:
            line.wrong(Wrong.DUPLICATE, code)
        _check_words(line, "belongs_id", "belongs_en")
        together = _listed(line["together"])
        for number, other in enumerate(together):
            _is_code(line, other, codes)
            if other == code:
                line.wrong(Wrong.POINTS_TO_ITSELF, other)
            if other in together[:number]:
                line.wrong(Wrong.DUPLICATE, other)
        belongs.setdefault(code, line)
    instead: dict[str, list[Instead]] = defaultdict(list)
    for line in _all_lines(folder, "instead", INSTEAD_HEADER, problems):
        code, goes_to = line["code"], line["goes_to"]
        if code not in belongs:
            line.wrong(Wrong.UNKNOWN_CODE, code)
        _check_words(line, "not_id", "not_en")
        _is_code(line, goes_to, codes)
        if goes_to == code:
            line.wrong(Wrong.POINTS_TO_ITSELF, code)
        instead[code].append(Instead(line["not_id"], line["not_en"], goes_to))
        if len(instead[code]) > INSTEAD_AT_MOST:
            line.wrong(Wrong.TOO_MANY, code)
    if problems:
        raise ReferenceFilesBroken(
            tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        )
    return {
        code: Boundary(
            line["belongs_id"],
            line["belongs_en"],
            _listed(line["together"]),
            tuple(instead[code]),
        )
        for code, line in belongs.items()
    }


def _all_lines(
    folder: Path, name: str, header: tuple[str, ...], problems: list[FileProblem]
) -> list[Line]:
    paths = sorted((folder / "words").glob(f"{name}_*.csv"))
    if not paths:
        problems.append(FileProblem(f"words/{name}_*.csv", 1, Wrong.FILE_MISSING))
    return [line for path in paths for line in read_lines(folder, path, (header,), problems)[1]]


def _is_code(line: Line, code: str, codes: frozenset[str]) -> bool:
    if code not in codes:
        line.wrong(Wrong.UNKNOWN_CODE, code)
    return code in codes


def _check_words(line: Line, *columns: str) -> None:
    line.filled(*columns)
    for column in columns:
        if line[column].count(" ") >= WORDS_AT_MOST:
            line.wrong(Wrong.TOO_LONG, column)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()
