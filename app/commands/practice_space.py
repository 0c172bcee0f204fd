"""flask practice: the practice space at /latihan."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup

from app.config import PracticeSpace, Settings
from app.practice_space import keeper

practice_space_group = AppGroup("practice", help="The practice space at /latihan.")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.practice_space is not PracticeSpace.ON:
        raise click.ClickException("there is no practice space here (SERVICE_MODE, PRACTICE_SPACE)")
    return settings


@practice_space_group.command("wipe")
def wipe_command() -> None:
    """Wipe all practice data now. The real service goes on."""
    settings = _settings()
    try:
        done = keeper.ask_to_wipe(settings)
    except keeper.NotOurs as error:
        raise click.ClickException(f"{error} holds something else; nothing was wiped") from error
    if not done:
        raise click.ClickException("not wiped within a minute; see the log of the service")
    click.echo("wiped")


@practice_space_group.command("serve")
def serve_command() -> None:
    """Keep the practice space running, where web and worker are not started by `make run`."""
    os.umask(0o077)
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    keeper.Keeper(_settings(), click.echo).run(stop)
