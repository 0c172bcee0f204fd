"""The NIK check: asked at once, later when the registry is silent, and only verdicts are kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.dossier.journey import StepName
from app.domain.nik.verdict import Field, NikClass
from app.extensions import db
from app.models.dossier import Dossier, Event, Job, NikCheck
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.journey import steps
from app.services.nik import checks, standing
from app.simulators.dukcapil import Behaviour
from tests.factories import (
    PEOPLE,
    bring_forward,
    dossier_at,
    identify,
    looking,
    new_line,
    raw_rows,
    run,
    use_registry,
)

STEADY = [key for key, who in PEOPLE.items() if who.behaviour is Behaviour.NONE]
TROUBLED = [key for key, who in PEOPLE.items() if who.behaviour is not Behaviour.NONE]
FIELDS = {
    "name_differs": [Field.NAME],
    "birth_date_differs": [Field.BIRTH_DATE],
    "sex_differs": [Field.SEX],
    "name_and_date_differ": [Field.NAME, Field.BIRTH_DATE],
}


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture(autouse=True)
def fresh_line(app):
    """No call and no failure of an earlier test counts here."""
    new_line(app)


def facts(dossier: Dossier, kind: str) -> list[dict[str, object]]:
    return [event.facts for event in dossier.events if event.kind == kind]


def check_again(dossier: Dossier) -> bool:
    """Let the worker try the open check."""
    bring_forward()
    job = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    assert job is not None
    return run(job.id)


@pytest.mark.parametrize("key", STEADY)
def test_every_class_of_person_is_told_apart(database, key):
    dossier = dossier_at(StepName.PHONE, who=key)
    check = standing.current(dossier)
    assert check is not None
    assert standing.current_class(dossier) is PEOPLE[key].nik_class
    assert check.fields == FIELDS.get(key, [])
    assert check.answered_at is not None
    assert facts(dossier, "nik_checked") == [{"nik_class": str(PEOPLE[key].nik_class)}]
    assert jobs.open_job(JobKind.NIK_CHECK, dossier.id) is None


@pytest.mark.parametrize("key", [key for key in TROUBLED if key != "slow"])
def test_trouble_at_the_registry_is_nobodys_fault(database, key):
    dossier = dossier_at(StepName.PHONE, who=key)
    if key != "down":  # two attempts are one call, and it is down for two
        assert standing.current_class(dossier) is NikClass.PENDING
    for _ in range(3):
        if standing.current_class(dossier) is NikClass.PENDING:
            check_again(dossier)
    assert standing.current_class(dossier) is NikClass.MATCH
    assert len(facts(dossier, "nik_checked")) == 1


def test_a_slow_registry_holds_nobody_up(database):
    dossier = dossier_at(StepName.PHONE, who="slow")
    assert standing.current_class(dossier) is NikClass.PENDING
    assert facts(dossier, "nik_check_postponed") == [{"cause": "timeout"}]
    assert check_again(dossier)
    assert standing.current_class(dossier) is NikClass.MATCH


@pytest.mark.parametrize(("mode", "cause"), [("down", "down"), ("quota", "quota")])
def test_an_outage_is_noted_once_and_asked_about_again(database, office_is, mode, cause):
    office_is("dukcapil", mode)
    dossier = dossier_at(StepName.PHONE)
    for _ in range(2):
        assert not check_again(dossier)
    assert standing.current_class(dossier) is NikClass.PENDING
    assert facts(dossier, "nik_check_postponed") == [{"cause": cause}]
    office_is("dukcapil", "up")
    assert check_again(dossier)
    assert standing.current_class(dossier) is NikClass.MATCH
    assert [event.kind for event in dossier.events][-2:] == ["nik_check_postponed", "nik_checked"]


def test_without_a_check_nothing_is_known(database):
    dossier = dossier_at(StepName.IDENTITY)
    assert standing.current(dossier) is None
    assert standing.current_class(dossier) is None


def test_the_same_identity_waits_in_one_row(database, office_is):
    office_is("dukcapil", "down")
    dossier = dossier_at(StepName.PHONE)
    assert identify(dossier, PEOPLE["kiosk"])
    job = checks.plan(dossier)
    assert job is jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    database.commit()
    assert len(dossier.nik_checks) == 1
    assert len(database.scalars(select(Job)).all()) == 1


def test_a_corrected_identity_is_checked_instead_of_the_old_one(database, office_is):
    office_is("dukcapil", "down")
    dossier = dossier_at(StepName.PHONE, who="not_found")
    assert identify(dossier, PEOPLE["kiosk"])
    checks.plan(dossier)
    database.commit()
    office_is("dukcapil", "up")
    assert check_again(dossier)
    assert [check.nik_class for check in dossier.nik_checks] == ["pending", "match"]
    assert standing.current_class(dossier) is NikClass.MATCH
    assert jobs.open_job(JobKind.NIK_CHECK, dossier.id) is None


def test_a_correction_while_the_registry_is_asked_ignores_the_old_answer(app, office_is):
    """The old identity would match; the new one is not found."""
    with looking(app):
        dossier_id = dossier_at(StepName.PHONE, who="kiosk", asked=False).id
    corrected = []

    def meanwhile(_seconds: float) -> None:
        if corrected:
            return
        with looking(app) as session:
            dossier = opening.take_to_change(dossier_id)
            corrected.append(identify(dossier, PEOPLE["not_found"]))
            checks.plan(dossier)
            session.commit()

    use_registry(app, sleep=meanwhile)
    office_is("dukcapil", "slow")
    with looking(app) as session:
        job = jobs.open_job(JobKind.NIK_CHECK, dossier_id)
        assert job is not None
        assert not run(job.id)
        assert corrected == [True]
        dossier = session.get_one(Dossier, dossier_id)
        assert [check.nik_class for check in dossier.nik_checks] == ["pending", "pending"]
        assert facts(dossier, "nik_checked") == []
        assert check_again(dossier)
        assert standing.current_class(dossier) is NikClass.NOT_FOUND
        assert [check.nik_class for check in dossier.nik_checks] == ["pending", "not_found"]


def test_an_answered_check_is_not_asked_again(database, office_is):
    dossier = dossier_at(StepName.PHONE)
    job = jobs.plan(JobKind.NIK_CHECK, dossier.id)
    database.commit()
    office_is("dukcapil", "down")
    assert run(job.id), "there is nothing to ask"
    assert standing.current_class(dossier) is NikClass.MATCH
    assert len(facts(dossier, "nik_checked")) == 1


@pytest.mark.parametrize("key", [k for k in PEOPLE if k.endswith(("_differs", "_differ"))])
def test_nothing_that_the_registry_holds_is_kept(app, key):
    who = PEOPLE[key]
    with looking(app):
        dossier_at(StepName.PHONE, who=key)
    held = {who.name, who.birth_date.isoformat(), who.birth_date.strftime("%d-%m-%Y")}
    typed = {who.typed_name, who.typed_birth_date.isoformat()}
    kept = repr(raw_rows(app))
    assert [value for value in held | typed if value in kept] == []
    with looking(app) as session:
        applicant = session.scalars(select(Dossier)).one().applicant
        assert applicant.name == who.typed_name, "never changed silently"
        assert applicant.birth_date == who.typed_birth_date.isoformat()
        columns = set(NikCheck.__table__.columns.keys())
        assert columns == {
            "id", "dossier_id", "attempt", "identity_index", "nik_class", "fields", "asked_at",
            "answered_at",
        }  # fmt: skip


def test_no_transaction_is_open_while_the_registry_is_asked(app, office_is):
    """Otherwise one slow call would hold up everybody's answers."""
    with looking(app):
        dossier_id = dossier_at(StepName.PHONE, asked=False).id
    answered = []

    def meanwhile(_seconds: float) -> None:
        with looking(app) as session:
            steps.set_phone(opening.take_to_change(dossier_id), "+6281211112222")
            session.commit()
        answered.append("phone")

    use_registry(app, sleep=meanwhile)
    office_is("dukcapil", "slow")
    with looking(app):
        job = jobs.open_job(JobKind.NIK_CHECK, dossier_id)
        assert job is not None
        assert run(job.id)
    assert answered  # a transaction left open would have made this answer fail with "is locked"
    with looking(app) as session:
        kinds = session.scalars(select(Event.kind).order_by(Event.number)).all()
        assert kinds[-2:] == ["step_answered", "nik_checked"]
        db.session.rollback()
