"""Asking OSS about licences that are not final: again and again, less and less, then no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.adapters.oss.port import Refused
from app.adapters.oss.results import LicenceResult, LicensingResult
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import LicenceStatus, ProductType, ResponseCode
from app.extensions import ports
from app.models.dossier import Dossier, Job
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.licence import news, standing
from tests.factories import MEDIUM_LOW, new_line, run, sent_dossier

S = LicenceStatus


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture
def dossier(app, database) -> Dossier:
    """A dossier whose certificate waits for an office."""
    new_line(app)
    return sent_dossier(kbli_code="11052")


def the_job(dossier: Dossier) -> Job:
    job = jobs.open_job(JobKind.LICENCE_POLL, dossier.id)
    assert job is not None
    return job


@pytest.fixture
def oss_says(monkeypatch, database, dossier):
    """Let OSS say that the licence stands somewhere, without touching the real one."""

    def say(status: LicenceStatus | Exception) -> None:
        def ask(oss_id: str, *, budget_s: float) -> LicensingResult:
            if isinstance(status, Exception):
                raise status
            row = standing.of(dossier)[0]
            return LicensingResult(
                oss_id=oss_id,
                nib=None,
                nib_status=None,
                issued_on=None,
                licences=(
                    LicenceResult(
                        row.id_izin,
                        row.kd_izin,
                        status,
                        ProductType.STANDARD_CERTIFICATE,
                        "0000-9" if status is S.APPROVED else None,
                    ),
                ),
            )

        monkeypatch.setattr(ports.licensing, "ask", ask)

    return say


def look(dossier: Dossier, database) -> bool:
    done = run(the_job(dossier).id)
    database.expire_all()
    return done


def test_what_is_final_at_once_is_not_asked_about(app, database):
    new_line(app)
    assert jobs.open_job(JobKind.LICENCE_POLL, sent_dossier().id) is None
    assert jobs.open_job(JobKind.LICENCE_POLL, sent_dossier(kbli_code=MEDIUM_LOW).id) is None


def test_what_waits_is_asked_about_soon(dossier):
    wait = the_job(dossier).due_at - datetime.now(UTC)
    assert timedelta(minutes=8) < wait <= timedelta(minutes=10)


def test_no_news_leads_to_the_next_look(database, dossier):
    first = the_job(dossier).id
    assert look(dossier, database)
    assert the_job(dossier).id != first
    assert standing.of(dossier)[0].status == "09"
    count = (
        select(func.count())
        .select_from(Job)
        .where(Job.done_at.is_(None), Job.kind == JobKind.LICENCE_POLL)
    )
    assert database.scalar(count) == 1


def test_news_is_kept_with_its_number(database, dossier, oss_says):
    oss_says(S.COMPLETE)
    look(dossier, database)
    assert standing.of(dossier)[0].status == "10"
    oss_says(S.APPROVED)
    look(dossier, database)
    (row,) = standing.of(dossier)
    assert (row.status, row.number) == ("50", "0000-9")
    assert [event.source for event in row.events] == ["oss"] * 3
    assert row.events[-1].unexpected
    assert jobs.open_job(JobKind.LICENCE_POLL, dossier.id) is None, "final: nobody asks any more"


def test_a_silent_oss_is_asked_again(app, database, dossier, office_is):
    office_is("oss", "down")
    job = the_job(dossier)
    assert not look(dossier, database)
    assert the_job(dossier).id == job.id
    assert job.attempts == 1


def test_a_refusal_changes_nothing_and_is_tried_at_the_usual_time(database, dossier, oss_says):
    oss_says(Refused(ResponseCode.BAD_DATA))
    job = the_job(dossier)
    assert look(dossier, database)
    assert the_job(dossier).id != job.id
    assert standing.of(dossier)[0].status == "09"


def test_what_has_been_quiet_is_asked_about_less_often(database, dossier):
    now = datetime.now(UTC)
    database.delete(the_job(dossier))
    later = now + timedelta(days=30)
    job = news.plan(dossier, later)
    assert job is not None
    assert job.due_at - later == timedelta(days=1)
    assert news.plan(dossier, later) is job, "never two looks at once"


def test_a_licence_that_became_final_by_itself_ends_the_looking(database, dossier):
    standing.record_status(
        dossier,
        standing.of(dossier)[0].id_izin,
        S.REJECTED,
        at=datetime.now(UTC),
        source=StatusSource.OFFICE,
    )
    database.commit()
    look(dossier, database)
    assert jobs.open_job(JobKind.LICENCE_POLL, dossier.id) is None
