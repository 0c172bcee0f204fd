"""flask nib: NIBs that people told us, for staff. Prints nobody's name or NIK in full."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.domain.calendar import WIT
from app.domain.support_number import (
    SupportNumberError,
    format_support_number,
    parse_support_number,
)
from app.extensions import db
from app.models.dossier import Dossier
from app.services import dossiers, nibs

nib_group = AppGroup("nib", help="NIBs that people told us: seen on the paper of OSS or not.")


def dossier_to_change(number: str) -> Dossier:
    """Return the dossier with this Nomor Bantuan, held to change; say what is wrong otherwise."""
    try:
        dossier = dossiers.find_by_number(parse_support_number(number))
    except SupportNumberError as error:
        raise click.ClickException(f"not a support number: {error.problem}") from error
    if dossier is None:
        raise click.ClickException("no dossier has this number")
    return dossiers.take_to_change(dossier.id)


@nib_group.command("unseen")
def unseen_command() -> None:
    """List the files with a NIB that only the person says, the oldest first."""
    found = nibs.unseen()
    for number, at in found:
        click.echo(
            f"{format_support_number(number)}  since {at.astimezone(WIT):%Y-%m-%d %H:%M} WIT"
        )
    if not found:
        click.echo("every NIB was seen or is confirmed")


@nib_group.command("seen")
@click.argument("number")
def seen_command(number: str) -> None:
    """Record that you saw this NIB on the paper of OSS, or in OSS itself."""
    try:
        nibs.see(dossier_to_change(number))
    except nibs.NothingTold as error:
        raise click.ClickException("this file has no NIB that waits to be seen") from error
    db.session.commit()
    click.echo("seen")
