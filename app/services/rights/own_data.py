"""A person and their own data: what is kept, a copy of it, withdrawing and erasing a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import LargeBinary, func, literal, select, union_all

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.requests import RequestKind
from app.domain.dossier.retention import DataGroup, FileCase
from app.domain.licence.turns import WHO_ACTS
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.labels.turns import turn_in_words
from app.models.columns import Sealed
from app.models.dossier import Dossier
from app.models.own_data import DataRequest
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.rights import retention
from app.services.rights.retention import Kept, rows_of, rules
from app.services.tracking import progress

# Nobody is told these, the person included: with them somebody could act in the person's name.
_SECRET = frozenset(
    {
        ("dossiers", "pin_hash"),
        ("open_sessions", "key"),
        ("messages", "secret"),
        ("messages", "key"),
        ("messages", "dedupe_key"),
        ("consents", "code"),
        ("handovers", "key"),
        ("post_keys", "key"),
        ("uploads", "code"),
        ("attachments", "storage_key"),
        ("attachments", "original_key"),
    }
)


class CannotAsk(Exception):
    """It cannot be asked for now: another request is open, or an office works on the file."""


@dataclass(frozen=True)
class KeptGroup:
    """What is kept of one group. rows: how many entries; days: the shortest and longest term."""

    group: DataGroup
    rows: int
    days: tuple[int, ...]


def kept(dossier: Dossier) -> list[KeptGroup]:
    """Return what is kept about this person, by group; groups without an entry are left out."""
    found = []
    counts = _counts_by_table(dossier)
    for group in DataGroup:
        mine = [rule for rule in rules().tables.values() if rule.group is group]
        number = sum(counts.get(rule.table, 0) for rule in mine)
        days = {rule.days for rule in mine if rule.days and counts.get(rule.table)}
        if group is not DataGroup.NOBODY and number:
            found.append(KeptGroup(group, number, tuple(sorted(days))))
    return found


def _counts_by_table(dossier: Dossier) -> dict[str, int]:
    """Return how many rows each table has; one statement, and nothing sealed is opened for it."""
    counted = [
        select(literal(table.name), func.count()).select_from(table).where(mine)
        for table in db.metadata.sorted_tables
        if (mine := rows_of(table, dossier.id)) is not None
    ]
    return {name: number for name, number in db.session.execute(union_all(*counted)) if number}


def export(dossier: Dossier) -> dict[str, Any]:
    """Return every row about this file with all columns, opened; names as in docs/own-data.md."""
    turn = progress.turn_of(dossier)
    return {
        "format": "oss-sorong-own-data/1",
        "made_at": clock.now().isoformat(timespec="seconds"),
        "support_number": format_support_number(dossier.support_number),
        "turn": {"code": turn, "who": WHO_ACTS[turn], "text": turn_in_words(turn)},
        "tables": _rows_by_table(dossier),
    }


def _rows_by_table(dossier: Dossier) -> Mapping[str, list[dict[str, Any]]]:
    rows_by_table: dict[str, list[dict[str, Any]]] = {}
    for table in db.metadata.sorted_tables:
        mine = rows_of(table, dossier.id)
        if mine is None:
            continue
        columns = [
            column
            for column in table.columns
            if (table.name, column.name) not in _SECRET
            and (isinstance(column.type, Sealed) or not isinstance(column.type, LargeBinary))
        ]
        query = select(*columns).where(mine).order_by(*table.primary_key.columns)
        rows = [
            {column.name: _plain(value) for column, value in zip(columns, row, strict=True)}
            for row in db.session.execute(query)
        ]
        if rows:
            rows_by_table[table.name] = rows
    return rows_by_table


def _plain(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


# Asking


def open_request(dossier: Dossier) -> DataRequest | None:
    """Return the request that is still to be carried out."""
    query = select(DataRequest).where(
        DataRequest.dossier_id == dossier.id,
        DataRequest.done_at.is_(None),
        DataRequest.undone_at.is_(None),
    )
    return db.session.scalar(query.order_by(DataRequest.id.desc()).limit(1))


def may_withdraw(dossier: Dossier) -> bool:
    """Return whether a file can be withdrawn: until it is sent."""
    return retention.why_kept(dossier) is None and open_request(dossier) is None


def may_ask_erasure(dossier: Dossier) -> bool:
    """Return whether erasing can be asked for: not while an office works on the file."""
    return retention.why_kept(dossier) is not Kept.UNDER_WAY and open_request(dossier) is None


def withdraw(dossier: Dossier) -> DataRequest:
    """Close a file that was not sent; its answers go after the term. Raises CannotAsk."""
    if not may_withdraw(dossier):
        raise CannotAsk
    row = _ask(dossier, RequestKind.WITHDRAW, FileCase.WITHDRAWN)
    events.record(dossier, EventKind.WITHDRAWN)
    return row


def ask_erasure(dossier: Dossier) -> DataRequest:
    """Have a file erased, or what need not be kept of it. Raises CannotAsk."""
    if not may_ask_erasure(dossier):
        raise CannotAsk
    row = _ask(dossier, RequestKind.ERASE, FileCase.ERASURE)
    events.record(dossier, EventKind.ERASURE_ASKED)
    return row


def _ask(dossier: Dossier, kind: RequestKind, case: FileCase) -> DataRequest:
    now = clock.now()
    due_at = now + timedelta(days=rules().files[case].days or 0)
    row = DataRequest(
        dossier_id=dossier.id,
        kind=kind,
        asked_at=now,
        due_at=due_at,
        # The job is of no dossier: it must outlive what it erases.
        job_id=jobs.plan(JobKind.ERASE, None, due_at).id,
    )
    db.session.add(row)
    if retention.why_kept(dossier) is None:
        dossier.withdrawn_at = now
    db.session.flush()
    return row


def undo(dossier: Dossier) -> bool:
    """Take back what was asked. False where nothing is open."""
    row = open_request(dossier)
    if row is None:
        return False
    row.undone_at = clock.now()
    dossier.withdrawn_at = None
    events.record(dossier, EventKind.DATA_REQUEST_UNDONE, what=row.kind)
    db.session.flush()
    return True
