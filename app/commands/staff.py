"""flask staff: accounts of the desk. Secrets are shown once, to whoever gives the command."""

from __future__ import annotations

import click
import segno
from flask.cli import AppGroup

from app.domain.desk.roles import StaffRole
from app.extensions import db
from app.models.staff import Staff
from app.services.desk import accounts, queue, search

staff_group = AppGroup("staff", help="Accounts of the desk at /petugas.")

_ROLES = click.Choice([role.value for role in StaffRole])


def _account(user: str) -> Staff:
    staff = accounts.find(user)
    if staff is None:
        raise click.ClickException("no account has this user name: flask staff list")
    return staff


def _show(given: accounts.Secrets) -> None:
    click.echo(f"user        {given.user}\npassword    {given.password}  (to be changed at once)")
    click.echo(f"app secret  {given.totp_secret}")
    segno.make(given.totp_address, micro=False).terminal(compact=True)
    click.echo("printed codes, each for one sign-in without the phone:")
    for code in given.codes:
        click.echo(f"  {code[:5]} {code[5:]}")


@staff_group.command("add")
@click.argument("user")
@click.option("--name", required=True, help="As everybody at the counter may read it.")
@click.option("--role", required=True, type=_ROLES)
def add_command(user: str, name: str, role: str) -> None:
    """Make an account and show its secrets once."""
    try:
        given = accounts.add(user, name, StaffRole(role))
    except accounts.UserTaken as error:
        raise click.ClickException("another account has this user name") from error
    except accounts.BadUser as error:
        words = "a user name is 3 to 30 small letters, digits and dots, a letter first"
        raise click.ClickException(words) from error
    db.session.commit()
    _show(given)


@staff_group.command("role")
@click.argument("user")
@click.argument("role", type=_ROLES)
def role_command(user: str, role: str) -> None:
    """Give somebody another role. They are put out everywhere and sign in anew."""
    accounts.give_role(_account(user), StaffRole(role))
    db.session.commit()
    click.echo(f"{user} is {role} now")


@staff_group.command("reset")
@click.argument("user")
def reset_command(user: str) -> None:
    """Give new secrets: after a lost phone, a forgotten password, 90 days away, or an end."""
    given = accounts.reset(_account(user))
    db.session.commit()
    _show(given)


@staff_group.command("end")
@click.argument("user")
def end_command(user: str) -> None:
    """End an account and all that it has open."""
    staff = _account(user)
    queue.release_of(staff)
    accounts.end(staff)
    db.session.commit()
    click.echo("ended")


@staff_group.command("rebuild")
def rebuild_command() -> None:
    """Make the queue and the search for names anew from the files; once after an upgrade."""
    files, named = queue.rebuild(), search.rebuild()
    db.session.commit()
    click.echo(f"{files} files looked at, {named} names")


@staff_group.command("list")
def list_command() -> None:
    """List the accounts: user name, role, when they last signed in."""
    found = accounts.every()
    for staff in found:
        ended = "  ended" if staff.ended_at else ""
        click.echo(f"{staff.user:<30} {staff.role:<14} {staff.seen_at:%Y-%m-%d}{ended}")
    if not found:
        click.echo("no accounts: flask staff add")
