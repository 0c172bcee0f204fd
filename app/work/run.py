"""The worker: runs what is due. The rows of `jobs` are the queue; threads look again and again.

Nobody has to wake them, so no wake-up can be lost. Many workers may run at once, since each job is
claimed in the database first.
"""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import NamedTuple

from flask import Flask

from app import clock
from app.domain.dossier.seals import Head
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
from app.work import claims, inbound, metrics
from app.work.copies import keeping
from app.work.sealing import mail_newest, seal_now, witness

# Each has a thread and a database session of its own: a silent mail server holds up no SMS.
# None: all that is no message.
LANES: tuple[Channel | None, ...] = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL, None)
SWEEP_EVERY_S = 10.0
NIGHT_EVERY_S = 600.0  # how often it is asked whether a night has passed
WITNESS_EVERY_S = 3600.0  # how often the log is told where the chains of events stand
TIDY_AT = time(3, 17)  # WIT
WORKER_BUDGET_S = 20.0  # nobody is waiting on a page, so a slow office may take its time
END_WITHIN_S = WORKER_BUDGET_S + 2  # so that the job under way ends, and its outcome is written


def sweep(app: Flask, *, budget_s: float = WORKER_BUDGET_S) -> int:
    """Run every job that is due now, one lane after the other. Return how many were done."""
    return sum([sweep_lane(app, lane, budget_s=budget_s) for lane in LANES])


def sweep_lane(
    app: Flask,
    lane: Channel | None,
    *,
    budget_s: float = WORKER_BUDGET_S,
    stop: threading.Event | None = None,
) -> int:
    """Run every job of one lane that is due now. Return how many were done.

    A channel that does not answer is left alone until its next sweep. So a code that is asked for
    meanwhile waits for one message before it, never for all of them.
    stop: once set, no further job is begun.
    """
    done = 0
    with app.app_context():
        if lane is Channel.SMS:
            _collect(app)
        now = clock.now()
        for job_id in outbox.due_elsewhere(now) if lane is None else outbox.due(now, lane):
            db.session.rollback()
            if stop is not None and stop.is_set():
                break
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

    Return whether it was sealed. The practice space is wiped each night, so nothing is sealed
    there.
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


def witness_heads(app: Flask, said: dict[int, Head]) -> None:
    """Say in the log where the chains of events end. said: the heads that it knows already."""
    if app.config["SETTINGS"].is_inside:
        return
    with app.app_context():
        witness(said)
        db.session.remove()


class Look(NamedTuple):
    """What is looked at again and again. every_s: how long to wait after one look for the next."""

    name: str
    every_s: float
    look: Callable[[], object]


def looks(app: Flask, stop: threading.Event) -> list[Look]:
    """Return all that the worker looks at, each in a thread of its own."""
    return [
        *(
            Look(f"lane {lane or 'rest'}", SWEEP_EVERY_S, partial(sweep_lane, app, lane, stop=stop))
            for lane in LANES
        ),
        Look("tidy", NIGHT_EVERY_S, lambda: tidy_if_due(app, clock.now())),
        Look("seal", NIGHT_EVERY_S, lambda: seal_if_due(app, clock.now())),
        Look("witness", WITNESS_EVERY_S, partial(witness_heads, app, {})),
    ]


def keep_looking(app: Flask, each: Look, stop: threading.Event) -> None:
    """Look now, and again after each wait, until told to stop. A look that fails is only logged."""
    while not stop.is_set():
        try:
            each.look()
        except Exception:  # also while the database is away: the next look may find it
            app.extensions["log"].error("look_failed", look=each.name, exc_info=True)
        stop.wait(each.every_s)


def work(app: Flask, ends: SimpleQueue[str]) -> bool:
    """Work until something is put into `ends`. Return False when a thread had ended by itself.

    Jobs under way are finished first. One that takes longer than END_WITHIN_S is left behind; its
    row stays claimed for a moment, and then somebody takes it again.
    """
    stop = threading.Event()

    def keep(each: Look) -> None:
        try:
            keep_looking(app, each, stop)
        finally:
            ends.put(each.name)

    threads = [
        threading.Thread(target=keep, args=(each,), name=each.name, daemon=True)
        for each in looks(app, stop)
    ]
    for thread in threads:
        thread.start()
    ended = ends.get()
    stop.set()
    deadline = monotonic() + END_WITHIN_S
    for thread in threads:
        thread.join(max(0.0, deadline - monotonic()))
    if ended:
        app.extensions["log"].error("look_ended", look=ended)
    return not ended


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; whoever started us begins anew if we end without.

    Raises purpose.OtherPurpose for data that are not for this mode.
    """
    purpose.claim(app)
    keeping.start(app)
    metrics.start(app)
    # A signal comes in the middle of anything. A SimpleQueue takes what is put in then; an Event
    # would wait for a lock that this very thread may hold.
    ends: SimpleQueue[str] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: ends.put(""))
    if not work(app, ends):
        raise SystemExit(1)
