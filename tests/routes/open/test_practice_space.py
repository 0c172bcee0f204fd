"""The practice space's own pages: its front, the strip on top, after a wipe, when it is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.practice_space.line import AWAY
from app.practice_space.people import people_to_try
from tests.client import HTMX, form_of, links_of, main_words, parse, words
from tests.pages import PREFIXES, Walk

both_languages = pytest.mark.parametrize("language", PREFIXES)
OUT = {"id": "/", "en": "/en/"}
HOME = {"id": "/latihan/", "en": "/latihan/en/"}


@pytest.fixture
def inside(app, make_app, monkeypatch) -> Flask:
    """The program as the practice space runs it, behind the line of the real service."""
    made = make_app(testing=True, PRACTICE_SPACE="inside", TRUSTED_PROXIES="1")
    program = made.wsgi_app

    def under_latihan(environ, start):
        path = environ["PATH_INFO"].removeprefix("/latihan")
        assert path != environ["PATH_INFO"], f"{path} leads out of the practice space"
        forwarded = {"HTTP_X_FORWARDED_PREFIX": "/latihan", "HTTP_X_FORWARDED_HOST": "izin.example"}
        return program({**environ, **forwarded, "PATH_INFO": path}, start)

    made.wsgi_app = under_latihan
    monkeypatch.setitem(PREFIXES, "id", "/latihan")
    monkeypatch.setitem(PREFIXES, "en", "/latihan/en")
    return made


@both_languages
def test_the_front_page_says_what_it_is_and_gives_people_to_try(inside, language):
    answer = inside.test_client().get(PREFIXES[language] + "/")
    text = main_words(answer)
    for person in people_to_try():
        assert person.typed_name in text
        assert person.nik in text
        assert f"{person.typed_birth_date:%d-%m-%Y}" in text
    assert ("02.00 WIT" if language == "id" else "02:00 WIT") in text
    home = HOME[language]
    assert links_of(parse(answer), "btn")[0][0] == f"{home}berkas/mulai"
    assert f"{home}latihan/pesan" in [address for address, _said in links_of(parse(answer))]
    how = "Cara berlatih" if language == "id" else "How to practise"
    page = parse(inside.test_client().get(f"{PREFIXES[language]}/berkas/mulai"))
    assert [address for address, said in links_of(page) if how in said] == [home]


@both_languages
@pytest.mark.parametrize("path", ["/", "/berkas/mulai", "/bantuan", "/tidak-ada"])
def test_every_page_is_marked_and_leads_out(inside, language, path):
    page = parse(inside.test_client().get(PREFIXES[language] + path))
    home, out = HOME[language], OUT[language]
    strip = page.with_class("mode")[0]
    assert [link.get("href") for link in page.all("a", within=strip)] == [out]
    assert ("LATIHAN" if language == "id" else "PRACTICE") in words(strip)
    assert len(list(strip.iter("br"))) == 1, "the second line is of the practice space"
    assert page.with_class("brand")[0].get("href") == home


def test_its_pages_use_the_styles_and_scripts_that_the_phone_has(inside, client):
    there = inside.test_client().get("/latihan/berkas/mulai").get_data(as_text=True)
    here = client.get("/berkas/mulai").get_data(as_text=True)
    assert (' src="/static/site.' in there, "/latihan/static/" in there) == (True, False)
    assert there.count("/static/") == here.count("/static/")


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@both_languages
def test_addresses_and_cookies_stay_inside(inside, language, htmx):
    walk = Walk(inside.test_client(), language=language, htmx=htmx)
    walk.to("hasil")
    leads_to = [
        answer.headers[name]
        for answer in walk.answers
        for name in ("Location", "HX-Push-Url", "HX-Redirect")
        if name in answer.headers
    ]
    assert len(leads_to) > 10
    assert [place for place in leads_to if not place.startswith(HOME[language] + "berkas/")] == []
    cookies = [
        cookie
        for answer in [*walk.shown.values(), *walk.answers]
        for cookie in answer.headers.getlist("Set-Cookie")
    ]
    assert cookies
    for cookie in cookies:
        # The session, what was opened here, and which browser this is.
        assert cookie.partition("=")[0] in {"latihan", "o", "k"}
        assert "; Path=/latihan" in cookie


def test_its_papers_and_messages_name_its_own_address(inside):
    browser = inside.test_client()
    Walk(browser).to("telepon")
    page = browser.get("/latihan/berkas/nomor").get_data(as_text=True)
    assert "izin.example%2Flatihan%2Flacak" in page


# After a wipe


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_whoever_was_in_the_middle_is_told_that_it_was_wiped(inside, language, htmx):
    browser = inside.test_client()
    Walk(browser).to("telepon")
    inside.secret_key = "a new one, as after each wipe"
    headers = HTMX if htmx else {}
    answer = browser.get(f"{PREFIXES[language]}/berkas/telepon", headers=headers)
    assert answer.status_code == 410
    assert links_of(parse(answer), "btn")[0][0] == HOME[language]
    assert answer.headers["Set-Cookie"].startswith("latihan=; ")
    assert "; Path=/latihan" in answer.headers["Set-Cookie"]
    sent = browser.post(f"{PREFIXES[language]}/berkas/telepon", data={"telepon": "0812"})
    assert sent.status_code == 403, "the cookie is gone, so now it is a stranger"


def test_a_new_start_after_a_wipe_needs_no_second_try(inside):
    browser = inside.test_client()
    Walk(browser).to("telepon")
    inside.secret_key = "a new one, as after each wipe"
    assert Walk(browser).to("telepon").status_code == 200


def test_a_session_that_only_got_old_is_asked_for_number_and_pin(inside):
    browser = inside.test_client()
    Walk(browser).to("telepon")
    inside.permanent_session_lifetime = timedelta(seconds=-1)
    answer = browser.get("/latihan/berkas/telepon")
    assert answer.status_code == 403


def test_the_real_service_never_says_that_something_was_wiped(client):
    client.set_cookie("s", "eyJkIjoxfQ.aaaa.bbbb")
    assert client.get("/berkas/telepon").status_code == 403


# The real service's side


@both_languages
def test_the_front_page_leads_there_where_the_service_is_real(assist, client, language):
    path = PREFIXES[language] + "/"
    address = HOME[language]
    assert address in [href for href, _ in links_of(parse(assist.test_client().get(path)))]
    assert address not in [href for href, _ in links_of(parse(client.get(path)))]


def test_it_can_be_left_out(app, make_app):
    off = make_app(testing=True, SERVICE_MODE="assist", PRACTICE_SPACE="off").test_client()
    assert "/latihan/" not in [href for href, _ in links_of(parse(off.get("/")))]
    assert off.get("/latihan").status_code == 404
    assert off.get("/latihan/").status_code == 404
    assert off.get("/latihan/berkas/mulai").status_code == 404


@both_languages
@pytest.mark.parametrize("slash", ["", "/"])
def test_in_training_the_address_says_that_all_is_practice(client, language, slash):
    answer = client.get(f"{PREFIXES[language]}/latihan{slash}")
    assert answer.status_code == 200
    text = main_words(answer)
    assert all(person.nik in text for person in people_to_try())
    assert "WIT" not in text, "nothing is wiped here"
    assert links_of(parse(answer), "btn")[0][0] == f"{PREFIXES[language]}/berkas/mulai"
    assert parse(answer).all("a", within=parse(answer).with_class("mode")[0]) == []


def test_inside_the_address_leads_to_the_front_page(inside):
    answer = inside.test_client().get("/latihan/latihan")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/latihan/")


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/latihan/", "id"),
        ("/latihan/berkas/diri", "id"),
        ("/latihan/en/", "en"),
        ("/latihan/en/berkas/diri", "en"),
    ],
)
def test_when_it_is_away_a_page_says_so_and_leads_back(assist, path, language):
    answer = assist.test_client().get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "20"
    assert answer.headers["Cache-Control"] == "no-store"
    page = parse(answer)
    assert links_of(page, "btn")[0][0] == path
    assert links_of(page, "later")[0][0] == OUT[language]
    assert len(page.all("a", within=page.with_class("mode")[0])) == 0


def test_when_it_is_away_what_was_typed_is_handed_back(assist):
    browser = assist.test_client()
    data = {"jalan": "Jalan Contoh 1", "csrf_token": "x", "kunci": "k" * 22, "pin": "824615"}
    answer = browser.post("/latihan/en/berkas/alamat", data=data)
    assert answer.status_code == 503
    form = form_of(answer)
    assert form.action == "/latihan/en/berkas/alamat"
    # The token is the practice space's own, so that sending it again will do.
    assert {name: form[name] for name in form.names} == {
        n: v for n, v in data.items() if n != "pin"
    }
    assert "Set-Cookie" not in answer.headers


def test_when_it_is_away_htmx_gets_its_part(assist):
    answer = assist.test_client().post("/latihan/berkas/alamat", data={}, headers=HTMX)
    assert answer.status_code == 503
    assert not parse(answer).is_document


@pytest.mark.parametrize(("why", "status", "again"), [("busy", 503, True), ("large", 413, False)])
def test_other_reasons_have_other_words(assist, make_app, why, status, again):
    usual = main_words(assist.test_client().get("/latihan/x"))
    # Past the line, which is what sets the reason.
    off = make_app(testing=True, SERVICE_MODE="assist")
    off.wsgi_app = off.wsgi_app.program.app  # type: ignore[method-assign]
    answer = off.test_client().get("/latihan/x", environ_overrides={AWAY: why})
    assert answer.status_code == status
    assert main_words(answer) != usual
    assert ("/latihan/x" in [href for href, _ in links_of(parse(answer))]) is again


def test_the_health_addresses_do_not_ask_it(assist):
    browser = assist.test_client()
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").status_code in {200, 503}  # tables here are not migrated
    assert b"latihan" not in browser.get("/readyz").data
