"""Counts answers, by room of the program. It asks the database nothing and writes nothing."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from flask import Flask, Response, current_app, request

from app.asked import asked
from app.services.base.traffic import tally


def _end(response: Response) -> Response:
    rooms: dict[str | None, str] = current_app.extensions["rooms"]
    began = asked().started
    took = perf_counter() - began if began is not None else 0.0
    tally.add(rooms.get(request.endpoint, "none"), response.status_code, took)
    return response


def room_of(view: Any) -> str:
    """Return the room that a view belongs to, as routes have them; "rest" for files of ours."""
    parts = str(getattr(view, "__module__", "")).split(".")
    return parts[2] if parts[:2] == ["app", "routes"] and len(parts) > 3 else "rest"


def init_app(app: Flask) -> None:
    """Bind the counting; after all views were added."""
    app.extensions["rooms"] = {name: room_of(view) for name, view in app.view_functions.items()}
    app.after_request_funcs.setdefault(None, []).insert(0, _end)  # called last of all
