"""Dossiers: opened by number and PIN, answered step by step, closed once they are sent."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from app.domain.dossier import journey
from app.domain.dossier.journey import StepName, Stop
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.estimate import EstimateCase, JourneyReason
from app.domain.law.requirements import DeclarationKind
from app.domain.law.risk import RiskLevel
from app.domain.sending.messages import MessageKind
from app.domain.written.support_number import format_support_number, parse_support_number
from app.extensions import db
from app.models.dossier import Applicant, DeclarationGiven, Dossier, Event, NikCheck
from app.models.message import Message
from app.services.dossier import answers as dossier_answers
from app.services.dossier import estimates, opening, pins
from app.services.dossier.pins import Asker
from app.services.journey import steps
from app.services.licence.gate import DossierClosed
from app.services.nik import checks
from app.services.reference.book import get_book
from tests.factories import (
    BY_SCOPE,
    HIGH,
    LOW,
    MEDIUM,
    MEDIUM_HIGH,
    MEDIUM_LOW,
    MICRO,
    NOT_FOR_MICRO,
    OTHER_PIN,
    PEOPLE,
    PHONE,
    PIN,
    STEPS,
    STREET,
    UNKNOWN_RISK,
    at_once,
    dossier_at,
    identify,
    looking,
    pin_hash,
    run,
    sent_dossier,
)

SMALL = dataclasses.replace(MICRO, machines_idr=1_000_000_001)


# Opening


def test_a_number_is_what_people_can_type(database):
    dossier = opening.start(pin_hash(), "id")
    number = dossier.support_number
    assert parse_support_number(format_support_number(number)) == number
    assert opening.find_by_number(number) is dossier
    assert opening.find_by_number("0" * 12) is None


def test_numbers_do_not_follow_each_other(database):
    numbers = [int(opening.start(pin_hash(), "id").support_number) for _ in range(20)]
    assert len(set(numbers)) == 20
    gaps = {abs(a - b) for a, b in pairwise(numbers)}
    assert min(gaps) > 100


def test_a_dossier_is_empty_at_first(database):
    dossier = opening.start(pin_hash(), "en")
    assert dossier_answers.answers_of(dossier) == journey.Answers(
        given=frozenset({StepName.KIND})  # an individual is what everybody is at first
    )
    assert dossier.language == "en"
    assert [event.kind for event in dossier.events] == ["started"]


@pytest.mark.parametrize(
    ("code", "kept"), [(LOW, LOW), ("99999", None), ("", None), ("47112 --", None), (None, None)]
)
def test_only_a_known_activity_comes_along_from_the_check(database, code, kept):
    assert opening.start(pin_hash(), "id", kbli_code=code).activity.kbli_code == kept


def test_a_new_number_is_never_one_that_is_taken(database, monkeypatch):
    first = opening.start(pin_hash(), "id").support_number
    digits = iter([*map(int, first[:11]), *[7] * 11])
    monkeypatch.setattr(opening.secrets, "randbelow", lambda _: next(digits))
    assert opening.start(pin_hash(), "id").support_number.startswith("7" * 11)


# PIN


HERE = Asker(browser=None, address="192.0.2.1")


def try_pin(number: str, pin: str) -> Dossier:
    """Try a PIN as the page does: a wrong one stays counted."""
    fits = pins.pin_fits(pin, pins.pin_hash_of(number))
    try:
        return pins.open_with_pin(number, pin, HERE, fits=fits)
    finally:
        db.session.commit()


@pytest.fixture
def number(database) -> str:
    number = opening.start(pin_hash(), "id").support_number
    database.commit()
    return number


def test_only_the_right_pin_fits():
    assert pins.pin_fits(PIN, pin_hash())
    assert not pins.pin_fits(OTHER_PIN, pin_hash())
    assert not pins.pin_fits("", pin_hash())
    assert not pins.pin_fits(PIN, None)
    assert not pins.pin_fits("no dossier has this PIN", None)


def test_guessing_a_pin_is_dear(monkeypatch):
    """Read anew, since tests hash cheaply: 19 MiB and two passes, what OWASP asks at least."""
    spec = importlib.util.spec_from_file_location("pins_as_they_are", pins.__file__)
    as_they_are = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, as_they_are)
    spec.loader.exec_module(as_they_are)
    assert as_they_are.hash_pin(PIN).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_pin_itself_is_not_in_its_hash():
    assert pin_hash().startswith("$argon2id$")
    assert PIN not in pin_hash()
    assert pins.hash_pin(PIN) != pin_hash(), "each has a salt of its own"


def test_the_right_pin_opens(number):
    assert try_pin(number, PIN).support_number == number


@pytest.mark.parametrize("wrong", ["SRG 1234", "9601055403879001", "SRG 0000 0000 0000"])
def test_the_command_says_when_there_is_no_such_dossier(app, wrong):
    ended = app.test_cli_runner().invoke(args=["dossier", "unlock", wrong])
    assert ended.exit_code == 1
    assert "number" in ended.output


# Answers


def test_each_step_leads_to_the_next(database):
    for step in STEPS:
        dossier = dossier_at(step)
        assert journey.first_unanswered(dossier_answers.answers_of(dossier)) == Stop(step)
        database.expunge_all()
    assert journey.first_unanswered(dossier_answers.answers_of(dossier_at(None))) is None


def test_what_is_answered_is_there_after_a_restart(database):
    dossier_id = dossier_at(None).id
    database.expunge_all()
    dossier = database.get_one(Dossier, dossier_id)
    who, activity = dossier.applicant, dossier.activity
    person = PEOPLE["kiosk"]
    assert (who.nik, who.name) == (person.nik, person.name)
    assert (who.birth_date, who.sex) == (person.birth_date.isoformat(), person.sex)
    assert (who.phone, who.street) == ("+6281200004567", STREET)
    assert (who.area_code, who.rt_rw) == ("9601051002", "001/002")
    assert (activity.kbli_year, activity.kbli_code) == (2025, LOW)
    assert (activity.street, activity.land_area) == (STREET, Decimal("12"))
    assert estimates.capital_of(activity) == MICRO
    assert (activity.product, activity.capacity) == ("beras, gula", Decimal("1500"))


def test_amounts_and_quantities_keep_every_digit(database):
    largest = 999_999_999_999_999
    dossier = dossier_at(StepName.PLACE)
    steps.declare_capital(dossier, Capital(largest, largest, largest, largest, largest))
    steps.set_land(dossier, area=Decimal("999999999999.99"), unit="02", status="03", customary=True)
    steps.set_production(
        dossier,
        workers_male=999_999,
        workers_female=0,
        product="p" * 1024,
        capacity=Decimal("0.1"),
        unit="u" * 40,
    )
    database.commit()
    database.expire_all()
    activity = dossier.activity
    assert estimates.capital_of(activity) == Capital(largest, largest, largest, largest, largest)
    assert activity.land_area == Decimal("999999999999.99")
    assert activity.capacity == Decimal("0.1")


def test_capital_is_unknown_until_every_part_is(database):
    activity = opening.start(pin_hash(), "id").activity
    assert estimates.capital_of(activity) is None
    activity.land_idr = activity.building_idr = activity.machines_idr = activity.other_idr = 0
    assert estimates.capital_of(activity) is None
    activity.working_idr = 0
    assert estimates.capital_of(activity) == Capital(0, 0, 0, 0, 0)


SETTERS = {
    "identity": lambda d: identify(d, PEOPLE["fisher"]),
    "phone": lambda d: steps.set_phone(d, "+6281299999999"),
    "home": lambda d: steps.set_home(
        d, area_code="7371", area_text="x", street="x", rt_rw=None, postcode=None
    ),
    "activity": lambda d: steps.choose_activity(d, MEDIUM_LOW),
    "business": lambda d: steps.describe_business(d, trade_name=None, description="x", scope_no=1),
    "place": lambda d: steps.set_place(
        d,
        village_code="9601062001",
        street="x",
        rt_rw=None,
        shared_premises=True,
        position_code="02",
    ),
    "land": lambda d: steps.set_land(d, area=Decimal(1), unit="02", status="01", customary=False),
    "capital": lambda d: steps.declare_capital(d, MEDIUM),
    "production": lambda d: steps.set_production(
        d, workers_male=0, workers_female=0, product="x", capacity=Decimal(1), unit="x"
    ),
    "declarations": lambda d: steps.declare(d, list(DeclarationKind)),
}


NEW_PHONE = "+6281299999999"


def told_of_the_phone(database) -> list[str | None]:
    """Return to whom it was written that a number was changed."""
    query = select(Message).where(Message.kind == MessageKind.PHONE_CHANGED).order_by(Message.id)
    return [message.address for message in database.scalars(query)]


def test_the_number_before_hears_that_it_was_changed(database):
    dossier = dossier_at(None)
    hour_ago = datetime.now(UTC) - opening.SLIP_MENDED_WITHIN
    stood = update(Event).where(Event.dossier_id == dossier.id)
    database.execute(stood.values(at=hour_ago + timedelta(minutes=1)))
    database.expire_all()
    steps.set_phone(dossier, NEW_PHONE, email="contoh@example.test")
    assert told_of_the_phone(database) == [], "a slip of the finger is a stranger's number"
    database.execute(stood.values(at=hour_ago - timedelta(minutes=1)))
    database.expire_all()
    steps.set_phone(dossier, NEW_PHONE, email="contoh@example.test")
    assert told_of_the_phone(database) == [], "the same"
    steps.set_phone(dossier, PHONE)
    assert told_of_the_phone(database) == [NEW_PHONE, "contoh@example.test"]


def test_a_sent_dossier_keeps_its_answers(database):
    dossier = sent_dossier()
    database.refresh(dossier)
    before = [
        tuple(getattr(row, column.key) for column in type(row).__table__.columns)
        for row in (dossier, dossier.applicant, dossier.activity, *dossier.declarations)
    ]
    events = len(dossier.events)
    for name, change in SETTERS.items():
        with pytest.raises(DossierClosed):
            change(dossier)
        database.commit()
        assert before == [
            tuple(getattr(row, column.key) for column in type(row).__table__.columns)
            for row in (dossier, dossier.applicant, dossier.activity, *dossier.declarations)
        ], name
    database.expire_all()
    assert len(dossier.events) == events


def test_every_answer_is_one_event_without_the_answer(database):
    dossier = dossier_at(None)
    answered = [e.facts for e in dossier.events if e.kind == "step_answered"]
    assert answered == [{"step": step.value} for step in STEPS]


# What depends on what


def test_the_same_activity_again_keeps_its_scope(database):
    dossier = dossier_at(None, kbli_code=BY_SCOPE)
    scope_no = dossier.activity.scope_no
    assert scope_no is not None
    steps.choose_activity(dossier, BY_SCOPE)
    assert dossier.activity.scope_no == scope_no
    assert dossier.activity.described


def test_another_activity_asks_for_its_description_and_scope_again(database):
    dossier = dossier_at(None, kbli_code=BY_SCOPE)
    steps.choose_activity(dossier, "01112")
    assert (dossier.activity.scope_no, dossier.activity.described) == (None, False)
    answers = dossier_answers.answers_of(dossier)
    assert estimates.scope_choices("01112")
    assert journey.first_unanswered(answers) == Stop(StepName.BUSINESS)
    assert dossier.activity.description == "Saya jual beras dan gula", "still there to mend"


def test_a_description_without_the_scope_is_not_enough(database):
    dossier = dossier_at(StepName.BUSINESS, kbli_code=BY_SCOPE)
    steps.describe_business(dossier, trade_name=None, description="x", scope_no=None)
    assert journey.first_unanswered(dossier_answers.answers_of(dossier)) == Stop(StepName.BUSINESS)


@pytest.mark.parametrize("code", [LOW, MEDIUM_LOW, HIGH, UNKNOWN_RISK])
def test_no_scope_is_asked_where_the_risk_does_not_depend_on_it(database, code):
    assert estimates.scope_choices(code) == ()


def test_scopes_to_choose_are_those_of_the_risk_rows(database):
    choices = estimates.scope_choices(BY_SCOPE)
    assert {number for number, _ in choices} == {r.scope_no for r in get_book().risk_rows(BY_SCOPE)}
    assert [number for number, _ in choices] == sorted(number for number, _ in choices)
    assert all(words.strip() for _, words in choices)


def test_there_is_no_estimate_until_activity_place_and_capital_are_known(database):
    assert estimates.estimate_for(dossier_at(StepName.CAPITAL)) is None
    dossier = dossier_at(StepName.PRODUCTION)
    found = estimates.estimate_for(dossier)
    assert found is not None
    assert (found.case, found.risk) == (EstimateCase.KNOWN, RiskLevel.LOW)
    for name in ("kbli_code", "village_code", "working_idr"):
        kept = getattr(dossier.activity, name)
        setattr(dossier.activity, name, None)
        assert estimates.estimate_for(dossier) is None, name
        setattr(dossier.activity, name, kept)


@pytest.mark.parametrize(
    ("counted_idr", "size"),
    [
        (0, BusinessSize.MICRO),
        (50_000_001, BusinessSize.MICRO),
        (1_000_000_000, BusinessSize.MICRO),
        (1_000_000_001, BusinessSize.SMALL),
        (5_000_000_000, BusinessSize.SMALL),
        (5_000_000_001, BusinessSize.MEDIUM),
        (10_000_000_000, BusinessSize.MEDIUM),
        (10_000_000_001, BusinessSize.LARGE),
        (999_999_999_999_999, BusinessSize.LARGE),
    ],
)
def test_the_estimate_and_the_law_see_the_same_size(database, counted_idr, size):
    """Land and building do not count."""
    capital = Capital(10**12, 10**12, counted_idr, 0, 0)
    found = estimates.estimate_for(dossier_at(StepName.PRODUCTION, capital=capital))
    assert found is not None
    assert found.size is size is capital.size


OBSTACLES = [
    ({"kbli_code": LOW}, set()),
    ({"kbli_code": MEDIUM_LOW}, set()),
    ({"kbli_code": BY_SCOPE}, set()),
    ({"kbli_code": MEDIUM_HIGH}, set()),
    ({"kbli_code": HIGH}, set()),
    ({"kbli_code": UNKNOWN_RISK}, {JourneyReason.RISK_NOT_KNOWN}),
    ({"kbli_code": NOT_FOR_MICRO}, {JourneyReason.SIZE_NOT_OFFERED}),
    ({"capital": MEDIUM}, set()),
    ({"village_code": "9671011001"}, {JourneyReason.OUTSIDE_AREA}),
]


@pytest.mark.parametrize(("options", "reasons"), OBSTACLES)
def test_obstacles(database, options, reasons):
    dossier = dossier_at(StepName.DECLARATIONS, **options)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    assert {each.reason for each in estimates.obstacles(dossier, whole)} == reasons


# Statements


def kinds(dossier: Dossier) -> list[str]:
    return [row.kind for row in dossier.declarations]


def test_a_statement_is_kept_once_with_its_wording(database):
    dossier = dossier_at(None)
    first = [(row.kind, row.wording, row.given_at) for row in dossier.declarations]
    assert DeclarationKind.KKPR_SELF_STATEMENT in kinds(dossier)
    assert all(wording for _, wording, _ in first)
    steps.declare(dossier, [DeclarationKind(kind) for kind, _, _ in first])
    database.commit()
    database.expire_all()
    assert [(row.kind, row.wording, row.given_at) for row in dossier.declarations] == first


def test_new_statements_are_asked_for_when_the_risk_rises(database):
    dossier = dossier_at(None)
    steps.choose_activity(dossier, MEDIUM_LOW)
    steps.describe_business(dossier, trade_name=None, description="x", scope_no=None)
    missing = estimates.missing_declarations(dossier)
    assert DeclarationKind.BUSINESS_STANDARD in missing
    assert journey.first_unanswered(dossier_answers.answers_of(dossier)) == Stop(
        StepName.DECLARATIONS
    )


def test_without_an_estimate_statements_are_missing(database):
    dossier = dossier_at(StepName.IDENTITY)
    assert estimates.missing_declarations(dossier) == (DeclarationKind.DATA_TRUE,)
    assert StepName.DECLARATIONS not in dossier_answers.answers_of(dossier).given


# Identity


@pytest.mark.parametrize(
    ("key", "change", "asks"),
    [
        ("kiosk", {}, False),
        ("kiosk", {"name": "Yosina P."}, True),
        ("kiosk", {"nik": "9601055403879002"}, True),
        ("kiosk", {"birth_date": PEOPLE["fisher"].birth_date}, True),
        ("kiosk", {"sex": PEOPLE["fisher"].sex}, True),
        ("not_found", {}, True),  # perhaps straight from the registry's own office
        ("name_differs", {}, True),
    ],
)
def test_when_the_registry_is_asked_again(database, key, change, asks):
    dossier = dossier_at(StepName.PHONE, who=key)
    who = PEOPLE[key]
    typed = {
        "nik": who.nik,
        "name": who.typed_name,
        "birth_date": who.typed_birth_date,
        "sex": who.typed_sex,
    }
    assert steps.identify(dossier, **{**typed, **change}) is asks


def test_going_back_to_an_earlier_identity_asks_again(database):
    dossier = dossier_at(StepName.PHONE)
    assert identify(dossier, PEOPLE["fisher"])
    run(checks.plan(dossier).id)
    assert identify(dossier, PEOPLE["kiosk"]), "the newest check is about somebody else"


def test_people_are_found_by_index_without_reading_anybody(database):
    dossier = dossier_at(StepName.HOME)
    who = dossier.applicant
    index = who.nik_index
    assert index is not None
    assert len(index) == 32
    found = database.scalars(select(Applicant).where(Applicant.nik_index == index)).all()
    assert found == [who]
    assert who.phone_index not in {None, index}


def test_indexes_name_nobody(database):
    """The same person twice is seen; what is compared stays unreadable."""
    one, other = dossier_at(StepName.PHONE), dossier_at(StepName.PHONE)
    indexes = {check.identity_index for check in database.scalars(select(NikCheck))}
    assert len(indexes) == 1
    assert one.applicant.nik_index == other.applicant.nik_index
    nik = PEOPLE["kiosk"].nik.encode()
    assert nik not in next(iter(indexes))


def test_two_statements_at_once_are_kept_once(app):
    with looking(app):
        dossier_id = dossier_at(StepName.DECLARATIONS).id

    def give() -> None:
        with looking(app) as session:
            dossier = opening.take_to_change(dossier_id)
            steps.declare(dossier, [DeclarationKind.DATA_TRUE])
            session.commit()

    assert at_once([give] * 3) == [None] * 3
    with looking(app) as session:
        assert len(session.scalars(select(DeclarationGiven)).all()) == 1
        numbers = session.scalars(
            select(Event.number).where(Event.dossier_id == dossier_id).order_by(Event.number)
        ).all()
        assert list(numbers) == list(range(1, len(numbers) + 1))
