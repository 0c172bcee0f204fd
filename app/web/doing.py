"""Who acts, as the ways in know it: a browser, the national OSS, a text message, a command."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import click
from flask import Flask, current_app, has_request_context, request, session
from flask.cli import with_appcontext

from app.asked import asked
from app.domain.dossier.events import Doer, DoerRole
from app.domain.dossier.seals import ActKind
from app.extensions import db
from app.services.base import acts, doers
from app.web.session import is_shared_device

ACTOR, TERMINAL = "doer.actor", "doer.terminal"  # what the marks are keyed for
SERVERS = frozenset({"worker", "simulator", "practice serve", "help preview"})
"""Commands that go on until they are stopped; what happens meanwhile is not their giver's doing."""

DESK = frozenset({"desk", "queue", "file"})
"""Blueprints in which only staff act."""

UNNOTED = frozenset(
    {
        "audit mark", "audit seal", "audit verify", "backup begin", "backup key", "backup list",
        "backup look", "backup now", "backup trial", "finder corrections", "finder evaluate",
        "finder searches", "finder words export", "finder words list", "help check",
        "help feedback", "help kit", "keys status", "messages status", "nik status",
        "reference keep-wording", "reference status", "restore",
    }
)  # fmt: skip
"""Commands that neither change the data nor show anything of a file. (A seal, a copy and a
trial note themselves.)"""


def _of_request() -> Doer | None:
    """Return who sent the request. Its terminal is the visit: one browser until it is left."""
    if not has_request_context():
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "access", "") == "oss":
        return Doer(DoerRole.OSS, "oss")
    if request.blueprint in DESK:
        terminal = asked().terminal
        at = doers.mark_of(terminal, TERMINAL) if terminal else ""
        return Doer(DoerRole.STAFF, asked().staff.mark if asked().has_staff else "unknown", at)
    if request.endpoint == "inbound.receive":
        return Doer(DoerRole.PERSON, "sms")
    token = session.get("csrf_token")
    mark = doers.mark_of(token, TERMINAL) if token else ""
    return Doer(DoerRole.PERSON, "owner", f"shared-{mark}" if is_shared_device() else mark)


def staff() -> Doer:
    """Return who gives a command: marks of the account and of the computer it is given from."""
    try:
        account = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in a container
        account = str(os.getuid())
    come_from = os.environ.get("SSH_CONNECTION", "").split(" ")[0] or socket.gethostname()
    return Doer(DoerRole.STAFF, doers.mark_of(account, ACTOR), doers.mark_of(come_from, TERMINAL))


def _noted(words: str, callback: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap what a command does: whatever it records was done by whoever gave it.

    That it was given is an act, kept before it begins, without what was typed behind its words.
    """

    @with_appcontext
    @wraps(callback)
    def noted(*args: Any, **kwargs: Any) -> Any:
        with doers.acting(staff()):
            if words not in UNNOTED:
                db.session.rollback()  # nothing that somebody left open is kept along with it
                acts.record(ActKind.COMMAND_GIVEN, command=words)
                db.session.commit()
            return callback(*args, **kwargs)

    noted.is_noted = True  # type: ignore[attr-defined]
    return noted


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command under a group with its words, such as "keys rotate"."""
    for name, command in group.commands.items():
        words = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, words)
        else:
            yield words, command


def init_app(app: Flask) -> None:
    """Bind the ways in; after the commands were added."""
    doers.ask(_of_request)
    for words, command in commands(app.cli):
        own = words not in SERVERS and command.callback
        ours = own and own.__module__.startswith("app.")  # not those of the migrations
        if own and ours and not hasattr(own, "is_noted"):
            command.callback = _noted(words, own)
