"""Each page leads on by one clear button, and back to where the person came from."""

from __future__ import annotations

import pytest

from tests.client import form_of, links_of, main_words, parse
from tests.factories import new_line
from tests.pages import PREFIXES
from tests.situations import SITUATIONS, arrange

both_languages = pytest.mark.parametrize("language", PREFIXES)


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def in_(client, name: str):
    arrange(client.application, client, SITUATIONS[name])
    return client


def leads_back(client, address: str) -> list[str]:
    """Return where Back leads: the button of a step, or a link."""
    shown = client.get(address)
    if parse(shown).by_id("f") is not None and form_of(shown).has_button("nanti"):
        return [form_of(shown).submit("kembali", follow=False).headers["Location"]]
    return [to for to, _ in links_of(parse(shown), "later")]


def main_buttons(client, address: str) -> list[str]:
    """Return where the filled buttons among the links lead."""
    page = parse(client.get(address))
    return [
        link.get("href")
        for link in page.with_class("btn", "a")
        if "plain" not in link.get("class").split()
    ]


@both_languages
@pytest.mark.parametrize(
    ("name", "page", "back"),
    [
        ("own-business", "/berkas/pelaku", "/berkas/diri"),
        ("company", "/berkas/badan?dari=periksa", "/berkas/periksa"),
        ("company", "/berkas/badan", "/berkas/telepon"),
        ("two-activities", "/berkas/tempat/2?dari=periksa", "/berkas/periksa"),
        ("given-back", "/berkas/tempat", "/berkas/perbaikan"),
        ("nib", "/berkas/lkpm", "/berkas/teruskan"),
        ("nib", "/berkas/data-saya", "/berkas/teruskan"),
        ("draft", "/berkas/lupa", "/berkas/lanjut"),
        ("draft", "/berkas/lupa/loket", "/berkas/lupa"),
        ("draft", "/berkas/lupa/nomor", "/berkas/lupa"),
        ("draft", "/berkas/lupa/pendamping", "/berkas/lupa"),
    ],
)
def test_back_leads_to_where_one_came_from(client, name, page, back, language):
    prefix = PREFIXES[language]
    assert leads_back(in_(client, name), prefix + page)[0] == prefix + back


def test_a_withdrawn_file_has_nothing_to_go_back_to(client):
    assert leads_back(in_(client, "withdrawn"), "/berkas/data-saya") == []


@pytest.mark.parametrize(
    ("name", "page", "to"),
    [
        ("waits-for-office", "hasil", "/berkas/lampiran"),  # its papers are missing
        ("given-back", "hasil", "/berkas/perbaikan"),
        ("approved", "hasil", "/berkas/nib.pdf"),
        ("rejected", "hasil", "/bantuan"),
        ("nib", "hasil", "/berkas/nib.pdf"),
        ("given-back", "perbaikan", "/berkas/tempat"),
        ("given-back", "lampiran", "/berkas/perbaikan"),
        ("nik-not-recorded", "nik", "/berkas/nik/kartu"),
    ],
)
def test_one_thing_is_next(client, name, page, to):
    assert main_buttons(in_(client, name), f"/berkas/{page}") == [to]


def test_the_file_of_a_mended_thing_is_sent_and_not_mended_again(client):
    assert main_buttons(in_(client, "mended"), "/berkas/perbaikan") == []


def test_papers_are_offered_only_while_they_can_be_added(client):
    before = main_words(in_(client, "waits-for-office").get("/en/berkas/lampiran"))
    assert "5 papers are missing. You can add them one after the other" in before
    assert "Another paper" in before
    later = main_words(in_(client, "given-back").get("/en/berkas/lampiran"))
    assert "4 papers are missing. The office is working on your file" in later
    assert "Another paper" not in later
    assert "/lampiran/untuk/" not in client.get("/berkas/lampiran").get_data(as_text=True)


def test_what_was_never_compared_is_compared_now_and_not_again(client):
    assert "Compare now" in main_words(in_(client, "waits-for-office").get("/en/berkas/selisih"))
    assert "Compare again" in main_words(in_(client, "differs").get("/en/berkas/selisih"))
    silent = main_words(in_(client, "registry-silent").get("/en/berkas/selisih"))
    assert "That takes a NIB first." in silent
    assert "Compare" not in silent


def test_nobody_reads_that_a_rejected_licence_will_be_approved(client):
    said = main_words(in_(client, "rejected").get("/en/berkas/hasil"))
    assert "read below what was rejected" in said
    assert "once the licence below is approved" not in said
