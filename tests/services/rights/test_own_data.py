"""The copy that a person can read: in full, in both languages, at any point of the way."""

from __future__ import annotations

import io

import pytest
from flask_babel import force_locale
from pypdf import PdfReader

from app.domain.sending.messages import MessageKind
from app.services.dossier import opening
from app.services.messages import outbox
from app.services.rights import consents, own_data, paper, wordings
from tests.factories import PEOPLE, STEPS, dossier_at, pin_hash, sent_dossier


def text_of(dossier) -> str:
    pages = PdfReader(io.BytesIO(paper.draw(dossier))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture(params=["id", "en"])
def language(request, application):
    path = "/" if request.param == "id" else "/en/"
    with application.test_request_context(path), force_locale(request.param):
        yield request.param


def test_numbers_stand_in_full(database, language):
    text = text_of(sent_dossier())
    assert PEOPLE["kiosk"].nik in text
    assert PEOPLE["kiosk"].typed_name in text


def test_statements_stand_as_they_were_shown(database, language):
    dossier = sent_dossier()
    text = text_of(dossier).replace(" ", "")
    for row in dossier.declarations:
        shown = wordings.shown(row.wording, row.kind, dossier.language)
        assert shown[0].replace(" ", "") in text


def test_a_file_that_was_just_begun_has_a_copy(database, language):
    dossier = opening.start(pin_hash(), "id")
    assert dossier.support_number[:4] in text_of(dossier)


@pytest.mark.parametrize("step", STEPS)
def test_a_file_has_a_copy_at_every_step(database, step):
    dossier = dossier_at(step)
    assert dossier.support_number[:4] in text_of(dossier)


def test_no_code_is_in_any_copy(database, language):
    dossier = dossier_at(None)
    outbox.announce(dossier, MessageKind.RECOVERY_CODE, dedupe="1", code="739214", minutes=10)
    code = consents.give(dossier, "Mama Contoh", 7).code
    for copy in (text_of(dossier), str(own_data.export(dossier))):
        assert "739214" not in copy
        assert code not in copy
    assert "Mama Contoh" in str(own_data.export(dossier))


@pytest.mark.parametrize(("days", "works"), [(1, True), (30, True), (0, False), (31, False)])
def test_a_consent_is_given_for_days_that_are_offered(database, days, works):
    dossier = opening.start(pin_hash(), "id")
    if works:
        row = consents.give(dossier, "Contoh", days)
        assert (row.until - row.given_at).days == days
        return
    with pytest.raises(ValueError):  # noqa: PT011
        consents.give(dossier, "Contoh", days)
