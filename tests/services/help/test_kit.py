"""The print kit as it is used: its texts, what it rests on, what its papers say."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from datetime import date

import pytest
from flask_babel import force_locale

from app.adapters.papers.kit import render_kit
from app.domain.help.kit import MARK, MESSAGE_AT_MOST, NOTICE_WORDS_AT_MOST, PieceName, words_in
from app.services.help import kit, kit_papers
from app.services.help.kit import NoSuchText
from app.services.help.kit_papers import PAPERS
from tests.adapters.test_kit_papers import read, words_of
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
ADDRESS = "https://" + "a" * 40 + ".example.go.id/"  # as long as one is likely to be
ADDRESSES = {"id": "https://kit.example/", "en": "https://kit.example/en/"}
# Nothing may say or hint that this office gives the NIB.
PROMISES = ("kami memberi NIB", "kami kasih NIB", "kami menerbitkan", "we give the NIB", "we issue")


@contextmanager
def speaking(app, language):
    with app.test_request_context(f"{PREFIXES[language]}/"), force_locale(language):
        yield


@both_languages
def test_the_texts_keep_their_bounds_with_a_long_address(app, language):
    with speaking(app, language):
        (message,) = kit.scripts(PieceName.MESSAGE, ADDRESS)
        assert message.text.count(ADDRESS) == 1
        assert len(message.text) <= MESSAGE_AT_MOST
        assert message.text.startswith(MARK)
        church, mosque = kit.scripts(PieceName.NOTICE, ADDRESSES["id"])
        assert church.words == words_in(church.text) <= NOTICE_WORDS_AT_MOST
        assert church.paragraphs[1:] == mosque.paragraphs[1:]
        assert church.paragraphs[0] != mosque.paragraphs[0]
        for script in kit.scripts(PieceName.RADIO, ADDRESSES[language]):
            assert script.takes <= script.seconds
            assert script.text.count("kit.example") == 1
            assert "https" not in script.text


@pytest.mark.parametrize("name", [PieceName.LEAFLET, PieceName.POSTER])
def test_what_is_only_printed_has_no_text(app, name):
    with speaking(app, "id"), pytest.raises(NoSuchText):
        kit.scripts(name, ADDRESS)


@both_languages
@pytest.mark.parametrize("name", [PieceName.NOTICE, PieceName.RADIO, PieceName.MESSAGE])
def test_outside_practice_no_text_is_marked_and_none_promises_a_nib(app, assist, language, name):
    with speaking(app, language):
        assert MARK in kit.plain_text(name, ADDRESS)
    with speaking(assist, language):
        said = kit.plain_text(name, ADDRESS)
    assert "LATIHAN" not in said
    assert "PRACTICE" not in said
    assert not [each for each in PROMISES if each.lower() in said.lower()]
    assert "OSS" in said or name is PieceName.NOTICE


def test_the_law_stands_once_and_in_order(app):
    with speaking(app, "id"):
        said = kit.source_line(kit.kit().leaflet)
    assert said == (
        "Dasar hukumnya: PP 28/2025 Pasal 4(4)-(5), 19, 206, 207, 211, 220."
        " Diperiksa pada 24 November 2026."
    )
    with speaking(app, "en"):
        said = kit.source_line(kit.kit().radio)
    assert "PP 7/2021 Pasal 35 (read second-hand, ask to be sure)" in said


def test_a_piece_is_stale_when_a_topic_was_read_after_it(app):
    assert kit.stale() == []
    kept, shelf = dict(kit._shelf.topics), kit._shelf
    gratis = kept["gratis"]
    text = dataclasses.replace(gratis.texts["id"], reviewed=date(2027, 1, 1))
    newer = dataclasses.replace(gratis, texts={**gratis.texts, "id": text})
    shelf.topics = {**kept, "gratis": newer}
    try:
        assert "kit/id/selebaran.toml is older than id/gratis.md" in kit.stale()
        assert len(kit.stale()) == 5  # every piece says that it is free
    finally:
        shelf.topics = kept


@both_languages
@pytest.mark.parametrize("name", PAPERS)
def test_papers_take_over_what_the_topics_say(app, language, name):
    with speaking(app, language):
        paper = kit_papers.paper_of(name, ADDRESSES)
        said = words_of(render_kit(paper))
    assert len(read(render_kit(paper)).pages) == len(paper.pages)
    for page in paper.pages:
        assert page.url == ADDRESSES[page.language]
        for section in page.sections:
            assert section.title in said
            assert section.lead in said
    assert len({page.language for page in paper.pages}) == (2 if PAPERS[name].both else 1)


@both_languages
@pytest.mark.parametrize("name", PAPERS)
def test_papers_keep_to_their_pages_with_a_long_address(make_app, language, name):
    app = make_app(
        testing=True,
        OFFICE_ADDRESS="Jalan Contoh Panjang Sekali 123, Kompleks Contoh, Distrik Aimas",
        OFFICE_HOURS="Senin–Kamis 08.00–15.00 WIT, Jumat 08.00–11.30 WIT",
        OFFICE_PHONE="0951 000000, WhatsApp 0800 000 0000",
    )
    with speaking(app, language):
        paper = kit_papers.paper_of(name, {"id": ADDRESS, "en": f"{ADDRESS}en/"})
        found = read(render_kit(paper)).pages
    assert len(found) == len(paper.pages)
    for page, drawn in zip(paper.pages, found, strict=True):
        assert page.source in " ".join(drawn.extract_text().split())


def test_a_paper_knows_of_the_office_what_the_settings_know(make_app):
    silent = make_app(testing=True, SERVICE_MODE="assist")
    told = make_app(
        testing=True,
        SERVICE_MODE="assist",
        OFFICE_ADDRESS="Jalan Contoh 1, Aimas",
        OFFICE_PHONE="0951 000000",
    )
    with speaking(told, "id"):
        office = kit_papers.paper_of("selebaran-a5", ADDRESSES).pages[0].helpers[0]
        assert dict(office.known) == {
            "Alamat": "Jalan Contoh 1, Aimas",
            "Buka": "",
            "Telepon": "0951 000000",
        }
    with speaking(silent, "id"):
        for helper in kit_papers.paper_of("selebaran-a5", ADDRESSES).pages[0].helpers:
            assert {said for _, said in helper.known} == {""}
