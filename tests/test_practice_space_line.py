"""What passes between the real service and the practice space, and what never does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from app.practice_space.line import AWAY, BODY_AT_MOST, PracticeLine

FORM = "application/x-www-form-urlencoded"


@dataclass
class Seen:
    """What arrived at the practice space, and what it is to answer."""

    line: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    status: int = 200
    answer: bytes = b"latihan"
    sends: list[tuple[str, str]] = field(default_factory=list)
    gate: threading.Event | None = None
    arrived: threading.Event = field(default_factory=threading.Event)

    def header(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name.lower()]


@pytest.fixture
def there(tmp_path: Path) -> Iterator[tuple[Seen, Path]]:
    """A practice space that notes what it gets, behind a Unix socket."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            seen.line = self.requestline
            seen.headers = list(self.headers.items())
            seen.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            seen.arrived.set()
            if seen.gate:
                seen.gate.wait(10)
            self.send_response(seen.status)
            for name, value in seen.sends:
                self.send_header(name, value)
            if not any(name == "Transfer-Encoding" for name, _ in seen.sends):
                self.send_header("Content-Length", str(len(seen.answer)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(seen.answer)

        do_GET = do_HEAD = do_POST = do_PUT = _any

        def log_message(self, *_args: object) -> None:
            pass

        def address_string(self) -> str:
            return "unix"

    class Server(ThreadingMixIn, UnixStreamServer):
        daemon_threads = True

        def handle_error(self, *_args: object) -> None:
            pass  # a sender who goes away midway is meant to

    path = tmp_path / "s"
    with Server(str(path), Handler) as server:
        running = threading.Thread(target=server.serve_forever, args=(0.02,))
        running.start()
        yield seen, path
        server.shutdown()
        running.join()


@Request.application
def real(request: Request) -> Response:
    """The real service: says what reached it."""
    away = request.environ.get(AWAY, "no")
    return Response(f"real {request.path} {away} {request.get_data(as_text=True)}", 418)


class Browser(Client):
    """Reads every answer to its end."""

    def open(self, *args: Any, **options: Any) -> Any:
        return super().open(*args, **{"buffered": True, **options})


def browser(path: Path, slots: int = 2) -> Browser:
    line = PracticeLine(real, path, slots=slots, shared_cookies=("c",))
    return Browser(line, Response, use_cookies=False)


@pytest.mark.parametrize(
    ("asked", "arrives"),
    [
        ("/latihan/", "GET / HTTP/1.1"),
        ("/latihan/en/", "GET /en/ HTTP/1.1"),
        ("/latihan/cek-usaha?q=jual+ikan%26x", "GET /cek-usaha?q=jual+ikan%26x HTTP/1.1"),
        ("/latihan/a%20b/%C3%A9", "GET /a%20b/%C3%A9 HTTP/1.1"),
        ("/latihan/%252e%252e/healthz", "GET /%252e%252e/healthz HTTP/1.1"),
        ("/latihan//example.org/", "GET //example.org/ HTTP/1.1"),
    ],
)
def test_an_address_arrives_as_it_was_asked(there, asked, arrives):
    seen, path = there
    answer = browser(path).get(asked)
    assert (answer.status_code, answer.data) == (200, b"latihan")
    assert seen.line == arrives


@pytest.mark.parametrize(
    "asked",
    [
        "/", "/en/", "/berkas/mulai", "/latihanku", "/en/latihanku", "/latihan/../healthz",
        "/latihan/%2e%2e/healthz", "/latihan/a/./b", "/latihan/a\\..\\b", "/latihan/a%0d%0ab",
        "/latihan/%00",
    ],
)  # fmt: skip
def test_everything_else_stays_here(there, asked):
    seen, path = there
    answer = browser(path).get(asked)
    assert answer.data.startswith(b"real ")
    assert b" no " in answer.data
    assert seen.line == ""


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_only_usual_methods_pass(there, method):
    seen, path = there
    assert browser(path).open("/latihan/", method=method).status_code == 418
    assert seen.line == ""


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/latihan", "/latihan/"),
        ("/latihan/en", "/latihan/en/"),
        ("/en/latihan", "/latihan/en/"),
        ("/en/latihan/", "/latihan/en/"),
        ("/en/latihan/cek-usaha?q=ikan&a=b", "/latihan/en/cek-usaha?q=ikan&a=b"),
        ("/en/latihan//example.org", "/latihan/en//example.org"),
        ("/en/latihan/a%0d%0ab", "/latihan/en/a%0D%0Ab"),
    ],
)
def test_other_spellings_lead_to_the_one_address(there, asked, leads_to):
    answer = browser(there[1]).get(asked)
    assert answer.status_code == 307
    assert answer.headers["Location"] == leads_to


def test_the_practice_space_learns_who_asks_and_where(there):
    seen, path = there
    browser(path).get(
        "/latihan/",
        base_url="https://izin.example.id",
        environ_base={"REMOTE_ADDR": "198.51.100.7"},
        headers={
            "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Prefix": "/x", "X-Forwarded-Proto": "x",
            "X-Forwarded-Host": "evil.example", "Forwarded": "for=203.0.113.9",
        },
    )  # fmt: skip
    assert seen.header("X-Forwarded-For") == ["198.51.100.7"]
    assert seen.header("X-Forwarded-Proto") == ["https"]
    assert seen.header("X-Forwarded-Host") == ["izin.example.id"]
    assert seen.header("X-Forwarded-Prefix") == ["/latihan"]
    assert seen.header("Forwarded") == []


def test_cookies_and_passes_of_the_real_service_never_arrive(there):
    seen, path = there
    headers = {
        "Cookie": 's=rahasia; c=abc;latihan=isi; latihanku=x; petugas="y"',
        "Authorization": "Bearer rahasia",
        "Token": "rahasia",
        "Referer": "https://izin.example.id/berkas/nomor",
    }
    browser(path).get("/latihan/", headers=headers)
    assert seen.header("Cookie") == ["c=abc; latihan=isi"]
    assert "rahasia" not in str(seen.headers)
    assert seen.header("Referer") == []


def test_without_cookies_of_its_own_it_gets_none(there):
    seen, path = there
    browser(path).get("/latihan/", headers={"Cookie": "s=rahasia"})
    assert seen.line
    assert seen.header("Cookie") == []


def test_what_htmx_and_uploads_say_arrives(there):
    seen, path = there
    sent = {
        "HX-Request": "true", "HX-Target": "main#isi", "Save-Data": "on", "Upload-Offset": "65536",
        "X-CSRFToken": "t", "If-None-Match": 'W/"x"', "Accept-Encoding": "br",
    }  # fmt: skip
    browser(path).put("/latihan/u", data=b"\x00\xff", headers=sent)
    assert {name: seen.header(name) for name in sent} == {n: [v] for n, v in sent.items()}
    assert seen.body == b"\x00\xff"


def test_a_body_has_one_length_and_no_other_framing(there):
    seen, path = there
    browser(path).post(
        "/latihan/f",
        data=b"a=1",
        content_type=FORM,
        headers={"Connection": "keep-alive, HX-Request", "TE": "trailers", "Upgrade": "h2c"},
    )
    assert seen.header("Content-Length") == ["3"]
    assert seen.header("Content-Type") == [FORM]
    assert seen.header("Transfer-Encoding") == []
    assert seen.header("Connection") == ["close"]
    assert seen.header("TE") == seen.header("Upgrade") == []


def test_a_chunked_body_is_not_believed(there):
    seen, path = there
    browser(path).open(
        "/latihan/f",
        method="POST",
        environ_overrides={"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert (seen.header("Content-Length"), seen.body) == (["0"], b"")


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "0x10"])
def test_a_length_that_is_no_number_counts_as_nothing(there, length):
    seen, path = there
    browser(path).open("/latihan/f", method="POST", environ_overrides={"CONTENT_LENGTH": length})
    assert seen.body == b""


def test_a_large_body_passes_whole(there):
    seen, path = there
    body = bytes(range(256)) * 4096
    assert browser(path).post("/latihan/f", data=body).status_code == 200
    assert seen.body == body


def test_a_body_too_large_for_anything_goes_nowhere(there):
    seen, path = there
    answer = browser(path).open(
        "/latihan/f",
        method="POST",
        environ_overrides={"CONTENT_LENGTH": str(BODY_AT_MOST + 1)},
    )
    assert answer.data == b"real /latihan/f large "
    assert seen.line == ""


def test_a_sender_who_goes_away_midway_is_no_answer(there):
    _, path = there
    answer = browser(path).open(
        "/latihan/f", method="POST", data=b"x" * 70_000,
        environ_overrides={"CONTENT_LENGTH": "80000"},
    )  # fmt: skip
    assert answer.data.startswith(b"real /latihan/f down")


def test_only_known_headers_come_back(there):
    seen, path = there
    seen.sends = [
        ("Content-Type", "text/html"), ("HX-Push-Url", "/latihan/berkas/diri"),
        ("Content-Security-Policy", "default-src 'none'"), ("ETag", 'W/"a"'),
        ("Clear-Site-Data", '"cookies"'), ("X-Accel-Redirect", "/etc/passwd"),
        ("Connection", "close, Vary"), ("Vary", "Cookie"), ("Keep-Alive", "timeout=5"),
        ("Proxy-Authenticate", "Basic"),
    ]  # fmt: skip
    answer = browser(path).get("/latihan/")
    assert {name.lower() for name, _ in answer.headers} == {
        "content-type", "hx-push-url", "content-security-policy", "etag", "content-length",
    }  # fmt: skip


def test_a_chunked_answer_comes_back_whole(there):
    seen, path = there
    seen.sends = [("Transfer-Encoding", "chunked")]
    seen.answer = b"4\r\nlati\r\n3\r\nhan\r\n0\r\n\r\n"
    answer = browser(path).get("/latihan/")
    assert answer.data == b"latihan"
    assert "Transfer-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("cookie", "passes"),
    [
        ("latihan=x; HttpOnly; Path=/latihan; SameSite=Lax", True),
        ("latihan=x; path=/latihan", True),
        ("latihan=x; Path=/", False),
        ("latihan=x", False),
        ("latihan=x; Path=/latihan; Domain=sorong.example", False),
        ("latihan=x; Path=/latihan; Path=/", False),
        ("s=x; Path=/latihan", False),
        ("c=x; Path=/", False),
    ],
)
def test_a_cookie_comes_back_only_for_the_practice_space(there, cookie, passes):
    seen, path = there
    seen.sends = [("Set-Cookie", cookie)]
    answer = browser(path).get("/latihan/")
    assert answer.headers.getlist("Set-Cookie") == ([cookie] if passes else [])


@pytest.mark.parametrize("status", [303, 304, 410, 422, 500])
def test_every_status_comes_back(there, status):
    seen, path = there
    seen.status, seen.answer = status, b""
    assert browser(path).get("/latihan/").status_code == status


def test_a_head_has_no_body(there):
    answer = browser(there[1]).head("/latihan/")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    ("asked", "tells"),
    [("/latihan/berkas/diri", "/latihan/berkas/diri"), ("/latihan/en/x", "/en/latihan/x")],
)
def test_when_nobody_is_there_the_real_service_answers_with_what_was_typed(tmp_path, asked, tells):
    answer = browser(tmp_path / "nobody").post(asked, data=b"nama=Contoh", content_type=FORM)
    assert answer.data == f"real {tells} down nama=Contoh".encode()


def test_a_broken_answer_is_no_answer(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as broken:
        broken.bind(str(path))
        broken.listen()

        def hang_up() -> None:
            line, _ = broken.accept()
            line.recv(1000)
            line.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert browser(path).get("/latihan/x").data == b"real /latihan/x down "
        thread.join()


def test_only_some_may_wait_at_once_and_a_turn_comes_free(there, monkeypatch):
    monkeypatch.setattr("app.practice_space.line.TURN_WITHIN_S", 0.05)
    seen, path = there
    seen.gate = threading.Event()
    visitor = browser(path, slots=1)
    got: list[int] = []
    waiting = threading.Thread(target=lambda: got.append(visitor.get("/latihan/").status_code))
    waiting.start()
    assert seen.arrived.wait(5)
    assert visitor.get("/latihan/x").data == b"real /latihan/x busy "
    assert visitor.get("/berkas/mulai").data == b"real /berkas/mulai no "  # nobody else waits
    seen.gate.set()
    waiting.join()
    assert got == [200]
    for _ in range(3):
        assert visitor.get("/latihan/").status_code == 200
    for _ in range(3):
        assert browser(path.with_name("nobody"), slots=1).get("/latihan/").status_code == 418


def test_a_turn_comes_free_when_the_reader_leaves(there):
    _, path = there
    line = PracticeLine(real, path, slots=1)
    for _ in range(3):
        answer = Client(line, Response).get("/latihan/", buffered=False)
        next(iter(answer.iter_encoded()))
        answer.close()
    assert Browser(line, Response).get("/latihan/").status_code == 200


def test_a_turn_comes_free_when_nobody_answers(tmp_path):
    visitor = browser(tmp_path / "nobody", slots=1)
    assert [visitor.get("/latihan/x").data for _ in range(3)] == [b"real /latihan/x down "] * 3
