"""What the office did is told to OSS once, in order, and its own words are not told back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.clock import today
from app.domain.licence.status import OfficeAction, StatusSource
from app.domain.oss.codes import LicenceStatus
from app.extensions import ports
from app.models.dossier import Dossier
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.desk import practice_office
from app.services.licence import reports, standing
from tests.factories import bring_forward, new_line, run, sent_dossier

S = LicenceStatus


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture
def dossier(app, database) -> Dossier:
    new_line(app)
    return sent_dossier(kbli_code="11052")


def act(dossier: Dossier, *actions: OfficeAction) -> None:
    for action in actions:
        practice_office.act(dossier, standing.of(dossier)[0].id_izin, action)


def tell(dossier: Dossier, database) -> bool:
    reports.plan(dossier)
    database.commit()
    bring_forward()
    job = jobs.open_job(JobKind.LICENCE_REPORT, dossier.id)
    assert job is not None
    done = run(job.id)
    database.expire_all()
    return done


def at_oss(dossier: Dossier) -> str:
    assert dossier.handover is not None
    assert dossier.handover.oss_id is not None
    return ports.licensing.ask(dossier.handover.oss_id, budget_s=5).licences[0].status


@pytest.mark.parametrize("code", ["", "960"])
def test_each_news_says_which_office_it_is_from(app, database, dossier, monkeypatch, code):
    settings = replace(app.config["SETTINGS"], oss_agency_code=code)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    act(dossier, OfficeAction.COMPLETE)
    found = reports.next_untold(dossier)
    assert found is not None
    assert reports.message_about(dossier, *found).kd_instansi == code


def test_oss_learns_what_the_office_did(database, dossier):
    act(dossier, OfficeAction.COMPLETE, OfficeAction.CHECK, OfficeAction.VISIT)
    assert tell(dossier, database)
    assert at_oss(dossier) == "40"
    assert reports.plan(dossier) is None
    act(dossier, OfficeAction.APPROVE)
    assert tell(dossier, database)
    assert at_oss(dossier) == "50"
    assert standing.of(dossier)[0].number is not None


def test_what_oss_said_and_what_was_read_there_is_not_told(database, dossier):
    id_izin = standing.of(dossier)[0].id_izin
    assert reports.plan(dossier) is None, "09 came from OSS"
    standing.read_in_oss(dossier, id_izin, S.COMPLETE, on=today())
    assert reports.plan(dossier) is None
    standing.record_status(
        dossier, id_izin, S.DEEMED_APPROVED, at=datetime.now(UTC), source=StatusSource.PRACTICE
    )
    assert reports.plan(dossier) is None, "OSS finds that by itself"


def test_while_oss_is_away_it_waits(database, dossier, office_is):
    act(dossier, OfficeAction.COMPLETE)
    office_is("oss", "down")
    assert not tell(dossier, database)
    office_is("oss", "up")
    assert tell(dossier, database)
    assert at_oss(dossier) == "10"


def test_what_oss_refuses_keeps_nothing_back(database, dossier):
    """It never heard of a clarification, so it does not take the answer to one."""
    licence = standing.of(dossier)[0]
    for status in (S.CLARIFIED, S.VALIDATION):
        standing.record_status(
            dossier, licence.id_izin, status, at=datetime.now(UTC), source=StatusSource.OFFICE
        )
    assert tell(dossier, database)
    assert standing.of(dossier)[0].told_number == 3
    assert at_oss(dossier) == "20"
