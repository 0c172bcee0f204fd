"""flask commands: reference data, audit, the worker, one dossier and its licences."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from app import clock
from app.commands.audit import audit_group
from app.commands.backup import backup_group, restore_command
from app.commands.finder_learning import finder_group
from app.commands.help import help_group
from app.commands.keys import keys_group
from app.commands.nib import dossier_to_change as _dossier
from app.commands.nib import nib_group
from app.commands.nik import nik_group
from app.commands.oss import oss_group
from app.commands.papers import papers_group
from app.commands.practice_space import practice_space_group
from app.commands.staff import staff_group
from app.domain.licence.corrections import BadTarget, CorrectionItem, ReturnReason, parse_target
from app.domain.licence.status import RETURNED, StatusSource, public_state
from app.domain.nik.verdict import NikClass
from app.domain.oss import handover
from app.domain.oss.codes import LicenceStatus
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.gateways import serve_simulator
from app.lifeline import end_with_starter
from app.services.dossier import pins
from app.services.licence import reports
from app.services.licence import standing as licence_standing
from app.services.mending import corrections
from app.services.messages import outbox
from app.services.nik import standing
from app.services.oss import handovers, verdicts
from app.services.reference import loading
from app.services.reference.manifest import ReferenceFilesBroken
from app.services.rights import recovery, wordings
from app.work.run import run

reference_group = AppGroup("reference", help="Facts: KBLI, risk, areas, holidays.")
messages_group = AppGroup("messages", help="Messages to people.")
dossier_group = AppGroup("dossier", help="One dossier, by its Nomor Bantuan.")
licence_group = AppGroup("licence", help="The licences of a dossier.")

REASONS = [reason.value for reason in ReturnReason]
VERDICTS = [each.value for each in NikClass if each is not NikClass.PENDING]


@reference_group.command("load")
def load_command() -> None:
    """Load the releases in app/reference. Can be run again at any time."""
    try:
        report = loading.load_releases()
    except ReferenceFilesBroken as broken:
        db.session.rollback()
        for mistake in broken.problems:
            click.echo(str(mistake), err=True)
        sys.exit(1)
    db.session.commit()
    loading.reset_book()
    for release in report.releases:
        click.echo(f"{release.id}: {release.outcome.value}, {release.rows} rows written")


@reference_group.command("status")
def status_command() -> None:
    """Show each release: date, rows, source."""
    for release in loading.status():
        state = "current" if release.current else "kept for older dossiers"
        info = release.info
        click.echo(f"{info.id}: {info.as_of}, {release.rows} rows, {state} – {info.source}")


@reference_group.command("keep-wording")
@click.argument("version")
def keep_wording_command(version: str) -> None:
    """Keep the texts that people agree to now, under a new version: then set WORDING to it."""
    try:
        click.echo(wordings.keep(version))
    except FileExistsError as error:
        raise click.ClickException("this version was used for other texts") from error


@dossier_group.command("unlock")
@click.argument("number")
def unlock_command(number: str) -> None:
    """End the waiting after wrong PINs, with the owner of the dossier in front of you."""
    pins.unlock(_dossier(number))
    db.session.commit()
    click.echo("unlocked")


@nik_group.command("waiting")
def nik_waiting_command() -> None:
    """List the files whose NIK waits to be compared, the oldest first."""
    for number, asked_at in standing.waiting():
        click.echo(f"{format_support_number(number)}  since {asked_at:%Y-%m-%d %H:%M} UTC")


@nik_group.command("show")
@click.argument("number")
def nik_show_command(number: str) -> None:
    """Show what to compare on the portal. That it was shown goes into the record."""
    try:
        asked = standing.to_compare(_dossier(number))
    except standing.NothingWaits as error:
        raise click.ClickException("no NIK of this file waits to be compared") from error
    db.session.commit()
    click.echo(f"NIK         {asked.nik}\nname        {asked.name}")
    click.echo(f"birth date  {asked.birth_date:%d-%m-%Y}\nsex         {asked.sex}")


@nik_group.command("record")
@click.argument("number")
@click.argument("verdict", type=click.Choice(VERDICTS))
def nik_record_command(number: str, verdict: str) -> None:
    """Record the verdict of the portal: match, or how the NIK does not fit."""
    try:
        verdicts.record_by_staff(_dossier(number), NikClass(verdict))
    except standing.NothingWaits as error:
        raise click.ClickException("no NIK of this file waits to be compared") from error
    db.session.commit()
    click.echo("recorded")


@nik_group.command("take-back")
@click.argument("number")
def nik_take_back_command(number: str) -> None:
    """Take a wrong verdict back; then compare anew and record the right one."""
    try:
        verdicts.take_back(_dossier(number))
    except standing.NothingWaits as error:
        raise click.ClickException("there is no verdict to take back") from error
    except verdicts.LeftTheHouse as error:
        raise click.ClickException(
            "this file has its NIB or is at OSS, so nothing was changed. "
            "Tell the person to come to DPMPTSP, and have it mended at OSS"
        ) from error
    db.session.commit()
    click.echo("taken back, and the person is told; next: flask nik show, flask nik record")


@dossier_group.command("new-pin")
@click.argument("number")
def new_pin_command(number: str) -> None:
    """Print a code with which the person in front of you sets a new PIN. It works for one day."""
    code = recovery.make_counter_code(_dossier(number))
    db.session.commit()
    click.echo(f"{code[:4]} {code[4:]}")
    click.echo(
        "The person types it at /berkas/lupa, with the number. It works once, until tomorrow."
    )


@messages_group.command("status")
def messages_command() -> None:
    """Count messages by state, and list those that somebody should look at."""
    for state, many in sorted(outbox.counts().items()):
        click.echo(f"{state}: {many}")
    for message in outbox.troubled():
        number = message.dossier.support_number if message.dossier else "no file"
        click.echo(f"{message.state} {message.kind} {message.channel} {message.failure} {number}")


@dossier_group.command("return")
@click.argument("number")
@click.option("--reason", "reasons", multiple=True, required=True, type=click.Choice(REASONS))
@click.option("--target", "targets", multiple=True, required=True, help="step:tempat:0, paper:KEY")
@click.option("--note", default="", help="In the office's words, for every target.")
@click.option("--days", type=click.IntRange(0, 365), help="Working days to answer.")
@click.option("--licence", "id_izin", help="id_izin, where more than one is being verified.")
@click.option("--anew", is_flag=True, help="Status 43: the office's days begin anew.")
def return_command(
    number: str,
    reasons: tuple[str, ...],
    targets: tuple[str, ...],
    note: str,
    days: int | None,
    id_izin: str | None,
    anew: bool,
) -> None:
    """Give a dossier back to be mended: one --reason for each --target."""
    if len(reasons) != len(targets):
        raise click.UsageError("name one --reason for each --target")
    dossier = _dossier(number)
    try:
        items = [
            CorrectionItem(parse_target(target), ReturnReason(reason), note)
            for reason, target in zip(reasons, targets, strict=True)
        ]
        correction = corrections.return_for_correction(
            dossier,
            items,
            by=StatusSource.OFFICE,
            answer_days=days,
            id_izin=id_izin,
            anew=anew,
        )
    except BadTarget as error:
        raise click.ClickException("a target is step:<step>:<activity> or paper:<key>") from error
    except corrections.CannotReturn as refusal:
        raise click.ClickException(refusal.why) from refusal
    except licence_standing.UnknownLicence as unknown:
        raise click.ClickException("the dossier has no such licence") from unknown
    reports.plan(dossier)
    db.session.commit()
    until = corrections.last_day(correction)
    click.echo(f"given back, answer until {until}" if until else "given back, no last day")


@dossier_group.command("reopen")
@click.argument("number")
def reopen_command(number: str) -> None:
    """Give a dossier that OSS refused back to the person, with every answer kept."""
    dossier = _dossier(number)
    if dossier.handover is None or dossier.handover.state != handover.HandoverState.REFUSED:
        raise click.ClickException("OSS has not refused this dossier")
    handovers.reopen(dossier, cause="staff")
    db.session.commit()
    click.echo("reopened")


@licence_group.command("list")
@click.argument("number")
def licences_command(number: str) -> None:
    """Show the licences of a dossier and where each stands."""
    for row in licence_standing.of(_dossier(number)):
        state = public_state(LicenceStatus.of(row.status))
        click.echo(f"{row.id_izin} {row.kd_izin} {row.status} {state.value}")


@licence_group.command("status")
@click.argument("number")
@click.argument("id_izin")
@click.argument("code", type=click.Choice([status.value for status in LicenceStatus.known()]))
@click.option("--reason", type=click.Choice(REASONS), help="Why it is rejected.")
def status_of_licence_command(number: str, id_izin: str, code: str, reason: str | None) -> None:
    """Record the status that the office gave a licence."""
    status = LicenceStatus(code)
    if status in RETURNED:
        raise click.UsageError("use `flask dossier return`, so that the person knows what to mend")
    items = [CorrectionItem(None, ReturnReason(reason))] if reason else []
    dossier = _dossier(number)
    try:
        changed = licence_standing.record_status(
            dossier,
            id_izin,
            status,
            at=clock.now(),
            source=StatusSource.OFFICE,
            reasons=items,
        )
    except licence_standing.UnknownLicence as unknown:
        raise click.ClickException("the dossier has no such licence") from unknown
    reports.plan(dossier)
    db.session.commit()
    click.echo("recorded" if changed else "nothing new")


@licence_group.command("seen")
@click.argument("number")
@click.argument("id_izin")
def licence_seen_command(number: str, id_izin: str) -> None:
    """Record that you saw in OSS, or on its paper, the status that the person had told."""
    dossier = _dossier(number)
    try:
        row = licence_standing.find(dossier, id_izin)
    except licence_standing.UnknownLicence as unknown:
        raise click.ClickException("the dossier has no such licence") from unknown
    newest = licence_standing.newest_event(row)
    if newest is None or not licence_standing.is_told(newest):
        raise click.ClickException("the newest status of this licence waits for nobody to see it")
    now = clock.now()
    licence_standing.record_status(dossier, id_izin, row.status, at=now, source=StatusSource.OFFICE)
    db.session.commit()
    click.echo("seen")


def init_app(app: Flask) -> None:
    """Add the commands."""
    groups = (
        reference_group, audit_group, dossier_group, licence_group, nib_group, nik_group,
        messages_group, oss_group, keys_group, finder_group, help_group, practice_space_group,
        papers_group, backup_group, staff_group,
    )  # fmt: skip
    for group in groups:
        app.cli.add_command(group)
    app.cli.add_command(restore_command)

    @app.cli.command("worker")
    def worker_command() -> None:
        """Run what is due, until told to stop."""
        end_with_starter()
        run(app)

    @app.cli.command("simulator")
    @click.argument("name", type=click.Choice(["dukcapil", "oss"]))
    @click.option("--port", default=9001)
    def simulator_command(name: str, port: int) -> None:
        """Serve a built-in simulator over a port."""
        serve_simulator(app, name, port)
