"""flask papers: the papers of a file for staff who verify them. Each look goes into the record."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask.cli import AppGroup

from app.adapters.files import FilesUnavailable, NoSuchFile
from app.domain.written.support_number import SupportNumberError, parse_support_number
from app.extensions import db
from app.models.dossier import Dossier
from app.services.dossier import opening
from app.services.papers import taking, wanted
from app.services.papers.wanted import NotThere

papers_group = AppGroup("papers", help="Papers of a file, for staff who verify.")


def _dossier(number: str) -> Dossier:
    try:
        dossier = opening.find_by_number(parse_support_number(number))
    except SupportNumberError as error:
        raise click.ClickException(f"not a support number: {error.problem}") from error
    if dossier is None:
        raise click.ClickException("no dossier has this number")
    return opening.take_to_change(dossier.id)


@papers_group.command("list")
@click.argument("number")
def list_command(number: str) -> None:
    """List the papers in force by their number, kind and size; a signed one says so."""
    papers = [state for state in wanted.papers_of(_dossier(number)) if state.there]
    for state in papers:
        there = state.there
        if there is not None:
            signed = "signed, not checked" if there.original_key else "not signed"
            size_kb = (there.size_bytes + 999) // 1000
            click.echo(
                f"{there.id:>6}  {there.kind:<5} {size_kb:>5} kB  {signed:<20} "
                f"{state.paper.words or state.paper.kind}"
            )
    if not papers:
        click.echo("no papers")


@papers_group.command("save")
@click.argument("number")
@click.argument("paper", type=int)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--original", is_flag=True, help="As it came, with its signature.")
def save_command(number: str, paper: int, file: Path, original: bool) -> None:
    """Save one paper to a new FILE, readable for you alone. That it was shown is recorded."""
    dossier = _dossier(number)
    try:
        content = taking.show_to_staff(dossier, paper, original=original)
    except NotThere as error:
        raise click.ClickException("this file has no such paper, or no original of it") from error
    except (NoSuchFile, FilesUnavailable) as error:
        raise click.ClickException("the store of files does not give it out") from error
    try:
        with open(file, "xb", opener=_for_owner_only) as out:
            out.write(content)
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already") from error
    names = taking.find(dossier, paper).signed_by
    db.session.commit()
    click.echo(f"saved. Signed by (not checked): {', '.join(names)}" if names else "saved")


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
