"""The list of releases: where each comes from, and what may be wrong with it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.domain.law.rows import ReleaseInfo

# Part of every checksum: raise it when the same file must be read in another way.
FORMAT = 1
MANIFEST = "releases.toml"


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
