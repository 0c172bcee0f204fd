"""Logs: one JSON line per event, a constant name with fields, never anything about a person.

Addresses are logged by endpoint, not by path or query: a path may hold what a person typed.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, request
from structlog.typing import EventDict

from app.asked import asked

_OURS = Path(__file__).resolve().parent
PERSONAL = frozenset({"nik", "name", "phone", "street", "birth_date", "pin", "email", "address"})


def _drop_personal(_: Any, __: str, fields: EventDict) -> EventDict:
    """Last line of defence: a field with a personal name never reaches the log."""
    return {k: ("[removed]" if k in PERSONAL else v) for k, v in fields.items()}


def _place_only(_: Any, __: str, fields: EventDict) -> EventDict:
    """Keep where an error happened, not its message: messages of libraries quote values."""
    if fields.pop("exc_info", None):
        kind, _value, trace = sys.exc_info()
        places, raised_at = [], None
        while trace is not None:
            file = Path(trace.tb_frame.f_code.co_filename)
            raised_at = f"{file.name}:{trace.tb_lineno}"
            if file.is_relative_to(_OURS):
                places.append(f"{file.relative_to(_OURS)}:{trace.tb_lineno}")
            trace = trace.tb_next
        fields["error"] = kind.__name__ if kind else None
        # Ours lead to the mistake; a library's own frames, often many, do not.
        fields["at"] = places[-6:]
        fields["raised_at"] = raised_at
    return fields


def init_app(app: Flask, level: str) -> None:
    """Set up structlog and one line per request. The practice space marks each of its lines."""
    inside = app.config["SETTINGS"].is_inside

    def mark(_: Any, __: str, fields: EventDict) -> EventDict:
        return {**fields, "space": "practice"} if inside else fields

    structlog.configure(
        processors=[
            mark,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_only,
            _drop_personal,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    app.extensions["log"] = log = structlog.get_logger()

    # Flask would print the whole traceback with its messages; ours names the place only.
    def log_exception(exc_info: object) -> None:
        log.error("unexpected_error", endpoint=request.endpoint, exc_info=True)

    app.log_exception = log_exception  # type: ignore[method-assign]

    @app.before_request
    def start() -> None:
        asked().started = time.perf_counter()

    @app.after_request
    def line(response: Response) -> Response:
        if request.endpoint not in {"static", "health.alive", "health.ready"}:
            begun = asked().started or time.perf_counter()
            log.info(
                "request",
                endpoint=request.endpoint,
                method=request.method,
                status=response.status_code,
                ms=round((time.perf_counter() - begun) * 1000, 1),
            )
        return response
