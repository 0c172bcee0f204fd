"""flask backup: copies of everything; flask restore: putting one back. docs/running/backup.md"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import clock
from app.adapters import bundles
from app.adapters.bundles import CopiesUnavailable
from app.adapters.dumps import DumpFailed
from app.adapters.files import FilesUnavailable
from app.config import Settings
from app.gateways import files_advice
from app.services.base import doers, duties
from app.storage.keyfile import has_secrets
from app.web.doing import staff
from app.work.copies import backup, restoring, trial
from app.work.copies.restoring import CannotRestore, Keys, Source


@click.pass_context
def _alone(context: click.Context) -> None:
    """Make a copy where nothing else was asked for."""
    if context.invoked_subcommand is None and isinstance(context.command, click.Group):
        context.invoke(context.command.commands["now"])


backup_group = AppGroup(
    "backup",
    help="Copies of everything; alone it makes one.",
    callback=_alone,
    invoke_without_command=True,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WHEN = click.DateTime(["%Y-%m-%d %H:%M"])
_ADVICE = {
    "not_there": "The folder of copies, {folder}, is not there, or bears no mark of ours. Is its "
    "disk mounted? A new, empty folder is taken by `flask backup begin`.",
    "not_empty": "{folder} holds something else. Name an empty folder: BACKUP_TO=/path.",
}


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _with_copies() -> Settings:
    settings = _settings()
    if settings.backup_to is None:
        raise click.ClickException(
            "Say where copies go: BACKUP_TO=/path, on another disk, with BACKUP_RECOVERY_KEY. "
            "`flask backup key FILE` makes that key."
        )
    return settings


@contextlib.contextmanager
def _in_words(settings: Settings) -> Iterator[None]:
    """Turn what can go wrong into a sentence for whoever gave the command."""
    try:
        yield
    except CopiesUnavailable as error:
        words = _ADVICE.get(error.cause, "The folder of copies, {folder}, cannot be used: {cause}.")
        said = words.format(folder=settings.backup_to, cause=error.cause)
        raise click.ClickException(said) from error
    except FilesUnavailable as error:
        raise click.ClickException(files_advice(settings, error)) from error
    except backup.Busy as error:
        raise click.ClickException("A copy is being made or tried right now. Wait.") from error
    except (DumpFailed, CannotRestore, trial.TrialFailed) as error:
        raise click.ClickException(str(error)) from error


@backup_group.command("begin")
def begin_command() -> None:
    """Take the empty folder that BACKUP_TO names for copies, once."""
    settings = _with_copies()
    with _in_words(settings):
        backup.copies_of(settings).begin()
    click.echo(f"Copies go to {settings.backup_to} from now on.")


@backup_group.command("now")
def now_command() -> None:
    """Make a copy now."""
    settings = _with_copies()
    with _in_words(settings):
        made = backup.make(settings, clock.now())
    click.echo(
        f"{made.name}: {made.size_bytes} bytes, {made.papers} papers, {made.copied} of them new"
    )
    if made.lost:
        click.echo(f"{made.lost} papers that the database names are not in their place", err=True)


@backup_group.command("list")
def list_command() -> None:
    """List the copies, and say how the last ones and the last trial went."""
    settings = _with_copies()
    with _in_words(settings):
        copies = backup.copies_of(settings)
        for name in copies.names():
            click.echo(f"{name}  {copies.data_of(name).stat().st_size} bytes")
    now = clock.now()
    for name, row in sorted(duties.all_told().items()):
        ended = "well" if row.well else f"FAILED ({row.facts.get('cause', '?')})"
        minutes = int((now - row.since).total_seconds() // 60)
        click.echo(f"{name}: {ended} {row.at:%Y-%m-%d %H:%M} UTC; last well {minutes} min ago")
    for alarm in duties.alarms(now):
        click.echo(f"LOOK AT THIS: {alarm}")


@backup_group.command("trial")
def trial_command() -> None:
    """Put the newest copy back into a scratch place now, and look at it."""
    settings = _with_copies()
    with _in_words(settings):
        found = trial.run(settings, clock.now())
    click.echo(f"went well: every chain holds, {found.opened} papers opened")


@backup_group.command("look")
@click.option("--bundle", "name", required=True)
def look_command(name: str) -> None:
    """Verify this database and open papers of a copy, as a trial does; print one line of JSON."""
    settings = _with_copies()
    with _in_words(settings):
        found = trial.look(settings, backup.copies_of(settings), name)
    click.echo(json.dumps(asdict(found)))


@backup_group.command("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def key_command(file: Path) -> None:
    """Make the recovery key: the secret half goes into FILE, which goes into the safe."""
    if file.resolve().is_relative_to(_settings().instance):
        raise click.ClickException("Not into the data folder: who steals that would have the key.")
    identity, public = bundles.new_identity()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already; nothing was changed") from error
    with os.fdopen(handle, "w") as out:
        out.write(f"# OSS Sorong, recovery key. Public half: {public}\n{identity}\n")
    click.echo(f"BACKUP_RECOVERY_KEY={public}")
    click.echo(f"Print {file} twice, keep both in safes, and take the file off this machine.")


# Restoring


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--identity", type=_FILE, required=True, help="The secret key, out of the safe.")
@click.option("--keys", type=_FILE, help="A secrets.json that was kept apart from the copies.")
@click.option("--bundle", "name", help="Which copy; the newest where none is named.")
@click.option("--database-there", is_flag=True, help="The database was put back already.")
@click.option("--papers-there", is_flag=True, help="The bucket of papers is still there.")
@click.option(
    "--without-papers", is_flag=True, help="For a trial: leave the papers where they are."
)
@click.option("--lost-at", type=_WHEN, help="Until when the old machine may have lived, in UTC.")
def restore_command(
    folder: Path,
    identity: Path,
    keys: Path | None,
    name: str | None,
    database_there: bool,
    papers_there: bool,
    without_papers: bool,
    lost_at: datetime | None,
) -> None:
    """Put a copy in FOLDER back into an empty place: that of INSTANCE and DATABASE_URL."""
    settings = _settings()
    if has_secrets(settings.instance):
        raise click.ClickException(
            f"There is an installation in {settings.instance}, and a copy is put back into an "
            "empty place only. Name another: INSTANCE=/path. Nothing was changed."
        )
    source = Source(
        bundles.Copies(folder), name, database_there=database_there, papers_there=papers_there,
        papers=not without_papers,
    )  # fmt: skip
    secret = identity.read_text()
    with _in_words(settings):
        source.copies.check()
        if keys is not None:
            found = Keys(json.loads(keys.read_text()), secret, None)
        else:
            found = restoring.keys_from_recovery(source.copies, secret)
        restored = restoring.restore(settings, source, found, click.echo)
    now = clock.now()
    until = lost_at.replace(tzinfo=UTC) if lost_at else now
    make: Callable[[Settings], Flask] = current_app.config["MAKE_APP"]
    app = make(settings)
    with doers.acting(staff()):
        settled = restoring.settle(app, restored, until, now)
    click.echo(f"restored {restored.manifest.name}, made {restored.manifest.at}")
    click.echo(f"sessions ended: {settled.sessions}; jobs that go on: {settled.jobs}")
    click.echo(
        f"messages that may have gone out already: {settled.uncertain}; they are not sent again, "
        "`flask messages status` lists them"
    )
    if restored.papers_lost:
        click.echo(f"papers that are in no copy: {restored.papers_lost}; see the log", err=True)
    for each, value in restored.manifest.settings.items():
        click.echo(f"  {each}={value}")
    click.echo("These were its settings; the secret ones are in no copy. Then: make run")


def empty_app(settings: Settings, make: Callable[[Settings], Flask]) -> Flask:
    """Return a program for a folder without an installation, which can only restore one.

    make: builds the real program, once the place is no longer empty.
    """
    app = Flask("app", static_folder=None)
    app.config.update(SETTINGS=settings, MAKE_APP=make, ONLY_RESTORES=True)
    app.cli.add_command(restore_command)
    return app
