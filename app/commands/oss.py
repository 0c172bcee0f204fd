"""flask oss: what OSS told us that found no file. Only `spellings` prints names, for staff."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.domain.law.calendar import WIT
from app.domain.written.support_number import SupportNumberError, parse_support_number
from app.extensions import db
from app.services.dossier import opening
from app.services.oss import notices

oss_group = AppGroup("oss", help="What OSS told us that found no file of ours.")


@oss_group.command("waiting")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
def waiting_command(limit: int) -> None:
    """List the notices that nobody here belongs to, the oldest first."""
    found = notices.waiting_for_staff(limit)
    for notice in found:
        at = notice.received_at.astimezone(WIT)
        click.echo(f"{notice.id}: {notice.service}, NIB {notice.nib}, {at:%Y-%m-%d %H:%M} WIT")
        if notice.unread:
            click.echo(f"   not read: {', '.join(notice.unread)}")
    if not found:
        click.echo("nothing waits")


@oss_group.command("spellings")
@click.argument("notice", type=int)
def spellings_command(notice: int) -> None:
    """Show files whose NIK fits a notice and whose name does not: both spellings, for staff."""
    row = notices.find_waiting(notice)
    if row is None:
        raise click.ClickException("no such notice waits: flask oss waiting")
    found = notices.spellings(row)
    for number, ours, theirs in found:
        click.echo(f"{number}: here “{ours}”, at OSS “{theirs}”")
    if not found:
        click.echo("no file has a NIK of this notice")
    db.session.rollback()


@oss_group.command("read-again")
@click.argument("notice", type=int)
def read_again_command(notice: int) -> None:
    """Read a waiting notice once more; the worker does so within seconds."""
    row = notices.find_waiting(notice)
    if row is None:
        raise click.ClickException("no such notice waits: flask oss waiting")
    notices.read_again(row)
    db.session.commit()
    click.echo(f"notice {notice} is read again")


@oss_group.command("give")
@click.argument("notice", type=int)
@click.argument("support_number")
def give_command(notice: int, support_number: str) -> None:
    """Say whose notice it is: the file with this Nomor Bantuan."""
    try:
        dossier_id = opening.id_of(parse_support_number(support_number))
    except SupportNumberError as error:
        raise click.ClickException("this is not a Nomor Bantuan") from error
    if dossier_id is None:
        raise click.ClickException("no file has this Nomor Bantuan")
    row = notices.find_waiting(notice)
    if row is None:
        raise click.ClickException("no such notice waits: flask oss waiting")
    try:
        notices.give_to(row, opening.take_to_change(dossier_id))
    except notices.BadNotice as error:
        db.session.rollback()
        raise click.ClickException("the file has another NIB, or was never sent") from error
    db.session.commit()
    click.echo(f"notice {notice} is with its file now")
