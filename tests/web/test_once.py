"""Sent twice, done once: double clicks, two tabs, Back, lost answers, and everybody at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.models.dossier import Dossier, Event, Handover, Paper, PostKey
from app.work import run
from tests.client import HTMX, CheckingClient, Form, follow_on, form_of, here, parse, words
from tests.factories import (
    OTHER_PIN,
    PIN,
    at_once,
    bring_forward,
    count,
    looking,
    open_dossier,
    oss_submissions,
    rows,
)
from tests.pages import PREFIXES, STEPS

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
# Boxes of each page and another answer that is as good.
EDITS = {
    "diri": {"nama": "Yosina Praktik Dua"},
    "telepon": {"telepon": "0812 0000 9999"},
    "alamat": {"jalan": "Jalan Lain 9"},
    "kegiatan": {"kbli": "47112"},
    "usaha": {"uraian": "Saya jual kopi"},
    "tempat": {"jalan": "Jalan Lain 9"},
    "lahan": {"luas": "20"},
    "modal": {"kerja": "6 juta"},
    "produksi": {"hasil": "kopi"},
}


def twin(client: CheckingClient) -> CheckingClient:
    """Return a browser tab more: the same cookies, and a connection of its own."""
    other = client.application.test_client()
    cookie = client.get_cookie("s")
    if cookie is not None:
        other.set_cookie("s", cookie.value)
    return other


def number_on(response: TestResponse) -> str:
    (code,) = parse(response).with_class("code")
    return words(code)


def send(form: Form, client: CheckingClient, *, htmx: bool = False) -> TestResponse:
    """Send a form from some browser, exactly as it is filled; follow where it leads."""
    response = client.post(form.action, data=dict(form.data()), headers=HTMX if htmx else {})
    return follow_on(response)


# The same form again


@pytest.mark.parametrize(("htmx", "language"), [(False, "id"), (True, "en")])
def test_a_step_sent_twice_is_taken_once_and_answered_the_same(client, app, htmx, language):
    open_dossier(app, client)
    for page in STEPS:
        form = form_of(client.get(f"{PREFIXES[language]}/berkas/{page}"))
        if page in EDITS:
            form.fill(EDITS[page])
        first = form.submit(htmx=htmx, follow=False)
        after = rows(app)
        for _ in range(2):
            again = form.submit(htmx=htmx, follow=False)
            assert again.status_code == first.status_code, page
            assert again.headers.get("Location") == first.headers.get("Location"), page
            assert here(again) == here(first), page
            assert rows(app) == after, page


def test_back_and_another_answer_is_an_edit(client, app):
    open_dossier(app, client)
    for number, page in enumerate((p for p in STEPS if p in EDITS and p != "kegiatan"), start=1):
        form = form_of(client.get(f"/berkas/{page}"))
        (name,) = EDITS[page]
        first = form[name]
        form.submit(follow=False)
        form.fill(EDITS[page]).submit(follow=False)
        edited = form_of(client.get(f"/berkas/{page}"))[name]
        assert edited != first, page
        assert count(app, PostKey) == number
        form.fill({name: first}).submit(follow=False)
        assert form_of(client.get(f"/berkas/{page}"))[name] == first, "and back to the first"


def test_a_step_sent_again_later_does_not_undo_what_came_after(client, app):
    """The phone resends an old form after the person changed the answer with a newer one."""
    open_dossier(app, client)
    old = form_of(client.get("/berkas/telepon")).fill(telepon="0812 0000 1111")
    old.submit()
    form_of(client.get("/berkas/telepon")).fill(telepon="0812 0000 2222").submit()
    old.submit()
    shown = form_of(client.get("/berkas/telepon"))["telepon"] or ""
    assert shown.replace(" ", "") == "081200002222"


# Keys that are wrong


def spoil(form: Form, how: str) -> None:
    (box,) = form.box("kunci")
    if how == "missing":
        form.boxes.remove(box)
    else:
        box.value = {"short": "abc", "long": "A" * 23, "odd": "/" * 22, "empty": ""}[how]


WRONG_KEYS = ("missing", "short", "long", "odd", "empty")


@pytest.mark.parametrize(("language", "turn"), [("id", 0), ("en", 2)])
def test_a_wrong_key_changes_nothing_and_loses_nothing(client, app, language, turn):
    open_dossier(app, client)
    for number, page in enumerate((*STEPS, "periksa", "mulai?baru=1"), start=turn):
        how = WRONG_KEYS[number % len(WRONG_KEYS)]
        form = form_of(client.get(f"{PREFIXES[language]}/berkas/{page}"))
        if page != "diri":  # so that the NIK still fits when it comes to sending
            form.fill({"pin": PIN} if page == "mulai?baru=1" else EDITS.get(page, {}))
        spoil(form, how)
        before = rows(app)
        answer = form.submit(follow=False)
        assert answer.status_code == 400, page
        assert rows(app) == before, page
        again = form_of(answer)
        for box in form.boxes:
            if box.kind != "hidden" and box.name != "pin":
                assert again.ticked(box.name) == form.ticked(box.name), (page, box.name)
        assert len(again["kunci"] or "") == 22, page
        if "pin" in again.names:
            again.fill(pin=PIN)
        assert again.submit(follow=False).status_code == 303, "one button goes on"


def test_a_key_of_another_dossier_changes_nothing(client, new_client, app):
    open_dossier(app, client)
    form = form_of(client.get("/berkas/telepon")).fill(telepon="0812 0000 1111")
    form.submit()
    other = new_client()
    open_dossier(app, other)
    theirs = form_of(other.get("/berkas/telepon")).fill(telepon="0812 0000 1111")
    theirs.box("kunci")[0].value = form["kunci"]
    before = rows(app)
    answer = theirs.submit(follow=False)
    assert answer.status_code == 400
    assert rows(app) == before
    assert form_of(answer)["kunci"] != form["kunci"]
    assert form_of(answer).submit(follow=False).status_code == 303


def test_a_key_of_another_page_changes_nothing(client, app):
    open_dossier(app, client)
    form = form_of(client.get("/berkas/telepon"))
    form.submit()
    other = form_of(client.get("/berkas/lahan"))
    other.box("kunci")[0].value = form["kunci"]
    before = rows(app)
    assert other.submit(follow=False).status_code == 400
    assert rows(app) == before


@both_ways
def test_a_refused_answer_does_not_use_its_key_up(client, app, htmx):
    open_dossier(app, client)
    form = form_of(client.get("/berkas/telepon")).fill(telepon="12")
    answer = form.submit(htmx=htmx)
    assert answer.status_code == 422
    again = form_of(answer)
    assert (again["kunci"] == form["kunci"]) is htmx  # a page of its own has a key of its own
    assert here(again.fill(telepon="0812 0000 1111").submit(htmx=htmx)) == "/berkas/alamat"
    assert count(app, PostKey) == 1


# Opening a file


def start_form(client: CheckingClient, pin: str = PIN) -> Form:
    return form_of(client.get("/berkas/mulai")).fill(pin=pin)


@both_ways
def test_the_start_form_twice_opens_one_file(client, app, htmx):
    form = start_form(client)
    first = form.submit(htmx=htmx)
    again = form_of_resent(form, htmx)
    assert number_on(first) == number_on(again)
    assert count(app, Dossier) == 1


def form_of_resent(form: Form, htmx: bool = False) -> TestResponse:
    """Send a form again; the token of the session before is stale, so press the button twice."""
    answer = form.submit(htmx=htmx)
    if answer.status_code == 422:
        answer = form_of(answer).fill(pin=form["pin"] or "").submit(htmx=htmx)
    return answer


def test_the_answer_got_lost_and_the_cookie_with_it(client, new_client, app):
    """Same form, same PIN, and nothing of the first answer arrived: the same file opens."""
    form = start_form(client)
    first = form.submit()
    with_cookie_of_the_form = new_client()
    page = with_cookie_of_the_form.get("/berkas/mulai")
    resent = form_of(page).fill(pin=PIN)
    resent.box("kunci")[0].value = form["kunci"]
    answer = resent.submit()
    assert number_on(answer) == number_on(first)
    assert with_cookie_of_the_form.get("/berkas/diri").status_code == 200
    assert count(app, Dossier) == 1


@both_ways
def test_with_another_pin_the_same_form_opens_nothing(client, new_client, app, htmx):
    """Back on a shared computer: the next person's PIN must not open the last person's file."""
    form = start_form(client)
    form.submit()
    other = new_client()
    for _ in range(3):
        resent = form_of(other.get("/berkas/mulai")).fill(pin=OTHER_PIN)
        resent.box("kunci")[0].value = form["kunci"]
        answer = resent.submit(htmx=htmx)
        assert here(answer) == "/berkas/lanjut"
        assert other.get("/berkas/diri").status_code == 403
    assert count(app, Dossier) == 1


def test_guessing_with_the_same_form_locks_the_file(client, new_client, app):
    form = start_form(client)
    number = number_on(form.submit())
    other = new_client()
    for pin in (*(f"{OTHER_PIN[:5]}{n}" for n in range(5)), PIN):
        resent = form_of(other.get("/berkas/mulai")).fill(pin=pin)
        resent.box("kunci")[0].value = form["kunci"]
        assert here(resent.submit()) == "/berkas/lanjut"
        assert other.get("/berkas/diri").status_code == 403
    locked = form_of(other.get("/berkas/lanjut")).fill(nomor=number, pin=PIN).submit()
    assert locked.status_code == 403


def test_the_start_form_of_a_sent_file_opens_nothing(client, new_client, app):
    form = start_form(client)
    form.submit()
    with looking(app) as session:
        session.query(Dossier).one().sent_at = datetime.now(UTC)
        session.commit()
    other = new_client()
    resent = form_of(other.get("/berkas/mulai")).fill(pin=PIN)
    resent.box("kunci")[0].value = form["kunci"]
    assert here(resent.submit()) == "/berkas/lanjut"
    assert other.get("/berkas/hasil").status_code == 403


# At the same moment


def all_well(results: list[TestResponse | BaseException]) -> list[TestResponse]:
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if isinstance(result, TestResponse)]


def test_two_start_forms_at_once_open_one_file(client, app):
    form = start_form(client)
    tabs = [twin(client) for _ in range(3)]
    answers = all_well(at_once([lambda tab=tab: send(form, tab) for tab in tabs]))
    assert len({number_on(answer) for answer in answers}) == 1
    assert count(app, Dossier) == 1
    assert count(app, PostKey) == 1
    assert count(app, Event) == 1


@pytest.mark.parametrize("page", ["diri", "telepon"])
def test_a_step_twice_at_once_is_taken_once(client, app, page):
    open_dossier(app, client)
    form = form_of(client.get(f"/berkas/{page}")).fill(EDITS[page])
    before = count(app, Event)
    tabs = [twin(client) for _ in range(3)]
    answers = all_well(at_once([lambda tab=tab: send(form, tab) for tab in tabs]))
    assert {answer.status_code for answer in answers} == {200}
    assert len({here(answer) for answer in answers}) == 1
    answered = 3 if page == "diri" else 1  # the identity is also checked, and is another one
    assert count(app, Event) == before + answered


def test_two_tabs_that_change_one_step_at_once_leave_one_whole_answer(client, app):
    """Each tab has a form and a key of its own; the last one stands, never half of each."""
    open_dossier(app, client)
    ways = [("Jalan Satu 1", "001/001"), ("Jalan Dua 2", "002/002"), ("Jalan Tiga 3", "003/003")]
    tabs = [twin(client) for _ in ways]
    forms = [
        form_of(tab.get("/berkas/alamat")).fill(jalan=street, rtrw=rt_rw)
        for tab, (street, rt_rw) in zip(tabs, ways, strict=True)
    ]
    before = count(app, Event)
    answers = all_well(
        at_once([lambda f=f, t=t: send(f, t) for f, t in zip(forms, tabs, strict=True)])
    )
    assert {answer.status_code for answer in answers} == {200}
    kept = form_of(client.get("/berkas/alamat"))
    assert (kept["jalan"], kept["rtrw"]) in ways
    assert count(app, Event) == before + len(ways)
    assert count(app, PostKey) == len(ways)


def assert_sent_once(app: Flask, before: int) -> None:
    assert oss_submissions(app) == before + 1
    assert count(app, Handover) == count(app, Paper) == 1
    with looking(app) as session:
        nib = session.query(Handover.nib).scalar()
        kinds = [event.kind for event in session.query(Event)]
    assert re.fullmatch(r"0000\d{9}", nib or "")
    for kind in ("sent", "handed_over", "nib_received", "paper_issued"):
        assert kinds.count(kind) == 1, kind


SAME_FORM: Callable[[Form, CheckingClient], Form] = lambda form, tab: form  # noqa: E731
OWN_FORM: Callable[[Form, CheckingClient], Form] = lambda form, tab: form_of(  # noqa: E731
    tab.get("/berkas/periksa")
)


@pytest.mark.parametrize("form_in", [SAME_FORM, OWN_FORM], ids=["double click", "two tabs"])
@both_ways
def test_sent_several_times_at_once_it_is_sent_once(client, app, form_in, htmx):
    before = oss_submissions(app)
    open_dossier(app, client)
    form = form_of(client.get("/berkas/periksa"))
    tabs = [twin(client) for _ in range(3)]
    forms = [form_in(form, tab) for tab in tabs]
    answers = all_well(
        at_once([lambda f=f, t=t: send(f, t, htmx=htmx) for f, t in zip(forms, tabs, strict=True)])
    )
    assert {here(answer) for answer in answers} == {"/berkas/hasil"}
    assert_sent_once(app, before)


# One after the other


@both_languages
@both_ways
def test_back_and_sent_again(client, app, htmx, language):
    before = oss_submissions(app)
    open_dossier(app, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/periksa"))
    first = form.submit(htmx=htmx)
    after = rows(app)
    for _ in range(2):
        again = form.submit(htmx=htmx)
        assert here(again) == here(first) == f"{PREFIXES[language]}/berkas/hasil"
        assert rows(app) == after
    assert_sent_once(app, before)


def test_a_second_tab_sends_after_the_first(client, app):
    before = oss_submissions(app)
    open_dossier(app, client)
    first, second = (form_of(client.get("/berkas/periksa")) for _ in range(2))
    assert first["kunci"] != second["kunci"]
    for form in (first, second, first):
        assert here(form.submit()) == "/berkas/hasil"
    assert_sent_once(app, before)


@pytest.mark.parametrize("mode", ["accept_then_die", "down"])
def test_oss_breaks_down_and_the_worker_finishes(client, app, office_is, mode):
    before = oss_submissions(app)
    open_dossier(app, client)
    form = form_of(client.get("/en/berkas/periksa"))
    office_is("oss", mode)
    answer = form.submit()
    assert here(answer) == "/en/berkas/hasil"
    assert "OSS has not answered yet" in words(answer)
    assert "NIB is there" not in (parse(answer).one("h1").text or "")
    form.submit()
    assert client.get("/en/berkas/nib.pdf").status_code == 404
    office_is("oss", "up")
    with looking(app):
        bring_forward()
    assert run.sweep(app) == 2, "the hand-over, and the message that the file was sent"
    assert "Your NIB is there" in words(client.get("/en/berkas/hasil"))
    form.submit()
    run.sweep(app)
    assert_sent_once(app, before)


def test_sent_while_the_registry_is_silent_then_everything_comes(client, app, office_is):
    before = oss_submissions(app)
    office_is("dukcapil", "down")
    open_dossier(app, client)
    answer = form_of(client.get("/en/berkas/periksa")).submit()
    assert "Next: the civil registry. It has not answered yet" in words(answer)
    assert oss_submissions(app) == before, "never before the NIK fits"
    office_is("dukcapil", "up")
    for _ in range(2):
        with looking(app):
            bring_forward()
        run.sweep(app)
    assert "Your NIB is there" in words(client.get("/en/berkas/hasil"))
    assert_sent_once(app, before)


def test_sent_while_the_registry_is_silent_then_the_nik_does_not_fit(client, app, office_is):
    before = oss_submissions(app)
    office_is("dukcapil", "down")
    open_dossier(app, client, who="birth_date_differs")
    form_of(client.get("/en/berkas/periksa")).submit()
    office_is("dukcapil", "up")
    with looking(app):
        bring_forward()
    run.sweep(app)
    page = follow_on(client.get("/en/berkas/hasil"))
    assert here(page) == "/en/berkas/periksa"
    assert "Mend your NIK first" in words(page)
    for answer in ("Jalan Latihan 7", "Kios Contoh", "beras, gula", "Rp 7.500.000"):
        assert answer in words(page), "every answer is still there"
    assert oss_submissions(app) == before
    # Mended with the date that the registry knows, it goes its way.
    form = form_of(client.get("/en/berkas/diri")).fill(lahir="12-9-1994")
    assert "fits" in words(form.submit())
    assert here(form_of(client.get("/en/berkas/periksa")).submit()) == "/en/berkas/hasil"
    assert oss_submissions(app) == before + 1
    assert count(app, Handover) == count(app, Paper) == 1
