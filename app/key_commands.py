"""flask keys: rotate the keys that seal personal data. The service runs on meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from app.config import CannotRetire, add_data_key, load_secrets, remove_data_key
from app.extensions import vault
from app.services import keys, sealed_files

sealed_files.register()

keys_group = AppGroup("keys", help="Keys that seal personal data; not the key of the indexes.")


@keys_group.command("status")
def status_command() -> None:
    """Show each key and how many values are sealed with it."""
    found = load_secrets(current_app.config["SETTINGS"].instance)
    for number in sorted(found.data_keys):
        current = ", current" if number == found.current_data_key else ""
        click.echo(f"key {number}: {keys.uses_of(number)} values{current}")


@keys_group.command("rotate")
def rotate_command() -> None:
    """Add a key and seal with it from now on. Running processes follow within a minute."""
    number = add_data_key(current_app.config["SETTINGS"].instance, datetime.now(UTC))
    vault.reread()
    click.echo(f"key {number} is the current one; back up secrets.json, then: flask keys reseal")


@keys_group.command("reseal")
def reseal_command() -> None:
    """Seal everything with the current key. Can be stopped and begun again."""
    result = keys.reseal()
    click.echo(f"sealed anew: {result.done}")
    if result.broken:
        raise click.ClickException(f"{result.broken} values open with no key; see the log")


@keys_group.command("retire")
@click.argument("number", type=click.IntRange(0, 255))
def retire_command(number: int) -> None:
    """Take out a key that nothing is sealed with. Older backups then no longer open."""
    instance = current_app.config["SETTINGS"].instance
    try:
        keys.check_unused(number)
        remove_data_key(instance, number, datetime.now(UTC))
    except keys.StillUsed as error:
        many = "files" if error.uses is None else f"{error.uses} values"
        raise click.ClickException(f"{many} may still need it: flask keys reseal") from error
    except CannotRetire as error:
        raise click.ClickException(str(error)) from error
    vault.reread()
    click.echo(f"key {number} is gone")
