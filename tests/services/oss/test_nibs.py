"""The NIB brought back from OSS: kept once, corrected, confirmed when OSS can be asked."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from app.adapters.http import service_client
from app.adapters.oss.licensing import HttpLicensing, NoLine
from app.adapters.oss.port import FilingNotOffered
from app.domain.dossier.changes import ChangeKind, ChangeState
from app.domain.dossier.progress import Stage, StageState
from app.domain.law.calendar import local_date
from app.domain.law.legal_form import LegalForm
from app.domain.licence.status import StatusSource
from app.domain.licence.turns import Turn
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LicenceStatus
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource
from app.extensions import db, ports
from app.models.change import ChangeRequest
from app.models.dossier import Dossier, Handover
from app.models.message import Message
from app.services.after import changes
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.licence import standing, views
from app.services.messages import outbox
from app.services.nik import standing as nik_standing
from app.services.oss import handovers, nibs, submission, verdicts
from app.services.papers import issued
from app.services.rights import own_data
from app.services.tracking import progress
from tests.factories import (
    MEDIUM_HIGH,
    bring_forward,
    dossier_at,
    entity_dossier,
    looking,
    run,
    sent_dossier,
)

NOW = datetime.now(UTC)
NIB, OTHER = "8120207732258", "8120207732259"
FOR_OSS = {
    "OSS_URL": "https://oss.example",
    "OSS_USER_KEY": "k",
    "OSS_USERNAME": "u",
    "OSS_PASSWORD": "p",
}


@pytest.fixture
def session(assist) -> Iterator[scoped_session[Any]]:
    with looking(assist) as found:
        yield found


@pytest.fixture
def connected(app, make_app) -> Flask:
    """Connected mode, before any line to OSS is put in."""
    return make_app(testing=True, SERVICE_MODE="connected", **FOR_OSS)


class Oss:
    """Answers checkNIB as the test says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[str], tuple[int, dict[str, Any]]] = self.knows("YOSINA PRAKTIK")
        ports.licensing = HttpLicensing(
            service_client("oss", simulator=self, attempts=1), user_key="k", practice=False
        )

    def knows(self, holder: str, status: str = "01") -> Callable[[str], tuple[int, dict[str, Any]]]:
        return lambda nib: (
            200,
            {"kode": 200, "dataNIB": {"nib": nib, "nama_perusahaan": holder, "status": status}},
        )

    def refuses(self, code: int) -> Callable[[str], tuple[int, dict[str, Any]]]:
        return lambda nib: (code, {"kode": code, "keterangan": "x"})

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        nib = json.loads(body)["CHECKNIB"]["nib"]
        self.asked.append(nib)
        status, inside = self.answer(nib)
        start(f"{status} x", [("Content-Type", "application/json")])
        return [json.dumps({"responcheckNIB": inside}).encode()]


def match(dossier: Dossier) -> None:
    verdicts.record_by_staff(dossier, NikClass.MATCH)
    db.session.commit()


def kinds(dossier: Dossier) -> list[str]:
    db.session.refresh(dossier)
    found = [event.kind for event in dossier.events if event.kind != "nik_checked"]
    return found[found.index("sent") :]


def work(dossier: Dossier) -> bool:
    db.session.commit()
    bring_forward()
    job = jobs.open_job(JobKind.NIB_CHECK, dossier.id)
    assert job is not None
    done = run(job.id)
    db.session.refresh(dossier)
    return done


# The way without a line to OSS


def test_sending_asks_nobody_and_waits_for_the_person(session):
    dossier = sent_dossier()
    assert dossier.handover is not None
    assert dossier.handover.state == HandoverState.WAITING_NIK
    match(dossier)
    assert dossier.handover.state == HandoverState.FILE_AT_OSS
    assert progress.turn_of(dossier) is Turn.FILE_AT_OSS
    assert jobs.open_job(JobKind.HANDOVER, dossier.id) is None
    assert isinstance(ports.licensing, NoLine)


@pytest.mark.parametrize("checked_first", [True, False])
def test_who_has_sent_is_told_to_file_and_not_to_wait(session, checked_first):
    dossier = dossier_at(None)
    if checked_first:
        match(dossier)
    handovers.send(dossier)
    (told,) = outbox.of_dossier(dossier)
    assert told.facts == {"turn": "file_at_oss" if checked_first else "file_nik_open"}
    said = outbox.written(told)
    assert "Giliran Anda. Ajukan di oss.go.id" in said
    assert "tinggal tunggu" not in said


@pytest.mark.parametrize(
    ("status", "doubt", "turn"),
    [
        ("05", None, Turn.NOT_IN_FORCE),
        ("?", None, Turn.NOT_IN_FORCE),
        ("01", "holder", Turn.CORRECT_NIB),
        ("01", None, Turn.SHOW_PAPER),
    ],
)
def test_a_number_that_oss_holds_back_is_not_done(session, status, doubt, turn):
    dossier = sent_dossier()
    nibs.receive(dossier, NIB, NibSource.TYPED)
    assert dossier.handover is not None
    dossier.handover.nib_status, dossier.handover.nib_doubt = status, doubt
    assert progress.turn_of(dossier) is turn


def test_staff_see_the_paper_and_then_it_is_done(session):
    dossier = sent_dossier()
    match(dossier)
    with pytest.raises(nibs.NothingTold):
        nibs.see(dossier)
    nibs.receive(dossier, NIB, NibSource.TYPED)
    session.commit()
    assert [number for number, _ in nibs.unseen()] == [dossier.support_number]
    assert {s.stage for s in progress.way_of(dossier) if s.told} == {Stage.OSS, Stage.NIB}
    nibs.see(dossier)
    assert progress.turn_of(dossier) is Turn.DONE
    assert not any(s.told for s in progress.way_of(dossier))
    session.refresh(dossier)
    assert (dossier.events[-1].kind, dossier.events[-1].facts) == ("nib_seen", {"nib": NIB})
    assert nibs.unseen() == []
    with pytest.raises(nibs.NothingTold):
        nibs.see(dossier)
    nibs.receive(dossier, OTHER, NibSource.TYPED)
    assert progress.turn_of(dossier) is Turn.SHOW_PAPER, "another number was not seen"


@pytest.mark.parametrize("seen_by", ["staff", "oss"])
def test_a_licence_that_the_person_tells_counts_once_it_is_seen(session, seen_by):
    dossier = dossier_at(None, kbli_code=MEDIUM_HIGH)
    match(dossier)
    handovers.send(dossier)
    nibs.receive(dossier, NIB, NibSource.TYPED)
    nibs.see(dossier)
    (licence,) = standing.of(dossier)
    (view,) = views.views(dossier, datetime.now(UTC))
    assert (view.guessed, view.history) == (True, ()), "nobody has said anything yet"
    assert progress.turn_of(dossier) is Turn.LOOK_AT_OSS
    standing.read_in_oss(dossier, licence.id_izin, LicenceStatus.APPROVED, on=local_date(NOW))
    (view,) = views.views(dossier, datetime.now(UTC))
    assert (view.told, view.is_granted, [told for *_, told in view.history]) == (True, True, [True])
    assert progress.turn_of(dossier) is Turn.SHOW_PAPER
    assert [s.stage for s in progress.way_of(dossier) if s.told] == [Stage.LICENCE]
    source = StatusSource.OFFICE if seen_by == "staff" else StatusSource.OSS
    assert not standing.record_status(dossier, licence.id_izin, "50", at=NOW, source=source)
    assert progress.turn_of(dossier) is Turn.DONE
    (view,) = views.views(dossier, datetime.now(UTC))
    assert not view.told
    session.refresh(dossier)
    assert dossier.events[-1].kind == "licence_seen"


def test_a_withdrawn_file_is_nobodys_turn(session):
    dossier = dossier_at(None)
    own_data.withdraw(dossier)
    assert progress.turn_of(dossier) is Turn.WITHDRAWN


def test_nothing_can_be_filed_over_no_line(session):
    dossier = sent_dossier()
    with pytest.raises(FilingNotOffered):
        ports.licensing.hand_over(submission.submission_of(dossier))


def test_a_matched_nik_leads_straight_to_filing(session):
    dossier = dossier_at(None)
    match(dossier)
    assert handovers.send(dossier) is None
    assert progress.turn_of(dossier) is Turn.FILE_AT_OSS


def test_the_whole_way_in_assist_mode(session):
    dossier = sent_dossier()
    match(dossier)
    assert nibs.receive(dossier, NIB, NibSource.TYPED) is None
    handover = dossier.handover
    assert handover is not None
    assert (handover.nib, handover.nib_source) == (NIB, "typed")
    assert handover.nib_at is not None
    assert handover.nib_confirmed_at is None
    assert handover.state == HandoverState.ACCEPTED
    assert progress.turn_of(dossier) is Turn.SHOW_PAPER
    assert [s.stage for s in progress.way_of(dossier) if s.state is not StageState.DONE] == [
        Stage.NIB
    ]
    assert kinds(dossier) == ["sent", "nib_received"]
    assert issued.of(dossier) is None, "OSS alone makes the paper"


def test_a_nib_may_come_before_the_answer_of_the_registry(session):
    dossier = sent_dossier()
    nibs.receive(dossier, NIB, NibSource.TYPED)
    stations = {station.stage: station.state for station in progress.way_of(dossier)}
    assert stations[Stage.NIK] is StageState.NOW
    assert stations[Stage.NIB] is StageState.STUCK
    verdicts.record_by_staff(dossier, NikClass.NAME_MISMATCH)
    assert dossier.handover is not None
    assert dossier.handover.nib == NIB, "OSS has looked at the NIK itself"


def test_a_nik_that_does_not_fit_gives_the_file_back(session):
    dossier = sent_dossier()
    verdicts.record_by_staff(dossier, NikClass.NOT_FOUND)
    assert progress.turn_of(dossier) is Turn.MEND_NIK
    assert not nibs.may_tell(dossier)


def test_corrected_by_the_person_both_numbers_stay_in_the_record(session):
    dossier = sent_dossier()
    nibs.receive(dossier, NIB, NibSource.TYPED)
    nibs.receive(dossier, OTHER, NibSource.SCANNED)
    assert dossier.handover is not None
    assert (dossier.handover.nib, dossier.handover.nib_source) == (OTHER, "scanned")
    assert [(e.kind, e.facts) for e in dossier.events[-2:]] == [
        ("nib_received", {"nib": NIB, "source": "typed"}),
        ("nib_corrected", {"nib": OTHER, "source": "scanned"}),
    ]


def test_one_nib_belongs_to_one_holder(session):
    first, second = sent_dossier(), sent_dossier(who="fisher")
    nibs.receive(first, NIB, NibSource.TYPED)
    with pytest.raises(nibs.NibTaken):
        nibs.receive(second, NIB, NibSource.TYPED)
    assert second.handover is not None
    assert second.handover.nib is None
    nibs.receive(first, OTHER, NibSource.TYPED)
    nibs.receive(second, NIB, NibSource.TYPED)


@pytest.mark.parametrize("kind", [each for each in ChangeKind if each is not ChangeKind.CLOSE])
def test_a_change_keeps_the_number_of_its_nib(session, kind):
    """At OSS a change has the NIB that it changes; here it could never be told."""
    first = sent_dossier()
    match(first)
    nibs.receive(first, NIB, NibSource.TYPED)
    copy, request = change_of(first, kind)
    nibs.receive(copy, NIB, NibSource.TYPED)
    session.commit()
    assert copy.handover is not None
    assert (copy.handover.nib, copy.handover.state) == (NIB, HandoverState.ACCEPTED)
    assert request.state == ChangeState.DONE
    again, _ = change_of(copy, kind)
    nibs.receive(again, NIB, NibSource.TYPED)
    session.commit()
    stranger = sent_dossier(who="fisher")
    match(stranger)
    with pytest.raises(nibs.NibTaken):
        nibs.receive(stranger, NIB, NibSource.TYPED)


def change_of(dossier: Dossier, kind: ChangeKind) -> tuple[Dossier, ChangeRequest]:
    """Open a change and let it stand as sent; what is filled in does not matter here."""
    copy, _ = changes.open_change(dossier, kind, None)
    verdicts.record_by_staff(copy, NikClass.MATCH)
    copy.sent_at = datetime.now(UTC)
    state = HandoverState.FILE_AT_OSS
    copy.handover = Handover(key=secrets.token_urlsafe(32), state=state, licences=[],
                             created_at=copy.sent_at)  # fmt: skip
    db.session.commit()
    request = changes.behind(copy)
    assert request is not None
    return copy, request


def test_a_second_business_of_the_same_person_has_the_same_nib(session):
    """There is one NIB per person (PP 28/2025, Pasal 206), however many files they made here."""
    first, second, unproven = sent_dossier(), sent_dossier(), sent_dossier()
    match(first)
    match(second)
    nibs.receive(first, NIB, NibSource.TYPED)
    nibs.receive(second, NIB, NibSource.TYPED)
    session.commit()
    assert second.handover is not None
    assert second.handover.nib == NIB
    with pytest.raises(nibs.NibTaken):
        nibs.receive(unproven, NIB, NibSource.TYPED)


def test_a_nib_ends_in_every_file_that_has_it(session):
    first, second, other = sent_dossier(), sent_dossier(), sent_dossier(who="fisher")
    for dossier, nib in ((first, NIB), (second, NIB), (other, OTHER)):
        match(dossier)
        nibs.receive(dossier, nib, NibSource.TYPED)
    session.commit()
    changes.close(second, None)
    changes.closed_at_oss(second)
    session.commit()
    session.expire_all()
    assert [progress.turn_of(each) for each in (first, second, other)] == [
        Turn.ENDED_TOLD, Turn.ENDED_TOLD, Turn.SHOW_PAPER,
    ]  # fmt: skip


@pytest.mark.parametrize("sent", [True, False])
def test_practice_takes_no_nib(database, sent):
    dossier = sent_dossier() if sent else dossier_at(None)
    assert not nibs.may_tell(dossier)
    with pytest.raises(nibs.NotOpen):
        nibs.receive(dossier, NIB, NibSource.TYPED)


def test_before_it_is_sent_there_is_no_nib(session):
    with pytest.raises(nibs.NotOpen):
        nibs.receive(dossier_at(None), NIB, NibSource.TYPED)


# Specimens of an earlier practice


def test_a_specimen_is_shown_in_training_only(app, make_app):
    with looking(app):
        dossier = sent_dossier()
        dossier_id, code = dossier.id, dossier.papers[0].code
        assert issued.find(code) is not None
    with looking(make_app(testing=True, SERVICE_MODE="assist")) as session:
        found = session.get(Dossier, dossier_id)
        assert found is not None
        assert issued.of(found) is None
        assert issued.find(code) is None


# With a line to OSS


def told() -> Dossier:
    dossier = sent_dossier()
    assert nibs.receive(dossier, NIB, NibSource.TYPED) is not None
    return dossier


def test_oss_confirms(connected):
    with looking(connected):
        oss = Oss()
        dossier = told()
        assert work(dossier)
        handover = dossier.handover
        assert handover is not None
        assert oss.asked == [NIB]
        assert handover.nib_confirmed_at is not None
        assert (handover.nib_status, handover.nib_doubt) == ("01", None)
        assert kinds(dossier)[-1] == "nib_confirmed"
        with pytest.raises(nibs.NotOpen):
            nibs.receive(dossier, OTHER, NibSource.TYPED)


@pytest.mark.parametrize(
    ("form", "holder"),
    [(LegalForm.CV, "CONTOH JAYA"), (LegalForm.BRANCH, "CONTOH PUSAT")],
)
def test_oss_has_a_company_or_head_office_under_its_own_name(connected, form, holder):
    with looking(connected):
        oss = Oss()
        oss.answer = oss.knows(holder)
        dossier = entity_dossier(form)
        handovers.send(dossier)
        nibs.receive(dossier, NIB, NibSource.TYPED)
        assert work(dossier)
        assert dossier.handover is not None
        assert dossier.handover.nib_doubt is None
        assert dossier.handover.nib_confirmed_at is not None


@pytest.mark.parametrize(
    ("answer", "doubt"), [("name", "holder"), (404, "unknown"), (400, "unknown")]
)
def test_oss_does_not_confirm_and_the_person_may_correct(connected, answer, doubt):
    with looking(connected):
        oss = Oss()
        oss.answer = oss.knows("ORANG LAIN") if answer == "name" else oss.refuses(answer)
        dossier = told()
        assert work(dossier)
        handover = dossier.handover
        assert handover is not None
        assert (handover.nib_doubt, handover.nib_confirmed_at) == (doubt, None)
        assert dossier.events[-1].facts == {"nib": NIB, "doubt": doubt}
        oss.answer = oss.knows("Kios Contoh")
        nibs.receive(dossier, OTHER, NibSource.TYPED)
        assert handover.nib_doubt is None
        assert work(dossier)
        assert handover.nib_confirmed_at is not None
        assert oss.asked[-1] == OTHER


@pytest.mark.parametrize("holder", ["", "-", None])
def test_a_name_that_oss_does_not_say_is_no_other_name(connected, holder):
    with looking(connected):
        oss = Oss()
        oss.answer = oss.knows(holder)
        dossier = told()
        assert not work(dossier)
        handover = dossier.handover
        assert handover is not None
        assert (handover.nib_doubt, handover.nib_confirmed_at) == (None, None)
        oss.answer = oss.knows("Yosina Praktik")
        assert work(dossier)
        assert handover.nib_confirmed_at is not None


@pytest.mark.parametrize("code", [401, 403, 405, 500, 504])
def test_what_is_not_about_the_number_is_asked_again_later(connected, code):
    with looking(connected):
        oss = Oss()
        oss.answer = oss.refuses(code)
        dossier = told()
        assert not work(dossier)
        assert dossier.handover is not None
        assert (dossier.handover.nib, dossier.handover.nib_doubt) == (NIB, None)
        oss.answer = oss.knows("Yosina Praktik")
        assert work(dossier)
        assert dossier.handover.nib_confirmed_at is not None


def test_an_answer_about_the_number_before_is_not_kept(connected):
    with looking(connected):
        oss = Oss()
        dossier = told()
        dossier_id = dossier.id
        known = oss.knows("Yosina Praktik")

        def meanwhile(nib: str) -> tuple[int, dict[str, Any]]:
            if nib == NIB:  # OSS answers in a thread of its own
                with looking(connected) as session:
                    found = session.get(Dossier, dossier_id)
                    assert found is not None
                    nibs.receive(found, OTHER, NibSource.TYPED)
                    session.commit()
            return known(nib)

        oss.answer = meanwhile
        assert not work(dossier)
        assert dossier.handover is not None
        assert dossier.handover.nib_confirmed_at is None
        assert work(dossier)
        assert dossier.handover.nib_confirmed_at is not None
        assert oss.asked == [NIB, OTHER]


def test_without_a_line_a_job_left_over_ends(connected, make_app):
    with looking(connected):
        dossier_id = told().id
        db.session.commit()
    with looking(make_app(testing=True, SERVICE_MODE="assist")) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        assert work(dossier)


@pytest.mark.parametrize("right", [NikClass.MATCH, NikClass.NAME_MISMATCH])
@pytest.mark.parametrize("wrong", [NikClass.MATCH, NikClass.NAME_MISMATCH])
def test_a_wrong_verdict_is_taken_back_and_the_right_one_leads_on(session, wrong, right):
    dossier = sent_dossier()
    verdicts.record_by_staff(dossier, wrong)
    session.commit()
    verdicts.take_back(dossier)
    session.commit()
    assert nik_standing.current_class(dossier) is NikClass.PENDING
    if dossier.handover is not None:
        assert dossier.handover.state == HandoverState.WAITING_NIK
    with pytest.raises(nik_standing.NothingWaits):
        verdicts.take_back(dossier)
    verdicts.record_by_staff(dossier, right)
    session.commit()
    assert [check.nik_class for check in dossier.nik_checks] == [wrong, right]
    was_sent = wrong is NikClass.MATCH and right is NikClass.MATCH
    assert (dossier.sent_at is not None) is was_sent
    if was_sent:
        assert dossier.handover.state == HandoverState.FILE_AT_OSS
    kinds_told = set(session.scalars(select(Message.kind).where(Message.dossier_id == dossier.id)))
    assert "status_changed" in kinds_told
    assert ("nik_ok" if right is NikClass.MATCH else "nik_trouble") in kinds_told


def test_a_verdict_is_not_taken_back_once_a_nib_came_of_it(session):
    dossier = sent_dossier()
    match(dossier)
    nibs.receive(dossier, NIB, NibSource.TYPED)
    session.commit()
    with pytest.raises(verdicts.LeftTheHouse):
        verdicts.take_back(dossier)
    assert nik_standing.current_class(dossier) is NikClass.MATCH
