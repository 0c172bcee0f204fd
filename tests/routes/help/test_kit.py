"""Pages and files of the print kit: open to all, kept on the way, honest in every mode."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from app.adapters.papers.kit import render_kit
from app.domain.help.kit import MARK, MESSAGE_AT_MOST
from app.extensions import limiter
from app.services.help.kit_papers import PAPERS
from app.web.limiting.limits import KIT_PAPER
from tests.adapters.test_kit_papers import words_of
from tests.client import body_of, links_of, main_words, parse, words
from tests.pages import PREFIXES
from tests.routes.test_headers import cookies_of
from tests.routes.test_weights import (  # noqa: F401
    FIRST_VISIT,
    PackedClient,
    phone,
    wire_size,
)

both_languages = pytest.mark.parametrize("language", PREFIXES)
KIT = "/bantuan/bahan"
TEXTS = ("pengumuman", "radio", "whatsapp")
FILES = [*(f"{name}.pdf" for name in PAPERS), *(f"{name}.txt" for name in TEXTS)]


@both_languages
def test_help_leads_to_the_kit_and_the_kit_to_all_it_holds(client, language):
    root = PREFIXES[language]
    assert root + KIT in {url for url, _ in links_of(parse(client.get(f"{root}/bantuan")))}
    page = parse(client.get(root + KIT))
    led_to = [url for url, _ in links_of(page) if url.startswith(f"{root}{KIT}/")]
    assert sorted(led_to) == sorted(
        f"{root}{KIT}/{name}" for name in [*(f"{name}.pdf" for name in PAPERS), *TEXTS]
    )
    for url in led_to:
        assert client.get(url).status_code == 200


@both_languages
def test_each_paper_says_its_size(client, language):
    page = parse(client.get(PREFIXES[language] + KIT))
    for url, said in links_of(page):
        if url.endswith(".pdf"):
            size = len(client.get(url).get_data())
            assert f"{round(size / 1000)} kB" in said
            assert size <= 60_000


@both_languages
def test_the_pages_are_light(phone, language):  # noqa: F811
    for name in ("", *(f"/{text}" for text in TEXTS)):
        assert wire_size(phone.get(PREFIXES[language] + KIT + name)) <= FIRST_VISIT[0], name


@both_languages
@pytest.mark.parametrize("name", FILES)
def test_anybody_may_keep_a_file(client, public_address, language, name):
    url = f"{PREFIXES[language]}{KIT}/{name}"
    response = client.get(url)
    kind = "application/pdf" if name.endswith("pdf") else "text/plain"
    assert response.mimetype == kind
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert "Cookie" not in response.headers.get("Vary", "")
    assert cookies_of(response) == {}
    again = client.get(url, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    stem, ending = name.split(".")
    own = language == "en" and not stem.startswith("selebaran")
    expected = f'inline; filename="{stem}{"-en" if own else ""}.{ending}"'
    assert response.headers["Content-Disposition"] == expected


def test_whoever_has_a_paper_is_told_so_without_drawing_it(client):
    url = f"{KIT}/poster-a3.pdf"
    tag = client.get(url).headers["ETag"]
    render_kit.cache_clear()
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert render_kit.cache_info().misses == 0
    assert client.get(url, headers={"If-None-Match": 'W/"0123"'}).status_code == 200
    assert client.get(url).status_code == 200
    assert render_kit.cache_info().misses == 1


def test_the_leaflet_is_one_file_for_both_languages(client):
    one, other = (client.get(f"{root}{KIT}/selebaran-a5.pdf") for root in PREFIXES.values())
    assert one.get_data() == other.get_data()
    assert one.headers["ETag"] == other.headers["ETag"]


@both_languages
def test_practice_is_marked_in_training_and_absent_in_assist(client, assist, language):
    for name in FILES:
        url = f"{PREFIXES[language]}{KIT}/{name}"
        for browser, marked in ((client, True), (assist.test_client(), False)):
            response = browser.get(url)
            said = words_of(response.get_data()) if name.endswith("pdf") else body_of(response)
            assert (MARK in said) is marked, name
            assert ("LATIHAN" in said or "PRACTICE" in said) is marked, name
    note = parse(client.get(PREFIXES[language] + KIT)).with_class("note")
    assert len(note) == 1
    assert parse(assist.test_client().get(PREFIXES[language] + KIT)).with_class("note") == []


@both_languages
def test_the_radio_page_says_how_long_it_takes(client, language):
    page = parse(client.get(f"{PREFIXES[language]}{KIT}/radio"))
    minute, half = (words(each) for each in page.with_class("hint"))
    assert 48 <= int(minute.split()[-2]) <= 60
    assert 24 <= int(half.split()[-2]) <= 30
    assert "PP 28/2025" in main_words(page)
    assert "2026" in main_words(page)


@both_languages
def test_the_message_to_pass_on_is_short_and_leads_here(make_app, language):
    app = make_app(testing=True, SERVICE_MODE="assist", PUBLIC_URL="https://kit.example")
    root = PREFIXES[language]
    page = parse(app.test_client().get(f"{root}{KIT}/whatsapp"))
    (shared,) = [url for url, _ in links_of(page) if url.startswith("https://wa.me/")]
    text = unquote(shared.partition("text=")[2])
    assert len(text) <= MESSAGE_AT_MOST
    assert f"https://kit.example{root}/" in text.split()
    file = app.test_client().get(f"{root}{KIT}/whatsapp.txt")
    assert body_of(file).strip() == text


@pytest.mark.parametrize(
    "path", ["selebaran", "poster", "poster.pdf", "tidak-ada", "radio.pdf", "poster.txt", "x.txt"]
)
def test_what_is_not_in_the_kit_is_not_found(client, path):
    assert client.get(f"{KIT}/{path}").status_code == 404


@both_languages
def test_a_paper_that_cannot_be_drawn_gives_a_sentence(make_app, language):
    too_long = "https://" + ".".join(["a" * 60] * 4) + ".example"  # no code holds this address
    app = make_app(SERVICE_MODE="assist", PUBLIC_URL=too_long)
    root = PREFIXES[language]
    response = app.test_client().get(f"{root}{KIT}/poster-a3.pdf")
    assert response.status_code == 503
    assert response.headers["Cache-Control"] == "no-store"
    page = parse(response)
    assert len(page.with_class("bad")) == 1
    assert f"{root}{KIT}/radio" in {url for url, _ in links_of(page)}
    listed = app.test_client().get(root + KIT)
    assert listed.status_code == 200
    assert listed.headers["Cache-Control"] == "no-store"  # tomorrow it may be mended
    assert not [url for url, _ in links_of(parse(listed)) if url.endswith(".pdf")]


def test_nobody_lets_it_be_drawn_without_end(make_app):
    browser = make_app(SERVICE_MODE="assist", PUBLIC_URL="https://kit.example").test_client()
    for _ in range(KIT_PAPER.item.amount - 1):
        limiter.limiter.hit(KIT_PAPER.item, "127.0.0.1", KIT_PAPER.name)
    codes = [browser.get(f"{KIT}/poster-a3.pdf").status_code for _ in range(2)]
    assert codes == [200, 429]
    assert browser.get(KIT).status_code == 200
