"""The KBLI finder, built once per edition and shared by every request."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.domain.kbli.finder import Finder
from app.domain.kbli.hits import Hit
from app.domain.kbli.language import FinderLanguage, language_from_table
from app.domain.kbli.measures import Wording
from app.domain.law.editions import KBLI_BEFORE, KBLI_NOW
from app.domain.law.rows import KbliEntry
from app.reference import FOLDER
from app.services.kbli import words
from app.services.reference.book import ReferenceBook, get_book

LANGUAGE_FILE = FOLDER / "words" / "language.toml"

_lock = threading.Lock()
_finders: dict[int, tuple[object, words.Mark, Finder]] = {}


def read_language() -> FinderLanguage:
    """Read the language table of the finder. Raises BadFinderLanguage where it is malformed."""
    with LANGUAGE_FILE.open("rb") as file:
        return language_from_table(tomllib.load(file))


def build_finder(year: int) -> Finder:
    """Return a new finder over one edition, from the current facts, words and added words."""
    book = get_book()
    borrowed = _words_of_successors(book) if year == KBLI_BEFORE else {}
    added = words.phrases(year)
    return Finder(book.all_kbli(year), read_language(), more=added, borrowed=borrowed)


def _words_of_successors(book: ReferenceBook) -> Mapping[str, Sequence[str]]:
    """Return for each old code the words of the activities it went over into.

    Nobody collected words for the old list. Where an old code was split up, each part is only
    some of it, so the words count less than own ones.
    """
    found: dict[str, tuple[str, ...]] = {}
    for old in book.all_kbli(KBLI_BEFORE):
        phrases: dict[str, None] = {}
        for step in book.successors(old.code):
            new = book.kbli(KBLI_NOW, step.code_2025)
            if new is not None:
                phrases.update(dict.fromkeys(new.words))
                phrases.update(dict.fromkeys(filter(None, (new.name_en, new.plain_id))))
        found[old.code] = tuple(phrases)
    return found


def in_old_codes(wordings: Iterable[Wording]) -> list[Wording]:
    """Return the wordings with the KBLI 2020 codes from which theirs came.

    A wording whose codes all came from nowhere is left out.
    """
    book = get_book()

    def old(codes: Iterable[str]) -> frozenset[str]:
        return frozenset(step.code_2020 for code in codes for step in book.predecessors(code))

    carried = [
        replace(wording, best=old(wording.best), acceptable=old(wording.acceptable))
        for wording in wordings
    ]
    return [wording for wording in carried if wording.acceptable]


def get_finder(year: int = KBLI_NOW) -> Finder:
    """Return the finder over one KBLI edition; built on first use, after a new release, and
    after staff changed an added word, which one small query tells.

    Safe from any thread: while one builds, the others wait instead of building as well.
    """
    book, mark = get_book(), words.mark(year)
    held = _finders.get(year)
    if held is not None and held[0] is book and held[1] == mark:
        return held[2]
    with _lock:
        held = _finders.get(year)
        if held is None or held[0] is not book:
            finder = build_finder(year)
        elif held[1] != mark:
            finder = held[2].with_words(words.phrases(year))
        else:
            return held[2]
        # With the mark from before reading: what was added meanwhile is seen next time.
        _finders[year] = (book, mark, finder)
        return finder


# Of the best score: what scores less is mostly noise on a small screen. Of 545 wordings in the
# tests this drops the best answer twice.
FAR_BEHIND = 0.2
ALWAYS_SHOWN = 3


def nearest(query: str, *, limit: int, year: int = KBLI_NOW) -> list[KbliEntry]:
    """Return the activities that a wording probably means, best first, without the far-fetched."""
    return [hit.entry for hit in nearest_hits(query, limit=limit, year=year)]


def nearest_hits(query: str, *, limit: int, year: int = KBLI_NOW) -> list[Hit]:
    """Return the same as nearest, each with the words that it answers to."""
    hits = get_finder(year).search(query, limit=limit)
    return [
        hit
        for place, hit in enumerate(hits)
        if place < ALWAYS_SHOWN or hit.score >= FAR_BEHIND * hits[0].score
    ]
