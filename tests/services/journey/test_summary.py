"""What is shown of the answers: never a digit of the NIK beside birth date and kampung."""

from __future__ import annotations

import pytest

from app.domain.law.legal_form import LegalForm
from app.services.journey import steps
from app.services.journey.summary import summary_of
from app.services.reference.book import get_book
from tests.factories import dossier_at, entity_dossier

OTHER_NPWP = "0123456789012345"


def shown(dossier) -> str:
    return repr([section.rows for section in summary_of(dossier, get_book())])


@pytest.mark.parametrize("is_nik", [True, False])
def test_an_npwp_that_is_the_nik_shows_no_digit_either(database, is_nik):
    dossier = dossier_at(None)
    nik = str(dossier.applicant.nik)
    npwp = nik if is_nik else OTHER_NPWP
    steps.set_phone(dossier, str(dossier.applicant.phone), npwp=npwp)
    said = shown(dossier)
    assert "•" + nik[-3:] not in said
    assert said.count("•" * 16) == (2 if is_nik else 1)
    assert ("•" * 13 + OTHER_NPWP[-3:] in said) is not is_nik


def test_so_does_that_of_a_business(database):
    dossier = entity_dossier(LegalForm.PT)
    assert dossier.entity is not None
    dossier.entity.npwp = dossier.applicant.nik
    assert "•" + str(dossier.applicant.nik)[-3:] not in shown(dossier)
