"""Specimen papers: small, tagged, searchable, literal, and never without the mark of practice."""

import dataclasses
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import segno
from pypdf import PdfReader

from app.adapters.papers import render
from app.adapters.papers.render import (
    DRAWABLE,
    BadPaper,
    LicencePaper,
    PaperActivity,
    RealLicenceRefused,
    Words,
    drawable,
    moment_in_words,
    render_licence,
)

MOST_BYTES = 40_000
URL = "https://latihan.example/periksa/K7M2-9QXD"
HOSTILE = (
    r"""MARIA *M* _O'BRIEN_ #let x=1 $y$ <b> \u{41} @ref `raw` [c] {d} ~ "e" --- // /* = - +"""
)

KIOSK = PaperActivity(
    kbli_code="47112",
    kbli_year=2025,
    title=Words("Toko dan kios bahan makanan", "Food kiosk"),
    risk=Words("Rendah", "Low"),
    products=("beras", "minyak goreng"),
)


def paper(**changes):
    fields = {
        "kind": "nib",
        "number": "9120304567812",
        "holder": "YOHANA PRAKTIK",
        "trade_name": "Kios Latihan",
        "address": ("Jalan Contoh 12, RT 001/RW 002", "Kelurahan Contoh, Distrik Aimas"),
        "activities": (KIOSK,),
        "size": Words("Usaha mikro", "Micro business"),
        "status": Words("Aktif – boleh mulai usaha", "Active – the business may start"),
        "issued_at": datetime(2026, 11, 23, 15, 14, tzinfo=UTC),
        "declarations": (Words("Semua data saya benar.", "All my data are true."),) * 5,
        "legal_basis": "PP 28/2025 Pasal 130, 206 dan 220",
        "support_number": "SRG 4821 0937 5516",
        "verify_url": URL,
        "verify_code": "K7M2-9QXD",
        "specimen": True,
    }
    return LicencePaper(**(fields | changes))


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def words_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def letters_of(pdf):
    return re.sub(r"\s", "", words_of(pdf))


@pytest.fixture(scope="module")
def usual():
    return render_licence(paper())


def test_a_usual_paper_is_one_small_a4_page(usual):
    page, *more = read(usual).pages
    assert more == []
    assert [round(side) for side in page.mediabox[2:]] == [595, 842]
    assert len(usual) <= MOST_BYTES


def test_the_file_is_tagged_and_says_its_language_and_title(usual):
    root = read(usual).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "id-ID"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    title = read(usual).metadata.title
    assert title.startswith("Nomor Induk Berusaha (NIB) 9120304567812")
    assert "bukan NIB sungguhan" in title


def test_english_parts_are_marked_as_english(usual):
    assert b"/Lang(en-GB)" in read(usual).pages[0].get_contents().get_data()


def test_headings_are_tagged_and_the_first_is_the_name_of_the_paper(usual):
    (first,) = [entry for entry in read(usual).outline if not isinstance(entry, list)]
    (below,) = [entry for entry in read(usual).outline if isinstance(entry, list)]
    assert first.title == "Nomor Induk Berusaha (NIB)"
    assert [entry.title for entry in below] == ["Kegiatan usaha", "Pernyataan pemilik"]


def test_everything_on_the_paper_can_be_found_by_search(usual):
    found = words_of(usual)
    for words in (
        "9120304567812",
        "YOHANA PRAKTIK",
        "Kios Latihan",
        "Jalan Contoh 12, RT 001/RW 002",
        "47112",
        "Toko dan kios bahan makanan",
        "Food kiosk",
        "Risiko: Rendah",
        "beras, minyak goreng",
        "Usaha mikro",
        "Aktif – boleh mulai usaha",
        "Selasa, 24 November 2026, pukul 00.14 WIT",
        "Tuesday, 24 November 2026, 00:14 WIT",
        "SRG 4821 0937 5516",
        "K7M2-9QXD",
        URL,
        "PP 28/2025 Pasal 130, 206 dan 220",
    ):
        assert words in found


@pytest.mark.parametrize(
    ("kind", "name", "banner"),
    [
        ("nib", "Nomor Induk Berusaha (NIB)", "bukan NIB sungguhan"),
        ("certificate", "Sertifikat Standar", "bukan sertifikat sungguhan"),
        ("permit", "Izin", "bukan izin sungguhan"),
    ],
)
def test_every_page_of_every_kind_bears_the_mark_of_practice(kind, name, banner):
    pdf = render_licence(paper(kind=kind, activities=(KIOSK,) * 9))
    pages = [page.extract_text() for page in read(pdf).pages]
    assert len(pages) == 2
    assert name in pages[0]
    assert f"Contoh latihan – {banner}" in pages[0]
    assert "Practice specimen – not a real" in pages[0]
    for page in pages:
        # Three times behind the text, once in the head and once in the foot.
        assert page.count("LATIHAN – PRACTICE") == 5


@pytest.mark.parametrize("mark", [False, None, "yes", 1])
def test_a_paper_without_the_mark_is_refused(mark):
    with pytest.raises(RealLicenceRefused):
        render_licence(paper(specimen=mark))
    assert issubclass(RealLicenceRefused, ValueError)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "izin"),
        ("number", ""),
        ("number", "912030456781"),
        ("number", "91203045678123"),
        ("number", "912030456781²"),
        ("issued_at", datetime(2026, 11, 23)),  # noqa: DTZ001
        ("verify_url", "javascript:alert(1)"),
        ("verify_url", "https://latihan.example/a b"),
        ("verify_url", "https://latihan.example/" + "a" * 200),
    ],
)
def test_a_field_of_the_wrong_shape_is_named(field, value):
    with pytest.raises(BadPaper, match=field):
        render_licence(paper(**{field: value}))


def test_what_people_type_is_printed_as_they_typed_it():
    activity = dataclasses.replace(KIOSK, title=Words(HOSTILE, HOSTILE), products=(HOSTILE,))
    pdf = render_licence(
        paper(
            holder=HOSTILE,
            trade_name=HOSTILE,
            address=(HOSTILE,),
            activities=(activity,),
            declarations=(Words(HOSTILE, HOSTILE),),
        )
    )
    assert letters_of(pdf).count(letters_of_text(HOSTILE)) == 8


def letters_of_text(text):
    return re.sub(r"\s", "", text)


def test_very_long_words_and_addresses_stay_on_the_paper():
    holder, shop, street = "K" * 100, "W" * 100, "Jalan panjang sekali " * 12
    pdf = render_licence(
        paper(holder=holder, trade_name=shop, address=(street, "T" * 255), activities=(KIOSK,) * 3)
    )
    pages = read(pdf).pages
    assert len(pages) <= 2
    assert len(pdf) <= MOST_BYTES
    found = letters_of(pdf)
    for words in (holder, shop, letters_of_text(street), "T" * 255):
        assert words in found
    right_edge = float(pages[0].mediabox.right)
    starts = []
    pages[0].extract_text(
        visitor_text=lambda text, _cm, tm, _font, _size: starts.append((text, tm[4]))
    )
    # One line of the widest letter is well below a hundred: it was broken.
    assert all(start < right_edge for _text, start in starts)
    assert max(len(line) for text, _ in starts for line in text.split("\n")) < 100


def test_the_code_holds_the_address(usual):
    content = read(usual).pages[0].get_contents().get_data().decode("latin-1")
    drawn = content.split(f"/Alt(Kode QR untuk memeriksa surat ini: {URL})", 1)[1].split("EMC")[0]
    # After the colour of the strokes come only the dark runs, one unit for each module.
    strokes = drawn.split("SCN", 1)[1]
    runs = re.findall(r"([\d.]+) ([\d.]+) m ([\d.]+) \2 l", strokes)
    dark = {
        (int(float(y)), column)
        for start, y, end in runs
        for column in range(int(float(start)), int(float(end)))
    }
    expected = segno.make(URL, error="m", micro=False)
    edge = 2
    assert dark == {
        (row + edge, column + edge)
        for row, modules in enumerate(expected.matrix)
        for column, module in enumerate(modules)
        if module
    }


def test_the_same_paper_is_the_same_file(usual):
    assert render_licence(paper()) == usual
    render._compiler.cache_clear()
    assert render_licence(paper()) == usual
    assert render_licence(paper(holder="YOHANA PRAKTIK B")) != usual


def test_the_date_of_the_file_is_the_moment_of_the_result(usual):
    assert read(usual).metadata.creation_date == paper().issued_at


def test_papers_can_be_drawn_by_several_threads_at_once(usual):
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: render_licence(paper()), range(8))) == {usual}


def test_our_fonts_have_every_letter_that_is_let_through():
    letters = "".join(sorted(DRAWABLE - {" ", "\xa0"}))
    lines = tuple(letters[start : start + 20] for start in range(0, len(letters), 20))
    pdf = render_licence(paper(address=lines, status=Words(letters)))
    assert letters_of(pdf).count(letters) == 2


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Nikolás  D’Ambrosio\t Jr.\n", "Nikolás D’Ambrosio Jr."),
        ("Jose\N{COMBINING ACUTE ACCENT}", "José"),
        ("ḥaji", "haji"),
        ("ＭＡＭＡ", "MAMA"),
        ("مريم", "\N{REPLACEMENT CHARACTER}" * 4),
        ("kios 🐟", "kios \N{REPLACEMENT CHARACTER}"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}BIN", "BIN"),
        ("a\x00b\N{SOFT HYPHEN}c\N{ZERO WIDTH SPACE}d", "abcd"),
    ],
)
def test_letters_that_we_cannot_draw_become_something_honest(typed, drawn):
    assert drawable(typed) == drawn
    assert letters_of_text(drawn) in letters_of(render_licence(paper(holder=typed)))


@pytest.mark.parametrize(
    ("moment", "indonesian"),
    [
        (datetime(2026, 11, 23, 14, 59, tzinfo=UTC), "Senin, 23 November 2026, pukul 23.59 WIT"),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), "Selasa, 24 November 2026, pukul 00.00 WIT"),
    ],
)
def test_the_day_changes_at_midnight_in_sorong(moment, indonesian):
    assert moment_in_words(moment).id == indonesian


def test_papers_have_no_place_for_a_nik():
    assert not [field for field in dataclasses.fields(LicencePaper) if "nik" in field.name]


def test_what_is_not_known_leaves_no_empty_row():
    bare = paper(
        trade_name="",
        address=(),
        support_number="",
        legal_basis="",
        declarations=(),
        activities=(dataclasses.replace(KIOSK, title=Words("Kios"), products=()),),
    )
    found = words_of(render_licence(bare))
    for label in (
        "Nama usaha",
        "Alamat usaha",
        "Nomor Bantuan",
        "Dasar hukum",
        "Pernyataan pemilik",
        "Hasil",
        "Food kiosk",
    ):
        assert label not in found
