"""Data keys: which sealed values use which key, and sealing them anew while the service runs.

Only the keys that seal are rotated. The key of the look-up indexes is not: every index would have
to be made anew at one moment, since a look-up compares whole indexes.
"""

from __future__ import annotations

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
class Elsewhere:
    """Sealed values that are no Sealed column, such as files. Its service puts it into ELSEWHERE.

    uses: how many are sealed with a key; reseal: seals the rest with the current one and commits.
    """

    name: str
    uses: Callable[[int], int]
    reseal: Callable[[], int]


ELSEWHERE: list[Elsewhere] = []


@dataclass(frozen=True)
class Resealed:
    """How many values were sealed anew, and how many do not open with any key."""

    done: int
    broken: int


class StillUsed(Exception):
    """Values are still sealed with the key. uses: how many; None where it cannot be known."""

    def __init__(self, uses: int | None) -> None:
        super().__init__(uses)
        self.uses = uses


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


def uses_of(number: int) -> int:
    """Return how many values are sealed with a key."""
    found = sum(each.uses(number) for each in ELSEWHERE)
    for one in sealed_columns():
        query = select(func.count()).select_from(one.source)
        found += db.session.scalar(query.where(_number_of(one.raw) == bytes((number,)))) or 0
    return found


def reseal() -> Resealed:
    """Seal everything with the current key, batch by batch, each in a transaction of its own.

    It can be stopped and begun again at any time, and the service goes on meanwhile: a value that
    somebody changed since it was read is left as they wrote it.
    """
    vault.reread()
    done = broken = 0
    for one in sealed_columns():
        more, bad = _reseal_column(one)
        done, broken = done + more, broken + bad
    for each in ELSEWHERE:
        done += each.reseal()
    _log.info("resealed", done=done, broken=broken, key=vault.current)
    return Resealed(done, broken)


def _reseal_column(one: SealedColumn) -> tuple[int, int]:
    done = broken = 0
    after: int | None = None
    while True:
        query = select(one.key, one.raw).where(
            one.raw.is_not(None), _number_of(one.raw) != bytes((vault.current,))
        )
        if after is not None:
            query = query.where(one.key > after)
        rows = db.session.execute(query.order_by(one.key).limit(BATCH)).all()
        if not rows:
            db.session.rollback()
            return done, broken
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
        db.session.commit()


def check_unused(number: int) -> None:
    """Raise StillUsed unless nothing is sealed with the key."""
    if hasattr(ports, "files") and not any(each.name == "files" for each in ELSEWHERE):
        raise StillUsed(None)  # files may be sealed with it, and nobody has told us how to look
    uses = uses_of(number)
    if uses:
        raise StillUsed(uses)
