"""Given back, mended, sent again: only what was named can change, and both versions stay."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from app.domain.dossier.journey import StepName, Stop
from app.domain.law.calendar import WIT
from app.domain.licence.clock import ClockState
from app.domain.licence.corrections import (
    CorrectionItem,
    Hindrance,
    PaperTarget,
    ReturnReason,
    StepTarget,
)
from app.domain.licence.status import StatusSource
from app.domain.licence.turns import Turn
from app.domain.oss.codes import LicenceStatus
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier, Event, Job
from app.models.licence import Correction, Licence
from app.models.message import Message
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import estimates
from app.services.journey import steps
from app.services.licence import gate, standing, views
from app.services.licence.gate import DossierClosed
from app.services.mending import corrections, versions
from app.services.mending.corrections import CannotReturn, NotMended, TooLate
from app.services.nik import checks
from app.services.oss import handovers
from app.services.tracking import progress
from tests.factories import (
    MEDIUM_HIGH,
    MICRO,
    PEOPLE,
    STEPS,
    VILLAGE,
    add_activity,
    dossier_at,
    identify,
    new_line,
    run,
    sent_dossier,
)

S = LicenceStatus
OFFICE = StatusSource.OFFICE
DEPOT = "11052"  # refilling drinking water: medium-high risk, seven working days
PLACE, LAND = StepTarget(StepName.PLACE), StepTarget(StepName.LAND)


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture
def dossier(app, database) -> Dossier:
    """A dossier whose papers are complete; the office has seven days."""
    new_line(app)
    found = sent_dossier(kbli_code=DEPOT)
    status(found, S.COMPLETE)
    database.commit()
    return found


def licence(dossier: Dossier) -> Licence:
    (found,) = standing.of(dossier)
    return found


def status(dossier: Dossier, code: LicenceStatus) -> None:
    standing.record_status(
        dossier, licence(dossier).id_izin, code, at=datetime.now(UTC), source=OFFICE
    )


def item(target=PLACE, reason=ReturnReason.PLACE_NOT_IN_PLAN, note="") -> CorrectionItem:
    return CorrectionItem(target, reason, note)


def give_back(dossier: Dossier, *items: CorrectionItem, **more) -> Correction:
    found = corrections.return_for_correction(dossier, items or [item()], by=OFFICE, **more)
    db.session.commit()
    return found


def set_place(dossier: Dossier, street: str = "Jalan Baru 3") -> None:
    steps.set_place(
        dossier,
        village_code=VILLAGE,
        street=street,
        rt_rw=None,
        shared_premises=False,
        position_code="01",
    )


def set_land(dossier: Dossier) -> None:
    steps.set_land(dossier, area=Decimal("20"), unit="01", status="01", customary=False)


def codes(dossier: Dossier) -> list[str]:
    return [event.status for event in licence(dossier).events]


def test_only_what_was_named_can_be_changed(database, dossier):
    give_back(dossier)
    assert codes(dossier) == ["09", "10", "41"]
    assert progress.turn_of(dossier) is Turn.MEND_FILE
    open_ones = [step for step in StepName if gate.may_answer(dossier, step)]
    assert open_ones == [StepName.PLACE]
    with pytest.raises(DossierClosed):
        set_land(dossier)
    assert dossier.activity.land_area == Decimal("12")
    set_place(dossier)
    assert dossier.activity.street == "Jalan Baru 3"


def test_a_step_of_another_activity_stays_closed(database, dossier):
    give_back(dossier)
    assert not gate.may_answer(dossier, StepName.PLACE, 1)
    assert gate.target_of(Stop(StepName.HOME, 3)) == StepTarget(StepName.HOME, 0)


def test_before_it_is_given_back_and_after_it_is_sent_nothing_can_change(database, dossier):
    assert not any(gate.may_answer(dossier, step) for step in StepName)
    give_back(dossier)
    set_place(dossier)
    corrections.send_again(dossier, by=OFFICE)
    assert not any(gate.may_answer(dossier, step) for step in StepName)
    with pytest.raises(DossierClosed):
        set_place(dossier, "Jalan Lain 9")


def test_officers_who_come_to_look_are_announced(database, dossier):
    status(dossier, S.INSPECTION)
    told = select(Message.kind).where(Message.dossier_id == dossier.id).order_by(Message.id)
    assert database.scalars(told).all()[-1] == MessageKind.VISIT_PLANNED


def test_every_thing_must_be_mended_first(database, dossier):
    give_back(dossier, item(), item(LAND, ReturnReason.FIGURES_INCONSISTENT))
    set_place(dossier)
    with pytest.raises(NotMended) as caught:
        corrections.send_again(dossier, by=OFFICE)
    assert caught.value.why is Hindrance.ITEMS
    assert codes(dossier)[-1] == "41"
    set_land(dossier)
    corrections.send_again(dossier, by=OFFICE)
    assert codes(dossier)[-1] == "42"
    assert gate.open_items(dossier) == []
    assert progress.turn_of(dossier) is Turn.PLAY_OFFICE
    kinds = list(database.scalars(select(Event.kind).order_by(Event.number)))
    assert kinds.count("returned") == kinds.count("sent_again") == 1


def test_sending_again_twice_sends_once(database, dossier):
    give_back(dossier)
    set_place(dossier)
    corrections.send_again(dossier, by=OFFICE)
    before = codes(dossier)
    corrections.send_again(dossier, by=OFFICE)
    assert codes(dossier) == before


def test_given_back_anew_it_starts_from_zero(database, dossier):
    give_back(dossier, anew=True)
    set_place(dossier)
    corrections.send_again(dossier, by=OFFICE)
    assert codes(dossier) == ["09", "10", "43", "44"]


def test_both_versions_stay_sealed(app, database, dossier):
    give_back(dossier, item(note="Nama jalan kurang"))
    set_place(dossier, "Jalan Rahasia 77")
    corrections.send_again(dossier, by=OFFICE)
    database.commit()
    (correction,) = corrections.past_corrections(dossier)
    (one,) = correction.items
    before, after = json.loads(str(one.before)), json.loads(str(one.after))
    assert before["answers"]["street"] == "Jalan Latihan 7, dekat pasar"
    assert after["answers"]["street"] == "Jalan Rahasia 77"
    assert set(before["shown"]) == {"id", "en"}
    with app.test_request_context():
        (view,) = versions.view_items(dossier, [one])
    assert view.differs
    assert "Jalan Latihan 7" in str(view.before)
    assert "Jalan Rahasia 77" in str(view.now)
    raw = database.execute(text("SELECT before, after, note FROM correction_targets")).one()
    assert b"Jalan" not in b"".join(bytes(value) for value in raw)
    assert "Jalan" not in str(database.scalars(select(Event.facts)).all())


@pytest.mark.parametrize("step", [step for step in STEPS if step is not StepName.DECLARATIONS])
def test_every_step_can_be_kept(database, dossier, step):
    give_back(dossier, item(StepTarget(step), ReturnReason.WRONG_DOCUMENT))
    (one,) = gate.open_items(dossier)
    kept = json.loads(str(one.before))
    assert any(value is not None for value in kept["answers"].values())
    assert kept["shown"]["id"]


def test_it_can_be_given_back_again_and_again(database, dossier):
    for number in range(3):
        give_back(dossier)
        set_place(dossier, f"Jalan Baru {number}")
        corrections.send_again(dossier, by=OFFICE)
        database.commit()
    assert codes(dossier) == ["09", "10", *["41", "42"] * 3]
    assert len(corrections.past_corrections(dossier)) == 3


@pytest.mark.parametrize(
    "items",
    [
        [],
        [item(reason=ReturnReason.DUPLICATE)],
        [item(reason=ReturnReason.LATE_REPLY)],
        [item(target=None)],
        [item(StepTarget(StepName.PLACE, 4))],
    ],
    ids=["nothing", "ends it", "ends it, too", "no target", "no such activity"],
)
def test_what_cannot_be_mended_is_not_given_back(database, dossier, items):
    with pytest.raises(CannotReturn):
        corrections.return_for_correction(dossier, items, by=OFFICE)
    assert codes(dossier) == ["09", "10"]


def test_not_twice_and_not_after_the_end(database, dossier):
    give_back(dossier)
    with pytest.raises(CannotReturn):
        give_back(dossier)
    status(dossier, S.REJECTED)
    with pytest.raises(CannotReturn):
        give_back(dossier)


def test_a_licence_without_an_office_cannot_be_given_back(database):
    with pytest.raises(CannotReturn):
        give_back(sent_dossier())


def test_another_activity_code_asks_what_depends_on_it(database, dossier):
    give_back(dossier, item(StepTarget(StepName.ACTIVITY), ReturnReason.KBLI_DIFFERS))
    steps.choose_activity(dossier, "47112")
    assert gate.may_answer(dossier, StepName.BUSINESS)
    assert not gate.may_answer(dossier, StepName.PLACE)
    assert gate.hindrance_of(dossier) is Hindrance.ANSWERS
    steps.describe_business(dossier, trade_name=None, description="Jual beras", scope_no=None)
    missing = estimates.missing_declarations(dossier)
    if missing:
        steps.declare(dossier, missing)
    # A kiosk is low risk: no certificate of this kind any more.
    assert gate.hindrance_of(dossier) is Hindrance.OTHER_LICENCE
    with pytest.raises(NotMended):
        corrections.send_again(dossier, by=OFFICE)


def test_more_capital_that_leads_to_another_size_is_no_mending(database, dossier):
    give_back(dossier, item(StepTarget(StepName.CAPITAL), ReturnReason.FIGURES_INCONSISTENT))
    steps.declare_capital(dossier, MICRO)
    assert gate.hindrance_of(dossier) is None
    corrections.send_again(dossier, by=OFFICE)


def test_a_slip_in_what_was_rejected_does_not_hold_up_the_other(app, database):
    new_line(app)
    dossier = dossier_at(None, kbli_code=DEPOT)
    add_activity(dossier, MEDIUM_HIGH)
    job = handovers.send(dossier)
    database.commit()
    assert run(job.id)
    one, other = standing.of(dossier)
    wrong_code = item(StepTarget(StepName.ACTIVITY), ReturnReason.KBLI_DIFFERS)
    give_back(dossier, wrong_code, id_izin=one.id_izin)
    steps.choose_activity(dossier, "47112")
    steps.describe_business(dossier, trade_name=None, description="Jual beras", scope_no=None)
    missing = estimates.missing_declarations(dossier)
    if missing:
        steps.declare(dossier, missing)
    assert gate.hindrance_of(dossier) is Hindrance.OTHER_LICENCE
    now = datetime.now(UTC)
    standing.record_status(dossier, one.id_izin, S.REJECTED, at=now, source=OFFICE)
    give_back(dossier, item(StepTarget(StepName.PLACE, 1)), id_izin=other.id_izin)
    steps.set_place(
        dossier, village_code=VILLAGE, street="Jalan Baru 3", rt_rw=None, shared_premises=False,
        position_code="01", at=1,
    )  # fmt: skip
    assert gate.hindrance_of(dossier) is None
    corrections.send_again(dossier, by=OFFICE)
    assert other.status == S.CLARIFIED


def test_a_new_name_must_fit_the_nik_again(app, database, dossier, office_is):
    give_back(dossier, item(StepTarget(StepName.IDENTITY), ReturnReason.NAME_DIFFERS))
    assert identify(dossier, PEOPLE["name_differs"])
    job = checks.plan(dossier)
    database.commit()
    assert gate.hindrance_of(dossier) is Hindrance.NIK
    assert run(job.id)
    database.expire_all()
    assert gate.hindrance_of(dossier) is Hindrance.NIK
    assert dossier.sent_at is not None, "OSS has it: it is not given back as unsent"


def test_what_was_mended_wrongly_before_can_be_mended_once_more(app, database):
    """Two licences: one is given back for the identity and rejected, the other for the place."""
    new_line(app)
    dossier = dossier_at(None, kbli_code=MEDIUM_HIGH)
    add_activity(dossier, MEDIUM_HIGH)
    job = handovers.send(dossier)
    database.commit()
    assert run(job.id)
    one, other = standing.of(dossier)
    give_back(
        dossier, item(StepTarget(StepName.IDENTITY), ReturnReason.NAME_DIFFERS), id_izin=one.id_izin
    )
    assert identify(dossier, PEOPLE["name_differs"])
    job = checks.plan(dossier)
    database.commit()
    assert run(job.id)
    database.expire_all()
    now = datetime.now(UTC)
    standing.record_status(dossier, one.id_izin, LicenceStatus.REJECTED, at=now, source=OFFICE)
    assert not gate.may_answer(dossier, StepName.IDENTITY), "nothing is to be mended now"
    give_back(dossier, id_izin=other.id_izin)
    assert not gate.may_answer(dossier, StepName.IDENTITY), "first what was asked for"
    set_place(dossier)
    assert gate.hindrance_of(dossier) is Hindrance.NIK
    assert gate.may_answer(dossier, StepName.IDENTITY)
    assert not gate.may_answer(dossier, StepName.CAPITAL), "it was never given back"
    assert identify(dossier, PEOPLE["kiosk"])
    job = checks.plan(dossier)
    database.commit()
    assert run(job.id)
    database.expire_all()
    corrections.send_again(dossier, by=OFFICE)
    assert other.status == LicenceStatus.CLARIFIED


def test_papers_are_mended_by_their_key(database, dossier):
    give_back(dossier, item(PaperTarget("ktp"), ReturnReason.UNREADABLE))
    assert gate.papers_to_mend(dossier) == {"ktp"}
    assert not any(gate.may_answer(dossier, step) for step in StepName)
    gate.changed(dossier, PaperTarget("ktp"))
    corrections.send_again(dossier, by=OFFICE)
    assert codes(dossier)[-1] == "42"
    assert gate.papers_to_mend(dossier) == set()


# The time to answer


def test_no_term_is_made_up(database, dossier):
    correction = give_back(dossier, item(LAND, ReturnReason.FIGURES_INCONSISTENT))
    assert correction.answer_until is None
    assert corrections.last_day(correction) is None
    assert jobs.open_job(JobKind.CORRECTION_LATE, dossier.id) is None


def test_the_term_of_the_law_or_of_the_office(database, dossier):
    monday = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
    correction = give_back(dossier, at=monday)
    assert corrections.last_day(correction) == date(2026, 12, 7), "five working days"
    assert correction.answer_until == datetime(2026, 12, 8, tzinfo=WIT)
    set_place(dossier)
    corrections.send_again(dossier, by=OFFICE, at=monday)
    correction = give_back(dossier, answer_days=2, at=monday + timedelta(minutes=1))
    assert corrections.last_day(correction) == date(2026, 12, 2)


def late_job(dossier: Dossier) -> Job:
    job = jobs.open_job(JobKind.CORRECTION_LATE, dossier.id)
    assert job is not None
    return job


def test_at_the_end_of_the_term_it_is_rejected(app, database, dossier):
    correction = give_back(dossier, answer_days=1)
    job = late_job(dossier)
    assert job.due_at == correction.answer_until
    database.execute(text("UPDATE corrections SET answer_until = opened_at"))
    database.commit()
    assert run(job.id)
    database.expire_all()
    assert codes(dossier)[-1] == "90"
    event = licence(dossier).events[-1]
    assert (event.reason_code, event.targets, event.source) == (
        "late_reply",
        ["step:tempat:0"],
        "clock",
    )
    assert corrections.past_corrections(dossier)[0].outcome == "late"
    assert not any(gate.may_answer(dossier, step) for step in StepName)
    assert progress.turn_of(dossier) is Turn.REJECTED


def test_an_answer_in_time_ends_the_term(app, database, dossier):
    give_back(dossier, answer_days=1)
    set_place(dossier)
    corrections.send_again(dossier, by=OFFICE)
    job = late_job(dossier)
    database.commit()
    assert run(job.id)
    database.expire_all()
    assert codes(dossier)[-1] == "42"


def test_an_answer_on_the_last_day_is_taken_and_after_midnight_not(database, dossier):
    correction = give_back(dossier, answer_days=1)
    set_place(dossier)
    until = correction.answer_until
    assert until is not None
    with pytest.raises(TooLate):
        corrections.send_again(dossier, by=OFFICE, at=until)
    assert codes(dossier)[-1] == "90"


def test_one_moment_before_midnight_is_in_time(database, dossier):
    correction = give_back(dossier, answer_days=1)
    set_place(dossier)
    assert correction.answer_until is not None
    corrections.send_again(dossier, by=OFFICE, at=correction.answer_until - timedelta(seconds=1))
    assert codes(dossier)[-1] == "42"


def test_when_the_office_goes_on_nothing_waits_any_more(database, dossier):
    give_back(dossier, answer_days=1)
    status(dossier, S.VALIDATION)
    assert gate.open_items(dossier) == []
    assert corrections.past_corrections(dossier)[0].outcome == "closed"


def test_the_clock_waits_meanwhile(app, database, dossier):
    give_back(dossier)
    (view,) = views.views(dossier, datetime.now(UTC))
    assert view.clock is not None
    assert (view.clock.state, view.clock.days_left) == (ClockState.PAUSED, 7)
