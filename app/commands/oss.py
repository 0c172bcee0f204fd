"""flask oss: what OSS told us that staff have to look at. Only `spellings` prints names."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app import clock
from app.adapters.http import ServiceUnavailable
from app.adapters.oss.port import Refused
from app.domain.law.calendar import WIT
from app.domain.oss.codes import NibStatus
from app.domain.oss.nib import NibDoubt
from app.domain.written.support_number import (
    SupportNumberError,
    format_support_number,
    parse_support_number,
)
from app.extensions import db, ports
from app.services.dossier import opening
from app.services.oss import code_lists, notices, reconciliation

_ENDS: dict[str, str] = {
    NibStatus.NOT_YET_ACTIVE: "not active yet (02)",
    NibStatus.FROZEN: "frozen (05)",
    NibStatus.REVOKED: "revoked (06)",
    NibDoubt.GONE: "no longer found",
}

oss_group = AppGroup("oss", help="What OSS told us that staff have to look at.")


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


@oss_group.command("ended")
def ended_command() -> None:
    """List the files whose NIB OSS froze, revoked, does not hold as active or no longer finds."""
    found = reconciliation.not_in_force()
    for number, nib, said, at in found:
        words = _ENDS.get(said, f"OSS writes “{said}”")
        since = f"since {at.astimezone(WIT):%Y-%m-%d %H:%M} WIT"
        click.echo(f"{format_support_number(number)}: NIB {nib}, {words}, {since}")
    if not found:
        click.echo("every NIB is in force")


@oss_group.command("codes")
@click.argument("number", type=click.IntRange(1, 32))
def codes_command(number: int) -> None:
    """Ask OSS for one of its lists of codes (annex 29 of its guide) and keep it; show it."""
    try:
        entries = ports.licensing.reference_data(number, budget_s=10.0)
    except (Refused, ServiceUnavailable) as error:
        told_at = code_lists.told_at(number)
        last = f"; last told {told_at.astimezone(WIT):%Y-%m-%d %H:%M} WIT" if told_at else ""
        raise click.ClickException(f"OSS did not answer with this list ({error}){last}") from error
    code_lists.keep(number, entries, clock.now())
    db.session.commit()
    for each in entries:
        click.echo(f"{each.code}: {each.words}")
    if not entries:
        click.echo("the list is empty")


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
