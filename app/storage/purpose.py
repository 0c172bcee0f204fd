"""Practice or real: what the data are for, decided once and held against every later start.

Forgetting SERVICE_MODE once must not open real people's files to whoever practises, and a practice
file must never be taken for a real one. Three things know the purpose: the row `installation` goes
with a copy or a backup of the database; the file of keys goes with the data folder, its papers
included; and where neither says anything yet, the data themselves are asked.
See docs/decisions/0024-data-know-their-purpose.md.
"""

from __future__ import annotations

from typing import Any

import click
from flask import Flask
from sqlalchemy import Engine, event, exists, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.config import Purpose, Settings
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier, Paper
from app.models.installation import Installation
from app.simulators.dukcapil import made_up_people
from app.storage.keyfile import load_secrets, mark_purpose

_FOR_REAL = (
    "{what} for real people's data, and SERVICE_MODE is training. Start with SERVICE_MODE=assist "
    "or SERVICE_MODE=connected. People practise at /latihan then. To try something else, name an "
    "empty data folder: INSTANCE=/path{database}. Nothing was changed."
)
_FOR_PRACTICE = (
    "{what} for practice, so real work cannot start here. Begin anew in an empty data folder: "
    "INSTANCE=/path{database}. Or practise on with SERVICE_MODE=training. Nothing was changed."
)


class OtherPurpose(click.ClickException):
    """The data are for something else than what this program was started for.

    The message is a sentence for the operator; a flask command shows it and ends.
    """

    def __init__(self, known: Purpose, what: str, settings: Settings) -> None:
        """what: the thing that knows it, with its verb."""
        words = _FOR_REAL if known is Purpose.REAL else _FOR_PRACTICE
        own = settings.database_url == f"sqlite:///{settings.instance / 'oss.sqlite'}"
        another = "" if own else ", and another DATABASE_URL"
        super().__init__(words.format(what=what, database=another))


def check_folder(known: Purpose | None, settings: Settings) -> None:
    """Compare with what the file of keys says. Raises OtherPurpose."""
    if known not in {None, settings.purpose}:
        raise OtherPurpose(known, f"The data folder {settings.instance} is", settings)


def guard(engine: Engine, settings: Settings) -> None:
    """Give out no connection to a database that is for something else: web, worker or command.

    Asked again for each new connection, since the database may be another one by then. Connecting
    raises OtherPurpose.
    """
    look = (
        "SELECT 1 FROM sqlite_master WHERE name = 'installation'"
        if engine.dialect.name == "sqlite"
        else "SELECT to_regclass('installation')"
    )

    @event.listens_for(engine, "connect")
    def compare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(look)
        found = cursor.fetchone()
        if found is not None and found[0] is not None:
            cursor.execute("SELECT purpose FROM installation")
            row = cursor.fetchone()
            if row is not None and row[0] != settings.purpose:
                connection.close()
                raise OtherPurpose(Purpose(row[0]), "This database is", settings)
        cursor.close()
        if engine.dialect.name != "sqlite":
            connection.rollback()


def claim(app: Flask, *, keep: bool = True) -> None:
    """Make sure that the data are for what this program was started for, before it serves.

    keep: write it down for all later starts. Raises OtherPurpose, and then changes nothing.
    """
    settings: Settings = app.config["SETTINGS"]
    # As a request that only reads: a process that starts again must hold up nobody who writes.
    with app.test_request_context():
        try:
            known = db.session.scalar(select(Installation.purpose))
            judged = None if known or settings.is_inside else _judge(settings)
        finally:
            db.session.remove()
    if judged not in {None, settings.purpose}:
        raise OtherPurpose(judged, "This database is", settings)
    check_folder(load_secrets(settings.instance).purpose, settings)
    if not keep:
        return
    mark_purpose(settings.instance, settings.purpose)
    if known is None:
        _write(app, settings)


def _write(app: Flask, settings: Settings) -> None:
    row = Installation(id=1, purpose=settings.purpose, since=clock.now())
    with app.app_context():
        try:
            db.session.add(row)
            db.session.commit()
        except IntegrityError:  # another process was first
            db.session.rollback()
            written = db.session.scalars(select(Installation.purpose)).one()
            if written is not settings.purpose:
                raise OtherPurpose(written, "This database is", settings) from None
        finally:
            db.session.remove()


def _judge(settings: Settings) -> Purpose | None:
    """Return what data from before this rule are for; None where they fit both.

    A NIK of nobody made up is taken as a real person's, whatever else is there:
    at worst practice has to begin anew.
    """
    made_up = [vault.index(person.nik, "applicants.nik") for person in made_up_people()]
    nik = Applicant.nik_index
    if _any(nik.is_not(None) & nik.not_in(made_up)):
        return Purpose.REAL
    if _any(Paper.specimen):
        return Purpose.PRACTICE
    if _any(nik.in_(made_up)) or (settings.instance / "practice.json").exists():
        return None
    return Purpose.REAL if _any(Dossier.id.is_not(None)) else None


def _any(what: Any) -> bool:
    return bool(db.session.scalar(select(exists().where(what))))
