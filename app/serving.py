"""Between the server and the program: a request is received whole before a thread works on it.

The server speaks ASGI, the program WSGI. A slow or vanished sender costs a little memory here and
never one of the few threads that answer. A body that breaks off keeps nothing: only a whole one
goes on. Why and with which numbers: docs/decisions/0021-requests-received-whole.md.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from flask import Flask

REFUSED = "oss.refused"
"""Key of the environ with the status that the program shall answer with, and nothing else."""

BODY_AT_MOST = 32 * 1024 * 1024  # above every limit of the program itself
FORM_AT_MOST = 64 * 1024  # such a body is always taken in
LARGE_AT_MOST = 64 * 1024 * 1024  # of all larger bodies that are on their way to one process
SLOWEST = 250  # bytes a second, a tenth of the slowest line that people have here (20 kbit/s)
CONNECTIONS = 1024  # of one process; more wait in the queue of the system
SPARE_FILES = 200  # a process opens beside its connections: the database, papers, the offices
HEAD_WITHIN_MS = 30_000  # for the headers, and between two requests on one connection

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def command(target: str, *options: str, workers: int = 1, log_level: str = "warning") -> list[str]:
    """Return how to start the server. target: module and name of a ReceivedWhole.

    options: further ones of the server, as where it listens. Plain HTTP/1 alone: without TLS no
    browser speaks HTTP/2, and each of its connections may carry hundreds of requests.
    """
    return [
        sys.executable, "-m", "granian", "--interface", "asginl", "--http", "1", "--no-ws",
        "--workers", str(workers), "--backpressure", str(_connections()),
        "--backlog", str(CONNECTIONS), "--http1-header-read-timeout", str(HEAD_WITHIN_MS),
        "--log-level", log_level, *options, target,
    ]  # fmt: skip


def allow_connections() -> None:
    """Let this process, and those that it starts, open as many files as the connections need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _connections() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(64, min(CONNECTIONS, soft - SPARE_FILES))


class _Refused(Exception):
    """A request that does not reach the program; the status says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class ReceivedWhole:
    """ASGI application around a WSGI one."""

    def __init__(self, wsgi: Wsgi, *, threads: int, slow_s: float, within_s: float) -> None:
        """threads: requests worked on at once.

        slow_s: in each such span SLOWEST has to be kept. within_s: seconds for a whole body.
        """
        self._wsgi, self._slow_s, self._within_s = wsgi, slow_s, within_s
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._large: dict[asyncio.Timeout, int] = {}  # bytes of larger bodies on their way
        self._refusals: dict[tuple[int, str], Answer] = {}

    @classmethod
    def of(cls, app: Flask) -> ReceivedWhole:
        """Return one around the program, with its settings."""
        settings = app.config["SETTINGS"]
        return cls(
            app,
            threads=settings.threads,
            slow_s=settings.slow_sender_s,
            within_s=settings.send_within_s,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        environ = environ_of(scope)
        try:
            await self._receive(environ, receive)
        except _Refused as refused:
            status, headers, body = await self._refusal(refused.status, environ["PATH_INFO"])
        else:
            status, headers, body = await self._in_a_thread(environ)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _receive(self, environ: dict[str, Any], receive: Receive) -> None:
        """Put the whole body into the environ. Raises _Refused."""
        length = _stated_length(environ)
        if length is not None and length > BODY_AT_MOST:
            return  # the program says that it is too large, from the length alone
        if length is None and not environ.pop("HTTP_TRANSFER_ENCODING", None):
            if environ["REQUEST_METHOD"] in _WITH_BODY:
                raise _Refused(HTTPStatus.LENGTH_REQUIRED)
            return
        if length == 0:
            return
        body = await self._whole(receive)
        if length is not None and body.tell() != length:
            raise _Refused(HTTPStatus.BAD_REQUEST)
        environ["CONTENT_LENGTH"] = str(body.tell())
        body.seek(0)
        environ["wsgi.input"] = body

    async def _whole(self, receive: Receive) -> BytesIO:
        """Return what comes, read to its end. Raises _Refused."""
        clock = asyncio.get_running_loop().time
        ends_at = clock() + self._within_s
        body, checked_at, more = BytesIO(), 0, True
        try:
            async with asyncio.timeout(self._slow_s) as patience:
                while more:
                    message = await receive()
                    if message["type"] != "http.request":  # it broke off
                        raise _Refused(HTTPStatus.BAD_REQUEST)
                    body.write(message.get("body", b""))
                    more = message.get("more_body", False)
                    came = body.tell()
                    if came > BODY_AT_MOST:
                        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                    if came > FORM_AT_MOST:
                        self._hold(patience, came, clock())
                    if came - checked_at >= SLOWEST * self._slow_s:
                        checked_at = came
                        patience.reschedule(min(clock() + self._slow_s, ends_at))
        except TimeoutError:
            cut = body.tell() > FORM_AT_MOST and patience not in self._large
            status = HTTPStatus.SERVICE_UNAVAILABLE if cut else HTTPStatus.REQUEST_TIMEOUT
            raise _Refused(status) from None
        finally:
            self._large.pop(patience, None)
        return body

    def _hold(self, body: asyncio.Timeout, size: int, now: float) -> None:
        """Count a larger body. Where all are too many, the largest gives way, never a newcomer.

        Two senders that hold back their last byte would refuse everybody's photos otherwise.
        Raises _Refused when it is this one.
        """
        ends_at = body.when()
        if ends_at is not None and ends_at <= now:  # it gave way, and more of it was on the way
            raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        self._large[body] = size
        while sum(self._large.values()) > LARGE_AT_MOST:
            largest = max(self._large, key=lambda each: self._large[each])
            del self._large[largest]
            if largest is body:
                raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            largest.reschedule(now)

    async def _in_a_thread(self, environ: dict[str, Any]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, environ)

    def _work(self, environ: dict[str, Any]) -> Answer:
        """Let the program answer."""
        said: list[Any] = []
        written: list[bytes] = []

        def start(status: str, headers: Any, _error: Any = None) -> Callable[[bytes], None]:
            said[:] = [status, headers]
            return written.append

        pieces = self._wsgi(environ, start)
        try:
            written.extend(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        status, headers = said
        return (
            int(status.partition(" ")[0]),
            [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            b"".join(written),
        )

    async def _refusal(self, status: HTTPStatus, path: str) -> Answer:
        """Return the page of the program about it, drawn once: many may be refused at a time.

        Without Vary, as any answer that comes from before the program: a script that asked for a
        part leaves the form as it is, with what was typed.
        """
        place = next((place for place in ("/api/", "/en/") if path.startswith(place)), "/")
        found = self._refusals.get((status, place))
        if found is None:
            environ = _environ("GET", place)
            environ[REFUSED] = int(status)
            code, headers, body = await self._in_a_thread(environ)
            headers = [h for h in headers if h[0] not in {b"vary", b"set-cookie", b"etag"}]
            headers.append((b"connection", b"close"))
            found = self._refusals[status, place] = (code, headers, body)
        return found


def environ_of(scope: Scope) -> dict[str, Any]:
    """Return the WSGI environ of a request, with an empty body."""
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"]).decode("latin-1")
    environ = _environ(scope["method"], path)
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ |= {
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0] or "localhost"),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.url_scheme": scope["scheme"],
    }
    for raw_name, raw_value in scope["headers"]:
        # An underscore would become the same key as the hyphen of a header that a proxy sets.
        if b"_" in raw_name:
            continue
        key = raw_name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = "HTTP_" + key
        value = raw_value.decode("latin-1")
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
    return environ


def _environ(method: str, path: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _stated_length(environ: Mapping[str, Any]) -> int | None:
    """Return the Content-Length. Raises _Refused for one that is no number."""
    text = environ.get("CONTENT_LENGTH")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise _Refused(HTTPStatus.BAD_REQUEST)
    return int(text)
