"""Taking a job: claimed first, run, and planned anew when it was not done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.domain.dossier.events import SYSTEM
from app.domain.sending.retry import next_attempt_at
from app.extensions import db
from app.models.dossier import Job
from app.services.base import doers, duties, jobs
from app.services.messages import outbox

CLAIM = timedelta(seconds=60)


def run(job_id: int, *, budget_s: float, jitter: Callable[[], float]) -> bool:
    """Claim a job, run it and plan the next try when it was not done.

    Three short transactions, none open while the handler talks to the outside: claim; the
    handler's own; outcome. Returns True when the job is done.
    """
    now = clock.now()
    job = db.session.scalar(select(Job).where(Job.id == job_id).with_for_update(skip_locked=True))
    if job is None or job.done_at is not None:
        db.session.rollback()
        return job is not None
    if job.claimed_until is not None and job.claimed_until > now:
        db.session.rollback()
        return False
    again = duties.may_have_run(job)
    job.claimed_until = now + CLAIM
    job.attempts += 1
    db.session.commit()

    done = False
    try:
        # Also when somebody waits for it: what it learns is no deed of theirs.
        with doers.acting(SYSTEM), outbox.held_back(again):
            done = jobs.handler_of(job.kind)(job, budget_s)
    finally:
        if not done:
            db.session.rollback()
        job = db.session.get_one(Job, job_id)
        moment = clock.now()
        job.claimed_until = None
        if done:
            job.done_at = moment
        else:
            job.due_at = next_attempt_at(job.attempts, moment, jitter=jitter)
        db.session.commit()
    return done
