"""Jobs: taken by one at a time, tried again when they fail, never twice when they are done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.extensions import db
from app.models.dossier import Job
from app.services.base import jobs
from app.services.dossier import opening
from app.work import claims
from tests.factories import at_once, bring_forward, looking, pin_hash, run

KIND = "uji"


@pytest.fixture
def handles() -> Iterator[Callable[[jobs.Handler], None]]:
    """Register a handler for the jobs of one test."""

    def register(handler: jobs.Handler) -> None:
        jobs.handles(KIND)(handler)

    yield register
    jobs._handlers.pop(KIND, None)


@pytest.fixture
def job(database) -> Job:
    found = jobs.plan(KIND, None)
    database.commit()
    return found


def test_a_job_stands_and_falls_with_its_cause(database):
    jobs.plan(KIND, None)
    database.rollback()
    assert database.scalar(select(func.count()).select_from(Job)) == 0


def test_a_job_that_is_done_never_runs_again(job, handles):
    calls = []
    handles(lambda found, budget_s: calls.append((found.id, budget_s)) is None)
    assert run(job.id, budget_s=7)
    assert job.done_at is not None
    assert run(job.id, budget_s=7)
    bring_forward()
    assert jobs.due(datetime.now(UTC) + timedelta(days=9)) == []
    assert calls == [(job.id, 7)]


def test_a_job_that_does_not_exist_is_not_done(database):
    assert not run(4711)


def test_a_job_comes_back_later_and_later(job, handles, database):
    handles(lambda found, budget_s: False)
    waits = []
    for attempt in range(1, 7):
        before = datetime.now(UTC)
        assert not run(job.id)
        assert (job.attempts, job.done_at, job.claimed_until) == (attempt, None, None)
        waits.append(round((job.due_at - before).total_seconds() / 60))
        assert jobs.due(datetime.now(UTC)) == []
        assert jobs.due(job.due_at) == [job.id]
    assert waits == [1, 5, 15, 60, 240, 240]


def test_waits_are_spread(job, handles):
    handles(lambda found, budget_s: False)
    before = datetime.now(UTC)
    claims.run(job.id, budget_s=1, jitter=lambda: 0.0)
    assert job.due_at - before < timedelta(seconds=50)


def test_a_handler_that_crashes_leaves_its_job_due_again(job, handles, database):
    def crash(found: Job, budget_s: float) -> bool:
        opening.start(pin_hash(), "id")  # half of a change, which must not stay
        raise RuntimeError("crash")

    handles(crash)
    with pytest.raises(RuntimeError):
        run(job.id)
    database.expire_all()
    assert (job.attempts, job.done_at, job.claimed_until) == (1, None, None)
    assert job.due_at > datetime.now(UTC)
    assert database.scalar(select(func.count()).select_from(opening.Dossier)) == 0
    handles(lambda found, budget_s: True)
    assert run(job.id)


def test_an_unknown_kind_is_kept_for_a_program_that_knows_it(job, database):
    with pytest.raises(KeyError):
        run(job.id)
    database.expire_all()
    assert job.done_at is None
    assert job.claimed_until is None


def test_a_job_is_held_while_it_runs(app, handles):
    """Two workers, two sessions: the second goes on at once and does nothing."""
    calls, runs, goes_on = [], threading.Event(), threading.Event()

    def slow(found: Job, budget_s: float) -> bool:
        calls.append(found.id)
        db.session.rollback()  # no transaction stays open while the outside is asked
        runs.set()
        assert goes_on.wait(10)
        return True

    handles(slow)
    with looking(app) as session:
        job_id = jobs.plan(KIND, None).id
        session.commit()

    def first() -> bool:
        with looking(app):
            return run(job_id)

    def second() -> bool:
        assert runs.wait(10)
        try:
            with looking(app):
                assert jobs.due(datetime.now(UTC)) == [], "nobody else is offered it"
                db.session.rollback()
                return run(job_id)
        finally:
            goes_on.set()

    assert at_once([first, second]) == [True, False]
    assert calls == [job_id]


def test_workers_at_the_same_moment_share_the_work(app, handles):
    calls: list[int] = []

    def handler(found: Job, budget_s: float) -> bool:
        calls.append(found.id)
        return True

    handles(handler)
    with looking(app) as session:
        ids = [jobs.plan(KIND, None).id for _ in range(6)]
        session.commit()

    def worker() -> int:
        done = 0
        with looking(app):
            for job_id in ids:
                done += run(job_id)
        return done

    results = at_once([worker] * 3)
    assert [r for r in results if isinstance(r, BaseException)] == []
    assert sorted(calls) == ids
    with looking(app) as session:
        attempts = session.scalars(select(Job.attempts)).all()
    assert attempts == [1] * 6


def test_a_job_whose_holder_died_is_taken_over(job, handles, database):
    """A killed process frees nothing by itself; the claim ends by the clock."""
    calls = []
    handles(lambda found, budget_s: calls.append(found.id) is None)
    now = datetime.now(UTC)
    held = update(Job).values(claimed_until=now + timedelta(seconds=30), attempts=1)
    database.execute(held)
    database.commit()
    assert jobs.due(now + timedelta(seconds=29)) == []
    assert not run(job.id)
    assert calls == []
    assert jobs.due(now + timedelta(seconds=31)) == [job.id]
    database.execute(update(Job).values(claimed_until=now - timedelta(seconds=1)))
    database.commit()
    assert run(job.id)
    assert calls == [job.id]
    assert job.attempts == 2


def test_the_longest_due_comes_first_and_no_more_than_asked_for(database):
    now = datetime.now(UTC)
    ids = [jobs.plan(KIND, None, now - timedelta(minutes=m)).id for m in (1, 3, 2)]
    jobs.plan(KIND, None, now + timedelta(seconds=1))
    assert jobs.due(now) == [ids[1], ids[2], ids[0]]
    assert jobs.due(now, limit=2) == [ids[1], ids[2]]


def test_only_an_open_job_is_found(database):
    dossier = opening.start(pin_hash(), "id")
    assert jobs.open_job(KIND, dossier.id) is None
    job = jobs.plan(KIND, dossier.id)
    assert jobs.open_job(KIND, dossier.id) is job
    assert jobs.open_job("other", dossier.id) is None
    job.done_at = datetime.now(UTC)
    database.flush()
    assert jobs.open_job(KIND, dossier.id) is None
