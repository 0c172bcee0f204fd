"""The files of help: read strictly, and each mistake says where it stands."""

from __future__ import annotations

import re

import pytest

from app.domain.help.topics import Helper, HelpGroup
from app.domain.nik.number import NikProblem
from app.domain.written.person import NameProblem
from app.services.help.files import HelpBroken, read_help
from app.services.help.text import ROOT
from tests.help_content import write_help


def page(endpoint, query):
    return {"start.show_start": "/berkas/mulai"}.get(endpoint)


@pytest.fixture
def folder(tmp_path):
    return write_help(tmp_path)


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def mistakes(folder):
    with pytest.raises(HelpBroken) as broken:
        read_help(page, folder)
    return [str(each) for each in broken.value.mistakes]


def test_what_is_right_is_read(folder):
    book = read_help(page, folder)
    assert list(book.topics) == ["baca-ktp", "nama-beda", "gratis"]  # in their order
    topic = book.topics["baca-ktp"]
    assert topic.group is HelpGroup.NIK
    assert topic.who == (Helper.DPMPTSP, Helper.REGISTRY)
    assert [(law.article, law.confirmed) for law in topic.law] == [("189", True), ("35", False)]
    assert topic.drawing.startswith("<svg")
    assert 'aria-hidden="true"' in topic.drawing
    assert "Taruh KTP di tempat terang." in topic.texts["id"].plain
    assert not topic.is_stale
    assert book.topics["gratis"].is_stale
    assert [group for group, _ in book.in_groups()] == [HelpGroup.NIK]
    assert list(book.terms) == ["disdukcapil", "nik"]  # by the alphabet


@pytest.mark.parametrize(
    ("asked", "width"),
    [
        ("", "140"),
        (' width="120"', "120"),
        (' width="240" height="9"', "160"),
        (' width="9em"', "140"),
    ],
)
def test_a_drawing_fits_the_smallest_screen(folder, asked, width):
    change(folder, "drawings/ktp.svg", "<svg", f"<svg{asked}")
    drawing = read_help(page, folder).topics["baca-ktp"].drawing
    assert f'width="{width}"' in drawing.partition(">")[0]
    # Without a height an engine that does not know the sheet fills the screen with it.
    assert f'height="{round(int(width) * 16 / 24)}"' in drawing.partition(">")[0]


def test_links_lead_to_addresses_of_ours(folder):
    html = read_help(page, folder).topics["baca-ktp"].texts["id"].html
    for address in ("/bantuan/nama-beda", "/berkas/mulai", "/bantuan/kamus/nik"):
        assert f'href="{ROOT}{address}"' in html
    assert 'href="https://oss.go.id"' in html


def test_the_words_of_a_text_open_their_meanings_once_behind_it(folder):
    html = read_help(page, folder).topics["baca-ktp"].texts["id"].html
    assert html.count("Nomor 16 angka") == 1
    text, _, meanings = html.partition("Arti kata")
    assert "<h2>" in text
    assert "Nomor 16 angka" in meanings
    assert re.search("NIK.*Disdukcapil", meanings.partition("</summary>")[0])
    assert "Arti kata" not in meanings
    english = read_help(page, folder).topics["baca-ktp"].texts["en"].html
    assert "<b>NIK</b> (population number): The 16-digit number" in english


def test_a_name_in_capitals_is_not_found_in_other_words(folder):
    change(folder, "id/gratis.md", "NIK ada di atas KTP Anda.", "Teknik dan nik. Nomor ktp ada.")
    change(folder, "id/gratis.md", "Baca NIK: 16", "Baca: 16")
    change(folder, "id/gratis.md", "Arti NIK ada", "Arti ada")
    assert "<b>NIK</b>" not in read_help(page, folder).topics["gratis"].texts["id"].html


def test_one_problem_may_have_a_topic_of_its_own(folder):
    places = read_help(page, folder).places
    assert places.of_problem(NikProblem.EMPTY) == "gratis"
    assert places.of_problem(NikProblem.WRONG_LENGTH) == "baca-ktp"
    assert places.of_problem(NameProblem.EMPTY) == "nama-beda"


def test_no_content_is_no_mistake(tmp_path):
    book = read_help(page, tmp_path)
    assert (dict(book.topics), dict(book.terms)) == ({}, {})


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("id/gratis.md", "+++\n", "", "id/gratis.md:1: the front matter"),
        ("id/gratis.md", "order = 11", "order = ", "id/gratis.md:6: this is no TOML"),
        ("id/gratis.md", "order = 11", "order = 11\ncolour = 1", "id/gratis.md:7: nobody knows"),
        ("id/gratis.md", "order = 11", "order = 9", "id/gratis.md:6: baca-ktp has this order"),
        ("id/gratis.md", "order = 11\n", "", "id/gratis.md:1: “order” is missing"),
        ("id/gratis.md", "order = 11", 'order = "11"', "id/gratis.md:6: “order” must be a int"),
        ("id/gratis.md", "order = 11", "order = true", "id/gratis.md:6: “order” must be a int"),
        ("id/gratis.md", '"Gratis"\nsum', f'"{"x" * 46}"\nsum', "id/gratis.md:2: a title has"),
        ("id/gratis.md", '"nomor ktp Gratis"', "3", "id/gratis.md:4: words must be"),
        ("id/gratis.md", ', "nomor ktp Gratis"', "", "id/gratis.md:4: words must be"),
        ("id/gratis.md", 'group = "nik"', 'group = "ktp"', "id/gratis.md:7: “ktp” is none of"),
        ("id/gratis.md", '"disdukcapil"]', '"dukun"]', "id/gratis.md:9: “dukun” is none of"),
        ("id/gratis.md", '"nama-beda"]', '"tidak-ada"]', "id/gratis.md:8: there is no other topic"),
        ("id/gratis.md", '"nama-beda"]', '"gratis"]', "id/gratis.md:8: there is no other topic"),
        ("id/gratis.md", ', "nama-beda"]', "]", "id/gratis.md:8: related topics are 2 to 4"),
        ("id/gratis.md", "confirmed = true}", "sure = true}", "id/gratis.md:10: a law is"),
        ("id/gratis.md", "bantuan:nama-beda", "bantuan:hilang", "id/gratis.md:19: the link"),
        ("id/gratis.md", "start.show_start", "start.no", "id/gratis.md:19: the link"),
        ("id/gratis.md", "bantuan:kamus/nik", "bantuan:kamus/x", "id/gratis.md:19: the link"),
        ("id/gratis.md", "https://oss.go.id", "https://oss.co.id", "id/gratis.md:19: the link"),
        ("id/gratis.md", "https://oss.go.id", "https://evilgo.id", "id/gratis.md:19: the link"),
        ("id/gratis.md", "https://oss.go.id", "http://oss.go.id", "id/gratis.md:19: the link"),
        ("id/gratis.md", "## Masih", "# Masih", "id/gratis.md:17: only headings of the second"),
        ("id/gratis.md", "Datang", "![x](/y.png) Datang", "id/gratis.md:19: image may not"),
        ("id/gratis.md", "Datang", "`kode` Datang", "id/gratis.md:19: code_inline may not"),
        ("id/gratis.md", "NIK ada", "## NIK ada", "id/gratis.md:12: the first part must be"),
        ("en/gratis.md", "of = 2026-11-20", "of = 2026-11-25", "en/gratis.md:6: the original is"),
        ("en/gratis.md", "of = 2026-11-20", 'of = "x"', "en/gratis.md:6: “of” must be a date"),
        ("en/gratis.md", "of = 2026", "order = 3\nof = 2026", "en/gratis.md:6: nobody knows"),
        ("id/baca-ktp.md", "ktp.svg", "kk.svg", "id/baca-ktp.md:11: there is no drawings/kk.svg"),
        ("id/baca-ktp.md", "ktp.svg", "../x.svg", "id/baca-ktp.md:11: there is no drawings/"),
        ("drawings/ktp.svg", "<rect", "<script/><rect", "drawings/ktp.svg:1: <script> may not"),
        ("drawings/ktp.svg", "<rect", '<rect onload="x"', "drawings/ktp.svg:1: onload may not"),
        ("drawings/ktp.svg", "<rect", '<rect style="x"', "drawings/ktp.svg:1: style may not"),
        ("drawings/ktp.svg", "<rect", "<title>a</title><rect", "drawings/ktp.svg:1: <title> may"),
        ("drawings/ktp.svg", "<rect", "<image/><rect", "drawings/ktp.svg:1: <image> may not"),
        ("drawings/ktp.svg", "<rect", "<rect>", "drawings/ktp.svg:1: this is no SVG"),
        ("drawings/ktp.svg", "<svg", "<!DOCTYPE svg><svg", "drawings/ktp.svg:1: only plain SVG"),
        ("drawings/ktp.svg", "viewBox", "x", "drawings/ktp.svg:1: a drawing begins with"),
        ("drawings/ktp.svg", "<rect", f"<!--{'x' * 1500}--><rect", "drawings/ktp.svg:1: a drawing"),
        ("glossary.toml", "forms = []\n", "", "glossary.toml:10: [disdukcapil] must have"),
        ("glossary.toml", '"NIK"', '""', "glossary.toml:1: [nik] has something that is no text"),
        ("glossary.toml", "Nomor 16", "a " * 25 + "Nomor 16", "glossary.toml:1: meaning_id has"),
        ("glossary.toml", "An officer", "a " * 15 + "An", "glossary.toml:1: example_en has"),
        ("places.toml", "[nik]", "[nig]", "places.toml:1: nobody knows the table “nig”"),
        ("places.toml", "[nik]", "[step]", "places.toml:1: nobody knows the table “step”"),
        ("places.toml", '= "nama-beda"', '= "x"', "places.toml:2: there is no topic “x”"),
        ("places.toml", "name_mismatch", "name", "places.toml:2: there is no nik “name”"),
        ("places.toml", '"start.show_start"', '"start.no"', "places.toml:11: there is no page"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_file_and_line(folder, name, old, new, said):
    change(folder, name, old, new)
    found = mistakes(folder)
    assert [each for each in found if each.startswith(said)], found


@pytest.mark.parametrize("gone", ["id", "en"])
def test_a_topic_without_its_twin_is_a_mistake(folder, gone):
    (folder / gone / "gratis.md").unlink()
    there = "en" if gone == "id" else "id"
    assert f"{there}/gratis.md:1: {gone}/gratis.md is missing" in mistakes(folder)


def test_html_in_a_text_stays_text(folder):
    change(folder, "id/gratis.md", "NIK ada", "<b onclick=x>NIK</b> & ada")
    html = read_help(page, folder).topics["gratis"].texts["id"].html
    assert "&lt;b onclick=x&gt;NIK&lt;/b&gt; &amp; ada" in html


def test_all_mistakes_are_told_at_once(folder):
    change(folder, "id/gratis.md", 'group = "nik"', 'group = "x"')
    change(folder, "en/nama-beda.md", "title", "titel")
    assert len(mistakes(folder)) >= 3
