"""Explaining a code, comparing two, and what five digits of an old NIB mean."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.extensions import db
from app.services.kbli import browse
from app.services.kbli.boundaries import boundaries
from app.services.kbli.explained import meaning_of
from app.services.reference.book import get_book
from tests.client import form_of, links_of, parse, words
from tests.pages import PREFIXES
from tests.routes.test_weights import (
    wire_size,
)

both_languages = pytest.mark.parametrize("prefix", PREFIXES.values())
WIRE_AT_MOST = 5_000
TWO_MEANINGS = "56102"


@pytest.fixture
def returning(client):
    """A browser that holds our styles, and takes brotli."""
    client.set_cookie("c", client.application.extensions["assets"]["site.css"].hash)

    def weigh(path: str):
        response = client.get(path, headers={"Accept-Encoding": "br"})
        assert response.status_code == 200, path
        assert wire_size(response) <= WIRE_AT_MOST, path
        return response

    return weigh


# One activity


@both_languages
def test_an_activity_says_what_belongs_and_what_does_not(client, prefix):
    language = "en" if prefix else "id"
    boundary = boundaries()["56101"]
    page = parse(client.get(f"{prefix}/cek-usaha/kode/56101"))
    text = words(page.by_id("isi"))
    assert boundary.belongs(language) in text
    targets = [to for to, _ in links_of(page)]
    for each in boundary.instead:
        assert each.said(language) in text
        assert f"{prefix}/cek-usaha/kode/{each.goes_to}" in targets
        assert f"{prefix}/cek-usaha/banding?kode=56101&kode={each.goes_to}" in targets
    for code in boundary.together:
        assert f"{prefix}/cek-usaha/kode/{code}" in targets


def test_the_risk_is_that_of_a_micro_business_and_others_are_a_tap_away(client):
    page = parse(client.get("/en/cek-usaha/kode/47112"))
    assert "For a micro business: Low: the NIB is enough" in words(page.root)
    folded = next(d for d in page.all("details") if "bigger" in words(d))
    assert "open" not in folded.attrib
    assert all(size in words(folded) for size in ("Small", "Medium", "Large"))


def test_a_closed_size_and_an_unknown_risk_are_said(client):
    closed = words(client.get("/en/cek-usaha/kode/09100"))
    assert "For a micro business: not open to this size" in closed
    unknown = words(client.get("/en/cek-usaha/kode/05102"))
    assert "Not known. Ask DPMPTSP." in unknown
    assert "micro business" not in unknown


def test_every_explained_activity_stands_and_is_light(returning):
    for number, code in enumerate(boundaries()):
        if number % 7 == 0:
            returning(f"{'/en' if number % 2 else ''}/cek-usaha/kode/{code}")


def test_the_heaviest_explanations_are_light_too(returning):
    def length(code: str) -> int:
        boundary = boundaries()[code]
        return len(boundary.instead) * 3 + len(boundary.together)

    for code in sorted(boundaries(), key=length)[-10:]:
        returning(f"/cek-usaha/kode/{code}")
        returning(f"/en/cek-usaha/kode/{code}")


# Results


@both_languages
def test_each_result_says_why_it_was_found_and_what_it_is_not(client, prefix):
    page = parse(client.get(f"{prefix}/cek-usaha?q=jual+ikan+segar"))
    first = next(each for each in page.with_class("hit") if "47215" in words(each))
    text = words(first)
    assert "ikan" in text.partition("47215")[2]
    assert boundaries()["47215"].instead[0].said("en" if prefix else "id") in text


def test_what_all_results_have_in_common_is_not_repeated(client):
    assert "Found by" in words(client.get("/en/cek-usaha?q=jual+ikan+segar"))
    assert "Found by" not in words(client.get("/en/cek-usaha?q=ikan"))
    assert "Found by: brilink" in words(client.get("/en/cek-usaha?q=brilink"))  # alone on its page


def test_the_first_two_results_may_be_compared(client):
    page = parse(client.get("/en/cek-usaha?q=warung+makan"))
    codes = [to.rpartition("=")[2] for to, _ in links_of(page, "btn") if "kbli=" in to][:2]
    address = f"/en/cek-usaha/banding?kode={codes[0]}&kode={codes[1]}"
    assert address in [to for to, _ in links_of(page)]
    assert client.get(address).status_code == 200


@both_languages
@pytest.mark.parametrize("query", ["kios sembako", "jual ikan", "saya jual", "warung makan kopi"])
def test_a_page_of_results_is_light(returning, prefix, query):
    page = returning(f"{prefix}/cek-usaha?q={query.replace(' ', '+')}")
    assert len(page.get_data()) <= 4_000


# Two side by side


@both_languages
def test_two_codes_stand_side_by_side(client, prefix):
    page = parse(client.get(f"{prefix}/cek-usaha/banding?kode=56101&kode=56102"))
    (table,) = page.all("table")
    rows = [row for row in page.all("tr", within=table) if row.find("td") is not None]
    for row in rows[1:]:
        assert [cell.get("data-l") for cell in row.findall("td")] == ["56101", "56102"]
    text = words(table)
    language = "en" if prefix else "id"
    for code in ("56101", "56102"):
        assert boundaries()[code].belongs(language) in text
    offered = [to for to, _ in links_of(page, "btn")]
    assert offered == [f"{prefix}/cek-usaha/tempat?kbli={code}" for code in ("56101", "56102")]


def test_what_tells_them_apart_comes_first(client):
    page = parse(client.get("/en/cek-usaha/banding?kode=56101&kode=56102"))
    (note,) = page.with_class("note", "div")
    expected = [
        f"{each.not_en}: {each.goes_to}"
        for code, other in (("56101", "56102"), ("56102", "56101"))
        for each in boundaries()[code].instead
        if each.goes_to == other
    ]
    assert expected
    assert [words(item) for item in page.all("li", within=note)] == expected


def test_codes_nobody_mixes_up_have_no_difference_to_tell(client):
    page = parse(client.get("/en/cek-usaha/banding?kode=01112&kode=56101"))
    assert page.with_class("note", "div") == []


@both_languages
def test_without_codes_they_are_asked_for(client, prefix):
    form = form_of(client.get(f"{prefix}/cek-usaha/banding"))
    assert [box.name for box in form.box("kode")] == ["kode", "kode"]


@pytest.mark.parametrize(
    ("query", "said", "kept"),
    [
        ("kode=56101", "Type the five digits of a code.", ["56101", ""]),
        ("kode=&kode=56101", "Type the five digits of a code.", ["", "56101"]),
        ("kode=jual+ikan&kode=56101", "Type the five digits of a code.", ["jual ikan", "56101"]),
        ("kode=56101&kode=99999", "No list has the number 99999.", ["56101", "99999"]),
        ("kode=56101&kode=56.101", "Type another code than the first.", ["56101", "56.101"]),
        ("kode=03151&kode=56101", "03151 is a number of the old list.", ["03151", "56101"]),
    ],
)
def test_a_wrong_code_is_said_and_what_was_typed_kept(client, query, said, kept):
    response = client.get(f"/en/cek-usaha/banding?{query}")
    assert response.status_code == 422
    page = parse(response)
    assert said in words(page.with_class("err")[0])
    assert len(page.with_class("err")) == 1
    assert [box.get("value") for box in page.all("input") if box.get("name") == "kode"] == kept


@pytest.mark.parametrize("text", ["<script>", "\0", "9" * 5000, "{{7*7}}", "٥٦١٠١"])
def test_hostile_codes_do_no_harm(client, text):
    client.unchecked = ("stands on the page",)
    response = client.get("/cek-usaha/banding", query_string={"kode": [text, text]})
    assert response.status_code == 422


def test_every_comparison_that_a_page_offers_stands(client):
    for number, (code, boundary) in enumerate(boundaries().items()):
        if number % 29 == 0:
            to = boundary.instead[0].goes_to
            assert client.get(f"/cek-usaha/banding?kode={code}&kode={to}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/cek-usaha/kode/56101", "/cek-usaha/banding?kode=56101&kode=56102", "/cek-usaha?q=56102"],
)
def test_nothing_is_asked_of_the_database(app, client, path):
    with app.app_context():
        get_book()
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    # At most once a minute the book looks whether other facts have become current.
    assert len(seen) <= 1


# Five digits


@both_languages
def test_a_number_that_means_two_things_asks_for_the_year(client, prefix):
    page = parse(client.get(f"{prefix}/cek-usaha?q={TWO_MEANINGS}"))
    assert [to for to, _ in links_of(page, "btn")] == [
        f"{prefix}/kbli-lama?q={TWO_MEANINGS}",
        f"{prefix}/cek-usaha/kode/{TWO_MEANINGS}",
    ]
    for to, _ in links_of(page, "btn"):
        assert client.get(to).status_code == 200


@pytest.mark.parametrize("query", ["47111", "47.111", "KBLI 47111", "kode kbli 2020: 47111"])
def test_a_number_that_stayed_is_explained_at_once(client, query):
    page = parse(client.get("/en/cek-usaha", query_string={"q": query}))
    assert links_of(page, "btn")[0][0] == "/en/cek-usaha/tempat?kbli=47111"
    assert "Not here" in words(page.root)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("01138", "This number is new."),
        ("03151", "The new list (KBLI 2025) does not have this number."),
        ("99999", "Neither the old list (KBLI 2020) nor the new one (KBLI 2025) has it."),
    ],
)
def test_the_page_says_which_list_has_the_number(client, code, said):
    assert said in words(client.get(f"/en/cek-usaha?q={code}"))


def test_every_number_of_either_list_gets_a_page(app, client):
    with app.app_context():
        book = get_book()
        numbers = sorted({e.code for year in (2020, 2025) for e in book.all_kbli(year)})
        kinds = {number: meaning_of(number) for number in numbers}
    assert None not in kinds.values()
    for number in numbers[::23]:
        page = parse(client.get(f"/en/cek-usaha?q={number}"))
        assert number in words(page.root)
        assert links_of(page, "btn"), number


def test_two_digits_and_two_numbers_are_still_searched_for(client):
    assert parse(client.get("/en/cek-usaha?q=47")).with_class("hit")
    assert "Which year" not in words(client.get("/en/cek-usaha?q=47111+56102"))


# Browsing by pictures


@both_languages
def test_three_taps_lead_from_the_pictures_to_every_explained_code(app, returning, prefix):
    with app.app_context():
        explained = {entry.code for entry in get_book().all_kbli(2025) if entry.words}
    base = f"{prefix}/cek-usaha/kelompok"

    def below(path: str, start: str) -> list[str]:
        return [to for to, _ in links_of(parse(returning(path))) if to.startswith(start)]

    reached: set[str] = set()
    for sector in below(base, f"{base}/"):
        if sector.endswith("/semua"):
            continue
        for part in below(sector, f"{sector}?bagian="):
            codes = below(part, f"{prefix}/cek-usaha/kode/")
            assert 1 <= len(codes) <= 30, part
            reached |= {to.rpartition("/")[2] for to in codes}
    assert reached == explained


def test_what_people_have_most_words_for_stands_first(app):
    with app.app_context():
        for sector in browse.sectors():
            for part in sector.parts:
                counts = [len(entry.words) for entry in browse.commonest_first(part)]
                assert counts == sorted(counts, reverse=True)
        food = next(each for each in browse.sectors() if each.key == "dapur").parts[0]
        assert browse.commonest_first(food)[0].code == "56102"


@both_languages
def test_every_page_of_the_official_list_is_light(app, returning, prefix):
    with app.app_context():
        levels = [level.code for level in get_book().levels(2025)]
    for code in levels:
        returning(f"{prefix}/cek-usaha/kelompok/semua?kategori={code}")
