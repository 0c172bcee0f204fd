"""What the finder found, and how sure it is of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.law.rows import KbliEntry


@dataclass(frozen=True, slots=True)
class Hit:
    """One code found. score: higher is better, comparable inside one search only.

    matched: the words of the query that this code answers to, as the person wrote them.
    covered: how much of what the query says that is, between 0 and 1; a rare word says more.
    """

    entry: KbliEntry
    score: float
    matched: tuple[str, ...]
    covered: float = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One activity of a text that names several. text: its words as written; hits: best first."""

    text: str
    hits: tuple[Hit, ...]


class Surety(StrEnum):
    """How far the first answer may be trusted, see surety."""

    CLEAR = "clear"  # far ahead of the others
    CLOSE = "close"  # others are nearly as good: ask
    FAINT = "faint"  # most of the words are not understood: ask for other words, offer help
    NOTHING = "nothing"  # no answer: offer to browse, and help


# Of the best score; an answer above it is a rival.
RIVAL = 0.65
# Below this share of what was said, an answer is a guess.
UNDERSTOOD = 0.55


def rivals(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the first answer and those that are nearly as good; hits are best first."""
    return tuple(hit for hit in hits if hit.score >= RIVAL * hits[0].score)


def surety(hits: Sequence[Hit]) -> Surety:
    """Tell how far the first of the hits may be trusted; hits are best first, as from search."""
    if not hits:
        return Surety.NOTHING
    if hits[0].covered < UNDERSTOOD:
        return Surety.FAINT
    return Surety.CLOSE if len(rivals(hits)) > 1 else Surety.CLEAR
