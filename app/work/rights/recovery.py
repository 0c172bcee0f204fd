"""Sending the code for a new PIN."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.recovery import (
    CODE_LIFE,
    LONG_CODE_LIFE,
    CodeLength,
    new_code,
    new_long_code,
    next_code,
)
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Job
from app.models.own_data import Recovery
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.messages import outbox
from app.services.rights.recovery import code_index, unused_code


@jobs.handles(JobKind.RECOVERY)
def _send_code(job: Job, budget_s: float) -> bool:
    """Make the code and tell it to the phone on file: which one, next_code() says."""
    row = db.session.scalar(select(Recovery).where(Recovery.job_id == job.id))
    dossier_id = None if row is None or row.sent_at else row.dossier_id
    dossier = None if dossier_id is None else opening.find_by_id(dossier_id, to_change=True)
    if row is None or dossier is None:
        db.session.rollback()
        return True
    now = clock.now()
    length = next_code(*unused_code(dossier.id), now)
    if length is None:
        events.record(dossier, EventKind.RECOVERY_CODE_WITHHELD, way=row.way)
        db.session.commit()
        return True
    short = length is CodeLength.SHORT
    code = (new_code if short else new_long_code)(secrets.randbelow)
    life = CODE_LIFE if short else LONG_CODE_LIFE
    row.code_index = code_index(code)
    row.sent_at = now
    row.expires_at = now + life
    kind, dedupe = MessageKind.RECOVERY_CODE, f"recovery-{row.id}"
    if short:
        minutes = int(life.total_seconds()) // 60
        outbox.announce(dossier, kind, dedupe=dedupe, code=code, minutes=minutes)
    else:
        outbox.announce(dossier, kind, dedupe=dedupe, code=code)
    events.record(dossier, EventKind.RECOVERY_CODE_SENT, way=row.way)
    db.session.commit()
    return True
