"""Re-check of old activity codes: what became of KBLI 2020, from the tables that are loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.kbli.change import KbliChange, kbli_change
from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_BEFORE, KBLI_NOW
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import KbliEntry
from app.services.kbli.finder import nearest
from app.services.reference.book import get_book

FOUND_AT_MOST = 10
_BY_PLAIN_WORDS = 3  # activities of the new list whose plain words fit


@dataclass(frozen=True, slots=True)
class RiskBySize:
    """The levels that a code has for one size: several where it depends on the part of it."""

    size: BusinessSize
    levels: tuple[RiskLevel, ...]


def change_of(code: str) -> KbliChange | None:
    """Return what became of a KBLI 2020 code, None if the old list has no such code."""
    book = get_book()
    old = book.kbli(KBLI_BEFORE, code)
    if old is None:
        return None
    return kbli_change(old, book.successors(code), lambda new: book.kbli(KBLI_NOW, new))


def has_code(year: int, code: str) -> bool | None:
    """Return whether an edition of KBLI has a code; None where we do not have that edition."""
    book = get_book()
    return book.kbli(year, code) is not None if book.all_kbli(year) else None


def risk_of(code: str, year: int = KBLI_NOW) -> tuple[RiskBySize, ...]:
    """Return the risk by size as far as rows exist; empty = not known.

    Rows are loaded for KBLI 2025. Where an office loads rows for 2020, they are found as well.
    """
    by_size: Mapping[BusinessSize, list[RiskLevel]] = {size: [] for size in BusinessSize}
    for row in get_book().risk_rows(code, year):
        if row.risk not in by_size[row.size]:
            by_size[row.size].append(row.risk)
    return tuple(
        RiskBySize(size, tuple(sorted(levels, key=lambda level: level.rank)))
        for size, levels in by_size.items()
        if levels
    )


def find_old(words: str) -> Sequence[KbliEntry]:
    """Return activities of the old list that a wording probably means, best first.

    The old list is known by its titles alone, so the plain words of the new list help: what leads
    to a new activity that fits is offered too.
    """
    book = get_book()
    by_name = {entry.code: entry for entry in nearest(words, limit=FOUND_AT_MOST, year=KBLI_BEFORE)}
    by_words: dict[str, KbliEntry] = {}
    for new in nearest(words, limit=_BY_PLAIN_WORDS, year=KBLI_NOW):
        for step in book.predecessors(new.code):
            old = book.kbli(KBLI_BEFORE, step.code_2020)
            if old is not None:
                by_words[old.code] = old
    return list({**by_words, **by_name}.values())[:FOUND_AT_MOST]
