"""What pages cost on the wire: status line, headers and body, in brotli. Limits: DESIGN, Weight."""

from __future__ import annotations

import socket
from statistics import median

import pytest
from werkzeug.test import TestResponse

from tests.client import CheckingClient, body_of, form_of, parse
from tests.pages import JOURNEY, KIOSK, PREFIXES, PUBLIC, TARO, Walk

BR = {"Accept-Encoding": "br"}
SERVER_ADDS = len("server: granian\r\ndate: Mon, 23 Nov 2026 01:14:00 GMT\r\n")
# What a phone's Chrome sends with each request, its address, body and our cookies aside.
REQUEST_HEADERS = 850

FIRST_VISIT = (6_000, 10_000)  # typical, ever: in bytes
FULL_PAGE = (4_000, 8_000)
HTMX_STEP = (2_000, 4_000)
SCRIPTS = 15_000
ERROR_BODY = 3_000
JOURNEY_DOWN, JOURNEY_UP = 50_000, 25_000

both_languages = pytest.mark.parametrize("language", PREFIXES)


class PackedClient(CheckingClient):
    """Takes brotli and nothing else, as a phone on a slow line should get it."""

    def open(self, *args, **kwargs) -> TestResponse:
        kwargs["headers"] = {**BR, **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture
def phone(app) -> PackedClient:
    """A browser on its first visit."""
    app.test_client_class = PackedClient
    return app.test_client()


@pytest.fixture
def returning_phone(phone) -> PackedClient:
    """A browser that holds our styles already."""
    phone.set_cookie("c", phone.application.extensions["assets"]["site.css"].hash)
    return phone


def wire_size(response: TestResponse) -> int:
    """Return the bytes of an answer as the server sends it."""
    head = f"HTTP/1.1 {response.status}\r\n".encode()
    lines = [f"{name}: {value}\r\n".encode() for name, value in response.headers]
    return len(head) + sum(map(len, lines)) + 2 + SERVER_ADDS + len(response.get_data())


def request_size(response: TestResponse) -> int:
    """Return about how many bytes a browser spent to ask for an answer."""
    request = response.request
    cookies = len(request.environ.get("HTTP_COOKIE", ""))
    body = int(request.environ.get("CONTENT_LENGTH") or 0)
    return REQUEST_HEADERS + len(request.full_path) + cookies + body


def check(sizes: dict[str, int], limits: tuple[int, int]) -> None:
    """Fail with the whole list when the usual page or any page is too heavy."""
    typical, ever = limits
    listed = sorted(sizes.items(), key=lambda pair: -pair[1])
    too_heavy = [pair for pair in listed if pair[1] > ever]
    assert not too_heavy, f"over {ever} B: {too_heavy}"
    usual = median(sizes.values())
    assert usual <= typical, f"median {usual} B is over {typical} B: {listed}"


def test_we_count_what_the_server_sends(served, phone):
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nAccept-Encoding: br\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as line:
        line.sendall(request.encode())
        sent = b""
        while b"\r\n\r\n" not in sent:
            sent += line.recv(65536)
        head, _, body = sent.partition(b"\r\n\r\n")
        length = next(
            int(row.split(b":")[1])
            for row in head.split(b"\r\n")
            if row.lower().startswith(b"content-length")
        )
        while len(body) < length:
            body += line.recv(65536)
    assert abs(len(head) + 4 + len(body) - wire_size(phone.get("/"))) <= 40


@both_languages
def test_first_visit(phone, language):
    sizes = {}
    for path, _ in PUBLIC.values():
        url = PREFIXES[language] + path
        response = phone.get(url)
        assert "<style>" in body_of(response)
        sizes[url] = wire_size(response)
    check(sizes, FIRST_VISIT)


@both_languages
def test_a_further_page(returning_phone, language):
    sizes = {}
    for path, _ in PUBLIC.values():
        url = PREFIXES[language] + path
        response = returning_phone.get(url)
        assert "<style>" not in body_of(response)
        sizes[url] = wire_size(response)
    check(sizes, FULL_PAGE)


@both_languages
@pytest.mark.parametrize("who", [KIOSK, TARO], ids=lambda who: who.name)
def test_a_further_page_of_the_journey(returning_phone, who, language):
    walk = Walk(returning_phone, who, language=language)
    walk.to(JOURNEY[-1])
    check({name: wire_size(response) for name, response in walk.shown.items()}, FULL_PAGE)


@both_languages
@pytest.mark.parametrize("who", [KIOSK, TARO], ids=lambda who: who.name)
def test_a_step_by_htmx(returning_phone, who, language):
    walk = Walk(returning_phone, who, language=language, htmx=True)
    walk.to(JOURNEY[-1])
    sizes = {f"{n} {r.request.path}": wire_size(r) for n, r in enumerate(walk.answers)}
    check(sizes, HTMX_STEP)


@both_languages
def test_a_mistake_by_htmx(returning_phone, language):
    """The heaviest answers: a page with all its mistakes."""
    sizes = {}
    walk = Walk(returning_phone, KIOSK, language=language, htmx=True)
    while walk.page != "periksa":
        if walk.page not in {"nomor", "nik"}:
            form = form_of(walk.response)
            for box in form.boxes:
                if box.kind in {"radio", "checkbox"}:
                    box.value = None
                elif box.kind != "hidden":
                    box.value = ""
            sizes[walk.page] = wire_size(form.submit(htmx=True, follow=False))
        walk.go_on()
    check(sizes, HTMX_STEP)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_scripts(app, encoding):
    path = app.extensions["assets"]["site.js"].path
    response = app.test_client().get(path, headers={"Accept-Encoding": encoding})
    assert response.headers["Content-Encoding"] == encoding
    assert wire_size(response) <= SCRIPTS


@both_languages
def test_a_page_loads_one_script_at_most(returning_phone, language):
    walk = Walk(returning_phone, KIOSK, language=language)
    walk.to(JOURNEY[-1])
    for name, response in walk.shown.items():
        scripts = parse(response).all("script")
        assert len(scripts) <= 1, name
        assert all("defer" in script.attrib for script in scripts), name


def whole_journey(phone, language: str) -> list[TestResponse]:
    """From the first byte to the receipt: home, what pages load, the journey as scripts allow."""
    home = phone.get(f"{PREFIXES[language]}/")
    walk = Walk(phone, KIOSK, language=language, htmx=True)
    walk.to(JOURNEY[-1])
    pages = [home, walk.shown["mulai"]]
    loaded = {
        each.get("href") or each.get("src")
        for page in pages
        for each in parse(page).all("link", "script")
    }
    extras = [phone.get(address) for address in sorted(filter(None, loaded))]
    assert len(extras) == 3, "styles, script and drawing"
    return [*pages, *extras, *walk.answers]


@both_languages
def test_the_whole_journey(phone, language):
    everything = whole_journey(phone, language)
    down = sum(map(wire_size, everything))
    up = sum(map(request_size, everything))
    sizes = [(r.request.path, wire_size(r), request_size(r)) for r in everything]
    assert down <= JOURNEY_DOWN, f"{down} B: {sizes}"
    assert up <= JOURNEY_UP, f"{up} B: {sizes}"


def test_saving_data_costs_less(phone, app):
    """Styles are sent once; the script stays, for a page without it costs more at every step."""
    usual = whole_journey(phone, "id")
    saving = app.test_client()
    saving.environ_base["HTTP_SAVE_DATA"] = "on"
    frugal = whole_journey(saving, "id")
    assert all("<style" not in body_of(each) for each in frugal[:2])
    style = wire_size(phone.get(app.extensions["assets"]["site.css"].path))
    usual_size, frugal_size = (sum(map(wire_size, each)) for each in (usual, frugal))
    assert frugal_size < usual_size - style / 2
    assert sum(map(request_size, frugal)) <= sum(map(request_size, usual))
    assert "Save-Data" in app.test_client().get("/").headers["Vary"]  # the page before may be kept


@both_languages
def test_an_error_page_is_small(phone, language):
    for method, path, status in (("get", "/tidak-ada", 404), ("put", "/bantuan", 405)):
        response = getattr(phone, method)(PREFIXES[language] + path)
        assert response.status_code == status
        assert len(response.get_data()) <= ERROR_BODY
