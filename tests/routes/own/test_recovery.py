"""Lost PIN or number: codes by message and from the counter, and what nobody may learn."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from app.commands.main import new_pin_command
from app.domain.dossier.events import EventKind
from app.domain.dossier.pin_tries import Free
from app.domain.dossier.recovery import (
    CODE_DIGITS,
    CODE_LIFE,
    COUNTER_LIFE,
    LONG_CODE_DIGITS,
    LONG_CODE_LIFE,
    PIN_WITHIN,
    SHORT_CODES,
    TRIES_AT_MOST,
)
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier, Event
from app.models.message import Message
from app.models.own_data import Consent, Recovery
from app.services.base import events
from app.services.dossier import pins
from app.services.messages import outbox
from app.services.rights import consents, recovery
from app.web.limiting.limits import RECOVERY_ASK
from app.work import run
from tests.client import HTMX, body_of, form_of, here, parse, words
from tests.factories import OTHER_PIN, PEOPLE, PIN, dossier_at, looking, open_dossier, open_in
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
UNKNOWN = "000000000000"
KIOSK = PEOPLE["kiosk"]
PHONE = "0812 0000 4567"


@pytest.fixture
def dossier(app) -> tuple[int, str]:
    """A complete file of somebody whose browser is gone: its row number and Nomor Bantuan."""
    with looking(app):
        row = dossier_at(None)
        return row.id, row.support_number


def code_told(app) -> str:
    """Let the worker run and return the newest code that went to a phone."""
    run.sweep(app)
    with looking(app) as session:
        query = select(Message).where(Message.kind == MessageKind.RECOVERY_CODE)
        message = session.scalars(query.order_by(Message.id.desc())).first()
        return re.search(r"\d{4} \d{4} \d{4}|\d{6}", outbox.written(message)).group()


def ask(client, number: str, prefix: str = ""):
    return form_of(client.get(f"{prefix}/berkas/lupa")).fill(nomor=number).submit()


def choose(response, pin: str = OTHER_PIN):
    return form_of(response, here(response)).fill(pin=pin).submit()


def kinds(app, dossier_id: int) -> list[str]:
    with looking(app) as session:
        return list(
            session.scalars(
                select(Event.kind).where(Event.dossier_id == dossier_id).order_by(Event.number)
            )
        )


@both_languages
def test_a_code_on_the_phone_opens_the_file_with_a_new_pin(client, app, dossier, language):
    dossier_id, number = dossier
    prefix = PREFIXES[language]
    page = ask(client, number, prefix)
    assert here(page) == f"{prefix}/berkas/lupa/kode"
    page = form_of(page).fill(kode=code_told(app)).submit()
    assert here(page) == f"{prefix}/berkas/lupa/pin"
    page = choose(page)
    assert here(page) == f"{prefix}/berkas/nomor"
    assert words(parse(page).with_class("code")[0]).replace(" ", "") == f"SRG{number}"
    with looking(app) as session:
        row = session.get_one(Dossier, dossier_id)
        assert pins.pin_fits(OTHER_PIN, row.pin_hash)
        assert not pins.pin_fits(PIN, row.pin_hash)
        told = session.scalars(select(Message.kind).where(Message.dossier_id == dossier_id))
        assert MessageKind.PIN_CHANGED in list(told)
        assert list(events.verify_chains()) == []
    assert kinds(app, dossier_id)[-2:] == [EventKind.RECOVERY_CODE_SENT, EventKind.PIN_CHANGED]


def test_by_nik_and_phone_the_number_is_shown_after_the_code(client, app, dossier):
    _, number = dossier
    form = form_of(client.get("/berkas/lupa/nomor")).fill(nik=KIOSK.nik, telepon=PHONE)
    page = form.submit()
    assert number[:4] not in body_of(page)
    page = form_of(page).fill(kode=code_told(app)).submit()
    assert number[:4] not in body_of(page)
    assert number[:4] in words(choose(page))


@pytest.mark.parametrize("wrong", [{"telepon": "0812 0000 4568"}, {"nik": PEOPLE["farmer"].nik}])
def test_nik_and_phone_must_both_fit(client, app, dossier, wrong):
    answers = {"nik": KIOSK.nik, "telepon": PHONE, **wrong}
    form_of(client.get("/berkas/lupa/nomor")).fill(answers).submit()
    run.sweep(app)
    with looking(app) as session:
        assert session.scalar(select(Recovery.dossier_id)) is None
        assert session.scalar(select(Message)) is None


def test_older_browsers_are_put_out(client, app, dossier, new_client):
    dossier_id, number = dossier
    old = new_client()
    open_in(old, dossier_id)
    assert old.get("/berkas/telepon").status_code == 200
    page = form_of(ask(client, number)).fill(kode=code_told(app)).submit()
    choose(page)
    assert old.get("/berkas/telepon").status_code == 403
    assert client.get("/berkas/telepon").status_code == 200


def test_a_locked_file_opens_again(client, app, dossier):
    dossier_id, number = dossier
    with looking(app) as session:
        row = session.get_one(Dossier, dossier_id)
        row.pin_failures, row.pin_failed_at = Free.ALL_STRANGERS, datetime.now(UTC)
        session.commit()
    page = form_of(client.get("/berkas/lanjut")).fill(nomor=number, pin=PIN).submit()
    assert page.status_code == 403
    choose(form_of(ask(client, number)).fill(kode=code_told(app)).submit())
    assert client.get("/berkas/telepon").status_code == 200


# What nobody may learn


@contextmanager
def counted(app):
    """Count the statements of what happens inside."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        found.append(statement.split(" WHERE")[0])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def answer_and_cost(app, client, path: str, answers: dict, *, headers=None):
    form = form_of(client.get(path)).fill(answers)
    with counted(app) as statements:
        response = form.submit(follow=False, htmx=bool(headers))
    text = body_of(response)
    for box in parse(response).all("input"):  # tokens and keys are new each time
        if box.get("type") == "hidden":
            text = text.replace(box.get("value") or box.get("name"), "")
    for typed in answers.values():  # what was typed comes back where it was wrong
        text = text.replace(typed, "")
    return response.status_code, response.headers.get("Location"), text, statements


@pytest.mark.parametrize("htmx", [None, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("way", ["number", "person", "facilitator", "counter"])
def test_nothing_tells_whether_a_file_exists(app, dossier, new_client, way, htmx):
    dossier_id, number = dossier
    with looking(app) as session:
        row = session.get_one(Dossier, dossier_id)
        consent = consents.give(row, "Mama Contoh", 7)
        recovery.make_counter_code(row)
        code = consent.code
        session.commit()
    path, there, not_there = {
        "number": ("/berkas/lupa", {"nomor": number}, {"nomor": UNKNOWN}),
        "person": (
            "/berkas/lupa/nomor",
            {"nik": KIOSK.nik, "telepon": PHONE},
            {"nik": PEOPLE["farmer"].nik, "telepon": PHONE},
        ),
        "facilitator": (
            "/berkas/lupa/pendamping",
            {"nomor": number, "kode": code},
            {"nomor": UNKNOWN, "kode": code},
        ),
        # The right code must open; everything else is the same.
        "counter": (
            "/berkas/lupa/loket",
            {"nomor": number, "kode": "ABCDEFGH"},
            {"nomor": UNKNOWN, "kode": "ABCDEFGH"},
        ),
    }[way]
    first = answer_and_cost(app, new_client(), path, there, headers=htmx)
    second = answer_and_cost(app, new_client(), path, not_there, headers=htmx)
    assert first[:3] == second[:3]
    assert first[0] == (403 if way == "counter" else 200 if htmx else 303)
    assert first[3] == second[3], "the same statements in the same order"


def test_a_wrong_code_is_answered_the_same_for_nobody(app, dossier, new_client):
    _, number = dossier
    answers = []
    for typed in (number, UNKNOWN):
        client = new_client()
        page = ask(client, typed)
        run.sweep(app)
        seen = []
        for _ in range(TRIES_AT_MOST + 1):
            with counted(app) as statements:
                page = form_of(page, "/berkas/lupa/kode").fill(kode="000001").submit()
            seen.append((page.status_code, words(page), list(statements)))
        answers.append(seen)
    assert answers[0] == answers[1]
    assert [status for status, *_ in answers[0]] == [403] * (TRIES_AT_MOST + 1)


# Limits


def test_the_last_try_still_counts_and_the_next_does_not(client, app, dossier):
    _, number = dossier
    ask(client, number)
    code = code_told(app)
    page = client.get("/berkas/lupa/kode")
    for _ in range(TRIES_AT_MOST - 1):
        page = form_of(page, "/berkas/lupa/kode").fill(kode="000001").submit()
    page = form_of(page, "/berkas/lupa/kode").fill(kode=code).submit()
    assert here(page) == "/berkas/lupa/pin"


def test_after_five_wrong_tries_the_right_code_is_wrong(client, app, dossier):
    _, number = dossier
    ask(client, number)
    code = code_told(app)
    page = client.get("/berkas/lupa/kode")
    for _ in range(TRIES_AT_MOST):
        page = form_of(page, "/berkas/lupa/kode").fill(kode="000001").submit()
    page = form_of(page, "/berkas/lupa/kode").fill(kode=code).submit()
    assert page.status_code == 403


def test_each_time_that_a_code_comes_is_a_try(client, app, dossier):
    _, number = dossier
    form = form_of(ask(client, number)).fill(kode="000001")
    form.submit()
    form.submit()
    with looking(app) as session:
        assert session.scalar(select(Recovery.tries)) == 2


def later(app, **columns) -> None:
    with looking(app) as session:
        session.execute(update(Recovery).values(**columns))
        session.commit()


@pytest.mark.parametrize(("seconds", "works"), [(5, True), (-1, False)])
def test_a_code_works_for_ten_minutes(client, app, dossier, seconds, works):
    _, number = dossier
    page = ask(client, number)
    code = code_told(app)
    with looking(app) as session:
        row = session.scalars(select(Recovery)).one()
        assert row.expires_at - row.sent_at == CODE_LIFE == timedelta(minutes=10)
    later(app, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))
    page = form_of(page).fill(kode=code).submit()
    assert (here(page) == "/berkas/lupa/pin") is works


@pytest.mark.parametrize(("seconds", "works"), [(5, True), (-1, False)])
def test_the_new_pin_is_chosen_soon(client, app, dossier, seconds, works):
    _, number = dossier
    page = form_of(ask(client, number)).fill(kode=code_told(app)).submit()
    form = form_of(page).fill(pin=OTHER_PIN)
    later(app, verified_at=datetime.now(UTC) - PIN_WITHIN + timedelta(seconds=seconds))
    page = form.submit()
    assert (here(page) == "/berkas/nomor") is works


def test_a_code_works_once(client, app, dossier):
    _, number = dossier
    first = form_of(ask(client, number)).fill(kode=code_told(app)).submit()
    form = form_of(first).fill(pin=OTHER_PIN)
    form.submit()
    with looking(app) as session:
        before = session.scalar(select(Dossier.pin_hash))
    form.submit()
    with looking(app) as session:
        assert session.scalar(select(Dossier.pin_hash)) == before


def strangers_ask(app, new_client, number: str, times: int) -> None:
    for _ in range(times):
        page = ask(new_client(), number)
        assert here(page) == "/berkas/lupa/kode", "the page does not say that it was often"
        run.sweep(app)


@both_languages
def test_codes_cannot_be_used_up_by_strangers(client, new_client, app, dossier, language):
    """Whoever knows the number asks and asks; the owner's phone still holds a code that works."""
    dossier_id, number = dossier
    strangers_ask(app, new_client, number, SHORT_CODES)
    assert len(code_told(app)) == CODE_DIGITS
    strangers_ask(app, new_client, number, 10)
    sent = kinds(app, dossier_id)
    assert sent.count(EventKind.RECOVERY_CODE_SENT) == SHORT_CODES + 1
    assert sent[-1] == EventKind.RECOVERY_CODE_WITHHELD
    page = ask(client, number, PREFIXES[language])
    code = code_told(app)
    assert len(code.replace(" ", "")) == LONG_CODE_DIGITS, "told to a stranger's question"
    page = form_of(page).fill(kode=code).submit()
    assert here(choose(page)) == f"{PREFIXES[language]}/berkas/nomor"


def test_wrong_codes_of_strangers_take_nothing_from_a_long_one(client, new_client, app, dossier):
    _, number = dossier
    strangers_ask(app, new_client, number, SHORT_CODES + 1)
    for _ in range(3):
        page = ask(new_client(), number)
        for n in range(TRIES_AT_MOST + 1):
            page = form_of(page, "/berkas/lupa/kode").fill(kode=f"{n:012d}").submit()
    page = form_of(ask(client, number)).fill(kode=code_told(app)).submit()
    assert here(page) == "/berkas/lupa/pin"


def test_a_long_code_opens_its_own_file_alone_and_only_once(client, new_client, app, dossier):
    _, number = dossier
    strangers_ask(app, new_client, number, SHORT_CODES + 1)
    code = code_told(app)
    with looking(app):
        other = dossier_at(None, who="fisher").support_number
    page = form_of(ask(new_client(), other)).fill(kode=code).submit()
    assert page.status_code == 403
    choose(form_of(ask(client, number)).fill(kode=code).submit())
    page = form_of(ask(new_client(), number)).fill(kode=code).submit()
    assert page.status_code == 403


@pytest.mark.parametrize(("seconds", "works"), [(5, True), (-1, False)])
def test_a_long_code_works_for_a_day(client, new_client, app, dossier, seconds, works):
    _, number = dossier
    strangers_ask(app, new_client, number, SHORT_CODES + 1)
    code = code_told(app)
    with looking(app) as session:
        row = session.scalars(select(Recovery).order_by(Recovery.id.desc())).first()
        assert row.expires_at - row.sent_at == LONG_CODE_LIFE == timedelta(days=1)
    later(app, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))
    page = form_of(ask(client, number)).fill(kode=code).submit()
    assert (here(page) == "/berkas/lupa/pin") is works


def test_a_new_pin_brings_the_easy_codes_back(client, new_client, app, dossier):
    _, number = dossier
    strangers_ask(app, new_client, number, SHORT_CODES + 1)
    choose(form_of(ask(client, number)).fill(kode=code_told(app)).submit())
    ask(new_client(), number)
    assert len(code_told(app)) == CODE_DIGITS


def test_one_address_cannot_ask_without_end(make_app):
    app = make_app(testing=False)
    client = app.test_client()
    allowed = RECOVERY_ASK.item.amount
    form = form_of(client.get("/berkas/lupa")).fill(nomor="12")
    codes = [form.submit(follow=False).status_code for _ in range(allowed + 1)]
    assert codes == [422] * allowed + [429]


def test_an_easy_pin_is_refused(client, app, dossier):
    _, number = dossier
    page = form_of(ask(client, number)).fill(kode=code_told(app)).submit()
    assert choose(page, "123456").status_code == 422


@pytest.mark.parametrize("path", ["/berkas/lupa/kode", "/berkas/lupa/pin"])
def test_without_asking_there_is_nothing_to_type(client, path):
    page = client.get(path, follow_redirects=True)
    assert here(page) == "/berkas/lupa"


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("/berkas/lupa", {"nomor": "12"}),
        ("/berkas/lupa/nomor", {"nik": "12", "telepon": PHONE}),
        ("/berkas/lupa/loket", {"nomor": UNKNOWN, "kode": "ABC"}),
        ("/berkas/lupa/loket", {"nomor": UNKNOWN, "kode": "ABCDEFG1"}),
        ("/berkas/lupa/pendamping", {"nomor": UNKNOWN, "kode": "12345"}),
    ],
)
def test_what_cannot_be_right_comes_back_filled(client, path, answers):
    page = form_of(client.get(path)).fill(answers).submit()
    assert page.status_code == 422
    assert all(form_of(page)[name] == answer for name, answer in answers.items())


# At the counter


def counter_code(app, number: str) -> str:
    result = app.test_cli_runner().invoke(new_pin_command, [number])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[0]


@both_languages
def test_a_code_from_the_counter(client, app, dossier, language):
    dossier_id, number = dossier
    code = counter_code(app, number)
    path = f"{PREFIXES[language]}/berkas/lupa/loket"
    page = form_of(client.get(path)).fill(nomor=number, kode=code.lower()).submit()
    assert here(page).endswith("/berkas/lupa/pin")
    assert here(choose(page)).endswith("/berkas/nomor")
    assert kinds(app, dossier_id)[-2:] == [EventKind.COUNTER_CODE_MADE, EventKind.PIN_CHANGED]
    with looking(app) as session:
        facts = session.scalars(select(Event).order_by(Event.id.desc())).first().facts
        assert facts == {"way": "counter"}


@pytest.mark.parametrize(("seconds", "works"), [(5, True), (-1, False)])
def test_a_code_from_the_counter_works_one_day(client, app, dossier, seconds, works):
    _, number = dossier
    code = counter_code(app, number)
    with looking(app) as session:
        row = session.scalars(select(Recovery)).one()
        assert row.expires_at - row.created_at == COUNTER_LIFE == timedelta(days=1)
    later(app, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))
    page = form_of(client.get("/berkas/lupa/loket")).fill(nomor=number, kode=code).submit()
    assert (here(page) == "/berkas/lupa/pin") is works


def test_wrong_codes_of_strangers_take_nothing_from_the_right_one(client, new_client, app, dossier):
    _, number = dossier
    code = counter_code(app, number)
    for _ in range(3 * TRIES_AT_MOST):
        page = form_of(new_client().get("/berkas/lupa/loket")).fill(nomor=number, kode="ABCDEFGH")
        assert page.submit().status_code == 403
    page = form_of(client.get("/berkas/lupa/loket")).fill(nomor=number, kode=code).submit()
    assert here(page) == "/berkas/lupa/pin"


def test_a_newer_code_replaces_the_older(client, app, dossier):
    _, number = dossier
    first, second = counter_code(app, number), counter_code(app, number)
    page = form_of(client.get("/berkas/lupa/loket")).fill(nomor=number, kode=first).submit()
    assert page.status_code == 403
    page = form_of(client.get("/berkas/lupa/loket")).fill(nomor=number, kode=second).submit()
    assert here(page) == "/berkas/lupa/pin"


# With a facilitator


def consent_code(app, dossier_id: int, **columns) -> str:
    with looking(app) as session:
        row = consents.give(session.get_one(Dossier, dossier_id), "Mama Contoh", 7)
        for name, value in columns.items():
            setattr(row, name, value)
        session.commit()
        return row.code


def help_in(client, number: str, code: str):
    return form_of(client.get("/berkas/lupa/pendamping")).fill(nomor=number, kode=code).submit()


def asked_for(app) -> list[int | None]:
    with looking(app) as session:
        return list(session.scalars(select(Recovery.dossier_id).order_by(Recovery.id)))


def test_with_consent_the_code_goes_to_the_persons_phone(client, app, dossier):
    dossier_id, number = dossier
    page = help_in(client, number, consent_code(app, dossier_id))
    page = form_of(page).fill(kode=code_told(app)).submit()
    assert here(choose(page)) == "/berkas/nomor"
    with looking(app) as session:
        sent = select(Event.facts).where(Event.kind == EventKind.RECOVERY_CODE_SENT)
        assert session.scalar(sent) == {"way": "facilitator"}


@pytest.mark.parametrize(
    ("columns", "works"),
    [
        ({}, True),
        ({"until": datetime.now(UTC) - timedelta(seconds=1)}, False),
        ({"withdrawn_at": datetime.now(UTC)}, False),
    ],
)
def test_a_consent_holds_until_its_end(client, app, dossier, columns, works):
    dossier_id, number = dossier
    page = help_in(client, number, consent_code(app, dossier_id, **columns))
    assert here(page) == "/berkas/lupa/kode", "the same answer"
    assert asked_for(app) == [dossier_id if works else None]


def test_a_stranger_cannot_use_a_consent_up(client, new_client, app, dossier):
    dossier_id, number = dossier
    code = consent_code(app, dossier_id)
    wrong = "000001" if code != "000001" else "000002"
    for _ in range(15):
        help_in(new_client(), number, wrong)
    assert asked_for(app) == [None] * 15
    page = help_in(client, number, code)
    page = form_of(page).fill(kode=code_told(app)).submit()
    assert here(page) == "/berkas/lupa/pin"
    with looking(app) as session:
        assert session.scalar(select(Consent.uses)) == 1, "only what it was used for"


def test_opening_another_file_forgets_the_ticket(client, app, dossier):
    _, number = dossier
    ask(client, number)
    open_dossier(app, client)
    assert here(client.get("/berkas/lupa/kode", follow_redirects=True)) == "/berkas/lupa"
