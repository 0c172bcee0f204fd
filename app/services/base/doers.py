"""Who does what is recorded. The way in knows and is asked; services know no request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.domain.dossier.events import SYSTEM, Doer
from app.extensions import vault

MARK_BYTES = 6

_acting: ContextVar[Doer | None] = ContextVar("acting", default=None)
_from_way_in: list[Callable[[], Doer | None]] = []


def ask(way_in: Callable[[], Doer | None]) -> None:
    """Register what tells who acts; it returns None where it does not know."""
    if way_in not in _from_way_in:
        _from_way_in.append(way_in)


@contextmanager
def acting(doer: Doer) -> Iterator[None]:
    """Let everything inside be done by this one, whatever the way in says."""
    token = _acting.set(doer)
    try:
        yield
    finally:
        _acting.reset(token)


def current() -> Doer:
    """Return who acts now; the program itself where nobody else is known."""
    if said := _acting.get():
        return said
    return next(filter(None, (way_in() for way_in in _from_way_in)), SYSTEM)


def mark_of(text: str, purpose: str) -> str:
    """Return a keyed mark, 12 hex digits: the same for the same text, and nobody reads it back."""
    return vault.index(text, purpose)[:MARK_BYTES].hex()
