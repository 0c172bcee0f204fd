"""One door for a NIB: each way that one comes, to a file that is free, of one holder or of two."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.adapters.oss.licensing import HttpLicensing
from app.adapters.oss.results import LicensingResult
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import NibStatus
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource
from app.extensions import db, ports
from app.models.dossier import Dossier, Event, Handover, Job
from app.models.message import Message
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.oss import nibs, verdicts
from tests.factories import at_once, bring_forward, looking, new_line, run, sent_dossier

NIB, OTHER = "8120207732258", "8120207732259"
AT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)

Way = Callable[[Dossier, str], Job | None]


def by_person(source: NibSource) -> Way:
    return lambda dossier, nib: nibs.receive(dossier, nib, source, AT)


def by_notice(dossier: Dossier, nib: str) -> Job | None:
    return nibs.receive(dossier, nib, NibSource.OSS, AT, status="01")


def by_answer(dossier: Dossier, nib: str) -> Job | None:
    answer = LicensingResult("OSS-1", nib, NibStatus.ACTIVE, AT.date())
    return nibs.receive(dossier, nib, NibSource.OSS, AT, status="01", answer=answer)


WAYS: dict[str, Way] = {
    "typed": by_person(NibSource.TYPED),
    "scanned": by_person(NibSource.SCANNED),
    "notice": by_notice,
    "answer": by_answer,
}
each_way = pytest.mark.parametrize("way", WAYS)


def matching(who: str = "kiosk") -> Dossier:
    dossier = sent_dossier(who=who)
    verdicts.record_by_staff(dossier, NikClass.MATCH)
    db.session.commit()
    return dossier


def held(dossier: Dossier) -> Handover:
    assert dossier.handover is not None
    return dossier.handover


def state_of(dossier: Dossier) -> tuple[object, ...]:
    """Return the columns of the hand-over, and how much was recorded, told and planned."""
    db.session.commit()
    columns = [getattr(held(dossier), each.name) for each in Handover.__table__.columns]
    counts = [
        db.session.scalar(select(func.count()).where(model.dossier_id == dossier.id))
        for model in (Event, Message, Job)
    ]
    return (*columns, *counts)


@each_way
def test_a_free_file_takes_it_and_everything_that_follows_is_planned(assist, way):
    with looking(assist) as session:
        dossier = matching()
        WAYS[way](dossier, NIB)
        handover = held(dossier)
        assert (handover.nib, handover.nib_shared, handover.state) == (
            NIB, False, HandoverState.ACCEPTED,
        )  # fmt: skip
        assert (handover.nib_at, handover.answered_at) == (AT, AT)
        is_oss, is_answer = way in {"notice", "answer"}, way == "answer"
        assert handover.nib_source == ("oss" if is_oss else way)
        assert handover.nib_status == ("01" if is_oss else None)
        assert handover.nib_confirmed_at == (AT if is_answer else None)
        session.refresh(dossier)
        last = [event for event in dossier.events if event.kind == "nib_received"]
        assert [event.facts for event in last] == [{"nib": NIB, "source": handover.nib_source}]
        asked = jobs.open_job(JobKind.RECONCILE, dossier.id)
        assert (asked is not None) is is_oss
        if asked is not None:
            assert asked.due_at - AT == timedelta(minutes=2 if is_answer else 0)
        told = set(session.scalars(select(Message.kind).where(Message.dossier_id == dossier.id)))
        assert ("nib_ready" in told) is is_answer
        assert ("status_changed" in told) is (way == "notice")


@each_way
def test_a_second_delivery_changes_nothing(assist, way):
    with looking(assist):
        dossier = matching()
        WAYS[way](dossier, NIB)
        before = state_of(dossier)
        if way == "answer":
            again = ["notice", "answer"]  # what OSS confirmed, the person can tell no more
        else:
            again = ["typed", "scanned", "notice", "answer"]
        for each in again:
            WAYS[each](dossier, NIB)
        assert state_of(dossier) == before


@each_way
@pytest.mark.parametrize(("who", "is_same"), [("kiosk", True), ("fisher", False)])
def test_another_file_has_it_already(assist, way, who, is_same):
    with looking(assist):
        first, second = matching(), matching(who)
        WAYS["typed"](first, NIB)
        before = state_of(second)
        if is_same:
            WAYS[way](second, NIB)
            assert (held(second).nib, held(second).nib_shared) == (NIB, True)
            return
        with pytest.raises(nibs.NibTaken):
            WAYS[way](second, NIB)
        assert state_of(second) == before


@each_way
@pytest.mark.parametrize(("who", "keep_it"), [("fisher", 1), ("kiosk", 2)])
def test_two_files_receive_it_at_one_moment(assist, way, who, keep_it):
    with looking(assist):
        ids = [matching().id, matching(who).id]

    def deliver(dossier_id: int) -> None:
        with looking(assist) as session:
            WAYS[way](session.get_one(Dossier, dossier_id), NIB)
            session.commit()

    outcomes = at_once([lambda i=i: deliver(i) for i in ids])
    assert outcomes.count(None) == keep_it
    assert sum(isinstance(each, nibs.NibTaken) for each in outcomes) == 2 - keep_it
    with looking(assist) as session:
        shared = session.scalars(select(Handover.nib_shared).where(Handover.nib == NIB)).all()
    assert sorted(shared) == [False, True][:keep_it]


def test_only_the_person_may_correct_it_and_oss_writes_over_nothing(assist):
    with looking(assist):
        dossier = matching()
        WAYS["typed"](dossier, NIB)
        for way in ("notice", "answer"):
            with pytest.raises(nibs.NotOpen):
                WAYS[way](dossier, OTHER)
        WAYS["scanned"](dossier, OTHER)
        assert held(dossier).nib == OTHER
        WAYS["notice"](other := matching("fisher"), NIB)
        WAYS["typed"](other, "8120207732260")
        assert held(other).nib_status is None, "the state was that of the number before"


class SaysAgain:
    """The practice OSS, but for the NIB: it gives one that it gave before."""

    def __init__(self, line: HttpLicensing, nib: str) -> None:
        self.line, self.nib = line, nib
        self.hand_over = line.hand_over

    def ask(self, oss_id: str, **more: float) -> LicensingResult:
        return dataclasses.replace(self.line.ask(oss_id, **more), nib=self.nib)


@pytest.mark.parametrize(("who", "is_same"), [("kiosk", True), ("fisher", False)])
def test_the_answer_to_a_hand_over_comes_by_the_same_door(app, database, who, is_same):
    """A NIB of somebody else is no crash that comes again: the file waits and is tried again."""
    new_line(app)
    first = sent_dossier()
    line = ports.licensing
    assert isinstance(line, HttpLicensing)
    given = held(first).nib
    assert given is not None
    ports.licensing = SaysAgain(line, given)
    second = sent_dossier(who=who)
    assert held(second).nib == (given if is_same else None)
    assert held(second).nib_shared is is_same
    if not is_same:
        assert held(second).state == HandoverState.WAITING
        assert (second.events[-1].kind, second.events[-1].facts) == (
            "handover_postponed", {"cause": "nib_taken"},
        )  # fmt: skip
    ports.licensing = line
    bring_forward()
    open_job = jobs.open_job(JobKind.HANDOVER, second.id)
    assert (open_job is None) is is_same
    if open_job is not None:
        assert run(open_job.id)
        assert held(second).nib not in {None, given}
