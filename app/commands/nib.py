"""flask nib: NIBs that people told us, for staff. Prints nobody's name or NIK in full."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.domain.law.calendar import WIT
from app.domain.oss.nib import NibError, parse_nib
from app.domain.written.support_number import (
    SupportNumberError,
    format_support_number,
    parse_support_number,
)
from app.extensions import db
from app.models.dossier import Dossier
from app.services.dossier import opening
from app.services.oss import nib_decisions, nibs
from app.services.oss.nib_decisions import Side

nib_group = AppGroup("nib", help="NIBs that people told us: seen on the paper of OSS or not.")


def dossier_to_change(number: str) -> Dossier:
    """Return the dossier with this Nomor Bantuan, held to change; say what is wrong otherwise."""
    try:
        dossier = opening.find_by_number(parse_support_number(number))
    except SupportNumberError as error:
        raise click.ClickException(f"not a support number: {error.problem}") from error
    if dossier is None:
        raise click.ClickException("no dossier has this number")
    return opening.take_to_change(dossier.id)


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


def _nib(text: str) -> str:
    try:
        return parse_nib(text)
    except NibError as error:
        raise click.ClickException(f"not a NIB: {error.problem}") from error


def _sides(number: str, text: str) -> tuple[Dossier, list[Dossier], str]:
    """Return the file that asks for a NIB, those that have it, and the NIB; all held to change."""
    nib, dossier = _nib(text), dossier_to_change(number)
    others = [opening.take_to_change(each.id) for each in nib_decisions.holders(dossier, nib)]
    if not others:
        raise click.ClickException("no file of another holder has this NIB")
    return dossier, others, nib


def _show(title: str, side: Side) -> None:
    click.echo(f"{title}: {side.support_number}")
    click.echo(f"   name {side.name}, NIK {side.nik}, {'fits' if side.nik_fits else 'not checked'}")
    if side.source is None or side.told_at is None:
        click.echo("   does not have this NIB")
        return
    since = side.told_at.astimezone(WIT)
    proof = "confirmed by OSS" if side.confirmed else "seen by staff" if side.seen else "not seen"
    click.echo(f"   has this NIB since {since:%Y-%m-%d %H:%M} WIT, {side.source}, {proof}")


@nib_group.command("clash")
@click.argument("number")
@click.argument("nib")
def clash_command(number: str, nib: str) -> None:
    """Show who has a NIB that the file with this Nomor Bantuan asks for. Masked, both of them."""
    dossier, others, number_of_nib = _sides(number, nib)
    _show("asks for it", nib_decisions.side_of(dossier, number_of_nib))
    for each in others:
        _show("has it", nib_decisions.side_of(each, number_of_nib))
    click.echo(
        "Compare with the paper of OSS. Then: flask nib decide NUMBER NIB --for asking|holder"
    )
    db.session.rollback()


@nib_group.command("decide")
@click.argument("number")
@click.argument("nib")
@click.option("--for", "winner", type=click.Choice(["asking", "holder"]), required=True)
def decide_command(number: str, nib: str, winner: str) -> None:
    """Decide whose NIB it is, with the paper of OSS in your hand; both files record it."""
    dossier, others, number_of_nib = _sides(number, nib)
    try:
        if winner == "asking":
            nib_decisions.give(dossier, number_of_nib, others)
        else:
            nib_decisions.keep(dossier, number_of_nib, others)
    except nib_decisions.ConfirmedByOss as error:
        raise click.ClickException(
            "OSS confirmed it for the other file: ask Lembaga OSS"
        ) from error
    except nibs.NotOpen as error:
        raise click.ClickException(
            "this file can take no NIB now: not sent, or confirmed"
        ) from error
    db.session.commit()
    click.echo("decided")
