"""The worker: runs what is due. The rows of `jobs` are the queue; Huey only wakes and sweeps.

A sweep every few seconds keeps a lost wake-up from ever losing work; many workers may run at once,
since each job is claimed in the database first.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, time
from pathlib import Path

from flask import Flask
from huey import MemoryHuey, crontab
from huey.consumer import Consumer

from app import clock
from app.domain.law.calendar import last_wipe_due
from app.domain.sending.messages import Channel
from app.extensions import db, ports
from app.services.audit import seals
from app.services.base import jobs, post_keys
from app.services.base.jobs import JobKind
from app.services.dossier import pins
from app.services.messages import outbox
from app.services.nik import cases
from app.services.papers import uploads
from app.services.rights import retention
from app.storage import purpose
from app.work import claims, inbound, keeping, metrics
from app.work.sealing import mail_newest, seal_now

# Each has a thread and a database session of its own: a silent mail server holds up no SMS.
# None: all that is no message.
LANES: tuple[Channel | None, ...] = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL, None)
SWEEP_EVERY_S = 10
WORKERS = len(LANES) + 1  # one more, for the nightly tidy and seal
TIDY_AT = time(3, 17)  # WIT
WORKER_BUDGET_S = 20.0  # nobody is waiting on a page, so a slow office may take its time


def sweep(app: Flask, *, budget_s: float = WORKER_BUDGET_S) -> int:
    """Run every job that is due now, one lane after the other. Return how many were done."""
    return sum([sweep_lane(app, lane, budget_s=budget_s) for lane in LANES])


def sweep_lane(app: Flask, lane: Channel | None, *, budget_s: float = WORKER_BUDGET_S) -> int:
    """Run every job of one lane that is due now. Return how many were done.

    A channel that does not answer is left alone until its next sweep. So a code that is asked for
    meanwhile waits for one message before it, never for all of them.
    """
    done = 0
    with app.app_context():
        if lane is Channel.SMS:
            _collect(app)
        now = clock.now()
        for job_id in outbox.due_elsewhere(now) if lane is None else outbox.due(now, lane):
            db.session.rollback()
            try:
                done += claims.run(job_id, budget_s=budget_s, jitter=random.random)
            except Exception:
                # The job stays in the table and comes again; the others must not wait for it.
                db.session.rollback()
                app.extensions["log"].error("job_failed", job=job_id, exc_info=True)
            if lane is not None and ports.messages.is_silent(lane):
                break
        db.session.remove()
    return done


def _collect(app: Flask) -> None:
    try:
        inbound.collect()
    except Exception:
        db.session.rollback()
        app.extensions["log"].error("collect_failed", exc_info=True)


def tidy(app: Flask) -> None:
    """Drop what is no longer needed."""
    with app.app_context():
        now = clock.now()
        post_keys.forget_old(now)
        pins.forget_old(now)
        cases.forget_old(now, app.config["SETTINGS"].nik_case_days)
        outbox.forget_old(now)
        uploads.forget_expired_uploads(now)
        jobs.plan(JobKind.DISPOSE_FILES, None)
        retention.carry_out(now)
        db.session.commit()
        for dossier_id in retention.old_drafts(now):
            retention.erase_draft(dossier_id, now)
            db.session.commit()
        db.session.remove()


def tidy_if_due(app: Flask, now: datetime) -> bool:
    """Tidy once for the nights that have passed since the last time; say whether it was done.

    After a night without power it is done at the next look. A clock that was set back cannot put
    it off: a last time that lies ahead counts for nothing.
    """
    mark: Path = app.config["SETTINGS"].instance / "tidied"
    try:
        last = datetime.fromisoformat(mark.read_text())
    except (FileNotFoundError, ValueError):
        last = datetime.min.replace(tzinfo=UTC)
    if last_wipe_due(now, TIDY_AT) <= last <= now:
        return False
    tidy(app)
    mark.write_text(now.isoformat())
    return True


def seal_if_due(app: Flask, now: datetime) -> bool:
    """Seal the record once for the nights that have passed, and mail what was not mailed yet.

    Say whether it was sealed. The practice space is wiped each night, so nothing is sealed there.
    """
    settings = app.config["SETTINGS"]
    if settings.is_inside:
        return False
    with app.app_context():
        due = seals.is_due(now)
        if due:
            seal_now(settings, now)
        if settings.audit_email:
            mail_newest(settings.audit_email)
        db.session.remove()
    return due


def make_huey(app: Flask) -> MemoryHuey:
    """Return the Huey whose tasks sweep the queue.

    It keeps nothing: were its tasks on the disk, a full one would end the sweeps for good.
    """
    huey = MemoryHuey("oss", results=False)

    @huey.task(name="sweep")
    def sweep_task(lane: Channel | None) -> None:
        """Sweep, then come back in a moment: shorter than the minute that cron knows."""
        try:
            sweep_lane(app, lane)
        finally:  # also while the database is away: nobody else would wake the sweeps again
            sweep_task.schedule((lane,), delay=SWEEP_EVERY_S)

    @huey.periodic_task(crontab(minute="*/10"), name="tidy")
    def tidy_task() -> None:
        tidy_if_due(app, clock.now())

    @huey.periodic_task(crontab(minute="*/10"), name="seal")
    def seal_task() -> None:
        seal_if_due(app, clock.now())

    for lane in LANES:
        sweep_task(lane)
    return huey


def run(app: Flask) -> None:
    """Run until a signal says stop; what is under way is finished first.

    Raises purpose.OtherPurpose for data that are not for this mode.
    """
    purpose.claim(app)
    keeping.start(app)
    metrics.start(app)
    Consumer(make_huey(app), workers=WORKERS, periodic=True, check_worker_health=True).run()
