"""flask keys: rotate the keys that seal personal data. The service runs on meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import AppGroup

from app import clock
from app.adapters.files import FilesUnavailable
from app.extensions import vault
from app.gateways import files_advice as advice
from app.services.base import keys
from app.services.papers import sealed_files
from app.storage.keyfile import CannotRetire, add_data_key, load_secrets, remove_data_key
from app.work.sealing import reseal_all

sealed_files.register()

keys_group = AppGroup("keys", help="Keys that seal personal data; not the key of the indexes.")


@contextlib.contextmanager
def _files_are_there() -> Iterator[None]:
    """Turn a store of files that is away into a sentence; nothing may be concluded without it."""
    try:
        yield
    except FilesUnavailable as error:
        raise click.ClickException(advice(current_app.config["SETTINGS"], error)) from error


@keys_group.command("status")
def status_command() -> None:
    """Show each key and how many values are sealed with it."""
    found = load_secrets(current_app.config["SETTINGS"].instance)
    with _files_are_there():
        uses = keys.uses()
    for number in sorted(found.data_keys):
        current = ", current" if number == found.current_data_key else ""
        click.echo(f"key {number}: {uses[number]} values{current}")
    if uses[None]:
        click.echo(f"key not known: {uses[None]} values, since they are not where they should be")


@keys_group.command("rotate")
def rotate_command() -> None:
    """Add a key and seal with it from now on. Running processes follow within a minute."""
    number = add_data_key(current_app.config["SETTINGS"].instance, clock.now())
    vault.reread()
    click.echo(f"key {number} is the current one; back up secrets.json, then: flask keys reseal")


@keys_group.command("reseal")
def reseal_command() -> None:
    """Seal everything with the current key. Can be stopped and begun again."""
    with _files_are_there():
        result = reseal_all()
    click.echo(f"sealed anew: {result.done}")
    if result.broken:
        raise click.ClickException(
            f"{result.broken} values were not found or open with no key; see the log"
        )


@keys_group.command("retire")
@click.argument("number", type=click.IntRange(0, 255))
@click.option("--unread-are-lost", is_flag=True, help="Give up files that cannot be found.")
def retire_command(number: int, *, unread_are_lost: bool) -> None:
    """Take out a key that nothing is sealed with. Older backups then no longer open."""
    instance = current_app.config["SETTINGS"].instance
    try:
        with _files_are_there():
            keys.check_unused(number, unread_are_lost=unread_are_lost)
        remove_data_key(instance, number, clock.now())
    except keys.StillUsed as error:
        many = "files" if error.uses is None else f"{error.uses} values"
        raise click.ClickException(f"{many} may still need it: flask keys reseal") from error
    except keys.NotAllRead as error:
        raise click.ClickException(
            f"{error.number} files are not where they should be and may still need it. Bring them "
            "back from a backup. If they are lost for good: --unread-are-lost"
        ) from error
    except CannotRetire as error:
        raise click.ClickException(str(error)) from error
    vault.reread()
    click.echo(f"key {number} is gone")
