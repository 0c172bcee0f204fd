"""The adapter between the server and the program, with a server made of lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import serving
from app.serving import REFUSED, ReceivedWhole, environ_of


def scope_of(method: str = "POST", path: str = "/x", **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "http_version": "1.1", "scheme": "http", "headers": named,
        "server": ("127.0.0.1", "8000"), "client": ("198.51.100.7", "4711"),
    }  # fmt: skip


def body(*pieces: bytes, whole: bool = True) -> list[dict[str, Any]]:
    """What a server hands over; not whole: the line breaks after that."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    last = {"type": "http.request", "body": b"", "more_body": False}
    return [*messages, last if whole else {"type": "http.disconnect"}]


class Program:
    """A WSGI program that notes what reached it, and says 200 or what it shall refuse with."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.environs: list[dict[str, Any]] = []
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.environs.append(environ)
        if environ.get(REFUSED):
            start(f"{environ[REFUSED]} Refused", [("Vary", "HX-Request"), ("Set-Cookie", "a=b")])
            return [environ["PATH_INFO"].encode()]
        self.bodies.append(environ["wsgi.input"].read())
        start("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return self

    def __iter__(self) -> Any:
        return iter([b"first ", b"second"])

    def close(self) -> None:
        self.closed += 1


def to_end(call: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: where Chromium is driven, a loop runs in the main one."""
    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, call).result()


def run(
    served: ReceivedWhole, scope: dict[str, Any], messages: list[dict[str, Any]]
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of the answer. What is not sent never comes."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(dict(message))

    to_end(served(scope, receive, send))
    started, *rest = sent
    return started["status"], started["headers"], b"".join(m["body"] for m in rest)


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def served(program: Program) -> ReceivedWhole:
    return ReceivedWhole(program, threads=1, slow_s=0.05, within_s=0.3)


def test_a_whole_body_goes_on_in_one_piece(program, served):
    status, headers, said = run(served, scope_of(content_length="6"), body(b"abc", b"def"))
    assert (status, said, program.closed) == (200, b"first second", 1)
    assert headers == [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    assert program.bodies == [b"abcdef"]
    assert "wsgi.input_terminated" not in program.environs[0], "the program compares as well"


def test_one_in_chunks_gets_its_length(program, served):
    assert run(served, scope_of(transfer_encoding="chunked"), body(b"abc"))[0] == 200
    assert program.bodies == [b"abc"]
    assert program.environs[0]["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in program.environs[0]


@pytest.mark.parametrize(
    ("scope", "messages", "status"),
    [
        (scope_of(content_length="6"), body(b"abc", whole=False), 400),
        (scope_of(content_length="6"), body(b"abc"), 400),  # a server that hides the break
        (scope_of(content_length="2"), body(b"abc"), 400),
        (scope_of(content_length="six"), body(b"abc"), 400),
        (scope_of(transfer_encoding="chunked"), body(b"abc", whole=False), 400),
        (scope_of("GET", content_length="6"), body(b"abc", whole=False), 400),
        (scope_of(), body(b"abc"), 411),
        (scope_of("PUT"), body(), 411),
        (scope_of("PATCH"), body(), 411),
    ],
)
def test_what_is_not_whole_never_reaches_the_program(program, served, scope, messages, status):
    got, headers, _ = run(served, scope, messages)
    assert got == status
    assert headers == [(b"connection", b"close")]
    assert program.bodies == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_what_needs_no_body_needs_no_length(served, method):
    assert run(served, scope_of(method), [])[0] == 200


@pytest.mark.parametrize("path", ["/", "/en/", "/api/"])
def test_a_refusal_is_drawn_once_for_each_language(program, served, path):
    for _ in range(3):
        assert run(served, scope_of(path=path + "berkas"), [])[2] == path.encode()
    assert len(program.environs) == 1


def test_a_sender_is_cut_who_vanished_or_takes_too_long(program, monkeypatch):
    monkeypatch.setattr(serving, "SLOWEST", 20)  # one byte in 0.05 s
    served = ReceivedWhole(program, threads=1, slow_s=0.05, within_s=0.3)
    assert run(served, scope_of(content_length="6"), body(b"abc")[:1])[0] == 408

    async def drip() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        statuses.append(message.get("status"))

    statuses: list[Any] = []
    to_end(served(scope_of(content_length="9999"), drip, send))
    assert statuses[0] == 408, "fast enough at each moment, but without an end"
    assert program.bodies == []


def test_large_bodies_share_a_bound_and_forms_do_not(program, served, monkeypatch):
    monkeypatch.setattr(serving, "FORM_AT_MOST", 10)
    monkeypatch.setattr(serving, "LARGE_AT_MOST", 100)
    large = scope_of(content_length="101")
    assert run(served, large, body(b"a" * 101))[0] == 503
    assert run(served, scope_of(content_length="99"), body(b"a" * 50, b"a" * 49))[0] == 200
    assert run(served, large, body(b"a" * 101))[0] == 503
    served._large[object()] = 100
    assert run(served, scope_of(content_length="10"), body(b"a" * 10))[0] == 200
    assert sum(served._large.values()) == 100, "what was counted is given back"


def test_one_over_every_limit_is_left_to_the_program_unread(program, served, monkeypatch):
    monkeypatch.setattr(serving, "BODY_AT_MOST", 5)
    assert run(served, scope_of(content_length="6"), body(b"abcdef"))[0] == 200
    assert program.bodies == [b""]
    assert program.environs[0]["CONTENT_LENGTH"] == "6"
    assert run(served, scope_of(transfer_encoding="chunked"), body(b"abcdef"))[0] == 413


def test_the_environ_says_what_the_request_says():
    scope = scope_of("GET", "/a%C3%A9%2F%FF//b;c", host="h:1", content_type="text/plain")
    scope["query_string"] = b"x=%20&y=\xc3\xa9"
    scope["headers"] += [
        (b"x-a", b"1"), (b"x-a", b"2"), (b"cookie", b"a=1"), (b"cookie", b"b=2"),
        (b"x-l", b"\xe9"), (b"x_forwarded_for", b"203.0.113.9"), (b"x_a", b"3"),
    ]  # fmt: skip
    environ = environ_of(scope)
    assert environ["PATH_INFO"].encode("latin-1") == b"/a\xc3\xa9/\xff//b;c"
    assert environ["QUERY_STRING"].encode("latin-1") == b"x=%20&y=\xc3\xa9"
    assert environ["REMOTE_ADDR"] == "198.51.100.7"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert (environ["HTTP_HOST"], environ["CONTENT_TYPE"]) == ("h:1", "text/plain")
    assert environ["HTTP_X_A"] == "1,2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_L"] == "\xe9"
    assert "HTTP_X_FORWARDED_FOR" not in environ, "only a hyphen makes it a proxy's header"


def test_a_socket_of_files_has_no_address():
    assert environ_of(scope_of() | {"client": None, "server": None})["REMOTE_ADDR"] == ""


@pytest.mark.parametrize("terminated", [True, False])
@pytest.mark.parametrize("file", [False, True], ids=["form", "multipart"])
def test_the_program_itself_refuses_half_a_form(app: Flask, terminated: bool, file: bool):
    """Whatever server stands before it, and whatever that one says of the end."""
    data = {"pin": "824615", "a": (BytesIO(b"abc" * 99), "a.jpg")} if file else {"pin": "824615"}
    environ = EnvironBuilder("/berkas/mulai", method="POST", data=data).get_environ()
    environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read()[:-4])
    if terminated:
        environ["wsgi.input_terminated"] = True
    app.config["RAISE_ERRORS"] = False
    try:
        pieces, status, headers = run_wsgi_app(app.wsgi_app, environ)
    finally:
        del app.config["RAISE_ERRORS"]
    assert status.startswith("400 ")
    assert "Location" not in headers
    assert b"<h1" in b"".join(pieces)


def test_the_refusals_have_words_of_their_own(app: Flask):
    for status in (400, 408, 411, 413, 503):
        response = app.test_client().get("/en/", environ_overrides={REFUSED: status})
        assert response.status_code == status
    slow = app.test_client().get("/en/", environ_overrides={REFUSED: 408})
    assert "what you typed is still there" in slow.text
    slow = app.test_client().get("/", environ_overrides={REFUSED: 408})
    assert "isian Anda masih ada" in slow.text


def test_nobody_can_ask_for_a_refusal(app: Flask):
    with app.test_request_context(headers={REFUSED: "503", "Oss-Refused": "503"}):
        assert request.environ.get(REFUSED) is None
    assert app.test_client().get("/", headers={REFUSED: "503"}).status_code == 200


def test_no_header_decides_where_links_lead_that_caches_give_to_others(make_app):
    app = make_app(testing=True, TRUSTED_PROXIES="1", PUBLIC_URL="http://localhost")
    evil = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9"}
    answer = app.test_client().get("/bantuan/bahan/whatsapp.txt", headers=evil)
    assert "public" in answer.headers["Cache-Control"]
    assert "evil" not in answer.text
    assert "http://localhost/" in answer.text
    with app.test_request_context():  # the address of who asks is still believed
        seen = []
        app.before_request_funcs.setdefault(None, []).append(
            lambda: seen.append(request.remote_addr)
        )
        app.test_client().get("/healthz", headers=evil)
    assert seen == ["203.0.113.9"]


def test_the_open_files_suffice_for_the_connections(monkeypatch):
    limits = {"now": (256, 4096)}
    monkeypatch.setattr(serving.resource, "getrlimit", lambda _what: limits["now"])
    monkeypatch.setattr(serving.resource, "setrlimit", lambda _w, new: limits.update(now=new))
    serving.allow_connections()
    assert limits["now"] == (serving.CONNECTIONS + serving.SPARE_FILES, 4096)
    assert str(serving.CONNECTIONS) in serving.command("x:y")
    limits["now"] = (300, 512)
    serving.allow_connections()
    assert limits["now"] == (512, 512)
    assert str(512 - serving.SPARE_FILES) in serving.command("x:y")
