"""Each page stands in both languages at the same path, and changing over loses nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.client import Page, follow_on, form_of, here, parse
from tests.pages import JOURNEY, KIOSK, NIK, NUMBER, PREFIXES, PUBLIC, REVIEW, STEPS, TARO, Walk

SWITCH = "bahasa"
SAYS_MORE_IN_ENGLISH = {
    "check-code": "the official title, which exists in Indonesian only",
    "check-code-two-meanings": "a link to what the old number is now, where Indonesian has words",
}


def structure(page: Page) -> list[tuple[str, ...]]:
    """Return what a page is made of, without its words, languages and addresses."""
    kept = ("id", "name", "class", "type", "role", "for", "method")
    found = []
    for element in page.all():
        if element.tag == "span" and element.get("lang"):
            continue  # an official title, marked where the page speaks another language
        if element.get("type") == "hidden" and "disabled" in element.attrib:
            continue  # the mark that tells the forms of two people apart
        found.append((str(element.tag), *(element.get(name) or "" for name in kept)))
    return found


def paths(page: Page) -> list[str]:
    """Return the addresses of links and forms without their language, the switch aside."""
    found = []
    for element in page.all("a", "form"):
        address = element.get("href") or element.get("action") or ""
        if element.get("id") != SWITCH and address.startswith("/"):
            found.append(address.removeprefix("/en") or "/")
    return found


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in SAYS_MORE_IN_ENGLISH])
def test_a_public_page_is_the_same_in_both(client, name):
    path, _ = PUBLIC[name]
    indonesian, english = parse(client.get(path)), parse(client.get("/en" + path))
    assert structure(indonesian) == structure(english)
    assert paths(indonesian) == paths(english)


@pytest.mark.parametrize("who", [KIOSK, TARO], ids=lambda who: who.name)
def test_the_journey_is_the_same_in_both(client, new_client, who):
    indonesian = Walk(client, who)
    indonesian.to(JOURNEY[-1])
    english = Walk(new_client(), who, language="en")
    english.to(JOURNEY[-1])
    for name in JOURNEY:
        one, other = parse(indonesian.shown[name]), parse(english.shown[name])
        if name != "kegiatan":  # the same words find other things in the other language
            assert structure(one) == structure(other), name


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("name", PUBLIC)
def test_links_stay_in_the_language(client, name, language):
    page = parse(client.get(PREFIXES[language] + PUBLIC[name][0]))
    for element in page.all("a", "form"):
        address = element.get("href") or element.get("action") or ""
        if address.startswith("/") and element.get("id") != SWITCH:
            is_english = address == "/en" or address.startswith("/en/")
            assert is_english == (language == "en"), address


@pytest.mark.parametrize("name", PUBLIC)
def test_the_switch_keeps_path_and_query(client, name):
    path, _ = PUBLIC[name]
    for this, there in ((path, "/en" + path), ("/en" + path, path)):
        switch = parse(client.get(this)).by_id(SWITCH)
        assert switch is not None
        address = switch.get("formaction") or switch.get("href") or ""
        if switch.tag == "a":
            assert address == there
        else:
            assert urlsplit(address).path == urlsplit(there).path
        assert switch.get("lang") == ("id" if this.startswith("/en") else "en")


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_the_switch_keeps_what_was_typed(client, htmx):
    walk = Walk(client, KIOSK, htmx=htmx)
    tried = []
    while walk.page != REVIEW:
        page = walk.page
        if page not in {NUMBER, NIK} and page not in tried:
            form = form_of(walk.response)
            if walk._fill(form, page) is None:
                tried.append(page)
                other = form.submit("ganti")
                assert other.status_code == 200, page
                shown = parse(other)
                assert shown.one("html").get("lang") == "en"
                again = form_of(other)
                assert again.action.startswith("/en/")
                for box in form.boxes:
                    if box.kind != "hidden":
                        assert again.ticked(box.name) == form.ticked(box.name), (page, box.name)
                if page == "mulai":  # answered by itself, the form is still the same one
                    assert again["kunci"] == form["kunci"]
                assert shown.with_class("err") == [], "nobody asked whether it is right"
        walk.go_on()
    assert tried == ["mulai", *STEPS]


def test_the_switch_saves_nothing(client):
    walk = Walk(client, KIOSK)
    walk.to("telepon")
    form_of(walk.response).fill(telepon="0812 0000 1111").submit("ganti")
    assert here(follow_on(client.get("/berkas/alamat"))) == "/berkas/telepon", "not answered"


@pytest.mark.parametrize("path", ["/en", "/en/"])
def test_english_alone_is_its_front_page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert parse(response).one("html").get("lang") == "en"


@pytest.mark.parametrize("path", ["/english", "/enx/bantuan", "/EN/bantuan", "/id/bantuan"])
def test_no_other_prefix_is_a_language(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "wanted", ["en", "en-US,en;q=0.9", "nl", "xx-!!;;q=abc", "*", "", "id;q=0", "a" * 5000]
)
def test_what_the_browser_prefers_is_not_asked(client, wanted):
    """An address always shows the same page, so that a link can be passed on."""
    for path, language in (("/bantuan", "id"), ("/en/bantuan", "en")):
        response = client.get(path, headers={"Accept-Language": wanted})
        assert parse(response).one("html").get("lang") == language
        assert "Accept-Language" not in response.headers["Vary"]


def test_the_languages_differ(client):
    """Once there are translations; a forgotten catalogue must not go unnoticed."""
    indonesian, english = (parse(client.get(p)) for p in ("/bantuan", "/en/bantuan"))
    assert "".join(indonesian.one("h1").itertext()) != "".join(english.one("h1").itertext())
