"""Logs: one line per event, constant names, where an error happened, and nothing about anybody."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest
import structlog
from flask import Flask
from sqlalchemy import text

from app.logs import PERSONAL
from app.services.base import jobs
from app.web.marks import open_to_all
from app.work import run
from tests.client import form_of
from tests.factories import OTHER_PIN, PEOPLE, bring_forward, logged, looking
from tests.pages import KIOSK, NAME_DIFFERS, PIN, Walk
from tests.personas import Persona

NIK = PEOPLE["kiosk"].nik


@pytest.fixture(autouse=True)
def same_log():
    """What these tests turn loud is quiet again afterwards."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def personal(who: Persona) -> set[str]:
    """Return what must never be logged about somebody, in the ways it may be written."""
    person = who.person
    born = [person.birth_date, person.typed_birth_date]
    plain = {
        person.nik,
        person.nik[6:12],  # the birth date inside
        " ".join(person.nik[i : i + 4] for i in range(0, 16, 4)),
        person.name,
        person.typed_name,
        *(day.isoformat() for day in born),
        *(f"{day.day}-{day.month}-{day.year}" for day in born),
        *(f"{day:%d-%m-%Y}" for day in born),
        "0812 0000 4567",
        "081200004567",
        "81200004567",
        "Jalan Latihan",
        "Kios Contoh",
        "minyak goreng",
        PIN,
    }
    return plain | {quote(value) for value in plain} | {quote_plus(value) for value in plain}


def found_in(log: str, who: Persona) -> list[str]:
    return sorted(value for value in personal(who) if value in log)


@pytest.fixture
def loud(app, make_app) -> Flask:
    """An application that logs everything and answers errors with the error page."""
    return make_app(testing=False, LOG_LEVEL="DEBUG")


@pytest.mark.parametrize(
    ("who", "htmx"), [(KIOSK, True), (NAME_DIFFERS, False)], ids=["kiosk-htmx", "name-differs"]
)
def test_a_whole_journey_logs_nothing_about_anybody(loud, who, htmx):
    with logged() as log:
        client = loud.test_client()
        walk = Walk(client, who, htmx=htmx)
        walk.to("hasil" if who is KIOSK else "periksa")
        form_of(client.get("/berkas/nomor"), "/selesai").submit()
        page = form_of(client.get("/berkas/lanjut"))
        page.fill(nomor=walk.number, pin=OTHER_PIN).submit()
        page.fill(nomor=walk.number, pin=PIN).submit()
        client.get(f"/lacak?nomor={walk.number.replace(' ', '+')}")
        run.sweep(loud)
    lines = log.getvalue().splitlines()
    requests = [json.loads(line) for line in lines if '"request"' in line]
    assert len(requests) > 20
    assert found_in(log.getvalue(), who) == []
    assert walk.number.replace(" ", "")[3:] not in log.getvalue().replace(" ", "")
    fields = {"event", "level", "timestamp", "endpoint", "method", "status", "ms"}
    assert {frozenset(line) for line in requests} == {frozenset(fields)}


@pytest.mark.parametrize(("office", "mode"), [("dukcapil", "down"), ("oss", "accept_then_die")])
def test_trouble_with_an_office_logs_nothing_about_anybody(loud, office_is, office, mode):
    office_is(office, mode)
    with logged() as log:
        Walk(loud.test_client(), KIOSK).to("hasil")
        with looking(loud):
            bring_forward()
        run.sweep(loud)
    assert "warning" in log.getvalue(), "the trouble itself is named"
    assert found_in(log.getvalue(), KIOSK) == []


def rename(app: Flask, old: str, new: str) -> None:
    with looking(app) as session:
        session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
        session.commit()


@pytest.mark.parametrize("page", ["diri", "telepon", "alamat"])
def test_a_fault_in_the_database_logs_its_place_and_no_answer(loud, page):
    client = loud.test_client()
    walk = Walk(client, KIOSK)
    walk.to(page)
    form = form_of(walk.response)
    while (more := walk._fill(form, page)) is not None:
        form = form_of(form.submit(more))
    rename(loud, "events", "events_away")
    try:
        with logged() as log:
            answer = form.submit(follow=False)
    finally:
        rename(loud, "events_away", "events")
    assert answer.status_code in {500, 503}  # SQLite says so of a busy file too
    lines = [json.loads(line) for line in log.getvalue().splitlines() if line[:1] == "{"]
    (fault,) = [line for line in lines if line["event"] == "unexpected_error"]
    assert fault["endpoint"] == "journey.take"
    assert fault["error"] in {"OperationalError", "ProgrammingError"}
    assert any(place.startswith("services/base/events.py:") for place in fault["at"])
    assert found_in(log.getvalue(), KIOSK) == []
    # One button sends it again, and this time it is saved.
    again = form_of(answer).submit(follow=False)
    assert again.status_code == 303


def test_the_message_of_an_error_is_not_logged(loud):
    def fail() -> str:
        raise ValueError(f"cannot read {NIK}")

    loud.add_url_rule("/uji/<path:rest>", "uji", open_to_all(lambda rest: fail()))
    with logged() as log:
        answer = loud.test_client().get(f"/uji/{NIK}?nik={NIK}")
    assert answer.status_code == 500
    assert "ValueError" in log.getvalue()
    assert "uji" in log.getvalue()
    assert NIK not in log.getvalue()


def test_a_fault_in_a_job_logs_its_place_and_no_message(app):
    def fail(job: object, budget_s: float) -> bool:
        raise ValueError(f"cannot read {NIK}")

    jobs.handles("uji")(fail)
    try:
        with looking(app) as session:
            jobs.plan("uji", None)
            session.commit()
        with logged() as log:
            run.sweep(app)
    finally:
        jobs._handlers.pop("uji")
    assert "ValueError" in log.getvalue()
    assert NIK not in log.getvalue()


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_a_field_with_a_personal_name_is_emptied(app, field):
    with logged() as log:
        app.extensions["log"].warning("uji", **{field: "Yosina Praktik"}, other="kept")
    line = json.loads(log.getvalue())
    assert line[field] == "[removed]"
    assert line["other"] == "kept"
    assert "Yosina" not in log.getvalue()


def test_looking_after_the_process_is_not_logged(loud):
    with logged() as log:
        loud.test_client().get("/healthz")
        loud.test_client().get("/favicon.ico")
    lines = [json.loads(line) for line in log.getvalue().splitlines() if line[:1] == "{"]
    assert [line["endpoint"] for line in lines if line["event"] == "request"] == ["favicon"]


def test_a_quiet_level_keeps_faults(make_app):
    app = make_app(testing=False, LOG_LEVEL="ERROR")
    app.add_url_rule("/uji", "uji", open_to_all(lambda: 1 / 0))
    with logged("ERROR") as log:
        client = app.test_client()
        client.get("/bantuan")
        client.get("/uji")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["unexpected_error"]
