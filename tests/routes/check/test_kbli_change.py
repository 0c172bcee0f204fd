"""What changed for me: codes and words of the old list, answered for anybody."""

from __future__ import annotations

import re

import pytest
from flask_babel import force_locale

from app.labels import label
from app.services.kbli import change
from app.services.reference.book import get_book
from tests.client import form_of, links_of, parse, words
from tests.factories import looking
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)


def said(client, query: str, language: str = "en") -> str:
    page = client.get(f"{PREFIXES[language]}/kbli-lama", query_string={"q": query})
    assert page.status_code == 200
    return words(parse(page).by_id("isi"))


def test_every_old_code_shows_an_answer(client, app):
    """All 1,789, ten a page as somebody with many codes would ask."""
    with looking(app), force_locale("en"):
        codes = [entry.code for entry in get_book().all_kbli(2020)]
        expected = {}
        for code in codes:
            found = change.change_of(code)
            assert found is not None
            expected[code] = f"{code}: {label(found.change)}"
    assert len(codes) == 1789
    for start in range(0, len(codes), 10):
        some = codes[start : start + 10]
        text = said(client, " ".join(some))
        assert [code for code in some if expected[code] not in text] == []


@both_languages
def test_a_number_that_means_something_else_is_warned_of(client, language):
    page = parse(client.get(f"{PREFIXES[language]}/kbli-lama?q=01283"))
    notes = [words(note) for note in page.with_class("bad", "div")]
    assert len(notes) == 1
    assert "01283" in notes[0]
    none = parse(client.get(f"{PREFIXES[language]}/kbli-lama?q=01111"))
    assert none.with_class("bad", "div") == []


def test_a_split_code_offers_each_choice_with_its_words(client):
    page = parse(client.get("/en/kbli-lama?q=01612"))
    assert "01615" in words(page)
    targets = [to for to, _ in links_of(page) if "/cek-usaha/kode/" in to]
    assert targets == ["/en/cek-usaha/kode/01615", "/en/cek-usaha/kode/01616"]
    assert "Choose the one that fits" in words(page)


def test_without_a_known_successor_one_is_sent_to_the_office(client):
    text = said(client, "23959")
    assert "DPMPTSP" in text
    assert "Your old licence stays valid." in text


def test_what_nobody_said_officially_is_marked_as_not_sure(client):
    assert "Not sure: we compared the meanings ourselves" in said(client, "01621")


def test_new_numbers_and_no_numbers_are_told_apart(client):
    assert "01138 is a new number" in said(client, "01138")
    assert "No list has the number 99999" in said(client, "99999")


def test_words_lead_to_old_titles_and_those_to_an_answer(client):
    page = client.get("/en/kbli-lama?q=jual+ikan")
    found = [to for to, _ in links_of(parse(page)) if re.search(r"/kbli-lama\?q=\d{5}$", to)]
    assert 3 <= len(found) <= change.FOUND_AT_MOST
    assert client.get(found[0]).status_code == 200
    assert "KBLI 2020" in words(client.get(found[0]))


def test_the_form_keeps_what_was_typed(client):
    form = form_of(client.get("/kbli-lama"))
    answer = form.fill(q="  47111 ; 56102 ").submit()
    assert form_of(answer)["q"] == "47111 ; 56102"
    assert "56102" in words(answer)


@pytest.mark.parametrize("query", ["<script>", "\0", "x" * 5000, "{{7*7}}", "1" * 400])
def test_hostile_words_do_no_harm(client, query):
    client.unchecked = ("stands on the page",)  # what was typed stands in its box again
    response = client.get("/kbli-lama", query_string={"q": query})
    assert response.status_code in {200, 422}


def test_other_pages_lead_here(client):
    for path in ("/cek-usaha", "/bantuan"):
        assert "/kbli-lama" in [to for to, _ in links_of(parse(client.get(path)))]


def test_the_data_say_the_same(client):
    found = client.get("/api/v1/kbli-lama/01283").get_json()
    assert (found["change"], found["to_do"], found["sure"]) == ("recoded", "automatic", True)
    assert [new["code"] for new in found["successors"]] == ["01138"]
    assert found["number_now"]["code"] == "01283"
    unknown = client.get("/api/v1/kbli-lama/23959").get_json()
    assert (unknown["basis"], unknown["successors"]) == ("none", [])
    assert client.get("/api/v1/kbli-lama/01138").status_code == 404
