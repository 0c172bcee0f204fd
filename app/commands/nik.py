"""flask nik: NIK cases for staff, by number and class. Prints nothing about who anybody is."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from app import clock
from app.domain.law.calendar import WIT
from app.domain.nik.cases import CaseClosed, NikCaseState, NikClosedBecause
from app.domain.nik.verdict import NikClass
from app.domain.written.case_number import CaseNumberError, format_case_number, parse_case_number
from app.extensions import db
from app.services.nik import cases, watch

nik_group = AppGroup("nik", help="NIK cases, and how the civil registry answers.")

_CLASSES = [str(each) for each in NikClass if each is not NikClass.MATCH]
_BY_HAND = [str(NikClosedBecause.BY_STAFF), str(NikClosedBecause.WITHDRAWN)]


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(WIT):%Y-%m-%d %H:%M} WIT" if moment else "-"


@nik_group.command("status")
def status_command() -> None:
    """Show whether the registry answers, how many files wait, and cases by class and state."""
    troubles = watch.open_troubles()
    for trouble in troubles:
        told = f", staff told {_at(trouble.alerted_at)}" if trouble.alerted_at else ""
        click.echo(
            f"registry: {trouble.cause} since {_at(trouble.began_at)}, "
            f"{trouble.failures} failures, last {_at(trouble.last_at)}{told}"
        )
    if not troubles:
        click.echo("registry: no trouble at the last call")
    waiting = watch.waiting()
    since = f", the oldest since {_at(waiting.since)}" if waiting.since else ""
    click.echo(f"waiting for a verdict: {waiting.checks}{since}")
    counts = cases.counts()
    for (nik_class, state), number in sorted(counts.items()):
        click.echo(f"{nik_class:<20} {state:<15} {number:>5}")
    if not counts:
        click.echo("no cases")


@nik_group.command("cases")
@click.option("--state", type=click.Choice([str(each) for each in NikCaseState]))
@click.option("--class", "nik_class", type=click.Choice(_CLASSES))
def cases_command(state: str | None, nik_class: str | None) -> None:
    """List cases, the oldest first: what is not closed, or those of one state or class."""
    listed = cases.listed(
        state=NikCaseState(state) if state else None,
        nik_class=NikClass(nik_class) if nik_class else None,
    )
    for case in listed:
        days = (clock.now() - case.opened_at).days
        why = case.closed_because or case.escalated_because or ""
        click.echo(
            f"{format_case_number(case.number)}  {case.nik_class:<20} {case.state:<15} "
            f"{days:>3} days  next check {_at(case.next_check_at)}  {why}".rstrip()
        )
    if not listed:
        click.echo("no cases")


@nik_group.command("close")
@click.argument("number")
@click.option("--because", type=click.Choice(_BY_HAND), default=_BY_HAND[0], show_default=True)
def close_command(number: str, because: str) -> None:
    """Close a case by its number, for example when the person does not go on."""
    try:
        row = cases.find(parse_case_number(number))
    except CaseNumberError as error:
        raise click.ClickException("not a case number: NIK- and 8 digits") from error
    if row is None:
        raise click.ClickException("no case has this number")
    try:
        cases.close(row, NikClosedBecause(because))
    except CaseClosed as error:
        raise click.ClickException("the case is closed already") from error
    db.session.commit()
    click.echo("closed")
