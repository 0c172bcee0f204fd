"""Cek usaha: how activities are grouped, said and judged for somebody who only asks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from app.domain.law.editions import KBLI_NOW
from app.domain.law.rows import KbliEntry, KbliLevelEntry
from app.reference import FOLDER
from app.services.reference.book import ReferenceBook, get_book

SECTORS_FILE = FOLDER / "words" / "sectors.toml"


@dataclass(frozen=True, slots=True)
class SectorPart:
    """Some trades that belong together. prefixes: of KBLI 2025 codes."""

    name_id: str
    name_en: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sector:
    """Trades as people here group them. picture: the inside of a 24-unit SVG, our own drawing."""

    key: str
    name_id: str
    name_en: str
    example_id: str
    example_en: str
    picture: str
    parts: tuple[SectorPart, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """An activity or level in the language of a page.

    meaning: "" where there is none. only_indonesian: the name is Indonesian although the page is
    not, so that it can be marked as such and read aloud rightly.
    """

    name: str
    meaning: str = ""
    only_indonesian: bool = False


@cache
def sectors() -> tuple[Sector, ...]:
    """Return the sectors in the order of the page."""
    with SECTORS_FILE.open("rb") as file:
        table = tomllib.load(file)
    return tuple(
        Sector(
            key=row["key"],
            name_id=row["name_id"],
            name_en=row["name_en"],
            example_id=row["example_id"],
            example_en=row["example_en"],
            picture=row["picture"],
            parts=tuple(
                SectorPart(part["name_id"], part["name_en"], tuple(part["prefixes"]))
                for part in row["part"]
            ),
        )
        for row in table["sector"]
    )


def sector(key: str) -> Sector | None:
    """Return one sector, None if there is no such key."""
    return next((each for each in sectors() if each.key == key), None)


def commonest_first(part: SectorPart) -> list[KbliEntry]:
    """Return the activities of a part that have plain words of our own.

    The more words people here have for an activity, the more of them do it.
    """
    entries = get_book().all_kbli(KBLI_NOW)
    found = [entry for entry in entries if entry.words and entry.code.startswith(part.prefixes)]
    return sorted(found, key=lambda entry: (-len(entry.words), entry.code))


def levels_of(part: SectorPart) -> list[KbliLevelEntry]:
    """Return the divisions that hold everything of a part, the codes without words too."""
    book = get_book()
    divisions = dict.fromkeys(prefix[:2] for prefix in part.prefixes)
    return [level for level in (book.level(KBLI_NOW, code) for code in divisions) if level]


def below(level: KbliLevelEntry | None) -> list[KbliLevelEntry]:
    """Return what stands under a level, or the categories; steps with one way on are left out."""
    book = get_book()
    found = book.categories(KBLI_NOW) if level is None else book.children(KBLI_NOW, level.code)
    return [_furthest(book, each) for each in found]


def _furthest(book: ReferenceBook, level: KbliLevelEntry) -> KbliLevelEntry:
    """Follow a level while it has a single child. Categories stay: their letter is known."""
    while 1 < level.level < 5:
        children = book.children(KBLI_NOW, level.code)
        if len(children) != 1:
            break
        level = children[0]
    return level


def wording(entry: KbliEntry, language: str) -> Wording:
    """Return the plain words of an activity, and its official title where there are none."""
    if language == "id":
        if entry.plain_id:
            return Wording(entry.plain_id, entry.title_id)
        return Wording(entry.title_id)
    if entry.name_en:
        return Wording(entry.name_en, entry.plain_en or "")
    return Wording(entry.title_id, entry.plain_en or "", only_indonesian=True)


def level_wording(level: KbliLevelEntry, language: str) -> Wording:
    """Return the name of a step of the hierarchy."""
    if language != "id" and level.name_en:
        return Wording(level.name_en)
    return Wording(level.title_id, only_indonesian=language != "id")
