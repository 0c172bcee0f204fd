"""Error pages: small, in both languages, with what was saved, what to do and what was typed."""

from __future__ import annotations

import io
import socket

import brotli
import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from app.models.dossier import Dossier
from app.services.dossier import opening
from app.web.marks import open_to_all
from tests.client import HTMX, CheckingClient, form_of, here, links_of, parse, title_of, words
from tests.factories import open_dossier
from tests.pages import KIOSK, PREFIXES, Walk

ERROR_BODY = 3_000
both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
CODES = [400, 403, 404, 405, 413, 422, 429, 500, 503]
ENGLISH_TITLES = {
    400: "We could not read that",
    403: "This page is not open to you",
    404: "We cannot find that page",
    405: "That does not work here",
    413: "That is too large to send",
    422: "Something needs another look",
    429: "Too many tries in a short time",
    500: "Something went wrong on our side",
    503: "The service is resting for a moment",
}


def _fail(code: int) -> str:
    if code == 500:
        opening.start("hash", "id")  # half of a change, which must not stay
        raise RuntimeError("a fault with 9601055403879001 in its message")
    abort(code)


@pytest.fixture
def failing(make_app) -> CheckingClient:
    """A browser for an application that has a page for each error."""
    app: Flask = make_app(testing=False)
    for code in CODES:
        app.add_url_rule(
            f"/uji/{code}",
            f"uji{code}",
            open_to_all(lambda code=code: _fail(code)),
            methods=["GET", "POST"],
        )
    return app.test_client()


@both_languages
@pytest.mark.parametrize("code", CODES)
def test_error_page(failing, code, language):
    response = failing.get(f"{PREFIXES[language]}/uji/{code}", headers={"Accept-Encoding": "br"})
    assert response.status_code == code
    assert len(response.get_data()) <= ERROR_BODY
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in response.headers
    page = parse(response)
    main = page.by_id("isi")
    assert words(main)
    if language == "en":
        assert title_of(page).startswith(ENGLISH_TITLES[code])
        if code in {413, 429, 500, 503}:
            assert "saved" in words(main)
    home = f"{PREFIXES[language]}/"
    assert home in [link.get("href") for link in page.all("a", within=main)]
    assert "9601055403879001" not in brotli.decompress(response.get_data()).decode()


@both_languages
@pytest.mark.parametrize("code", [400, 403, 422, 429, 500, 503])
def test_an_error_hands_back_what_was_typed(failing, code, language):
    url = f"{PREFIXES[language]}/uji/{code}"
    typed = {"nama": "Ma'ruf “<b>” Contoh", "kunci": "A" * 22, "pin": "481627", "csrf_token": "x"}
    response = failing.post(url, data=typed)
    assert response.status_code == code
    form = form_of(response)
    assert form.action == url
    assert form["nama"] == typed["nama"]
    assert form["kunci"] == typed["kunci"]
    assert "pin" not in form.names
    assert form["csrf_token"] != "x"
    again = form.submit(follow=False)  # one button sends it again
    assert form_of(again)["nama"] == typed["nama"]


@both_languages
@pytest.mark.parametrize("code", CODES)
def test_an_error_answers_htmx_with_the_main_part(failing, code, language):
    response = failing.post(
        f"{PREFIXES[language]}/uji/{code}", data={"kunci": "A" * 22}, headers=HTMX
    )
    assert response.status_code == code
    page = parse(response)
    assert not page.is_document
    assert len(page.all("h1")) == 1


def test_an_error_undoes_what_was_begun(failing):
    assert failing.post("/uji/500").status_code == 500
    with failing.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(Dossier)) == 0


@both_languages
def test_a_page_that_is_not_there_offers_search_and_home(client, language):
    response = client.get(f"{PREFIXES[language]}/bantuan/lama")
    assert response.status_code == 404
    form = form_of(response)
    assert form.method == "get"
    assert form.fill(q="kios").submit().status_code == 200
    assert f"{PREFIXES[language]}/" in [address for address, _ in links_of(parse(response))]


@both_languages
def test_a_wrong_method_says_so(client, language):
    response = client.post(f"{PREFIXES[language]}/bantuan")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@both_languages
def test_a_form_without_its_key_is_refused_and_changes_nothing(client, language):
    walk = Walk.placed(client, "telepon", language=language)
    form = form_of(walk.response).fill(telepon="0812 0000 9999")
    response = form.submit(without={"kunci"}, follow=False)
    assert response.status_code == 400
    assert form_of(response)["telepon"] == "0812 0000 9999"
    assert not form_of(client.get(f"{walk.prefix}/berkas/telepon"))["telepon"]


class Endless(io.RawIOBase):
    """A body that counts how much of it was read."""

    read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        buffer[:] = b"a" * len(buffer)
        Endless.read_so_far += len(buffer)
        return len(buffer)


@both_languages
@pytest.mark.parametrize("path", ["/berkas/mulai", "/berkas/lanjut", "/berkas/diri"])
def test_a_huge_body_is_refused_unread(client, path, language):
    Walk.placed(client, "diri")
    Endless.read_so_far = 0
    response = client.post(
        PREFIXES[language] + path,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={
            "wsgi.input": io.BufferedReader(Endless()),
            "CONTENT_LENGTH": "50000000",
        },
    )
    assert response.status_code == 413
    assert Endless.read_so_far <= 1_000_000


@both_languages
@both_ways
def test_a_text_that_is_far_too_long_loses_nothing_else(client, app, language, htmx):
    """A whole page pasted into one box: what stands in the others comes back."""
    prefix = PREFIXES[language]
    open_dossier(app, client)
    form = form_of(client.get(f"{prefix}/berkas/alamat")).fill(jalan="x" * 300_000, kodepos="98444")
    answer = form.submit(htmx=htmx)
    assert answer.status_code == 413
    again = form_of(answer).submit()
    assert again.status_code == 422
    assert form_of(again)["kodepos"] == "98444"
    shorter = form_of(again).fill(jalan="Jalan Latihan 9").submit()
    assert here(shorter) != f"{prefix}/berkas/alamat"


@both_languages
def test_a_text_that_is_far_too_long_waits_for_the_pin_too(client, app, language):
    address = f"{PREFIXES[language]}/berkas/alamat"
    answer = client.post(
        address, data={"jalan": "x" * 300_000, "kodepos": "98444", "kunci": "A" * 22}
    )
    assert answer.status_code == 413
    asked = form_of(answer).submit()
    assert asked.status_code == 403
    assert form_of(asked)["isi-kodepos"] == "98444"


def test_the_server_refuses_a_huge_body_at_once(served):
    head = (
        "POST /berkas/mulai HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50000000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as line:
        line.sendall(head.encode() + b"pin=" + b"1" * 100_000)
        answer = line.recv(200)
    assert answer.startswith(b"HTTP/1.1 413")


@pytest.fixture
def limited(make_app) -> CheckingClient:
    """A browser for an application that counts tries."""
    return make_app(testing=False, TRUSTED_PROXIES="1").test_client()


def hammer(client: CheckingClient, method: str, url: str) -> None:
    """Try until it is too much. A village behind one address must not meet that soon."""
    hasty = FlaskClient(client.application, client.response_wrapper)
    for tries in range(1, 1001):
        if getattr(hasty, method)(url).status_code == 429:
            assert tries > 30
            return
    raise AssertionError("nobody stopped a thousand tries")


@both_languages
def test_too_many_tries(limited, language):
    url = f"{PREFIXES[language]}/berkas/lanjut"
    form = form_of(limited.get(url)).fill(nomor="SRG 1234", pin="123456")
    hammer(limited, "post", url)
    refused = form.submit(follow=False)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert form_of(refused)["nomor"] == "SRG 1234"
    other = form.submit(follow=False, headers={"X-Forwarded-For": "10.9.9.9"})
    assert other.status_code == 422


@both_languages
def test_numbers_cannot_be_guessed_one_by_one(limited, language):
    url = f"{PREFIXES[language]}/lacak"
    hammer(limited, "get", f"{url}?nomor=SRG1")
    assert limited.get(f"{url}?nomor=SRG1").status_code == 429
    assert limited.get(url).status_code == 200, "the empty page costs no try"


NONSENSE = [
    ("GET", "/%00", {}),
    ("GET", "/%ff%fe", {}),
    ("GET", "/lacak?nomor=%ff%00", {}),
    ("GET", "/lacak?nomor=" + "9" * 5000, {}),
    ("GET", "/lacak?nomor=%F0%9F%98%80", {}),
    ("GET", "/verifikasi?kode=" + "%27" * 500, {}),
    ("GET", "/verifikasi/" + "A" * 3000, {}),
    ("GET", "/verifikasi/%2e%2e%2fetc", {}),
    ("GET", "/static/..%2f..%2fapp%2fconfig.py", {}),
    ("GET", "/berkas/mulai?kbli=%00%ff", {}),
    ("GET", "/berkas/diri/", {}),
    ("GET", "//berkas//mulai", {}),
    ("GET", "/en/en/", {}),
    ("GET", "/enx", {}),
    ("GET", "/", {"Cookie": "c=\x80; s=\xff; =;;"}),
    ("GET", "/", {"Accept-Language": "xx-!!;;q=abc, *"}),
    ("GET", "/", {"Accept-Encoding": "q=;;br;q=nan"}),
    ("GET", "/", {"If-None-Match": '"""W/'}),
    ("GET", "/", {"HX-Request": "true", "HX-Target": "\xff#<script>"}),
    ("GET", "/", {"Range": "bytes=0-5,7-"}),
    ("FOO", "/", {}),
    ("PUT", "/berkas/mulai", {}),
    ("DELETE", "/berkas/diri", {}),
    ("POST", "/berkas/mulai", {"Content-Type": "application/json"}),
    ("POST", "/berkas/mulai", {"Content-Type": "multipart/form-data; boundary="}),
    ("POST", "/berkas/mulai", {"Content-Type": "application/x-www-form-urlencoded; charset=x"}),
]


@both_languages
@pytest.mark.parametrize(("method", "path", "headers"), NONSENSE)
def test_nonsense_is_answered_calmly(failing, method, path, headers, language):
    failing.unchecked = ("invalid-codepoint",)  # a sign that HTML forbids comes back as sent
    response = failing.open(
        PREFIXES[language] + path, method=method, headers=headers, data=b"\xff\x00&=&pin=%ff"
    )
    assert response.status_code < 500


ODD = ["\x00", "é" * 4000, "🙂", "<script>", "' OR 1=1 --", "\u202e", "٣", "{{ 7*7 }}", "%(a)s"]


@pytest.mark.parametrize("text", ODD)
def test_odd_signs_in_an_answer_are_taken_or_named(failing, text):
    walk = Walk(failing, KIOSK)
    walk.to("usaha")
    failing.unchecked = ("stands on the page", "invalid-codepoint")  # our odd signs themselves
    answer = form_of(walk.response).fill(usaha=text, uraian=text).submit(follow=False)
    assert answer.status_code in {303, 422}


def test_the_programs_interface_answers_in_json(client):
    response = client.get("/api/v1/tidak-ada")
    assert response.status_code == 404
    assert response.json
