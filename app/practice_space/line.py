"""The line to the practice space: what comes for /latihan goes on to the program that serves it.

That program is a second process with its own data (see app/practice_space/keeper.py), behind a Unix
socket that only this account can open. The target is fixed, headers pass by a list of names both
ways, and each side's cookies stay on their side. Nothing here keeps the real service busy for long:
only some of its threads may wait for the practice space at once, none longer than PATIENCE_S.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from app.domain.written.text import read_whole

MOUNT = "/latihan"
ENGLISH = "/en"
SESSION_COOKIE = "latihan"
OPENED_COOKIE = "o"  # there: the files that this browser opened, whose messages it is shown
DEVICE_COOKIE = "b"  # there where many people use this phone or computer; it names nobody
AWAY = "oss.practice_away"
"""Key of the environ in which a request that could not be passed on reaches our own program."""

PATIENCE_S = 30.0
TURN_WITHIN_S = 2.0
BODY_AT_MOST = 32 * 1024 * 1024  # above every limit of ours, which the practice space has as well
KEPT_AT_MOST = 64 * 1024  # a form's worth: handed back where it could not be passed on
_CHUNK = 64 * 1024
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# By name, so that nobody can hand the practice space a header of a proxy, or an own one.
_SENT_ON = (
    "Accept", "Accept-Encoding", "Accept-Language", "If-Match", "If-Modified-Since",
    "If-None-Match", "Range", "Save-Data", "Upload-Offset", "User-Agent", "X-CSRFToken",
    "HX-Boosted", "HX-Current-URL", "HX-History-Restore-Request", "HX-Request", "HX-Request-Type",
    "HX-Source", "HX-Target",
)  # fmt: skip
# Left out on purpose: hop-by-hop headers, Clear-Site-Data (it would clear the real service's too),
# Server and Date (ours are added).
_HANDED_BACK = frozenset(
    name.lower()
    for name in (
        "Accept-Ranges", "Allow", "Cache-Control", "Content-Disposition", "Content-Encoding",
        "Content-Language", "Content-Length", "Content-Range", "Content-Security-Policy",
        "Content-Type", "Cross-Origin-Opener-Policy", "ETag", "Last-Modified", "Location",
        "Permissions-Policy", "Referrer-Policy", "Retry-After", "Strict-Transport-Security",
        "Upload-Offset", "Vary", "X-Content-Type-Options", "HX-Location", "HX-Push-Url",
        "HX-Redirect", "HX-Refresh", "HX-Replace-Url", "HX-Reswap", "HX-Retarget", "HX-Trigger",
    )
)  # fmt: skip

Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]


class _Connects(Protocol):
    def __call__(self) -> http.client.HTTPConnection: ...


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("latihan", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class PracticeLine:
    """WSGI middleware: /latihan/… goes to the practice space, everything else stays here.

    Comes before the language is taken off the address, and behind what reads the headers of our own
    proxies. A request that cannot be passed on goes to `app` with AWAY in its environ: "down",
    "busy" or "large".
    """

    def __init__(
        self,
        app: Wsgi,
        socket_path: Path,
        *,
        slots: int,
        shared_cookies: Iterable[str] = (),
        connect: _Connects | None = None,
    ) -> None:
        """slots: requests under way at most. shared_cookies: of ours, that it may read."""
        self.app = app
        self._connect = connect or (lambda: _UnixConnection(socket_path))
        self._turn = threading.BoundedSemaphore(slots)
        self._cookies = frozenset({SESSION_COOKIE, OPENED_COOKIE, *shared_cookies})

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if _is_under(path, ENGLISH + MOUNT):
            return _moved(environ, start_response, ENGLISH + path.removeprefix(ENGLISH + MOUNT))
        if not _is_under(path, MOUNT):
            return self.app(environ, start_response)
        inner = path.removeprefix(MOUNT)
        if inner in {"", ENGLISH}:
            return _moved(environ, start_response, inner)
        if not _is_plain(inner) or environ["REQUEST_METHOD"] not in _METHODS:
            return self.app(environ, start_response)  # nothing of ours is there, and it says so
        length = _length(environ)
        if length > BODY_AT_MOST:
            return self._stay(environ, start_response, inner, b"", "large")
        if not self._turn.acquire(timeout=TURN_WITHIN_S):
            return self._stay(environ, start_response, inner, b"", "busy")
        handed_over = False
        try:
            body = environ["wsgi.input"].read(length) if 0 < length <= KEPT_AT_MOST else b""
            connection = self._connect()
            try:
                response = self._ask(connection, environ, inner, body, length)
            except (OSError, http.client.HTTPException):
                connection.close()
                return self._stay(environ, start_response, inner, body, "down")
            answer = _Answer(connection, response, self._turn.release)
            handed_over = True
        finally:
            if not handed_over:
                self._turn.release()
        try:
            start_response(f"{response.status} {response.reason}", list(self._headers(response)))
        except BaseException:
            answer.close()
            raise
        return answer

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        environ: Environ,
        inner: str,
        body: bytes,
        length: int,
    ) -> http.client.HTTPResponse:
        target = quote(inner.encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
        query = str(environ.get("QUERY_STRING", ""))
        if query:
            target += "?" + quote(query.encode("latin-1"), safe="%/?:@!$&'()*+,;=~-._[]{}|^`")
        connection.putrequest(
            environ["REQUEST_METHOD"], target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in self._request_headers(environ, length):
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders()
        try:
            if body or length == 0:
                connection.send(body)
            else:
                for piece in _pieces(environ["wsgi.input"], length):
                    connection.send(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was read; what it says is worth reading
        return connection.getresponse()

    def _request_headers(self, environ: Environ, length: int) -> Iterator[tuple[str, str]]:
        yield "Host", MOUNT[1:]
        yield "Connection", "close"
        root = str(environ.get("SCRIPT_NAME", ""))
        ours = {
            "X-Forwarded-For": str(environ.get("REMOTE_ADDR") or "127.0.0.1"),
            "X-Forwarded-Proto": str(environ.get("wsgi.url_scheme", "http")),
            "X-Forwarded-Host": str(environ.get("HTTP_HOST", "")),
            "X-Forwarded-Prefix": root + MOUNT,
        }
        if length or environ["REQUEST_METHOD"] in {"POST", "PUT", "PATCH"}:
            ours["Content-Length"] = str(length)
            ours["Content-Type"] = str(environ.get("CONTENT_TYPE", ""))
        ours["Cookie"] = self._own_cookies(str(environ.get("HTTP_COOKIE", "")))
        for name in _SENT_ON:
            ours[name] = str(environ.get("HTTP_" + name.upper().replace("-", "_"), ""))
        for name, value in ours.items():
            if value and value.isprintable():
                yield name, value

    def _own_cookies(self, header: str) -> str:
        pairs = (pair.strip() for pair in header.split(";"))
        return "; ".join(p for p in pairs if p.partition("=")[0].strip() in self._cookies)

    def _headers(self, response: http.client.HTTPResponse) -> Iterator[tuple[str, str]]:
        named_by_connection = {
            name.strip().lower() for name in (response.headers["Connection"] or "").split(",")
        }
        for name, value in response.headers.items():
            known = name.lower() in _HANDED_BACK and name.lower() not in named_by_connection
            if known or (name.lower() == "set-cookie" and _stays_inside(value)):
                yield name, value

    def _stay(
        self, environ: Environ, start: Start, inner: str, body: bytes, why: str
    ) -> Iterable[bytes]:
        """Let our own program answer, in the language of the address, with what was typed."""
        language = ENGLISH if _is_under(inner, ENGLISH) else ""
        environ = dict(environ)
        environ[AWAY] = why
        environ["PATH_INFO"] = language + MOUNT + inner.removeprefix(language)
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return self.app(environ, start)


class _Answer:
    """The body, piece by piece; frees the line when it ends or nobody listens any more."""

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        response: http.client.HTTPResponse,
        release: Callable[[], None],
    ) -> None:
        self._connection, self._response = connection, response
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._response.read(_CHUNK)
        except BaseException:
            self.close()
            raise
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            self._response.close()
            self._connection.close()
            release()


def _is_under(path: str, mount: str) -> bool:
    return path == mount or path.startswith(mount + "/")


def _is_plain(path: str) -> bool:
    """Return whether a path (decoded, as WSGI gives it) names what it seems to name."""
    dots = any(part in {".", ".."} for part in path.split("/"))
    return not dots and "\\" not in path and all(sign >= " " and sign != "\x7f" for sign in path)


def _pieces(stream: Any, length: int) -> Iterator[bytes]:
    """Yield exactly `length` bytes. Raises ConnectionAbortedError when fewer come."""
    while length > 0:
        piece = stream.read(min(_CHUNK, length))
        if not piece:
            raise ConnectionAbortedError("the sender went away")
        length -= len(piece)
        yield piece


_LENGTH_DIGITS = 15  # far more than is taken


def _length(environ: Mapping[str, Any]) -> int:
    text = str(environ.get("CONTENT_LENGTH") or "0")
    return read_whole(text, digits=_LENGTH_DIGITS) or 0


def _moved(environ: Environ, start: Start, inner: str) -> Iterable[bytes]:
    """Lead to the one address: cookies stay under /latihan, so English stands behind it."""
    inner = inner if inner.startswith("/") and inner != ENGLISH else inner + "/"
    location = str(environ.get("SCRIPT_NAME", "")) + MOUNT + quote(inner.encode("latin-1"))
    query = str(environ.get("QUERY_STRING", ""))
    if query:
        location += "?" + quote(query.encode("latin-1"), safe="%/?:@!$&'()*+,;=~-._")
    start("307 Temporary Redirect", [("Location", location), ("Content-Length", "0")])
    return []


def _stays_inside(cookie: str) -> bool:
    """Return whether a Set-Cookie is the practice space's own, for its addresses only."""
    first, *rest = (part.strip() for part in cookie.split(";"))
    attributes = {
        name.strip().lower(): value.strip()
        for name, _, value in (part.partition("=") for part in rest)
    }
    own = first.partition("=")[0].strip() in {SESSION_COOKIE, OPENED_COOKIE, DEVICE_COOKIE}
    return own and attributes.get("path") == MOUNT and "domain" not in attributes
