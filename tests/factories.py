"""Dossiers brought to any step through the services, and what tests of several layers share."""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from io import StringIO
from typing import Any, TypeVar

import structlog
from flask import Flask, Response
from flask import session as flask_session
from flask.testing import FlaskClient
from sqlalchemy import Column, Table, func, select, update
from sqlalchemy.orm import scoped_session

from app import gateways
from app.adapters.civil_registry import HttpCivilRegistry
from app.adapters.http import service_client
from app.adapters.oss.licensing import HttpLicensing
from app.config import Settings
from app.domain.dossier.journey import Answers, StepName, Stop, way
from app.domain.dossier.steps import FOR_EACH
from app.domain.dossier.steps import STEPS as DECLARED
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import RULES, LegalForm
from app.extensions import db, ports
from app.models.dossier import Activity, Dossier, Job
from app.practice_space.line import OPENED_COOKIE
from app.services.dossier import estimates, opening, pins
from app.services.journey import activities, steps
from app.services.nik import checks
from app.services.oss import handovers
from app.simulators.dukcapil import MadeUpPerson, create_dukcapil_simulator, made_up_people
from app.simulators.oss import create_oss_simulator
from app.storage.keyfile import load_secrets
from app.web.session import enter
from app.work import claims

T = TypeVar("T")

# The steps of somebody with a business of their own, in order.
STEPS = tuple(stop.name for stop in way(Answers()))

PIN = "481627"
OTHER_PIN = "730519"
PHONE = "+6281200004567"
STREET = "Jalan Latihan 7, dekat pasar"
VILLAGE = "9601051002"

# Activities of KBLI 2025, by the risk that a micro business has there.
LOW = "47112"
MEDIUM_LOW = "01139"
BY_SCOPE = "01111"  # low or medium-low, as the scope says
MEDIUM_HIGH = "01302"
HIGH = "02102"
UNKNOWN_RISK = "01700"
NOT_FOR_MICRO = "46333"

MICRO = Capital(
    land_idr=0, building_idr=0, machines_idr=2_000_000, other_idr=500_000, working_idr=5_000_000
)
MEDIUM = Capital(land_idr=0, building_idr=0, machines_idr=5_000_000_001, other_idr=0, working_idr=0)

PEOPLE: dict[str, MadeUpPerson] = {person.key: person for person in made_up_people()}
REFERENCE = ("reference", "kbli", "risk_fact", "area", "nik_prefix", "holiday", "alembic")


@cache
def pin_hash(pin: str = PIN) -> str:
    """Return the hash of a PIN, made once: it is slow on purpose."""
    return pins.hash_pin(pin)


def identify(dossier: Dossier, who: MadeUpPerson) -> bool:
    """Type what stands on somebody's card. Return True when the registry must be asked."""
    return steps.identify(
        dossier,
        nik=who.nik,
        name=who.typed_name,
        birth_date=who.typed_birth_date,
        sex=who.typed_sex,
    )


def answer_bare(dossier: Dossier, name: StepName, at: int = 0) -> None:
    """Answer a step that has no code of its own: every box is kept as it is typed."""
    assert DECLARED[name].is_typed_as_kept
    typed = {column.box: f"contoh {column.box}" for column in DECLARED[name].columns}
    steps.keep_as_typed(dossier, Stop(name, at), typed)
    steps.answer(dossier, Stop(name, at))


def dossier_at(
    step: StepName | None = None,
    *,
    who: str = "kiosk",
    kbli_code: str = LOW,
    scope_no: int | None = None,
    capital: Capital = MICRO,
    village_code: str = VILLAGE,
    asked: bool = True,
) -> Dossier:
    """Return a dossier with all answered before `step`; with None, ready to be sent.

    asked: the registry was asked right after the identity, as the page does; its answer depends on
    how the built-in registry behaves just now. Everything is committed.
    """
    dossier = opening.start(pin_hash(), "id")
    if scope_no is None and (choices := estimates.scope_choices(kbli_code)):
        scope_no = choices[0][0]

    def identity() -> None:
        if identify(dossier, PEOPLE[who]):
            job = checks.plan(dossier)
            db.session.commit()
            if asked and job is not None:  # staff are asked by nobody: they look at their list
                run(job.id)

    def declarations() -> None:
        whole = estimates.whole_of(dossier)
        assert whole is not None
        steps.declare(dossier, [declaration.kind for declaration in whole.declarations])

    answers: dict[StepName, Callable[[], object]] = {
        StepName.IDENTITY: identity,
        StepName.PHONE: lambda: steps.set_phone(dossier, PHONE),
        StepName.HOME: lambda: steps.set_home(
            dossier,
            area_code=VILLAGE,
            area_text=None,
            street=STREET,
            rt_rw="001/002",
            postcode=None,
        ),
        StepName.ACTIVITY: lambda: steps.choose_activity(dossier, kbli_code),
        StepName.BUSINESS: lambda: steps.describe_business(
            dossier,
            trade_name="Kios Contoh",
            description="Saya jual beras dan gula",
            scope_no=scope_no,
        ),
        StepName.PLACE: lambda: steps.set_place(
            dossier,
            village_code=village_code,
            street=STREET,
            rt_rw="001/002",
            shared_premises=False,
            position_code="01",
        ),
        StepName.LAND: lambda: steps.set_land(
            dossier, area=Decimal("12"), unit="01", status="02", customary=False
        ),
        StepName.CAPITAL: lambda: steps.declare_capital(dossier, capital),
        StepName.PRODUCTION: lambda: steps.set_production(
            dossier,
            workers_male=1,
            workers_female=1,
            product="beras, gula",
            capacity=Decimal("1500"),
            unit="kg",
        ),
        StepName.DECLARATIONS: declarations,
    }
    for name in STEPS:
        if name is step:
            break
        answers.get(name, partial(answer_bare, dossier, name))()
    db.session.commit()
    return dossier


ENTITY_NPWP = "0000000018091000"  # made up; its ninth digit fits
DEED_NUMBER = "AHU-0000000.LATIHAN"


def entity_facts(form: LegalForm, **changes: Any) -> steps.EntityFacts:
    """Return what a made-up company, group or branch says about itself."""
    branch = form is LegalForm.BRANCH
    facts = steps.EntityFacts(
        name="Contoh Jaya",
        role=RULES[form].roles[0],
        registration_no=None if branch else DEED_NUMBER,
        registered_on=None if branch else date(2020, 8, 17),
        npwp=ENTITY_NPWP,
        nitku=f"{ENTITY_NPWP}000001" if branch else None,
        parent_nib="1234567890123" if branch else None,
        parent_name="Contoh Pusat" if branch else None,
    )
    return replace(facts, **changes)


def entity_dossier(form: LegalForm, *, deed: tuple[str, ...] = (LOW,), **options: Any) -> Dossier:
    """Return a complete dossier of a company, group or branch; deed: its codes of KBLI 2025."""
    dossier = dossier_at(None, **options)
    steps.choose_form(dossier, form)
    steps.describe_entity(dossier, entity_facts(form))
    if RULES[form].deed:
        steps.set_deed(dossier, year=2025, codes=deed)
    db.session.commit()
    return dossier


def add_activity(
    dossier: Dossier,
    kbli_code: str = "56102",
    *,
    capital: Capital = MICRO,
    shared_premises: bool = False,
) -> Activity:
    """Add an activity with all its answers, at the place of the main one, and state again."""
    added = activities.add_activity(dossier)
    at = added.position
    steps.choose_activity(dossier, kbli_code, at=at)
    choices = estimates.scope_choices(kbli_code)
    steps.describe_business(
        dossier,
        trade_name=None,
        description="Saya juga masak",
        scope_no=choices[0][0] if choices else None,
        at=at,
    )
    steps.same_place(dossier, at)
    added.shared_premises = shared_premises
    steps.declare_capital(dossier, capital, at=at)
    steps.set_production(
        dossier,
        workers_male=0,
        workers_female=2,
        product="nasi kuning",
        capacity=Decimal("3000"),
        unit="porsi",
        at=at,
    )
    for step in FOR_EACH:
        if step.is_typed_as_kept:
            answer_bare(dossier, step.name, at)
    whole = estimates.whole_of(dossier)
    assert whole is not None
    steps.declare(dossier, [declaration.kind for declaration in whole.declarations])
    db.session.commit()
    return added


def sent_dossier(*, handed_over: bool = True, **options: Any) -> Dossier:
    """Return a dossier that was sent and, if the offices answer, has its NIB."""
    dossier = dossier_at(None, **options)
    job = handovers.send(dossier)
    db.session.commit()
    if job is not None and handed_over:
        run(job.id)
    return dossier


def run(job_id: int, *, budget_s: float = 2.0) -> bool:
    """Run a job with the plain waits between its tries."""
    return claims.run(job_id, budget_s=budget_s, jitter=lambda: 0.5)


def bring_forward() -> None:
    """Let the time pass until every open job is due again."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    db.session.execute(update(Job).where(Job.done_at.is_(None)).values(due_at=past))
    db.session.commit()


def new_line(app: Flask) -> None:
    """Give the program new lines to the built-in offices, which then remember no earlier call.

    Otherwise a breaker that an earlier test opened, or a call that it made, would count here.
    """
    settings: Settings = app.config["SETTINGS"]
    state = settings.instance / "simulators" / "dukcapil.sqlite"
    with closing(sqlite3.connect(state, timeout=5)) as connection, connection:
        connection.execute("DELETE FROM calls")
    gateways.init_app(app, settings, load_secrets(settings.instance))


def oss_submissions(app: Flask) -> int:
    """Return how many submissions the built-in OSS holds."""
    settings: Settings = app.config["SETTINGS"]
    state = settings.instance / "simulators" / "oss.sqlite"
    with closing(sqlite3.connect(state, timeout=5)) as connection:
        return int(connection.execute("SELECT count(*) FROM submissions").fetchone()[0])


@contextmanager
def logged(level: str = "DEBUG") -> Iterator[StringIO]:
    """Give everything that is logged inside, by our own log and by that of any library."""
    written = StringIO()
    before = structlog.get_config()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(written),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
    )
    handler, root = logging.StreamHandler(written), logging.getLogger()
    level_before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield written
    finally:
        root.setLevel(level_before)
        root.removeHandler(handler)
        structlog.configure(**before)


@contextmanager
def looking(app: Flask) -> Iterator[scoped_session[Any]]:
    """Give a session to look or change with, apart from the requests of a client."""
    with app.app_context():
        try:
            yield db.session
        finally:
            db.session.rollback()
            db.session.remove()


def count(app: Flask, model: Any) -> int:
    """Return how many rows a table has."""
    with looking(app) as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def rows(app: Flask, *, unsent: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything in the database beside the reference data, and beside who is let in.

    unsent: also what was typed and is no answer yet, and when a file was touched last.
    """
    left_out = (*REFERENCE, "open_sessions", *(() if unsent else ("drafts",)))
    with looking(app) as session:
        return {
            table.name: sorted(
                (tuple(row) for row in session.execute(select(*_columns(table, unsent)))), key=repr
            )
            for table in db.metadata.sorted_tables
            if not table.name.startswith(left_out)
        }


def _columns(table: Table, unsent: bool) -> list[Column[Any]]:
    return [column for column in table.columns if unsent or column.name != "updated_at"]


def raw_rows(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Return the same as the database holds it, nothing opened."""
    with looking(app) as session:
        connection = session.connection()
        return {
            table.name: [
                tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
            ]
            for table in db.metadata.sorted_tables
            if not table.name.startswith(REFERENCE)
        }


def open_in(client: FlaskClient, dossier_id: int) -> None:
    """Let a browser in, as after the right PIN."""
    before = client.get_cookie(OPENED_COOKIE)
    sent = {"Cookie": f"{OPENED_COOKIE}={before.value}"} if before else {}
    with client.application.test_request_context(method="POST", headers=sent):
        enter(dossier_id)
        db.session.commit()
        entered = dict(flask_session)
        answer = client.application.process_response(Response())
    for line in answer.headers.getlist("Set-Cookie"):
        name, _, rest = line.partition("=")
        if name == OPENED_COOKIE:
            client.set_cookie(name, rest.partition(";")[0])
    with client.session_transaction() as session:
        session.clear()
        session.update(entered)


def open_dossier(app: Flask, client: FlaskClient, step: StepName | None = None, **more: Any) -> int:
    """Make a dossier that stands at a step, let the browser in and return its number."""
    with looking(app):
        dossier_id = dossier_at(step, **more).id
    open_in(client, dossier_id)
    return dossier_id


def at_once(actions: list[Callable[[], T]]) -> list[T | BaseException]:
    """Do several things at the same moment, each in a thread; return results or errors in order."""
    gate = threading.Barrier(len(actions))
    results: list[T | BaseException] = [AssertionError("never ended")] * len(actions)

    def work(place: int, action: Callable[[], T]) -> None:
        gate.wait(10)
        time.sleep(random.random() / 200)  # not always in the same order
        try:
            results[place] = action()
        except BaseException as error:
            results[place] = error

    threads = [
        threading.Thread(target=work, args=(place, action)) for place, action in enumerate(actions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def use_registry(app: Flask, *, sleep: Callable[[float], object]) -> None:
    """Put a built-in registry behind the port that waits in a way of the test's own."""
    settings: Settings = app.config["SETTINGS"]
    simulator = create_dukcapil_simulator(settings.instance / "simulators", sleep=sleep)
    ports.civil_registry = HttpCivilRegistry(
        service_client("dukcapil", simulator=simulator),
        user_id=settings.dukcapil_user,
        password=settings.dukcapil_password,
        ip_user=settings.dukcapil_ip,
    )


def use_oss(
    app: Flask,
    *,
    sleep: Callable[[float], object] = time.sleep,
    user_key: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Put a built-in OSS behind the port with ways and a time of its own; user_key: our key."""
    settings: Settings = app.config["SETTINGS"]
    known_key = load_secrets(settings.instance).oss_user_key
    simulator = create_oss_simulator(
        settings.instance / "simulators", known_key, sleep=sleep, now=now
    )
    ports.licensing = HttpLicensing(
        service_client("oss", simulator=simulator), user_key=user_key or known_key
    )
