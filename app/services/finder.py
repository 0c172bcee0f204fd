"""The KBLI finder, built once per edition and shared by every request."""

from __future__ import annotations

import threading
import tomllib

from app.domain.finder import Finder, FinderLanguage, language_from_table
from app.domain.reference_types import KbliEntry
from app.reference import FOLDER
from app.services.reference import get_book

LANGUAGE_FILE = FOLDER / "words" / "language.toml"

_lock = threading.Lock()
_finders: dict[int, tuple[object, Finder]] = {}


def read_language() -> FinderLanguage:
    """Read the language table of the finder. Raises BadFinderLanguage where it is malformed."""
    with LANGUAGE_FILE.open("rb") as file:
        return language_from_table(tomllib.load(file))


def get_finder(year: int = 2025) -> Finder:
    """Return the finder over one KBLI edition; built on first use and after a new release.

    Safe from any thread: while one builds, the others wait instead of building as well.
    """
    book = get_book()
    held = _finders.get(year)
    if held is not None and held[0] is book:
        return held[1]
    with _lock:
        held = _finders.get(year)
        if held is not None and held[0] is book:
            return held[1]
        finder = Finder(book.all_kbli(year), read_language())
        _finders[year] = (book, finder)
        return finder


# Of the best score: what scores less is mostly noise on a small screen. Of 205 wordings in the
# tests this drops the best answer three times.
FAR_BEHIND = 0.2
ALWAYS_SHOWN = 3


def nearest(query: str, *, limit: int, year: int = 2025) -> list[KbliEntry]:
    """Return the activities that a wording probably means, best first, without the far-fetched."""
    hits = get_finder(year).search(query, limit=limit)
    return [
        hit.entry
        for place, hit in enumerate(hits)
        if place < ALWAYS_SHOWN or hit.score >= FAR_BEHIND * hits[0].score
    ]
