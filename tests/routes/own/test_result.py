"""The page of the result names each activity as people say it, its official title small beside."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.services.oss import handovers
from app.services.reference.book import get_book
from tests import factories
from tests.client import main_words, parse, words
from tests.pages import PREFIXES

DEPOT = "11052"  # an office decides


@pytest.mark.parametrize("language", PREFIXES)
def test_several_activities_are_told_apart_in_plain_words(app, client, language):
    factories.new_line(app)
    with factories.looking(app):
        dossier = factories.dossier_at(None, kbli_code=DEPOT)
        factories.add_activity(dossier, factories.MEDIUM_LOW)
        job = handovers.send(dossier)
        db.session.commit()
        factories.run(job.id)
        entries = [get_book().kbli(2025, code) for code in (DEPOT, factories.MEDIUM_LOW)]
        number = dossier.id
    factories.open_in(client, number)
    page = client.get(f"{PREFIXES[language]}/berkas/hasil")
    said = main_words(page)
    small = [words(each) for each in parse(page).all("small")]
    for entry in entries:
        plain = getattr(entry, f"plain_{language}") or entry.name_en
        assert plain in said
        assert any(each.startswith(entry.code) for each in small)
    assert f"{factories.MEDIUM_LOW}:" not in said, "no bare code"


@pytest.mark.parametrize("language", PREFIXES)
def test_one_activity_is_named_too_below_what_comes_next(app, client, language):
    factories.new_line(app)
    with factories.looking(app):
        dossier = factories.dossier_at(None)
        job = handovers.send(dossier)
        db.session.commit()
        factories.run(job.id)
        entry = get_book().kbli(2025, factories.LOW)
        number = dossier.id
    factories.open_in(client, number)
    page = client.get(f"{PREFIXES[language]}/berkas/hasil")
    said = main_words(page)
    plain = getattr(entry, f"plain_{language}")
    paper = {"id": "Buka surat (PDF", "en": "Open the paper (PDF"}[language]
    assert said.index(paper) < said.index(plain) < said.index(entry.code)
    assert any(words(each).startswith(entry.code) for each in parse(page).all("small"))
