"""When the civil registry gives no verdicts: count it, tell staff, see when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select

from app import clock
from app.domain.nik.cases import alert_is_due
from app.domain.nik.verdict import RegistryFault
from app.extensions import db
from app.models.dossier import NikCheck
from app.models.nik_case import RegistryTrouble

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Waiting:
    """Checks without a verdict: how many, and since when the oldest waits."""

    checks: int
    since: datetime | None


def failed(cause: RegistryFault, now: datetime | None = None) -> bool:
    """Count one call without a verdict. Return True when staff are told by this.

    Staff are told by the log line `registry_trouble`, at the latest with the failure after the
    wait of ALERT_AFTER: as long as anybody waits, the registry is asked again and again.
    """
    now = now or clock.now()
    trouble = db.session.scalar(
        select(RegistryTrouble)
        .where(RegistryTrouble.ended_at.is_(None), RegistryTrouble.cause == cause)
        .order_by(RegistryTrouble.id)
        .limit(1)
        .with_for_update()
    )
    if trouble is None:
        trouble = RegistryTrouble(cause=cause, began_at=now, last_at=now, failures=0)
        db.session.add(trouble)
    trouble.failures += 1
    trouble.last_at = now
    told = alert_is_due(cause, trouble.began_at, trouble.alerted_at, now)
    if told:
        trouble.alerted_at = now
        _log.warning(
            "registry_trouble",
            cause=str(cause),
            failures=trouble.failures,
            waiting=waiting().checks,
            minutes=int((now - trouble.began_at).total_seconds() // 60),
        )
    db.session.flush()
    return told


def answered(now: datetime | None = None) -> None:
    """Note that the registry gave a verdict: whatever kept it from that is over."""
    now = now or clock.now()
    for trouble in open_troubles():
        trouble.ended_at = now
        if trouble.alerted_at is not None:
            _log.info(
                "registry_trouble_over",
                cause=trouble.cause,
                failures=trouble.failures,
                minutes=int((now - trouble.began_at).total_seconds() // 60),
            )


def open_troubles() -> list[RegistryTrouble]:
    """Return what keeps the registry from answering just now, the oldest first."""
    query = select(RegistryTrouble).where(RegistryTrouble.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(RegistryTrouble.began_at)))


def waiting() -> Waiting:
    """Return how many files wait for a verdict. Only the newest check of a file counts."""
    newest = (
        select(NikCheck.dossier_id, func.max(NikCheck.attempt).label("attempt"))
        .group_by(NikCheck.dossier_id)
        .subquery()
    )
    number, oldest = db.session.execute(
        select(func.count(), func.min(NikCheck.asked_at))
        .select_from(NikCheck)
        .join(
            newest,
            (NikCheck.dossier_id == newest.c.dossier_id) & (NikCheck.attempt == newest.c.attempt),
        )
        .where(NikCheck.answered_at.is_(None))
    ).one()
    return Waiting(checks=int(number), since=oldest)


def forget_old(before: datetime) -> int:
    """Drop troubles that ended before a moment. Return how many."""
    old = db.session.scalars(select(RegistryTrouble).where(RegistryTrouble.ended_at < before)).all()
    for trouble in old:
        db.session.delete(trouble)
    db.session.flush()
    return len(old)
