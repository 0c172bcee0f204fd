"""A request is taken whole or not at all: raw sockets against a server as it really runs."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator, Mapping

import pytest

from app.serving import BODY_AT_MOST
from tests.journey import Journey, in_a_line
from tests.personas import personas
from tests.tools.phone import Phone, Wire
from tests.tools.server import Data, Server, serving

pytestmark = pytest.mark.live  # see pyproject.toml

SLOW_S = 5  # the least that can be set
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = Data(tmp_path_factory.mktemp("whole") / "instance")
    data.env |= {"SLOW_SENDER_S": str(SLOW_S), "TRUSTED_PROXIES": "1", "THREADS": "2"}
    with serving(data) as running:
        yield running


def opened(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), SLOW_S + 20)


def answer(line: socket.socket) -> tuple[int, bytes]:
    """Read until the server closes; return the status (0: closed without a word) and all of it."""
    said = b""
    while piece := line.recv(65536):
        said += piece
    return (int(said.split(b" ", 2)[1]) if said else 0), said


def ask(server: Server, request: str | bytes, *, hang_up: bool = True) -> tuple[int, bytes]:
    with opened(server) as line:
        line.sendall(request.encode() if isinstance(request, str) else request)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        return answer(line)


class HalfLine(Wire):
    """A line that breaks inside each body, at one place after another, before it goes through."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.base, 60)
        self.server = server
        self.cut: list[tuple[str, str]] = []

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if body:
            before = self._kept(headers)
            head = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
            for place, at in cuts(body):
                raw = "\r\n".join([*head, "", ""]).encode() + body[:at]
                assert ask(self.server, raw)[0] == 400, (target, place)
                self.cut.append((target, place))
            assert self._kept(headers) == before, target
        return super().send(method, target, headers, body)

    def _kept(self, headers: Mapping[str, str]) -> object:
        """Everything that is kept of the person, from the copy that they may take along."""
        sent = {name: headers[name] for name in ("Host", "Cookie") if headers.get(name)}
        response, data = super().send("GET", "/berkas/data-saya.json", sent, None)
        return json.loads(data)["tables"] if response.status == 200 else None


def cuts(body: bytes) -> Iterator[tuple[str, int]]:
    yield "middle", len(body) // 2
    yield "last byte", len(body) - 1
    token = re.search(rb"csrf_token=[^&]{8}", body)
    if token:
        yield "token", token.end()
    sum_of_money = re.search(rb"=[1-9][0-9]{3}(?=[0-9]{3})", body)
    if sum_of_money:
        yield "sum", sum_of_money.end()


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_half_a_form_keeps_nothing_and_the_whole_one_goes_through(server, htmx):
    journey = Journey(server.base, personas()["water-depot"], htmx=htmx)
    line = journey.phone.wire = HalfLine(server)
    outcome = journey.walk()
    assert outcome.ok, in_a_line(outcome)
    assert {place for _, place in line.cut} == {"middle", "last byte", "token", "sum"}
    inside = "/berkas/lampiran/unggahan/" if htmx else "/berkas/lampiran/untuk/"
    assert any(target.startswith(inside) for target, _ in line.cut), "no paper was cut"


def test_a_body_in_chunks_is_taken_whole_or_not_at_all(server):
    head = f"POST /berkas/mulai HTTP/1.1\r\nHost: a\r\n{FORM}Transfer-Encoding: chunked\r\n"
    chunk = "Connection: close\r\n\r\n7\r\npin=123\r\n"
    assert ask(server, head + chunk)[0] == 400
    assert ask(server, head + "\r\n9\r\npin")[0] == 400
    assert ask(server, head + chunk + "0\r\n\r\n", hang_up=False)[0] == 422, "it was read"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_of_no_stated_length_is_refused(server, method):
    assert ask(server, f"{method} /berkas/mulai HTTP/1.1\r\nHost: a\r\n\r\npin=1")[0] == 411
    assert ask(server, f"{method} /berkas/mulai HTTP/1.0\r\n\r\npin=1")[0] == 411


def test_the_refusal_is_a_page_of_ours_that_no_script_swaps_in(server):
    for path, language in (("/berkas/mulai", b'lang="id"'), ("/en/berkas/mulai", b'lang="en"')):
        _, said = ask(
            server, f"POST {path} HTTP/1.1\r\nHost: a\r\n{FORM}Content-Length: 9\r\n\r\na"
        )
        head, _, page = said.lower().partition(b"\r\n\r\n")
        assert language in page
        assert b"connection: close" in head
        assert b"cache-control: no-store" in head
        assert b"\nvary:" not in head
        assert b"set-cookie" not in head


def test_one_that_is_much_too_large_is_told_so_at_once(server):
    head = f"POST /berkas/mulai HTTP/1.1\r\nHost: a\r\n{FORM}"
    began = time.monotonic()
    assert ask(server, f"{head}Content-Length: {BODY_AT_MOST + 1}\r\n\r\n", hang_up=False)[0] == 413
    assert time.monotonic() - began < SLOW_S


def test_two_that_hold_back_their_last_byte_do_not_keep_a_photo_out(server):
    """All the room for large bodies is taken; the largest gives way, not who comes next."""
    head = f"POST /berkas/mulai HTTP/1.1\r\nHost: a\r\n{FORM}Connection: close\r\n"
    with opened(server) as one, opened(server) as other:
        for line in (one, other):
            line.sendall(f"{head}Content-Length: {BODY_AT_MOST}\r\n\r\n".encode())
            line.sendall(b"a" * (BODY_AT_MOST - 1))
        time.sleep(1)  # until all of it has been read
        photo = b"pin=" + b"1" * 200_000
        raw = f"{head}Content-Length: {len(photo)}\r\n\r\n".encode() + photo
        assert ask(server, raw, hang_up=False)[0] in {413, 422}, "it reached the program"


def test_slow_and_vanished_senders_hold_nobody_up_and_are_cut(server):
    head = f"POST /berkas/mulai HTTP/1.1\r\nHost: a\r\n{FORM}Content-Length: 250\r\n\r\n"
    lines = [opened(server) for _ in range(40)]
    began = time.monotonic()
    for line in lines:
        line.sendall(head.encode() + b"pin=")
    phone = Phone(server.base)
    assert phone.visit("/").status == 200
    assert phone.visit("/healthz").status == 200
    assert phone.visit("/berkas/mulai").status == 200
    phone.close()
    assert time.monotonic() - began < SLOW_S, "answered before any of them was cut"
    for line in lines[:20]:
        line.sendall(b"1")
    for line in lines:
        assert answer(line)[0] == 408
        line.close()


def test_a_line_of_twenty_kilobits_gets_its_part_through(server):
    """Slower than SLOW_SENDER_S, yet never slower than what is asked for."""
    body = b"pin=" + b"1" * 17_000
    with opened(server) as line:
        head = f"POST /berkas/mulai HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{FORM}"
        line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        for at in range(0, len(body), 2500):
            line.sendall(body[at : at + 2500])
            time.sleep(1)
        assert answer(line)[0] == 422


def test_http_2_without_encryption_is_not_spoken(server):
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    _, said = ask(server, preface)
    assert said == b"" or said.startswith(b"HTTP/1.1 4")
    upgrade = "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    head = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
    assert ask(server, f"{head}{upgrade}\r\n", hang_up=False)[0] == 200
