"""flask commands: reference data, audit, the worker, the practice file, a locked dossier."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from flask import Flask
from flask.cli import AppGroup

from app.domain.support_number import SupportNumberError, parse_support_number
from app.extensions import db
from app.nik_commands import nik_group
from app.services import dossiers, events, messages, reference
from app.services.reference_files import ReferenceFilesBroken

reference_group = AppGroup("reference", help="Facts: KBLI, risk, areas, holidays.")
audit_group = AppGroup("audit", help="The record of what happened.")
messages_group = AppGroup("messages", help="Messages to people.")
dossier_group = AppGroup("dossier", help="One dossier, by its Nomor Bantuan.")


@reference_group.command("load")
def load_command() -> None:
    """Load the releases in app/reference. Can be run again at any time."""
    try:
        report = reference.load_releases()
    except ReferenceFilesBroken as broken:
        db.session.rollback()
        for mistake in broken.problems:
            click.echo(str(mistake), err=True)
        sys.exit(1)
    db.session.commit()
    reference.reset_book()
    for release in report.releases:
        click.echo(f"{release.id}: {release.outcome.value}, {release.rows} rows written")


@reference_group.command("status")
def status_command() -> None:
    """Show each release: date, rows, source."""
    for release in reference.status():
        state = "current" if release.current else "kept for older dossiers"
        info = release.info
        click.echo(f"{info.id}: {info.as_of}, {release.rows} rows, {state} – {info.source}")


@audit_group.command("verify")
def verify_command() -> None:
    """Walk every chain of events; fail when one was changed."""
    broken = list(events.verify_chains())
    for link in broken:
        click.echo(f"SRG {link.support_number}: event {link.number} was changed", err=True)
    click.echo("all chains hold" if not broken else f"{len(broken)} chains are broken")
    sys.exit(1 if broken else 0)


@dossier_group.command("unlock")
@click.argument("number")
def unlock_command(number: str) -> None:
    """Open a dossier again after five wrong PINs, with its owner in front of you."""
    try:
        dossier = dossiers.find_by_number(parse_support_number(number))
    except SupportNumberError as error:
        raise click.ClickException(f"not a support number: {error.problem}") from error
    if dossier is None:
        raise click.ClickException("no dossier has this number")
    dossiers.unlock(dossier)
    db.session.commit()
    click.echo("unlocked")


@messages_group.command("status")
def messages_command() -> None:
    """Count messages by state, and list those that somebody should look at."""
    for state, many in sorted(messages.counts().items()):
        click.echo(f"{state}: {many}")
    for message in messages.troubled():
        number = message.dossier.support_number if message.dossier else "no file"
        click.echo(f"{message.state} {message.kind} {message.channel} {message.failure} {number}")


def init_app(app: Flask) -> None:
    """Add the commands."""
    for group in (reference_group, audit_group, dossier_group, nik_group, messages_group):
        app.cli.add_command(group)

    @app.cli.command("worker")
    def worker_command() -> None:
        """Run what is due, until told to stop."""
        from app.worker import run

        run(app)

    @app.cli.command("simulator")
    @click.argument("name", type=click.Choice(["dukcapil", "oss"]))
    @click.option("--port", default=9001)
    def simulator_command(name: str, port: int) -> None:
        """Serve a built-in simulator over a port."""
        from app.gateways import serve_simulator

        serve: Callable[[Flask, str, int], None] = serve_simulator
        serve(app, name, port)
