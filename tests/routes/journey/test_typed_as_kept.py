"""A text that is kept as it is typed needs its declaration, its box and its column, and no code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from app.adapters.oss.wire import to_wire
from app.domain.dossier.journey import Stop, first_unanswered
from app.domain.dossier.steps import STEPS, Column, StepName
from app.routes.journey import pages
from app.routes.journey.step_page import At
from app.services.dossier import answers
from app.services.journey import summary
from app.services.journey.summary import summary_of
from app.services.licence.gate import DossierClosed
from app.services.oss import form as oss_form
from app.services.oss import handovers
from app.services.oss.submission import submission_of
from app.services.reference.book import get_book
from tests.factories import answer_bare, dossier_at

BUSINESS = StepName.BUSINESS
# The name of a business, as if nothing else were asked on its page.
NAME = Column("trade_name", "usaha", "nama_contoh", "Name of your business", is_sealed=True)


@pytest.fixture
def dossier(database):
    return dossier_at(None)


@pytest.fixture
def bare(dossier, monkeypatch):
    """Return the step about the business, with its name alone and no code of its own."""
    step = replace(STEPS[BUSINESS], columns=(NAME,), known_by="trade_name", follows=())
    monkeypatch.setitem(STEPS, BUSINESS, step)
    monkeypatch.delitem(pages._OWN, BUSINESS)
    monkeypatch.delitem(summary.FOR_EACH, BUSINESS)
    return step


def typed(page, at, text):
    form = page.form_class(at)(formdata=MultiDict({"usaha": text}), meta={"csrf": False})
    page.prepare(form, at)
    form.usaha.validate(form)
    return form


@pytest.mark.parametrize(("text", "kept"), [("  Kios  Contoh ", "Kios Contoh"), ("", "")])
def test_it_is_filled_in_and_kept_by_its_box(dossier, bare, app, text, kept):
    dossier.activity.trade_name = None
    assert first_unanswered(answers.answers_of(dossier)) == Stop(BUSINESS), "never seen"
    page, at = pages._page_of(bare), At(dossier)
    assert page.template == "journey/business.html"
    with app.test_request_context():
        page.save(at, typed(page, at, text))
        assert page.fill(at) == {"usaha": kept}
    assert dossier.events[-1].facts == {"step": "usaha"}
    assert dossier.activity.trade_name == kept
    assert first_unanswered(answers.answers_of(dossier)) is None, "seen and left empty is answered"


def test_beside_answers_with_code_of_their_own_it_is_kept_too(dossier, monkeypatch, app):
    seen = []
    own = replace(
        pages.PAGES[BUSINESS], fill=lambda at: {"uraian": "x"}, save=lambda *of: seen.append(of)
    )
    monkeypatch.setitem(pages._OWN, BUSINESS, own)
    step = replace(STEPS[BUSINESS], columns=(NAME, *STEPS[BUSINESS].columns[1:]))
    monkeypatch.setitem(STEPS, BUSINESS, step)
    page, at = pages._page_of(step), At(dossier)
    with app.test_request_context():
        page.save(at, typed(page, at, "Kios Lain"))
        assert page.fill(at) == {"usaha": "Kios Lain", "uraian": "x"}
    assert len(seen) == 1


def test_nothing_is_kept_once_the_file_is_sent(dossier, bare):
    handovers.send(dossier)
    with pytest.raises(DossierClosed):
        answer_bare(dossier, BUSINESS)


@pytest.mark.parametrize(("language", "question"), [("id", "Nama usaha Anda"), ("en", NAME.asks)])
@pytest.mark.parametrize(("text", "shown"), [("Kios Contoh", "Kios Contoh"), ("", "–")])
def test_it_has_its_row_on_the_review(dossier, bare, language, question, text, shown):
    dossier.activity.trade_name = text
    with force_locale(language):
        rows = [s.rows for s in summary_of(dossier, get_book()) if s.stop == Stop(BUSINESS)]
    assert rows == [((question, shown),)]


def test_beside_other_rows_it_shows_once_it_was_seen(dossier, monkeypatch):
    step = replace(STEPS[BUSINESS], columns=(NAME, *STEPS[BUSINESS].columns[1:]))
    monkeypatch.setitem(STEPS, BUSINESS, step)
    own = ("Description", "Saya jual beras dan gula")
    for text, shown in ((None, []), ("", [(NAME.asks, "–")]), ("Kios", [(NAME.asks, "Kios")])):
        dossier.activity.trade_name = text
        with force_locale("en"):
            (rows,) = [s.rows for s in summary_of(dossier, get_book()) if s.stop == Stop(BUSINESS)]
        assert list(rows[rows.index(own) + 1 :]) == shown


@pytest.mark.parametrize(("language", "question"), [("id", "Nama usaha Anda"), ("en", NAME.asks)])
def test_oss_is_told_it_by_its_declared_name(dossier, bare, language, question):
    handovers.send(dossier)
    sent = submission_of(dossier)
    assert oss_form.as_data(sent)["dataNIB"]["data_proyek"][0]["nama_contoh"] == "Kios Contoh"
    assert to_wire(sent)["data_proyek"][0]["nama_contoh"] == "Kios Contoh"
    with force_locale(language):
        rows = [
            row for sheet in oss_form.sheets_of(sent) for g in sheet.groups for row in g.on_screen
        ]
    (row,) = [row for row in rows if row.path == "data_proyek[0].nama_contoh"]
    assert (row.label, row.typed) == (question, "Kios Contoh")
