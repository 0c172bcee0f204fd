"""Changes after the NIB: a copy in which only the change is asked, and closings."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.domain.dossier import journey
from app.domain.dossier.changes import ASKED_AGAIN, ChangeKind, ChangeState
from app.domain.dossier.journey import EACH, StepName, Stop, first_unanswered
from app.domain.dossier.steps import Of, filled_by
from app.domain.nik.verdict import NikClass
from app.domain.sending.messages import MessageKind
from app.models.change import ChangeRequest
from app.models.dossier import Activity, Applicant, Dossier, Job
from app.models.message import Message
from app.services.after import changes, lkpm
from app.services.after.changes import NOT_COPIED, ChangeOpen, NoNib, TooLate
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import answers, estimates, pins
from app.services.journey import steps
from app.services.nik import standing
from app.services.oss import handovers
from tests.factories import MICRO, PEOPLE, PHONE, PIN, dossier_at, new_line, run, sent_dossier

SMALL = dataclasses.replace(MICRO, machines_idr=1_000_000_001)
OPENS = [kind for kind in ChangeKind if kind is not ChangeKind.CLOSE]


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def opened(database, kind: ChangeKind, **options) -> tuple[Dossier, Dossier]:
    """Return a dossier with its NIB and the copy for a change, its NIK checked anew."""
    dossier = sent_dossier(**options)
    copy, job = changes.open_change(dossier, kind, "Kios pindah ke pasar")
    database.commit()
    run(job.id)
    return dossier, copy


def request_of(copy: Dossier) -> ChangeRequest:
    found = changes.behind(copy)
    assert found is not None
    return found


def unanswered(dossier: Dossier) -> list[StepName]:
    """Return the steps that are asked, the statements aside."""
    stops = journey._way(answers.answers_of(dossier))
    return [
        stop.name
        for stop, answered in stops
        if stop.name is not StepName.DECLARATIONS and not answered
    ]


# The copy


@pytest.mark.parametrize("kind", OPENS)
def test_only_what_changes_is_asked_again(database, kind):
    dossier, copy = opened(database, kind)
    assert unanswered(copy) == list(ASKED_AGAIN[kind])
    assert unanswered(dossier) == []
    assert estimates.missing_declarations(copy)
    position = 1 if kind is ChangeKind.ADD_ACTIVITY else 0
    first = Stop(ASKED_AGAIN[kind][0], position if ASKED_AGAIN[kind][0] in EACH else 0)
    assert first_unanswered(answers.answers_of(copy)) == first


@pytest.mark.parametrize("kind", OPENS)
def test_every_other_answer_comes_along_and_nothing_of_the_old_file_moves(database, kind):
    dossier = sent_dossier()
    before = values(dossier)
    copy, _ = changes.open_change(dossier, kind, None)
    database.commit()
    assert values(dossier) == before
    person = filled_by(ASKED_AGAIN[kind], Of.PERSON)
    activity = filled_by(ASKED_AGAIN[kind], Of.ACTIVITY)
    if kind is ChangeKind.ADD_ACTIVITY:
        # The new activity stands beside the others, which stay as they are.
        assert len(copy.activities) == len(dossier.activities) + 1
        assert copy.activities[-1].kbli_code is None
        activity = frozenset()
    left_out = person | activity | NOT_COPIED[Activity] | NOT_COPIED[Applicant]
    after = values(copy)
    for name, value in before.items():
        if name.partition(".")[2] not in left_out:
            assert after[name] == value, name
    for name in activity:
        assert after[f"activities.{name}"] in (None, False), name
    for name in person:
        assert after[f"applicants.{name}"] is None, name


def values(dossier: Dossier) -> dict[str, object]:
    return {
        f"{row.__tablename__}.{column.key}": getattr(row, column.key)
        for row in (dossier.applicant, dossier.activity)
        for column in type(row).__table__.columns
    }


def test_every_answer_belongs_to_a_step_that_a_change_can_open():
    """A new column must be put to its step, or it would look answered in a change."""
    activity = filled_by(StepName, Of.ACTIVITY)
    every = {column.key for column in Activity.__table__.columns}
    assert every - activity - NOT_COPIED[Activity] == {"position", "removed_at"}
    person = filled_by([step for steps in ASKED_AGAIN.values() for step in steps], Of.PERSON)
    left = {column.key for column in Applicant.__table__.columns} - person - NOT_COPIED[Applicant]
    assert left == {"nik", "nik_index", "name", "birth_date", "sex"}


def test_it_has_its_own_number_the_same_pin_and_a_chain_of_its_own(database):
    dossier, copy = opened(database, ChangeKind.PLACE)
    assert copy.support_number != dossier.support_number
    assert pins.pin_fits(PIN, copy.pin_hash)
    assert copy.applicant.nik == PEOPLE["kiosk"].nik
    assert copy.applicant.phone == PHONE
    assert copy.handover is None
    assert copy.papers == []
    assert copy.events[0].kind == "started"
    assert copy.events[0].facts["change"] == "tempat"
    assert "change_asked" in [event.kind for event in dossier.events]
    assert list(events.verify_chains()) == []


def test_the_registry_is_asked_anew(database):
    dossier = sent_dossier()
    copy, job = changes.open_change(dossier, ChangeKind.CAPACITY, None)
    database.commit()
    assert standing.current_class(copy) is NikClass.PENDING
    run(job.id)
    database.refresh(copy)
    assert standing.current_class(copy) is NikClass.MATCH


def test_what_sending_fixed_is_fixed_anew(database):
    dossier, copy = opened(database, ChangeKind.CAPACITY)
    assert dossier.activity.risk_release
    assert (copy.activity.risk, copy.activity.size, copy.activity.risk_release) == (None,) * 3
    finish(database, copy)
    assert copy.activity.size == "kecil"
    assert dossier.activity.size == "mikro"


def send_change(database, copy: Dossier) -> Job:
    """Answer a change of capacity, make the statements and send it."""
    steps.declare_capital(copy, SMALL)
    steps.set_production(
        copy, workers_male=2, workers_female=1, product="beras", capacity=Decimal(9), unit="ton"
    )
    found = estimates.estimate_for(copy)
    assert found is not None
    steps.declare(copy, [declaration.kind for declaration in found.declarations])
    job = handovers.send(copy)
    assert job is not None
    database.commit()
    return job


def finish(database, copy: Dossier) -> None:
    """Send a change of capacity and let OSS answer."""
    job = send_change(database, copy)
    assert request_of(copy).state == ChangeState.SENT
    run(job.id)
    database.expire_all()


def test_the_change_is_handed_over_and_both_versions_stay(database):
    dossier, copy = opened(database, ChangeKind.CAPACITY)
    assert request_of(copy).state == ChangeState.DRAFT
    nib = dossier.handover.nib
    finish(database, copy)
    assert request_of(copy).state == ChangeState.DONE
    assert dossier.handover.nib == nib
    assert copy.handover.nib
    assert "change_done" in [event.kind for event in dossier.events]
    assert changes.open_request(dossier) is None
    assert changes.has_nib(dossier)


@pytest.mark.parametrize("phone", [PHONE, "+6281211112222"])
def test_the_number_before_hears_of_a_change_of_ones_own_data(database, phone):
    dossier, copy = opened(database, ChangeKind.OWN_DATA)
    steps.set_phone(copy, phone)
    steps.set_home(
        copy, area_code="9601062001", area_text=None, street="Jalan 2", rt_rw=None, postcode=None
    )
    found = estimates.estimate_for(copy)
    assert found is not None
    steps.declare(copy, [declaration.kind for declaration in found.declarations])
    job = handovers.send(copy)
    assert job is not None
    database.commit()
    run(job.id)
    database.expire_all()
    assert request_of(copy).state == ChangeState.DONE
    query = select(Message.dossier_id).where(Message.kind == MessageKind.PHONE_CHANGED)
    assert database.scalars(query).all() == ([] if phone == PHONE else [dossier.id])


def test_a_business_that_grew_is_reminded_in_its_new_file_alone(database):
    dossier, copy = opened(database, ChangeKind.CAPACITY)
    assert jobs.open_job(JobKind.LKPM_REMINDER, dossier.id) is None
    finish(database, copy)
    assert jobs.open_job(JobKind.LKPM_REMINDER, copy.id) is not None
    assert lkpm.plan_reminder(dossier, now=dossier.created_at) is None


def test_a_change_that_comes_back_is_a_draft_again(database):
    _, copy = opened(database, ChangeKind.CAPACITY)
    send_change(database, copy)
    handovers.reopen(copy, cause="test")
    assert request_of(copy).state == ChangeState.DRAFT


# Who may ask


def test_without_a_nib_nothing_can_be_changed(database):
    for dossier in (dossier_at(None), sent_dossier(handed_over=False, who="fisher")):
        with pytest.raises(NoNib):
            changes.open_change(dossier, ChangeKind.PLACE, None)
        with pytest.raises(NoNib):
            changes.close(dossier, None)
    assert database.scalar(select(func.count()).select_from(ChangeRequest)) == 0


def test_one_change_at_a_time(database):
    dossier, copy = opened(database, ChangeKind.PLACE)
    with pytest.raises(ChangeOpen) as caught:
        changes.open_change(dossier, ChangeKind.CAPACITY, None)
    assert caught.value.request.new_dossier is copy
    with pytest.raises(ChangeOpen):
        changes.close(dossier, None)
    changes.withdraw(request_of(copy))
    assert changes.open_request(dossier) is None
    changes.open_change(dossier, ChangeKind.CAPACITY, None)


def test_a_change_that_was_sent_can_no_longer_be_taken_back(database):
    _, copy = opened(database, ChangeKind.CAPACITY)
    send_change(database, copy)
    with pytest.raises(TooLate):
        changes.withdraw(request_of(copy))


def test_a_change_taken_back_stays_so_when_its_copy_is_sent_later(database):
    dossier, copy = opened(database, ChangeKind.CAPACITY)
    changes.withdraw(request_of(copy))
    new_copy, _ = changes.open_change(dossier, ChangeKind.PLACE, None)
    database.commit()
    send_change(database, copy)
    assert request_of(copy).state == ChangeState.WITHDRAWN
    assert changes.open_request(dossier) is request_of(new_copy)


def test_the_reason_is_sealed(database):
    opened(database, ChangeKind.PLACE)
    query = "SELECT reason FROM change_requests"
    raw = database.connection().exec_driver_sql(query).scalar_one()
    assert b"Kios pindah" not in bytes(raw)


# Closing


def test_a_practice_nib_ends_at_once(database):
    dossier = sent_dossier()
    request = changes.close(dossier, "Saya pulang kampung")
    assert request.state == ChangeState.DONE
    assert dossier.handover.nib_status == "06"
    assert [event.kind for event in dossier.events][-2:] == ["nib_revoked", "change_done"]
    assert "pulang" not in repr([event.facts for event in dossier.events])
    assert not changes.has_nib(dossier)
    with pytest.raises(NoNib):
        changes.close(dossier, None)


def real(database) -> Dossier:
    """A dossier whose NIB the national OSS gave: none of its papers is a specimen."""
    dossier = sent_dossier()
    for paper in dossier.papers:
        database.delete(paper)
    database.commit()
    database.expire_all()
    return dossier


def test_a_real_nib_ends_only_when_the_owner_says_that_oss_did_it(database):
    dossier = real(database)
    request = changes.close(dossier, None)
    assert (request.state, dossier.handover.nib_status) == (ChangeState.SENT, "01")
    assert changes.closed_at_oss(dossier) is request
    assert (request.state, dossier.handover.nib_status) == (ChangeState.DONE, "06")
    with pytest.raises(NoNib):
        changes.closed_at_oss(dossier)


def test_a_closing_that_is_not_done_can_be_taken_back(database):
    dossier = real(database)
    request = changes.close(dossier, None)
    changes.withdraw(request)
    assert request.state == ChangeState.WITHDRAWN
    assert changes.has_nib(dossier)
    with pytest.raises(NoNib):
        changes.closed_at_oss(dossier)
    with pytest.raises(TooLate):
        changes.withdraw(request)
