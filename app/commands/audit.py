"""flask audit: seal the record of what happened, and verify it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from app import clock
from app.services.audit import seals, verifying
from app.services.base import doers
from app.storage.keyfile import seal_key
from app.web.doing import ACTOR, TERMINAL
from app.work.sealing import PAPERS, mail_newest, seal_now

audit_group = AppGroup("audit", help="The record of what happened.")


@audit_group.command("verify")
@click.option(
    "--paper",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also compare with a seal that was mailed or printed.",
)
@click.option(
    "--log",
    type=click.File(encoding="utf-8", errors="replace"),
    help="Also compare with a log that was kept elsewhere: what it saw between two seals.",
)
def verify_command(paper: Path | None, log: TextIO | None) -> None:
    """Walk every chain and every seal; fail and say the day when something does not hold.

    The papers in the data folder are compared with as well.
    """
    on_paper = None
    if paper is not None:
        on_paper = verifying.read_paper(paper.read_text(encoding="utf-8", errors="replace"))
        if on_paper is None:
            raise click.ClickException("no seal stands on this paper")
    instance = current_app.config["SETTINGS"].instance
    faults = list(verifying.verify(seals.public_key(seal_key(instance)), on_paper))
    for path in sorted((instance / PAPERS).glob("seal-*.txt")):
        kept = verifying.read_paper(path.read_text(encoding="utf-8", errors="replace"))
        if kept is not None:
            faults += [f for f in verifying.compare_paper(kept) if f not in faults]
    if log is not None:
        faults += verifying.verify_witnessed(verifying.read_log(log))
    for fault in faults:
        where = fault.where or "record"
        day = "" if fault.day == date.min else f" ({fault.day.isoformat()})"
        click.echo(f"{where}: {fault.number}{day}: {fault.what}", err=True)
    last = seals.newest()
    said = f"last seal: {last.number}, {last.at:%Y-%m-%d %H:%M} UTC" if last else "no seal yet"
    click.echo(f"{len(faults)} faults; {said}" if faults else f"all chains hold; {said}")
    sys.exit(1 if faults else 0)


@audit_group.command("seal")
def seal_command() -> None:
    """Seal the record now, and print the paper; it is mailed too where AUDIT_EMAIL is set."""
    settings = current_app.config["SETTINGS"]
    seal = seal_now(settings, clock.now())
    click.echo(seals.paper(seal))
    if settings.audit_email and mail_newest(settings.audit_email) is False:
        click.echo("not mailed yet; the worker tries again", err=True)


@audit_group.command("mark")
@click.argument("text")
def mark_command(text: str) -> None:
    """Show the marks of an account or a computer, to compare with those in the record."""
    click.echo(f"as an account:  {doers.mark_of(text, ACTOR)}")
    click.echo(f"as a computer:  {doers.mark_of(text, TERMINAL)}")
