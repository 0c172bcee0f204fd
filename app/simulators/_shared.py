"""What both built-in services need: JSON in and out, a control file, a small state file, a port."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, run_simple
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLOW_S = 6.0  # three times what anybody is made to wait for
_BUSY_MS = 5_000
_MAX_BODY_BYTES = 1_000_000


def json_response(body: object, status: int = 200) -> Response:
    """Return body as JSON."""
    return Response(json.dumps(body), status=status, mimetype="application/json")


def html_response(title: str, status: int) -> Response:
    """Return the kind of page that stands in front of a service in trouble."""
    return Response(
        f"<!doctype html><title>{title}</title><h1>{title}</h1>",
        status=status,
        mimetype="text/html",
    )


def json_object(request: Request) -> dict[str, Any] | None:
    """Return the body if it is a JSON object, else None."""
    try:
        body = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def as_wsgi(answer: Callable[[Request], Response]) -> WSGIApplication:
    """Return a WSGI application for one function, limiting what it reads."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        request = Request(environ)
        request.max_content_length = _MAX_BODY_BYTES
        return answer(request)(environ, start_response)

    return app


def control_mode(control_file: Path, modes: frozenset[str]) -> str:
    """Return the mode that the control file asks for; "up" if there is none or it is unreadable.

    Read at each call, so that a trainer or a test can switch a service off while it runs.
    """
    try:
        mode = json.loads(control_file.read_text("utf-8"))["mode"]
    except (OSError, ValueError, KeyError, TypeError):
        return "up"
    return mode if isinstance(mode, str) and mode in modes else "up"


class StateFile:
    """A SQLite file shared by several processes; one short connection per piece of work."""

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._prepare(schema)

    def _prepare(self, schema: str) -> None:
        # Turning WAL on ignores the busy timeout when another process does the same at that moment.
        deadline = time.monotonic() + _BUSY_MS / 1000
        while True:
            try:
                with closing(self._connect()) as connection:
                    connection.execute("PRAGMA journal_mode=WAL")
                    connection.executescript(schema)
                return
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_MS / 1000, isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that holds the write lock from the start; commit, or undo on error."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection to read with."""
        with closing(self._connect()) as connection:
            yield connection


class UnderscoreHeaders(WSGIRequestHandler):
    """Pass on the header user_key: werkzeug's server drops names with an underscore, OSS uses one.

    Nothing stands in front of a simulator that could be deceived by such a name.
    """

    def make_environ(self) -> WSGIEnvironment:
        """Add the dropped header to what the application sees."""
        environ = super().make_environ()
        user_key = self.headers.get("user_key")
        if user_key is not None:
            environ["HTTP_USER_KEY"] = user_key
        return environ


def serve(app: WSGIApplication, *, host: str = "127.0.0.1", port: int) -> None:
    """Serve a simulator over a port until interrupted."""
    run_simple(host, port, app, threaded=True, request_handler=UnderscoreHeaders)
