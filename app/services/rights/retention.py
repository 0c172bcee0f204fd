"""What is kept goes when its time is over: rows by their table's term, files as a whole.

Terms are data (app/reference/retention.toml). A service that keeps something outside of the
database adds to ERASERS what empties it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, Table, delete, select, update

from app import clock, modes
from app.domain.dossier.events import EventKind
from app.domain.dossier.retention import FileCase, OnErasure, Retention, TableRule, read_retention
from app.domain.dossier.seals import ActKind
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier
from app.services.base import acts, events
from app.services.dossier import opening
from app.services.messages import outbox
from app.services.papers import taking

FILE = Path(__file__).parent.parent.parent / "reference" / "retention.toml"
DRAFTS_AT_ONCE = 100

ERASERS: list[Callable[[Dossier], None]] = [taking.forget_all]
"""What else goes when a whole file is erased; each in the caller's transaction, before the rows."""

_log = structlog.get_logger(__name__)


class Kept(StrEnum):
    """Why a file cannot be erased as a whole. UNDER_WAY: an office is working on it."""

    NIB = "nib"
    UNDER_WAY = "under_way"


@cache
def rules() -> Retention:
    """Return the terms."""
    return read_retention(tomllib.loads(FILE.read_text()))


def why_kept(dossier: Dossier) -> Kept | None:
    """Return why a file must stay; None when nothing must."""
    if dossier.handover is not None and dossier.handover.nib is not None:
        return Kept.NIB
    return Kept.UNDER_WAY if dossier.sent_at is not None else None


def rows_of(table: Table, dossier_id: int) -> ColumnElement[bool] | None:
    """Return what picks the rows of a file in a table; None for a table that belongs to no file.

    A table belongs to files by its column dossier_id, or through the table that it points to.
    """
    if table.name == Dossier.__tablename__:
        return table.c.id == dossier_id
    if "dossier_id" in table.c:
        return table.c.dossier_id == dossier_id
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        above = key.column.table
        if key.parent.nullable or above is table:
            continue
        inside = rows_of(above, dossier_id)
        if inside is not None:
            return key.parent.in_(select(key.column).where(inside))
    return None


def training_days() -> int:
    """Return after how many days without a change a practice file is erased, NIB or not."""
    return rules().files[FileCase.PRACTICE].days or 0


def untouched_days() -> int:
    """Return after how many days without a change a file is erased that was never sent."""
    return training_days() if modes.in_training() else rules().files[FileCase.DRAFT].days or 0


def erase(dossier: Dossier, *, cause: str, in_training: bool = False) -> Kept | None:
    """Erase a file, or what need not be kept of it, in the caller's transaction.

    in_training: wholly, also when the practice offices have it.

    The record of what happened stays: it holds nothing personal. Returns why the rest is kept.
    cause: for the record. Raises ValueError while an office works on the file.
    """
    kept = None if in_training else why_kept(dossier)
    if kept is Kept.UNDER_WAY:
        raise ValueError(kept)
    whole = kept is None
    if whole:
        # Written first, since it needs the address that goes.
        outbox.announce(dossier, MessageKind.ERASURE_DONE, dedupe="erased")
        for eraser in ERASERS:
            eraser(dossier)
        db.session.flush()
    dossier_id, counts = dossier.id, {}
    for table in reversed(db.metadata.sorted_tables):
        rule = rules().tables[table.name]
        mine = rows_of(table, dossier_id)
        if mine is None or not (whole or rule.with_nib):
            continue
        if rule.on_erasure is OnErasure.DELETE:
            counts[table.name] = _rows(db.session.execute(delete(table).where(mine)))
        elif rule.on_erasure is OnErasure.EMPTY:
            empty = {c.name: None for c in table.columns if c.nullable}
            counts[table.name] = _rows(db.session.execute(update(table).where(mine).values(empty)))
    db.session.expire_all()
    gone = {name: number for name, number in counts.items() if number}
    last = events.record(dossier, EventKind.ERASED, cause=cause, whole=whole, rows=gone)
    if whole:
        dossier.pin_hash = ""
        dossier.erased_at = clock.now()
    db.session.flush()
    if whole:  # where its chain ended: should it be gone one day, that was lawful
        acts.record(
            ActKind.FILE_ERASED, file=dossier.id, cause=cause, events=last.number, head=last.hash
        )
    _log.info("file_erased", cause=cause, whole=whole, rows=sum(gone.values()))
    return kept


def carry_out(now: datetime) -> dict[str, int]:
    """Delete the rows whose term is over. Return how many of each table. Does not commit."""
    counts: dict[str, int] = {}
    for rule in rules().tables.values():
        table = db.metadata.tables.get(rule.table)
        if table is None or rule.days is None or rule.by:
            continue
        deleted = _rows(db.session.execute(delete(table).where(_is_over(table, rule, now))))
        if deleted:
            counts[rule.table] = deleted
    if counts:
        _log.info("rows_deleted_by_age", **counts)
        acts.record(ActKind.ROWS_DELETED, **counts)
    return counts


def _is_over(table: Table, rule: TableRule, now: datetime) -> ColumnElement[bool]:
    moment: ColumnElement[datetime] = table.c[rule.starts]
    return moment <= now - timedelta(days=rule.days or 0)


def old_drafts(now: datetime) -> list[int]:
    """Return files that nobody has touched for the whole term: never sent, or made in training."""
    query = select(Dossier.id).where(
        Dossier.erased_at.is_(None),
        Dossier.updated_at <= now - timedelta(days=untouched_days()),
    )
    if not modes.in_training():
        query = query.where(Dossier.sent_at.is_(None))
    return list(db.session.scalars(query.order_by(Dossier.updated_at).limit(DRAFTS_AT_ONCE)))


def erase_draft(dossier_id: int, now: datetime) -> bool:
    """Erase one of them, unless somebody touched it meanwhile. Does not commit."""
    dossier = opening.find_by_id(dossier_id, to_change=True)
    if dossier is None or dossier.updated_at > now - timedelta(days=untouched_days()):
        return False
    in_training = modes.in_training()
    if not in_training and why_kept(dossier) is not None:
        return False
    erase(dossier, cause="untouched", in_training=in_training)
    return True


def _rows(result: object) -> int:
    return int(result.rowcount)  # type: ignore[attr-defined]
