"""Reminding of a report on investment (LKPM)."""

from __future__ import annotations

from app import clock
from app.extensions import db
from app.models.dossier import Job
from app.services.after.lkpm import announce_lkpm, moment_on, next_to_remind
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening


@jobs.handles(JobKind.LKPM_REMINDER)
def _remind(job: Job, _budget_s: float) -> bool:
    """Remind of the next report when its time has come, and plan the one after.

    Looks at everything anew: meanwhile the report may have been made, a notice may have moved the
    day, or the NIB may be revoked.
    """
    assert job.dossier_id is not None
    now = clock.now()
    dossier = opening.take_to_change(job.dossier_id)
    due = next_to_remind(dossier, now)
    if due is not None and moment_on(due) <= now:
        announce_lkpm(dossier, due)
        due = next_to_remind(dossier, now)
    if due is not None:
        jobs.plan(JobKind.LKPM_REMINDER, dossier.id, moment_on(due))
    db.session.commit()
    return True
