"""Column types: what a row keeps, and what is read from it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from app.domain.law.legal_form import LegalForm
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
