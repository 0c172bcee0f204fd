"""Handing over: one dossier, one submission at OSS, one NIB, one paper, whatever breaks between."""

from __future__ import annotations

import dataclasses
import json
import re
import sqlite3
import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import func, select, text

from app.domain.law.requirements import DeclarationKind
from app.domain.nik.verdict import NikClass
from app.domain.oss.handover import HandoverState
from app.models.dossier import DeclarationGiven, Dossier, Event, Handover, Job, Paper
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import answers as dossier_answers
from app.services.dossier import estimates, opening
from app.services.journey import steps
from app.services.licence import needed, standing
from app.services.nik import checks
from app.services.oss import handovers
from app.services.oss.handovers import NotReady
from app.vault import CannotDecrypt
from tests.factories import (
    HIGH,
    MEDIUM_HIGH,
    MEDIUM_LOW,
    MICRO,
    NOT_FOR_MICRO,
    PEOPLE,
    STEPS,
    UNKNOWN_RISK,
    at_once,
    bring_forward,
    dossier_at,
    identify,
    looking,
    new_line,
    oss_submissions,
    run,
    sent_dossier,
    use_oss,
)

SMALL = dataclasses.replace(MICRO, machines_idr=1_000_000_001)


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture(autouse=True)
def fresh_line(app):
    """No call and no failure of an earlier test counts here."""
    new_line(app)


def kinds(dossier: Dossier) -> list[str]:
    """Return the kinds of the events from SENT on."""
    found = [event.kind for event in dossier.events]
    return found[found.index("sent") :] if "sent" in found else []


def work(kind: str, dossier: Dossier) -> bool:
    """Let the worker try the open job of a kind."""
    bring_forward()
    job = jobs.open_job(kind, dossier.id)
    assert job is not None, kind
    return run(job.id)


def assert_one_nib(app, dossier: Dossier, before: int) -> None:
    """Exactly one submission more at OSS, and its NIB on exactly one paper here."""
    assert oss_submissions(app) == before + 1
    handover = dossier.handover
    assert handover is not None
    assert handover.state == HandoverState.ACCEPTED
    state = app.config["SETTINGS"].instance / "simulators" / "oss.sqlite"
    with closing(sqlite3.connect(state)) as connection:
        row = connection.execute(
            "SELECT nib, oss_id FROM submissions WHERE kunci = ?", (handover.key,)
        ).fetchone()
    assert row == (handover.nib, handover.oss_id)
    assert [paper.number for paper in dossier.papers] == [handover.nib]
    assert kinds(dossier).count("nib_received") == kinds(dossier).count("paper_issued") == 1


def test_a_dossier_is_sent_handed_over_and_answered(app, database):
    before = oss_submissions(app)
    dossier = sent_dossier()
    assert_one_nib(app, dossier, before)
    assert kinds(dossier) == [
        "sent", "handed_over", "nib_received", "licence_status", "paper_issued",
    ]  # fmt: skip
    handover, paper = dossier.handover, dossier.papers[0]
    assert handover is not None
    assert handover.nib is not None
    assert re.fullmatch(r"0000\d{9}", handover.nib), "a specimen can never be taken for real"
    assert handover.nib_status == "01"
    assert handover.answered_at is not None
    assert dossier.sent_at is not None
    assert paper.specimen
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{12}", paper.code)
    assert jobs.open_job(JobKind.HANDOVER, dossier.id) is None


def test_medium_low_risk_brings_a_certificate_too(database):
    dossier = sent_dossier(kbli_code=MEDIUM_LOW)
    assert dossier.handover is not None
    assert [licence["kind"] for licence in dossier.handover.licences] == ["LATIHAN-SS"]


def test_risk_and_size_are_kept_as_they_were_sent(database):
    activity = sent_dossier(capital=SMALL).activity
    assert (activity.risk, activity.size) == ("R", "kecil")
    assert activity.risk_release


@pytest.mark.parametrize(
    ("code", "product", "days"),
    [(MEDIUM_HIGH, "04", None), (HIGH, "02", None), ("11052", "04", 7), ("43211", "02", 5)],
)
def test_what_an_office_must_verify_waits_for_it(app, database, code, product, days):
    """With the days of the rules where they are known, and with none made up where not."""
    before = oss_submissions(app)
    dossier = sent_dossier(kbli_code=code)
    assert_one_nib(app, dossier, before)
    (licence,) = standing.of(dossier)
    assert (licence.status, licence.product, licence.number) == ("09", product, None)
    assert (licence.days, licence.days_unit) == (days, "Hari" if days else None)
    assert needed.needs_office(licence, dossier)


# What stands in the way


@pytest.mark.parametrize("key", [k for k, w in PEOPLE.items() if w.nik_class is not NikClass.MATCH])
def test_it_is_not_sent_while_the_nik_does_not_fit(app, database, key):
    before = oss_submissions(app)
    dossier = dossier_at(None, who=key)
    with pytest.raises(NotReady):
        handovers.send(dossier)
    database.commit()
    assert (dossier.sent_at, dossier.handover) == (None, None)
    assert kinds(dossier) == []
    assert jobs.open_job(JobKind.HANDOVER, dossier.id) is None
    assert oss_submissions(app) == before


@pytest.mark.parametrize(
    "options",
    [
        {"kbli_code": UNKNOWN_RISK},
        {"kbli_code": NOT_FOR_MICRO},
        {"village_code": "9671011001"},
    ],
    ids=str,
)
def test_it_is_not_sent_where_nobody_here_can_know_or_decide(database, options):
    dossier = dossier_at(None, **options)
    with pytest.raises(NotReady):
        handovers.send(dossier)
    assert (dossier.sent_at, dossier.handover) == (None, None)


@pytest.mark.parametrize("step", STEPS)
def test_it_is_not_sent_while_an_answer_is_missing(database, step):
    dossier = dossier_at(step)
    with pytest.raises(NotReady):
        handovers.send(dossier)
    assert (dossier.sent_at, dossier.handover) == (None, None)


def test_it_is_not_sent_with_any_statement_missing(database):
    dossier = dossier_at(None)
    asked = [row.kind for row in dossier.declarations]
    assert len(asked) > 1
    for missing in asked:
        row = next(row for row in dossier.declarations if row.kind == missing)
        kept = DeclarationGiven(kind=row.kind, wording=row.wording, given_at=row.given_at)
        dossier.declarations.remove(row)
        database.delete(row)
        database.commit()
        with pytest.raises(NotReady, match="declarations"):
            handovers.send(dossier)
        assert (dossier.sent_at, dossier.handover) == (None, None)
        dossier.declarations.append(kept)
        database.commit()
    handovers.send(dossier)
    assert dossier.sent_at is not None


def test_it_is_not_sent_when_the_description_must_be_given_again(database):
    """Another activity was chosen, and its part of the questions is still open."""
    dossier = dossier_at(None, kbli_code=MEDIUM_LOW)
    steps.choose_activity(dossier, "01192")
    with pytest.raises(NotReady):
        handovers.send(dossier)


def test_only_statements_that_the_law_asks_for_are_handed_over(database):
    """A small business may not state by itself that its place fits (PP 28/2025, article 32)."""
    dossier = dossier_at(None)
    assert DeclarationKind.KKPR_SELF_STATEMENT in {row.kind for row in dossier.declarations}
    steps.declare_capital(dossier, SMALL)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    asked = {declaration.kind for declaration in whole.declarations}
    assert DeclarationKind.KKPR_SELF_STATEMENT not in asked
    steps.declare(dossier, asked)
    handovers.send(dossier)
    database.commit()
    database.expire_all()
    assert {row.kind for row in dossier.declarations} == asked


# Twice


def test_sending_again_changes_nothing(app, database):
    before = oss_submissions(app)
    dossier = sent_dossier(handed_over=False)
    assert dossier.handover is not None
    key, sent_at = dossier.handover.key, dossier.sent_at
    job = jobs.open_job(JobKind.HANDOVER, dossier.id)
    assert handovers.send(dossier) is job
    assert (dossier.handover.key, dossier.sent_at) == (key, sent_at)
    database.commit()
    assert job is not None
    assert run(job.id)
    assert handovers.send(dossier) is None
    assert_one_nib(app, dossier, before)
    assert kinds(dossier).count("sent") == 1


def test_sent_from_two_places_at_the_same_moment(app):
    before = oss_submissions(app)
    with looking(app):
        dossier_id = dossier_at(None).id

    def send() -> bool:
        with looking(app) as session:
            job = handovers.send(opening.take_to_change(dossier_id))
            session.commit()
            return run(job.id) if job is not None else True

    results = at_once([send] * 4)
    assert [r for r in results if isinstance(r, BaseException)] == []
    with looking(app) as session:
        assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "handover"))
        assert_one_nib(app, session.get_one(Dossier, dossier_id), before)


def test_many_dossiers_at_the_same_moment_get_a_nib_each(app):
    with looking(app):
        ids = [sent_dossier(handed_over=False).id for _ in range(4)]

    def work_on(dossier_id: int) -> bool:
        with looking(app):
            job = jobs.open_job(JobKind.HANDOVER, dossier_id)
            assert job is not None
            return run(job.id)

    assert at_once([lambda i=i: work_on(i) for i in ids]) == [True] * 4
    with looking(app) as session:
        nibs = session.scalars(select(Handover.nib)).all()
        codes = session.scalars(select(Paper.code)).all()
    assert len(set(nibs)) == len(set(codes)) == 4


# When OSS is in trouble


def test_oss_took_it_and_died_before_it_answered(app, database, office_is):
    before = oss_submissions(app)
    office_is("oss", "accept_then_die")
    dossier = sent_dossier()
    assert oss_submissions(app) == before + 1
    assert dossier.handover is not None
    assert (dossier.handover.state, dossier.handover.nib) == (HandoverState.WAITING, None)
    assert work(JobKind.HANDOVER, dossier)
    assert_one_nib(app, dossier, before)


def test_oss_is_down_then_up(app, database, office_is):
    before = oss_submissions(app)
    office_is("oss", "down")
    dossier = sent_dossier()
    for _ in range(2):
        assert not work(JobKind.HANDOVER, dossier)
    assert kinds(dossier) == ["sent", "handover_postponed"]
    assert dossier.events[-1].facts == {"cause": "down"}
    assert oss_submissions(app) == before
    office_is("oss", "up")
    assert work(JobKind.HANDOVER, dossier)
    assert_one_nib(app, dossier, before)


def test_oss_acts_after_we_went_on(app, database, office_is):
    """The call was given up, OSS did it nevertheless: the same key brings the same NIB."""
    before = oss_submissions(app)
    answers = threading.Event()
    use_oss(app, sleep=lambda _seconds: answers.wait(10))
    office_is("oss", "slow")
    dossier = sent_dossier(handed_over=False)
    job = jobs.open_job(JobKind.HANDOVER, dossier.id)
    assert job is not None
    assert not run(job.id, budget_s=0.3)  # we went on, and OSS has not answered yet
    answers.set()
    office_is("oss", "up")
    assert work(JobKind.HANDOVER, dossier)
    time.sleep(0.5)  # until the call that was left behind has ended
    assert_one_nib(app, dossier, before)


def test_our_own_key_is_refused(app, database):
    """Nothing that the person could mend: it waits until whoever runs the system has mended it."""
    before = oss_submissions(app)
    use_oss(app, user_key="wrong-key")
    dossier = sent_dossier()
    assert kinds(dossier) == ["sent", "handover_postponed"]
    assert dossier.events[-1].facts == {"cause": "access"}
    assert dossier.handover is not None
    assert dossier.handover.state == HandoverState.WAITING
    use_oss(app)
    assert work(JobKind.HANDOVER, dossier)
    assert_one_nib(app, dossier, before)


def test_oss_refuses_the_submission(app, database, office_is):
    """The same key with other content, as if somebody had changed the database."""
    office_is("oss", "accept_then_die")
    dossier = sent_dossier()
    office_is("oss", "up")
    dossier.applicant.street = "Jalan Lain 1"
    database.commit()
    assert work(JobKind.HANDOVER, dossier), "asking again would change nothing"
    assert dossier.handover is not None
    assert (dossier.handover.state, dossier.handover.refusal_code) == (
        HandoverState.REFUSED,
        "400",
    )
    assert kinds(dossier)[-1] == "handover_refused"
    office_is("oss", "up")
    assert handovers.may_take_back(dossier), "its owner need not wait for an officer"
    handovers.take_back(dossier)
    with pytest.raises(handovers.NotReady):
        handovers.take_back(dossier)
    assert dossier.events[-1].facts == {"code": "400"}
    assert dossier.papers == []
    assert jobs.open_job(JobKind.HANDOVER, dossier.id) is None


def test_a_crash_on_the_way_leaves_it_to_be_done(app, database):
    """An answer that cannot be read (here: a changed value) must not lose the hand-over."""
    before = oss_submissions(app)
    dossier = sent_dossier(handed_over=False)
    raw = bytes(database.connection().exec_driver_sql("SELECT name FROM applicants").scalar())
    set_name = text("UPDATE applicants SET name = :name")
    database.execute(set_name, {"name": raw[:-1] + bytes([raw[-1] ^ 1])})
    database.commit()
    job_id = database.scalar(select(Job.id).where(Job.kind == JobKind.HANDOVER))
    with pytest.raises(CannotDecrypt):
        run(job_id)
    database.execute(set_name, {"name": raw})
    database.commit()
    database.expire_all()
    assert work(JobKind.HANDOVER, dossier)
    assert_one_nib(app, dossier, before)


# While the NIK is still being checked


@pytest.fixture
def waiting(app, database, office_is) -> Dossier:
    """A dossier that was sent while the registry is silent."""
    office_is("dukcapil", "down")
    dossier = sent_dossier()
    office_is("dukcapil", "up")
    return dossier


def test_nothing_goes_to_oss_before_the_nik_fits(app, waiting):
    before = oss_submissions(app)
    assert waiting.handover is not None
    assert waiting.handover.state == HandoverState.WAITING_NIK
    assert jobs.open_job(JobKind.HANDOVER, waiting.id) is None
    job = jobs.plan(JobKind.HANDOVER, waiting.id)  # even if somebody planned it
    assert run(job.id)
    assert oss_submissions(app) == before
    assert waiting.handover.state == HandoverState.WAITING_NIK


def test_once_the_nik_fits_it_goes_on_by_itself(app, waiting):
    before = oss_submissions(app)
    assert work(JobKind.NIK_CHECK, waiting)
    assert waiting.handover is not None
    assert waiting.handover.state == HandoverState.WAITING
    assert work(JobKind.HANDOVER, waiting)
    assert_one_nib(app, waiting, before)


def test_a_nik_that_does_not_fit_gives_the_dossier_back_with_every_answer(app, database, office_is):
    before = oss_submissions(app)
    office_is("dukcapil", "down")
    dossier = dossier_at(None, who="name_differs")
    answers = dossier_answers.answers_of(dossier)
    handovers.send(dossier)
    database.commit()
    office_is("dukcapil", "up")
    assert work(JobKind.NIK_CHECK, dossier)
    database.expire_all()
    assert (dossier.sent_at, dossier.handover) == (None, None)
    assert dossier_answers.answers_of(dossier) == answers
    assert dossier.applicant.name == PEOPLE["name_differs"].typed_name
    assert [event.kind for event in dossier.events][-3:] == [
        "nik_checked", "nik_case_opened", "reopened",
    ]  # fmt: skip
    assert oss_submissions(app) == before
    with pytest.raises(NotReady):
        handovers.send(dossier)
    # Mended, it goes its way once.
    assert identify(dossier, PEOPLE["kiosk"])
    job = checks.plan(dossier)
    database.commit()
    assert run(job.id)
    handover_job = handovers.send(dossier)
    database.commit()
    assert handover_job is not None
    assert run(handover_job.id)
    assert_one_nib(app, dossier, before)


def test_events_hold_no_answer_of_the_person(app, database):
    dossier = sent_dossier()
    who = PEOPLE["kiosk"]
    kept = json.dumps(
        [list(row) for row in database.execute(select(Event.kind, Event.facts))], default=str
    )
    personal = [who.nik, who.name, who.birth_date.isoformat(), "4567", "Jalan", "Kios"]
    assert [value for value in personal if value in kept] == []
    assert dossier.handover is not None
    assert str(dossier.handover.nib) in kept
