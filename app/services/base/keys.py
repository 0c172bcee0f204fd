"""Data keys: which sealed values use which key, and sealing them anew while the service runs.

Only the keys that seal are rotated. The key of the look-up indexes is not: every index would have
to be made anew at one moment, since a look-up compares whole indexes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy import LargeBinary, column, func, select, table, update
from sqlalchemy.sql.expression import ColumnClause, TableClause

from app.extensions import db, ports, vault
from app.models.columns import Sealed
from app.vault import CannotDecrypt

BATCH = 200
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SealedColumn:
    """One column of sealed text, as raw bytes. purpose: what the vault binds into its values."""

    source: TableClause
    key: ColumnClause[int]
    raw: ColumnClause[bytes]
    purpose: str


@dataclass(frozen=True)
class Resealed:
    """How many values were sealed anew, and how many do not open with any key."""

    done: int
    broken: int


@dataclass(frozen=True)
class Elsewhere:
    """Sealed values that are no Sealed column, such as files. Its service puts it into ELSEWHERE.

    uses: how many each key seals, and under None how many cannot be read; reseal: seals the rest
    with the current key, batch by batch as reseal() below.
    """

    name: str
    uses: Callable[[], Counter[int | None]]
    reseal: Callable[[], Iterator[Resealed]]


ELSEWHERE: list[Elsewhere] = []


class StillUsed(Exception):
    """Values are still sealed with the key. uses: how many; None where it cannot be known."""

    def __init__(self, uses: int | None) -> None:
        super().__init__(uses)
        self.uses = uses


class NotAllRead(Exception):
    """Nobody can tell which key seals some values: they are not where they should be.

    number: how many.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def sealed_columns() -> Iterator[SealedColumn]:
    """Return every column of sealed text that the metadata knows."""
    for one in db.metadata.sorted_tables:
        for each in one.columns:
            if isinstance(each.type, Sealed):
                (primary,) = one.primary_key.columns
                key: ColumnClause[int] = column(primary.name, primary.type)
                raw: ColumnClause[bytes] = column(each.name, LargeBinary())
                yield SealedColumn(table(one.name, key, raw), key, raw, each.type.purpose)


def _number_of(raw: ColumnClause[bytes]) -> ColumnClause[bytes]:
    number: ColumnClause[bytes] = func.substr(raw, 2, 1, type_=LargeBinary())  # type: ignore[assignment]
    return number


def uses() -> Counter[int | None]:
    """Return how many values each key seals; under None, how many cannot be read.

    Raises what the services in ELSEWHERE raise, FilesUnavailable among it.
    """
    counts: Counter[int | None] = Counter()
    for each in ELSEWHERE:
        counts.update(each.uses())
    for one in sealed_columns():
        number = _number_of(one.raw)
        query = select(number, func.count()).where(one.raw.is_not(None)).group_by(number)
        for key, many in db.session.execute(query):
            counts[bytes(key)[0] if key else None] += many
    return counts


def reseal() -> Iterator[Resealed]:
    """Seal everything with the current key; yield after each batch, for the caller to commit.

    It can be stopped and begun again at any time, and the service goes on meanwhile: a value that
    somebody changed since it was read is left as they wrote it.
    """
    vault.reread()
    for one in sealed_columns():
        yield from _reseal_column(one)
    for each in ELSEWHERE:
        yield from each.reseal()


def _reseal_column(one: SealedColumn) -> Iterator[Resealed]:
    after: int | None = None
    while True:
        query = select(one.key, one.raw).where(
            one.raw.is_not(None), _number_of(one.raw) != bytes((vault.current,))
        )
        if after is not None:
            query = query.where(one.key > after)
        rows = db.session.execute(query.order_by(one.key).limit(BATCH)).all()
        if not rows:
            return
        done = broken = 0
        for key, raw in rows:
            after = key
            before = bytes(raw)
            try:
                anew = vault.seal(vault.open(before, one.purpose), one.purpose)
            except CannotDecrypt:
                broken += 1
                _log.error("cannot_reseal", column=one.purpose, row=key)
                continue
            # Only what is still as it was read: a newer answer must not be undone.
            swap = update(one.source).where(one.key == key, one.raw == before)
            result = db.session.execute(swap.values({one.raw.name: anew}))
            done += int(result.rowcount)  # type: ignore[attr-defined]
        yield Resealed(done, broken)


def check_unused(number: int, *, unread_are_lost: bool = False) -> None:
    """Raise StillUsed unless nothing is sealed with the key, NotAllRead where that is not known.

    unread_are_lost: whoever looks after the system has given up what cannot be read.
    """
    if hasattr(ports, "files") and not any(each.name == "files" for each in ELSEWHERE):
        raise StillUsed(None)  # files may be sealed with it, and nobody has told us how to look
    counts = uses()
    if counts[number]:
        raise StillUsed(counts[number])
    if counts[None] and not unread_are_lost:
        raise NotAllRead(counts[None])
