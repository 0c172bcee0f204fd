"""Duties of the clock: when each was last tried and how it went. Read by watchers and staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from app.extensions import db
from app.models.dossier import Job
from app.models.duty import Duty


class DutyName(StrEnum):
    """What is told of. COPY: of papers, each minute; TRIAL: the weekly restore by itself;
    RESTORED: the last time that this installation came out of a copy."""

    BACKUP = "backup"
    COPY = "copy"
    TRIAL = "trial"
    RESTORED = "restored"


def told(name: DutyName, now: datetime, *, well: bool, **facts: object) -> Duty:
    """Write down how a duty went, in the caller's transaction. `facts` holds nothing personal."""
    row = db.session.get(Duty, name)
    if row is None:
        row = Duty(name=name, since=now)
        db.session.add(row)
    row.at, row.well, row.facts = now, well, facts
    if well:
        row.since = now
    db.session.flush()
    return row


def all_told() -> Mapping[str, Duty]:
    """Return the duties that were ever tried."""
    return {row.name: row for row in db.session.scalars(select(Duty))}


def may_have_run(job: Job) -> bool:
    """Return whether a job may have been done by the service that was lost, after its last copy."""
    row = db.session.get(Duty, DutyName.RESTORED)
    if row is None or job.id > int(str(row.facts["jobs_to"])):
        return False
    return job.due_at <= datetime.fromisoformat(str(row.facts["until"]))


class Alarm(StrEnum):
    """What whoever runs the service has to look at. Nobody is turned away for it."""

    BACKUP_OLD = "backup_old"
    COPY_OLD = "copy_old"
    TRIAL_FAILED = "trial_failed"
    TRIAL_OLD = "trial_old"


BACKUP_OLD_AFTER = timedelta(hours=26)
COPY_OLD_AFTER = timedelta(minutes=15)
TRIAL_OLD_AFTER = timedelta(days=9)


def alarms(now: datetime, found: Mapping[str, Duty] | None = None) -> list[Alarm]:
    """Return what is wrong with the copies. Only where there are to be any."""
    rows = all_told() if found is None else found
    limits = (
        (DutyName.BACKUP, BACKUP_OLD_AFTER, Alarm.BACKUP_OLD),
        (DutyName.COPY, COPY_OLD_AFTER, Alarm.COPY_OLD),
        (DutyName.TRIAL, TRIAL_OLD_AFTER, Alarm.TRIAL_OLD),
    )
    wrong = []
    for name, old_after, alarm in limits:
        row = rows.get(name)
        if row is None:
            if name is DutyName.BACKUP:
                wrong.append(alarm)
        elif name is DutyName.TRIAL and not row.well:
            wrong.append(Alarm.TRIAL_FAILED)
        elif now - row.since > old_after:
            wrong.append(alarm)
    return wrong
