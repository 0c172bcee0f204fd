"""One activity explained: what belongs, what does not, what it needs, and what its number meant."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.kbli.change import CodeChange, KbliChange
from app.domain.law.business_size import BusinessSize
from app.domain.law.editions import KBLI_NOW
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import KbliEntry
from app.services.kbli.boundaries import boundary_of
from app.services.kbli.change import RiskBySize, change_of, risk_of
from app.services.reference.book import get_book


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something that does not belong, in the language of the page, and the code it belongs to."""

    said: str
    entry: KbliEntry


@dataclass(frozen=True, slots=True)
class Explained:
    """What can be told about one code. Empty = nobody wrote it down, or no row is known."""

    entry: KbliEntry
    belongs: str
    elsewhere: tuple[Elsewhere, ...]
    together: tuple[KbliEntry, ...]
    risk: tuple[RiskBySize, ...]

    def levels_for(self, size: BusinessSize) -> tuple[RiskLevel, ...]:
        """The levels for a size, several where it depends on the part; empty = not offered."""
        return next((row.levels for row in self.risk if row.size is size), ())

    def confused_with(self, code: str) -> tuple[Elsewhere, ...]:
        """What people take for this activity although it belongs to that code."""
        return tuple(each for each in self.elsewhere if each.entry.code == code)


@dataclass(frozen=True, slots=True)
class NumberMeaning:
    """What five digits mean in either list. change: of KBLI 2020; now: of KBLI 2025.

    At least one of them is there.
    """

    code: str
    change: KbliChange | None
    now: KbliEntry | None

    @property
    def means_two_things(self) -> bool:
        """Return whether both lists have the number, and what it meant went elsewhere."""
        return self.change is not None and self.change.number_now is not None

    @property
    def is_unchanged(self) -> bool:
        """Return whether both lists have the number, for the same."""
        return self.change is not None and self.change.change is CodeChange.SAME


def explain(entry: KbliEntry, language: str) -> Explained:
    """Return what is known of a code of KBLI 2025, in a language of the pages."""
    boundary = boundary_of(entry.code)
    together = (_now(code) for code in boundary.together) if boundary else ()
    return Explained(
        entry,
        boundary.belongs(language) if boundary else "",
        elsewhere(entry.code, language),
        tuple(other for other in together if other is not None),
        risk_of(entry.code),
    )


def elsewhere(code: str, language: str) -> tuple[Elsewhere, ...]:
    """Return what does not belong to a code of KBLI 2025, the likeliest mistake first."""
    boundary = boundary_of(code)
    found = ((each, _now(each.goes_to)) for each in (boundary.instead if boundary else ()))
    return tuple(Elsewhere(each.said(language), entry) for each, entry in found if entry)


def meaning_of(number: str) -> NumberMeaning | None:
    """Return what five digits mean in both lists, None where neither has them."""
    found = NumberMeaning(number, change_of(number), _now(number))
    return found if found.change or found.now else None


def _now(code: str) -> KbliEntry | None:
    # The files stay while an office may load a newer list, in which a code is gone.
    return get_book().kbli(KBLI_NOW, code)
