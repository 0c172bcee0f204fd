"""Who may: every view says it, and nobody gets at a file without its number and PIN."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product

import pytest
from flask import session as flask_session
from flask import url_for
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from app.domain.dossier.journey import EACH, StepName
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.models.attachment import Attachment
from app.models.own_data import Consent
from app.services.base import post_keys
from app.services.papers import uploads, wanted
from app.services.rights import consents
from app.services.rights.retention import rows_of
from app.web import session as auth
from tests.client import Form, form_of, here, parse, words
from tests.factories import dossier_at, looking, open_in
from tests.pages import JOURNEY, KIOSK, NIK, NUMBER, PIN, PREFIXES, STEPS, Walk
from tests.situations import SITUATIONS

both_languages = pytest.mark.parametrize("language", PREFIXES)
REFERENCE = ("reference", "kbli", "risk_fact", "area", "nik_prefix", "holiday", "alembic")


def rows(app) -> dict[str, list[tuple]]:
    """Return everything in the database beside the reference data."""
    with app.app_context():
        found = {
            table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr)
            for table in db.metadata.sorted_tables
            if not table.name.startswith(REFERENCE)
        }
        db.session.rollback()
        return found


def addresses(app, method: str, access: str) -> list[str]:
    """Return the addresses of the views with this access."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if method in (rule.methods or ()) and getattr(view, "access", None) == access:
            if "step" in rule.arguments:
                of_activity = "/2" if "ke" in rule.arguments else ""
                steps = EACH if of_activity else StepName
                found += [f"/berkas/{step}{of_activity}" for step in steps]
            else:
                found.append(re.sub("<[^>]+>", "1", rule.rule))
    return found


def test_every_view_says_who_may(app):
    unmarked = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "access", None) not in {"all", "applicant", "oss", "staff"}
    }
    assert unmarked == set()


@both_languages
def test_a_stranger_is_asked_for_the_pin_and_sees_nothing(client, new_client, language):
    walk = Walk(client, KIOSK, language=language)
    walk.to(JOURNEY[-1])
    secrets = [KIOSK.person.nik, KIOSK.person.name, "Jalan Latihan", "Kios Contoh", "4567"]
    secrets.append(walk.number)
    stranger = new_client()
    for path in addresses(client.application, "GET", "applicant"):
        response = stranger.get(walk.prefix + path)
        assert response.status_code == 403, path
        assert form_of(response, "/berkas/lanjut").names >= {"nomor", "pin"}, path
        text = response.get_data(as_text=True)
        assert [secret for secret in secrets if secret in text] == [], path


@both_languages
def test_a_stranger_changes_nothing(client, new_client, language):
    Walk.placed(client, "telepon", language=language)
    before = rows(client.application)
    stranger = new_client()
    for path in addresses(client.application, "POST", "applicant"):
        response = stranger.post(PREFIXES[language] + path, data={"telepon": "0812 0000 2222"})
        assert response.status_code == 403, path
        assert rows(client.application) == before, path


@pytest.mark.parametrize("forged", ["x", "eyJkb3NzaWVyIjoxfQ.aaaa.bbbb", "é", '"', ""])
def test_a_forged_session_opens_nothing(client, new_client, forged):
    Walk.placed(client, "telepon")
    stranger = new_client()
    stranger.set_cookie("s", forged)
    assert stranger.get("/berkas/telepon").status_code == 403


def test_a_session_ends(client, monkeypatch):
    assert timedelta(hours=4) <= auth.SESSION_LENGTH <= timedelta(hours=24)
    Walk.placed(client, "telepon")
    assert client.get("/berkas/telepon").status_code == 200
    monkeypatch.setattr(auth, "SESSION_LENGTH", timedelta(seconds=-1))
    assert client.get("/berkas/telepon").status_code == 403


def test_finishing_on_this_phone_forgets_the_file(client):
    Walk.placed(client, "telepon")
    form_of(client.get("/berkas/nomor"), "/berkas/selesai").submit()
    assert client.get("/berkas/telepon").status_code == 403


# In practice everybody's messages stand on one page, as on one phone.
ONE_PHONE = "/latihan/pesan"
SESSIONS = ("none", "left", "another file")


def attacks(app, victim: dict[str, list[object]]) -> list[tuple[str, str]]:
    """Return method and address of every view, with the numbers and codes of somebody's file."""
    found = []
    for rule in app.url_map.iter_rules():
        named = {name: victim.get(name, ["1"]) for name in rule.arguments}
        if "step" in named:
            named["step"] = list(EACH if "ke" in named else StepName)
        if "ke" in named:
            named["ke"] = [2]
        if "n" in named:
            named["n"] = [2]
        with app.test_request_context():
            paths = [
                url_for(rule.endpoint, **dict(zip(named, values, strict=True)))
                for values in product(*named.values())
            ]
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [(method, path) for path in paths for method in methods]
    return found


def somebodys_file(app) -> tuple[int, dict[str, list[object]], list[str]]:
    """Make a file with papers and a helper; return its row, its numbers, and words about it."""
    with looking(app) as session:
        mine = SITUATIONS["papers"].make()
        mine.applicant.name, mine.applicant.street = "Nama Rahasia", "Jalan Rahasia"
        consents.give(mine, "Mama Rahasia", 7)
        upload = uploads.begin_upload(mine, wanted.papers_of(mine)[-1].paper, 10)
        session.commit()
        numbers: dict[str, list[object]] = {
            "number": list(session.scalars(select(Attachment.id))),
            "consent": list(session.scalars(select(Consent.id))),
            "code": [upload.code],
            "paper": [paper.paper.address for paper in wanted.papers_of(mine)],
        }
        number = mine.support_number
        return mine.id, numbers, ["Rahasia", number, format_support_number(number)]


def test_no_view_gives_or_takes_anything_of_another_file(app):
    """Every view, new ones too: without a session, with one that ended, with one of another file.

    Each request carries all that a form of ours would, so that nothing but the session stops it.
    """
    app.test_client_class = FlaskClient
    client = app.test_client()
    mine_id, victim, secrets = somebodys_file(app)
    with looking(app):
        their_id = dossier_at(None, who="farmer").id

    def kept() -> list[list[tuple]]:
        with looking(app) as session:
            return [
                sorted(map(tuple, session.execute(select(table).where(own))), key=repr)
                for table in db.metadata.sorted_tables
                if table.name != "open_sessions" and (own := rows_of(table, mine_id)) is not None
            ]

    open_in(client, mine_id)
    ended = client.get_cookie("s").value
    assert client.get("/berkas/diri").status_code == 200
    with client.session_transaction() as session:
        token_before = session["csrf_token"]
    client.post("/berkas/selesai", headers={"Sec-Fetch-Site": "same-origin"})
    before, reached = kept(), set()
    for kind, (method, path) in product(SESSIONS, attacks(app, victim)):
        client.delete_cookie("s")
        if kind == "left":
            client.set_cookie("s", ended)
        elif kind == "another file":
            open_in(client, their_id)
        with client.session_transaction() as session:
            token = session.get("csrf_token", token_before)
        with app.test_request_context():
            flask_session["csrf_token"] = token
            data = {"csrf_token": generate_csrf(), "kunci": post_keys.new_key(), "paham": "ya"}
        response = client.open(path, method=method, data=None if method == "GET" else data)
        text = response.get_data().decode(errors="replace")
        assert response.status_code != 500, (kind, method, path)
        if path != ONE_PHONE:
            assert [each for each in secrets if each in text] == [], (kind, method, path)
        reached.add((kind, response.status_code))
        if method != "GET":
            assert kept() == before, (kind, method, path)
    assert {("none", 403), ("left", 403), ("another file", 303), ("another file", 404)} <= reached


def test_no_title_and_no_name_of_a_file_tells_who_was_here(app):
    """They stay in the history, in the folder of downloads and in the queue of the printer."""
    app.test_client_class = FlaskClient
    client = app.test_client()
    mine_id, numbers, secrets = somebodys_file(app)
    open_in(client, mine_id)
    shown = 0
    for method, path in attacks(app, numbers):
        if method != "GET":
            continue
        response = client.get(path)
        title = re.search("<title>.*?</title>", response.get_data().decode(errors="replace"))
        told = [title.group() if title else "", *map(str, response.headers)]
        assert [each for each in secrets if each in " ".join(told)] == [], path
        assert "Clear-Site-Data" not in response.headers, path
        shown += response.status_code == 200
    assert shown > 60


def spoil(form: Form, how: str) -> dict[str, object]:
    """Return what submit() needs to send a form without its token, or with one that is wrong."""
    if how == "missing":
        return {"without": {"csrf_token"}}
    form.box("csrf_token")[0].value = {
        "wrong": "wrong",
        "foreign": "ImY5ZDQ3ZTQ0NmQ2Y2Q1ODQ4ZTU2MTAzN2JjZGY0YmE0YmFiYmVlZmUi.aZ.AAAA",
    }[how]
    return {}


@both_languages
@pytest.mark.parametrize("how", ["missing", "wrong", "foreign"])
def test_without_a_good_token_nothing_changes_and_nothing_is_lost(client, how, language):
    app = client.application
    walk = Walk(client, KIOSK, language=language)
    tried = set()
    for _ in range(40):
        page = walk.page
        if page == JOURNEY[-1]:
            break
        if page in {NUMBER, NIK} or page in tried:
            walk.go_on()
            continue
        form = form_of(walk.response)
        if walk._fill(form, page) is not None:
            walk.go_on()  # first bring the rest of the page
            continue
        tried.add(page)
        before = rows(app)
        typed = {b.name: b.value for b in form.boxes if b.kind != "hidden" and b.name != "pin"}
        answer = form.submit(follow=False, **spoil(form, how))
        assert answer.status_code == 422, page
        assert rows(app) == before, page
        again = form_of(answer)
        assert {name: again[name] for name in typed} == {name: form[name] for name in typed}, page
        assert parse(answer).all("h2"), "it says what happened"
        if page == "mulai":
            again.fill(pin=PIN)
        walk._take(again.submit(follow=False))  # one button goes on
        assert walk.page != page
    assert tried == {"mulai", "periksa", *STEPS}


def test_asking_the_registry_again_needs_a_token(client, office_is):
    office_is("dukcapil", "down")
    walk = Walk(client, KIOSK)
    walk.to(NIK)
    before = rows(client.application)
    form = form_of(walk.response)
    answer = form.submit(without={"csrf_token"}, follow=False)
    assert answer.status_code in {303, 422}
    assert rows(client.application) == before


def test_coming_back_needs_a_token(client, new_client):
    walk = Walk.placed(client, "telepon")
    before = rows(client.application)
    other = new_client()
    form = form_of(other.get("/berkas/lanjut")).fill(nomor=walk.number, pin=PIN)
    answer = form.submit(without={"csrf_token"}, follow=False)
    assert answer.status_code == 422
    assert form_of(answer)["nomor"] == walk.number
    assert rows(client.application) == before
    assert here(form_of(answer).fill(pin=PIN).submit()) == "/berkas/telepon"


@both_languages
def test_what_was_typed_survives_a_lost_session(client, language):
    walk = Walk.placed(client, "telepon", language=language)
    form = form_of(walk.response).fill(telepon="0812 0000 7654")
    client.delete_cookie("s")
    asked = form.submit()
    assert asked.status_code == 403
    answer = form_of(asked).fill(nomor=walk.number, pin=PIN).submit()
    if form_of(answer).action.endswith("/telepon"):  # shown filled, with one button to go on
        assert form_of(answer)["telepon"] == "0812 0000 7654"
        answer = form_of(answer).submit()
    assert here(answer).endswith("/alamat")
    again = client.get(f"{walk.prefix}/berkas/telepon")
    assert form_of(again)["telepon"].replace(" ", "") == "081200007654"


def test_a_wrong_pin_opens_nothing_and_after_five_one_waits(client, new_client):
    walk = Walk.placed(client, "telepon")
    other = new_client()
    page = other.get("/berkas/lanjut")
    for last in range(5):
        page = form_of(page).fill(nomor=walk.number, pin=f"13579{last}").submit()
        assert page.status_code == 403
        assert form_of(page)["nomor"] == walk.number
    right = form_of(page).fill(nomor=walk.number, pin=PIN).submit()
    assert right.status_code == 403
    assert KIOSK.person.name not in words(right)
    assert other.get("/berkas/telepon").status_code == 403


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_coming_back_leads_to_a_page_that_works(client, new_client, htmx):
    walk = Walk.placed(client, "telepon")
    other = new_client()
    asked = other.get("/berkas/lanjut")
    page = form_of(asked).fill(nomor=walk.number, pin=PIN).submit(htmx=htmx)
    assert here(page) == "/berkas/telepon"
    answer = form_of(page).fill(telepon="0812 0000 3333").submit(htmx=htmx)
    assert here(answer) == "/berkas/alamat"
