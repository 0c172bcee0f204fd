"""Every page renders, passes the checks of the client, and has all its texts marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.nik.spellings import name_variants
from app.practice_space.people import people_to_try
from app.services.reference.book import get_book
from tests.client import HTMX, form_of, parse
from tests.pages import (
    AFTER,
    JOURNEY,
    KIOSK,
    LIVES_OUTSIDE,
    NAME_DIFFERS,
    NOT_PAGES,
    OWN,
    PARTS,
    PREFIXES,
    PUBLIC,
    STEPS,
    TARO,
    Walk,
)
from tests.pseudo import bare_words

both_languages = pytest.mark.parametrize("language", PREFIXES)
NAMED = re.compile(r"""url_for\(\s*["']([a-z_]+\.[a-z_]+)["']""")


def test_every_view_that_a_template_names_is_there(app):
    """A rare page would else show only to whom it happens that a view has moved."""
    templates = Path(app.root_path, app.template_folder).rglob("*.*")
    named = {name: path.name for path in templates for name in NAMED.findall(path.read_text())}
    assert len(named) > 50
    assert {name: at for name, at in named.items() if name not in app.view_functions} == {}


def test_every_address_is_in_the_list_of_pages(app):
    listed = {path.partition("?")[0] for path, _ in PUBLIC.values()}
    listed |= {path.partition("?")[0] for path in PARTS}
    listed |= {f"/berkas/{name}" for name in JOURNEY}
    listed |= set(NOT_PAGES) | set(OWN)
    listed |= {path.partition("?")[0] for path in AFTER}
    found = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    }
    assert found - listed == set()


@both_languages
@pytest.mark.parametrize("name", PUBLIC)
def test_public_page(client, name, language):
    path, status = PUBLIC[name]
    assert client.get(PREFIXES[language] + path).status_code == status


@both_languages
@pytest.mark.parametrize("name", [n for n, (_, status) in PUBLIC.items() if status == 200])
def test_public_page_in_part(client, name, language):
    path = PREFIXES[language] + PUBLIC[name][0]
    page, fragment = parse(client.get(path)), parse(client.get(path, headers=HTMX))
    assert not fragment.is_document
    inside = page.by_id("isi")
    assert [e.tag for e in page.all("h1", "form", within=inside)] == [
        e.tag for e in fragment.all("h1", "form")
    ]


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize("who", [KIOSK, TARO, LIVES_OUTSIDE], ids=lambda who: who.name)
def test_the_whole_journey(client, who, htmx, language):
    walk = Walk(client, who, language=language, htmx=htmx)
    walk.to(JOURNEY[-1])
    assert list(walk.shown) == list(JOURNEY)


@both_languages
def test_pages_with_a_nik_that_does_not_fit(client, language):
    walk = Walk(client, NAME_DIFFERS, language=language)
    walk.to("periksa")
    assert client.get(f"{PREFIXES[language]}/berkas/nik").status_code == 200


@both_languages
def test_pages_while_the_registry_is_silent(client, office_is, language):
    office_is("dukcapil", "down")
    walk = Walk(client, KIOSK, language=language)
    walk.to("hasil")
    number = walk.number.replace(" ", "+")
    assert client.get(f"{PREFIXES[language]}/lacak?nomor={number}").status_code == 200


@both_languages
@pytest.mark.parametrize("path", PARTS)
def test_a_part_also_opens_as_a_page(client, path, language):
    Walk.placed(client, "telepon", KIOSK, language=language)
    url = PREFIXES[language] + path
    page = parse(client.get(url))
    part = parse(client.get(url, headers={**HTMX, "HX-Target": "div#part"}))
    assert page.is_document
    assert not part.is_document
    names = {e.get("name") for e in part.all("input", "select")}
    assert names <= {e.get("name") for e in page.all("input", "select")}


@both_languages
@pytest.mark.parametrize("who", [KIOSK, TARO], ids=lambda who: who.name)
def test_every_word_after_the_nib_is_marked(pseudo_client, who, language):
    Walk(pseudo_client, who, language=language).to("hasil")
    bare = {}
    with pseudo_client.application.app_context():
        for path in AFTER:
            response = pseudo_client.get(PREFIXES[language] + path)
            assert response.status_code == 200, path
            words = bare_words(parse(response), language, get_book(), [])
            if words:
                bare[path] = words
    assert not bare, bare


@both_languages
@pytest.mark.parametrize("name", PUBLIC)
def test_every_word_of_a_public_page_is_marked(pseudo_client, name, language):
    page = parse(pseudo_client.get(PREFIXES[language] + PUBLIC[name][0]))
    with pseudo_client.application.app_context():
        names = [person.typed_name for person in people_to_try()]  # on the practice page
        bare = bare_words(page, language, get_book(), ["abc", *names])
    assert not bare, bare


@both_languages
@pytest.mark.parametrize(
    "who", [KIOSK, TARO, LIVES_OUTSIDE, NAME_DIFFERS], ids=lambda who: who.name
)
def test_every_word_of_the_journey_is_marked(pseudo_client, who, language):
    walk = Walk(pseudo_client, who, language=language)
    walk.to("periksa" if who is NAME_DIFFERS else "hasil")
    typed = [answer for page in who.pages.values() for answer in page.values()]
    typed += ["nomor-bantuan.png"]
    typed += name_variants(who.person.typed_name)  # other spellings of what was typed
    number = walk.number.replace(" ", "+")
    walk.shown["lacak"] = pseudo_client.get(f"{walk.prefix}/lacak?nomor={number}")
    bare = {}
    with pseudo_client.application.app_context():
        for name, response in walk.shown.items():
            words = bare_words(parse(response), language, get_book(), typed)
            if words:
                bare[name] = words
    assert not bare, bare


@both_languages
@pytest.mark.parametrize("page", ["mulai", *STEPS])
def test_every_word_about_a_mistake_is_marked(pseudo_client, page, language):
    """Send each page empty: its mistakes are texts too."""
    walk = Walk.placed(pseudo_client, page, KIOSK, language=language)
    form = form_of(walk.response)
    for box in form.boxes:
        if box.kind in {"radio", "checkbox"}:
            box.value = None
        elif box.kind != "hidden":
            box.value = ""
    answer = form.submit()
    assert answer.status_code == 422
    typed = [answer for one in KIOSK.pages.values() for answer in one.values()]
    with pseudo_client.application.app_context():
        bare = bare_words(parse(answer), language, get_book(), typed)
    assert not bare, bare


MAY_STAY_EMPTY = {"rtrw", "kodepos", "usaha", "cari", "surel", "npwp"}


@pytest.mark.parametrize("who", [KIOSK, LIVES_OUTSIDE], ids=lambda who: who.name)
def test_each_box_that_is_needed_says_so(client, who):
    walk = Walk(client, who)
    taken_empty = []
    for _ in range(40):
        if walk.page == "periksa":
            break
        page, shown = walk.page, walk.response
        if page not in {"nomor", "nik"} and walk._fill(form_of(shown), page) is None:
            needed = {b.name for b in form_of(shown).boxes if b.kind in {"text", "select"}}
            for name in sorted(needed - MAY_STAY_EMPTY):
                form = form_of(shown)
                walk._fill(form, page)
                form.fill({name: ""} if form.box(name)[0].kind == "text" else {})
                if form.box(name)[0].kind == "select":
                    form.box(name)[0].value = ""
                # another key, or the real answer after it would be a resend
                form.box("kunci")[0].value = f"{page}{name}".ljust(22, "x")[:22]
                answer = form.submit()
                if answer.status_code != 422:
                    taken_empty.append(f"{page} {name}")
        walk.go_on()
    assert taken_empty == []
