"""Where staff compare the NIK on the registry's portal: nobody is asked, staff record a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import scoped_session

from app.domain.nik.verdict import NikClass
from app.domain.oss.handover import HandoverState
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.models.dossier import Dossier
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.nik import checks, standing
from app.services.oss import verdicts
from app.work import claims
from tests.factories import PEOPLE, dossier_at, identify, looking, sent_dossier

VERDICTS = [each for each in NikClass if each is not NikClass.PENDING]


@pytest.fixture
def session(assist) -> Iterator[scoped_session[Any]]:
    with looking(assist) as found:
        yield found


def test_a_check_stays_open_and_no_machine_is_asked(session):
    dossier = dossier_at(None)
    check = standing.current(dossier)
    assert check is not None
    assert (check.nik_class, check.answered_at) == ("pending", None)
    assert jobs.open_job(JobKind.NIK_CHECK, dossier.id) is None


@pytest.mark.parametrize("verdict", VERDICTS)
def test_staff_record_the_verdict_and_nothing_else(session, verdict):
    dossier = dossier_at(None)
    verdicts.record_by_staff(dossier, verdict)
    check = standing.current(dossier)
    assert check is not None
    assert (check.nik_class, check.answered_at is not None) == (verdict, True)
    (event,) = [each for each in dossier.events if each.kind == "nik_checked"]
    assert event.facts == {"nik_class": str(verdict), "by": "staff"}
    names = {"name_mismatch": "name", "birth_date_mismatch": "birth_date", "sex_mismatch": "sex"}
    assert check.fields == ([names[verdict]] if verdict in names else [])


def test_a_verdict_is_given_once(session):
    dossier = dossier_at(None)
    verdicts.record_by_staff(dossier, NikClass.MATCH)
    with pytest.raises(standing.NothingWaits):
        verdicts.record_by_staff(dossier, NikClass.DECEASED)
    with pytest.raises(standing.NothingWaits):
        standing.to_compare(dossier)
    with pytest.raises(ValueError, match="pending"):
        verdicts.record_by_staff(dossier, NikClass.PENDING)


def test_a_corrected_identity_waits_anew(session):
    dossier = dossier_at(None, who="name_differs")
    verdicts.record_by_staff(dossier, NikClass.NAME_MISMATCH)
    assert identify(dossier, PEOPLE["kiosk"])
    assert checks.plan(dossier) is None
    assert standing.current_class(dossier) is NikClass.PENDING
    verdicts.record_by_staff(dossier, NikClass.MATCH)
    assert standing.current_class(dossier) is NikClass.MATCH


def test_the_list_has_each_waiting_file_once_the_oldest_first(session):
    first, second = dossier_at(None), dossier_at(None)
    done = dossier_at(None)
    verdicts.record_by_staff(done, NikClass.MATCH)
    identify(first, PEOPLE["farmer"])  # asked anew: its turn counts from now on
    checks.plan(first)
    db.session.commit()
    waiting = [number for number, _ in standing.waiting()]
    assert waiting == [second.support_number, first.support_number]


def test_a_job_from_before_the_change_ends_without_a_call(app, make_app, office_is):
    office_is("dukcapil", "down")
    with looking(app):
        dossier_id = sent_dossier().id
    office_is("dukcapil", "up")
    with looking(make_app(testing=True, SERVICE_MODE="assist")) as session:
        job = jobs.open_job(JobKind.NIK_CHECK, dossier_id)
        assert job is not None
        assert claims.run(job.id, budget_s=2.0, jitter=lambda: 0.5)
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        assert standing.current_class(dossier) is NikClass.PENDING
        verdicts.record_by_staff(dossier, NikClass.MATCH)
        assert dossier.handover is not None
        assert dossier.handover.state == HandoverState.FILE_AT_OSS


# By the command line


def test_staff_list_look_and_record(assist):
    with looking(assist):
        dossier = sent_dossier()
        dossier_id, number = dossier.id, format_support_number(dossier.support_number)
    command = assist.test_cli_runner().invoke
    listed = command(args=["nik", "waiting"])
    assert number in listed.output
    who = PEOPLE["kiosk"]
    assert who.nik not in listed.output
    shown = command(args=["nik", "show", number])
    assert [word for word in (who.nik, who.typed_name) if word not in shown.output] == []
    recorded = command(args=["nik", "record", number, "match"])
    assert recorded.exit_code == 0, recorded.output
    assert command(args=["nik", "waiting"]).output == ""
    with looking(assist) as session:
        found = session.get(Dossier, dossier_id)
        assert found is not None
        assert [e.kind for e in found.events[-2:]] == ["nik_shown", "nik_checked"]
        assert found.handover is not None
        assert found.handover.state == HandoverState.FILE_AT_OSS


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["record", "{number}", "pending"], "pending"),
        (["record", "{number}", "maybe"], "maybe"),
        (["record", "1234", "match"], "support number"),
        (["show", "SRG 0000 0000 0000"], "no dossier"),
    ],
)
def test_a_mistake_is_told_and_nothing_recorded(assist, args, said):
    with looking(assist):
        dossier = dossier_at(None)
        dossier_id, number = dossier.id, dossier.support_number
    ended = assist.test_cli_runner().invoke(
        args=["nik", *(arg.format(number=number) for arg in args)]
    )
    assert ended.exit_code != 0
    assert said in ended.output
    with looking(assist) as session:
        found = session.get(Dossier, dossier_id)
        assert found is not None
        assert standing.current_class(found) is NikClass.PENDING


def test_recorded_twice_the_second_is_told(assist):
    with looking(assist):
        number = dossier_at(None).support_number
    command = assist.test_cli_runner().invoke
    assert command(args=["nik", "record", number, "match"]).exit_code == 0
    again = command(args=["nik", "record", number, "deceased"])
    assert again.exit_code != 0
    assert "waits" in again.output
    assert command(args=["nik", "show", number]).exit_code != 0
