"""Column types: what a row keeps, and what is read from it."""

from __future__ import annotations

import pytest
from sqlalchemy import String, func, select, text

from app.domain.law.legal_form import LegalForm
from app.extensions import db
from app.models.columns import UnknownName
from app.models.dossier import Dossier
from tests.factories import dossier_at

BRANCH, PERSON = LegalForm.BRANCH, LegalForm.INDIVIDUAL


def kept(database) -> str:
    return database.execute(text("SELECT legal_form FROM dossiers")).scalar_one()


@pytest.mark.parametrize("given", [BRANCH, BRANCH.value])
def test_a_name_is_kept_as_its_text_and_read_as_its_member(database, given):
    dossier = dossier_at(None)
    dossier.legal_form = given
    assert dossier.legal_form is BRANCH, "at once, not only when it is read again"
    database.commit()
    assert kept(database) == BRANCH.value
    database.expire_all()
    assert dossier.legal_form is BRANCH


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (Dossier.legal_form == BRANCH, 1),
        (Dossier.legal_form == BRANCH.value, 1),
        (Dossier.legal_form == PERSON, 0),
        (Dossier.legal_form != PERSON, 1),
        (Dossier.legal_form.in_([PERSON, BRANCH]), 1),
        (Dossier.legal_form.in_([BRANCH.value]), 1),
        (Dossier.legal_form.not_in({BRANCH}), 0),
    ],
)
def test_the_database_compares_names(database, condition, count):
    dossier_at(None).legal_form = BRANCH
    database.flush()
    assert database.scalar(select(func.count()).select_from(Dossier).where(condition)) == count


def test_an_unknown_name_says_where_it_stands(database):
    dossier = dossier_at(None)
    database.flush()
    database.execute(text("UPDATE dossiers SET legal_form = 'guild'"))
    database.expire_all()
    with pytest.raises(UnknownName, match=r"dossiers\.legal_form holds 'guild'.*LegalForm"):
        _ = dossier.legal_form
    with pytest.raises(UnknownName, match=r"dossiers\.legal_form"):
        dossier.legal_form = "guild"
    assert kept(database) == "guild"


NO_NAMES = {
    # What OSS writes is kept as it came, also a code that no list has.
    ("licences", "status"), ("licence_events", "status"),
    # Part of a hash, and read for good, whatever the program calls it by then.
    ("events", "kind"), ("acts", "kind"), ("events", "role"), ("acts", "role"),
    ("events", "behalf"), ("acts", "behalf"),
    # A kind of job belongs to its handler, and one of release to its reader: services, not models.
    ("jobs", "kind"), ("reference_release", "kind"),
    # Of an answer over the network: a hundreds digit, as it is counted and never decided by.
    ("answered", "status"),
    # As the table of the source has it; nothing decides by it.
    ("nik_prefix", "status"),
}  # fmt: skip


def test_what_a_column_calls_by_name_it_keeps_as_a_name():
    """A short text named like one of a few things is an enum, or stands above with its reason."""
    names = ("kind", "state", "status", "outcome", "cause", "way", "purpose", "role", "behalf")
    plain = {
        (table.name, column.name)
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name in names and isinstance(column.type, String)
    }
    assert plain == NO_NAMES
