"""Papers of the print kit: small, tagged, searchable, with a code that a camera reads."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import date

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from app.adapters.papers import kit, render
from app.adapters.papers.kit import KitHelper, KitPage, KitPaper, KitSection, render_kit, tag_of
from app.adapters.papers.render import BadPaper, PaperError
from app.domain.help.kit import MARK

MOST_BYTES = 60_000
A3, A4, A5, A4_LYING = (842, 1191), (595, 842), (420, 595), (842, 595)
DESIGNS = {
    "leaflet": (A5, 2),
    "leaflet_two_up": (A4_LYING, 2),
    "poster": (A3, 1),
    "notice": (A4, 1),
}
URL = "https://kit.example/"
HOSTILE = r"""#let x=1 $y$ *M* _O'B_ \u{41} @ref `raw` [c] <b> "e" // /*"""


def page(**changes):
    fields = {
        "language": "id",
        "headline": "Punya usaha? Urus NIB.",
        "scan": "Mulai di sini",
        "address": "kit.example",
        "url": URL,
        "honest": "Hanya OSS yang memberi NIB.",
        "source": "PP 28/2025 Pasal 206. Diperiksa pada 24 November 2026.",
        "sections": (
            KitSection("Apa itu NIB?", "Nomor usaha Anda.", (("KTP.", "NIK aktif."), ("", "HP."))),
            KitSection("Kenali penipuan", "Jangan bayar."),
        ),
        "lines": ("Gratis: Rp 0", "Bawa KTP"),
        "helps": "Siapa yang bantu?",
        "helpers": (KitHelper("DPMPTSP", (("Telepon", ""), ("Alamat", "Jalan Contoh 1"))),),
        "more": "Datang saja.",
    }
    return KitPage(**(fields | changes))


def paper(design="leaflet", *, mark=False, **changes):
    practice = f"{MARK}: jangan dibagikan" if mark else ""
    pages = [page(practice=practice, **changes)]
    if design.startswith("leaflet"):
        english = changes | {"language": "en", "url": f"{URL}en/", "headline": "Own a business?"}
        pages.append(page(practice=practice, **english))
    return KitPaper(design, "Selebaran – Punya usaha?", date(2026, 11, 24), tuple(pages))


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def words_of(pdf):
    return " ".join(" ".join(each.extract_text() for each in read(pdf).pages).split())


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("mark", [False, True], ids=["real", "practice"])
def test_size_pages_and_weight(design, mark):
    size, count = DESIGNS[design]
    pdf = render_kit(paper(design, mark=mark))
    pages = read(pdf).pages
    assert len(pages) == count
    assert {tuple(round(float(side)) for side in each.mediabox[2:]) for each in pages} == {size}
    assert len(pdf) <= MOST_BYTES


@pytest.mark.parametrize("design", DESIGNS)
def test_the_file_is_tagged_and_says_its_title_language_and_day(design):
    found = read(render_kit(paper(design)))
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "id-ID"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert found.metadata.title == "Selebaran – Punya usaha?"
    assert found.metadata.creation_date.date() == date(2026, 11, 24)
    first = next(each for each in found.outline if not isinstance(each, list))
    assert first.title.split() == ["Punya", "usaha?", "Urus", "NIB."]


@pytest.mark.parametrize("design", DESIGNS)
def test_what_stands_on_it_can_be_found_by_search(design):
    said = words_of(render_kit(paper(design)))
    for expected in ("Punya usaha?", "Mulai di sini", "kit.example", "Hanya OSS yang memberi NIB."):
        assert expected in said
    assert "Pasal 206" in said
    if design != "poster":
        assert "KTP. NIK aktif." in said
        assert "Jangan bayar." in said
    if design.startswith("leaflet"):
        assert "Alamat: Jalan Contoh 1" in said
        assert "Own a business?" in said
    else:
        assert "Gratis: Rp 0" in said


def test_the_second_copy_is_no_second_reading():
    assert len(read(render_kit(paper("leaflet_two_up"))).outline) == len(
        read(render_kit(paper("leaflet"))).outline
    )
    one, two = (words_of(render_kit(paper(each))) for each in ("leaflet", "leaflet_two_up"))
    assert two.count("Hanya OSS") == 2 * one.count("Hanya OSS") == 4


@pytest.mark.parametrize("design", DESIGNS)
def test_practice_is_marked_on_each_page_and_nothing_else_is(design):
    copies = 2 if design == "leaflet_two_up" else 1
    for each in read(render_kit(paper(design, mark=True))).pages:
        said = each.extract_text()
        assert said.count(MARK) == 4 * copies  # three times behind the text, once above it
        assert "jangan dibagikan" in said
    assert MARK not in words_of(render_kit(paper(design)))
    assert "LATIHAN" not in words_of(render_kit(paper(design)))


def pictures(drawn, dots_an_inch):
    """Return the pages of a paper as a printer at so many dots would see them."""
    made = render._compiler(kit._TEMPLATES[drawn.design]).compile(
        format="png",
        ppi=dots_an_inch,
        sys_inputs={"data": json.dumps(kit._for_template(drawn))},
    )
    return [Image.open(io.BytesIO(each)) for each in (made if isinstance(made, list) else [made])]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("mark", [False, True], ids=["real", "practice"])
def test_a_camera_reads_the_code_in_grey_too(design, mark):
    drawn = paper(design, mark=mark)
    copies = 2 if design == "leaflet_two_up" else 1
    for wanted, picture in zip(drawn.pages, pictures(drawn, 72), strict=True):
        codes = zxingcpp.read_barcodes(picture.convert("L"))
        assert [code.text for code in codes] == [wanted.url] * copies


def test_a_poster_on_a4_is_still_read():
    (picture,) = pictures(paper("poster"), 150)
    small = picture.convert("L").resize((620, 877))  # A4 at 75 dots an inch
    assert [code.text for code in zxingcpp.read_barcodes(small)] == [URL]


def test_a_leaflet_with_long_words_keeps_to_its_page():
    office = KitHelper("DPMPTSP " * 6, (("Alamat", "Jalan panjang sekali " * 9), ("Telepon", "")))
    pdf = render_kit(paper(helpers=(office, office), sections=page().sections * 4))
    assert len(read(pdf).pages) == 2
    assert "Pasal 206" in read(pdf).pages[0].extract_text()


def test_words_are_printed_as_they_are_and_never_run():
    said = words_of(render_kit(paper("notice", honest=HOSTILE, lines=(HOSTILE,), scan=HOSTILE)))
    assert said.replace(" ", "").count(HOSTILE.replace(" ", "")) == 3


def test_the_same_paper_is_drawn_once_and_the_same_again():
    first = render_kit(paper("notice"))
    assert render_kit(paper("notice")) is first
    render_kit.cache_clear()
    assert render_kit(paper("notice")) == first


def test_the_tag_follows_all_that_stands_on_a_paper():
    usual = paper("poster")
    others = [
        paper("poster", mark=True),
        paper("poster", url="https://other.example/"),
        paper("poster", honest="Lain"),
        paper("notice"),
        dataclasses.replace(usual, day=date(2026, 11, 25)),
    ]
    assert tag_of(usual) == tag_of(paper("poster"))
    assert len({tag_of(each) for each in [usual, *others]}) == 6


@pytest.mark.parametrize("url", ["https://kit.example/" + "a" * 200, "https://é.example/", "a\nb"])
def test_an_address_that_no_code_can_hold_is_refused(url):
    with pytest.raises(BadPaper, match="url"):
        render_kit(paper("poster", url=url))


def test_what_cannot_be_drawn_says_so_and_is_tried_again():
    broken = paper("poster", drawing="<svg")
    for _ in range(2):
        with pytest.raises(PaperError, match="poster"):
            render_kit(broken)
