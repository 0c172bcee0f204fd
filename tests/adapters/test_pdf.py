"""PDFs keep what their pages show and lose all else; what could act is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader
from pypdf.generic import ArrayObject, FloatObject, NameObject, NumberObject, TextStringObject

from app.adapters.pdf import clean_pdf
from app.adapters.pdf_photos import without_boxes, without_notes
from app.domain.dossier.attachments import PDF_PAGES_AT_MOST, FileFault, FileRefused
from tests import papers


def in_pdfium(raw: bytes, forms: bool = False) -> Image.Image:
    """Return the first page as Chrome and Android draw it; forms: with its boxes."""
    document = pypdfium2.PdfDocument(raw)
    if forms:
        document.init_forms()
    return document[0].render(scale=1, grayscale=True).to_pil().convert("L")


def in_poppler(raw: bytes) -> Image.Image:
    """Return the first page as desktops of Linux draw it."""
    drawn = subprocess.run(
        ["pdftoppm", "-r", "72", "-gray", "-singlefile", "-"],
        input=raw,
        capture_output=True,
        check=True,
    )
    return Image.open(BytesIO(drawn.stdout))


VIEWERS = {
    "pdfium": in_pdfium,
    "poppler": pytest.param(
        in_poppler,
        marks=pytest.mark.skipif(not shutil.which("pdftoppm"), reason="NOT TESTED: poppler"),
    ),
}
each_viewer = pytest.mark.parametrize("viewer", VIEWERS.values(), ids=VIEWERS)


def ink(picture: Image.Image, place: tuple[int, int, int, int] = (20, 240, 190, 280)) -> int:
    """Return how many pixels of a place are not white; the place of a note unless told."""
    return sum(picture.crop(place).histogram()[:200])


def same(one: Image.Image, other: Image.Image) -> bool:
    """Return whether two pages look alike, but for how edges are smoothed."""
    return sum(ImageChops.difference(one, other).histogram()[64:]) < 60


def test_pages_stay_and_who_made_it_does_not():
    raw = papers.pdf(3)
    assert papers.PLACE.encode() in raw
    clean = clean_pdf(raw)
    assert clean.pages == papers.reads_as_pdf(clean.content) == 3
    assert clean.signers == ()
    assert papers.PLACE.encode() not in clean.content
    reader = PdfReader(BytesIO(clean.content))
    assert not reader.metadata
    assert set(reader.trailer["/Root"]) == {"/Type", "/Pages"}
    assert b"re f" in reader.pages[0].get_contents().get_data()


PLAIN_PHOTO = papers.pdf_of_packed_photo("alone")


@pytest.mark.parametrize(
    "raw",
    [papers.pdf(), papers.signed_pdf(), papers.pdf_with_note(**papers.box("MARTHEN"))],
    ids=["note", "signed", "box"],
)
def test_the_same_file_is_cleaned_to_the_same_bytes(raw):
    """A file that is sent again is known by its content, in whatever process it is cleaned."""
    assert len({clean_pdf(raw).content for _ in range(3)}) == 1


# What a person saw

N = NameObject
LOOKS = {
    "box": papers.pdf_with_note(**papers.box("MARTHEN CONTOH"), drawn=papers.STAMP),
    "box-without-drawing": papers.pdf_with_note(**papers.box("MARTHEN CONTOH")),
    "box-to-draw-anew": papers.pdf_with_note(
        **papers.box("MARTHEN CONTOH"), drawn=b"", need_drawing=True
    ),
    "choice": papers.pdf_with_note(
        **papers.box("Beraur", "/Ch", Ff=NumberObject(1 << 17), Opt=ArrayObject([]))
    ),
    "tick": papers.pdf_with_note(
        **papers.box("", "/Btn") | {"V": N("/Yes"), "AS": N("/Yes")},
    ),
    "signature": papers.signed_pdf(),
    "stamp": papers.pdf_with_note(Subtype=N("/Stamp"), drawn=papers.STAMP),
    "ink": papers.pdf_with_note(
        Subtype=N("/Ink"),
        InkList=ArrayObject([ArrayObject([FloatObject(n) for n in (30, 25, 100, 55, 180, 30)])]),
    ),
    "letters": papers.pdf_with_note(
        Subtype=N("/FreeText"),
        Contents=TextStringObject("MARTHEN"),
        DA=TextStringObject("/Helv 12 Tf 0 g"),
    ),
}


@pytest.mark.parametrize("name", LOOKS)
@each_viewer
def test_what_lies_on_a_page_stays_readable(name, viewer):
    before = in_pdfium(LOOKS[name], forms=True)
    assert ink(before) > 40, "the file itself shows something"
    kept = clean_pdf(LOOKS[name]).content
    assert ink(viewer(kept)) > 0.6 * ink(before)
    assert "/Annots" not in PdfReader(BytesIO(kept)).pages[0]


@each_viewer
def test_what_was_hidden_stays_hidden(viewer):
    for flag in (2, 32):  # Hidden, NoView
        hidden = papers.pdf_with_note(Subtype=N("/Stamp"), drawn=papers.STAMP, F=NumberObject(flag))
        assert ink(viewer(clean_pdf(hidden).content)) == 0
    layered = papers.layered_pdf()
    before, after = viewer(layered), viewer(clean_pdf(layered).content)
    assert ink(before, (100, 140, 160, 200)) == 0
    assert same(before, after)


UNDRAWN = {
    "stamp": papers.pdf_with_note(Subtype=N("/Stamp"), Name=N("/Approved")),
    "line": papers.pdf_with_note(
        Subtype=N("/Line"), L=ArrayObject([FloatObject(n) for n in (20, 20, 190, 60)])
    ),
    "letters-no-font-has": papers.pdf_with_note(**papers.box("漢字")),
}


@pytest.mark.parametrize("name", UNDRAWN)
def test_what_some_would_not_see_is_refused(name):
    with pytest.raises(FileRefused) as caught:
        clean_pdf(UNDRAWN[name])
    assert caught.value.fault is FileFault.PDF_UNDRAWN


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_pages_of_any_turn_and_size_look_as_before(turned):
    for size in ((200, 300), (9000, 14_000)):
        raw = papers.reshaped(LOOKS["stamp"], turned, size)
        kept = clean_pdf(raw).content
        assert same(in_pdfium(raw).resize((200, 200)), in_pdfium(kept).resize((200, 200)))


# Who signed


@pytest.mark.parametrize("seen", [True, False])
def test_who_signed_is_told(seen):
    assert clean_pdf(papers.signed_pdf(seen=seen)).signers == ("MARTHEN CONTOH",)
    assert clean_pdf(papers.signed_pdf("", seen=seen)).signers == ("",)


def test_the_certificate_says_who_rather_than_the_file():
    raw = papers.signed_pdf("SIAPA SAJA", certified="YOHANA\u202e  CONTOH\n")
    assert clean_pdf(raw).signers == ("YOHANA CONTOH",)


# Photos inside


@pytest.mark.parametrize(
    ("packed", "place"),
    [(packed, "page") for packed in papers.PHOTO_FILTERS]
    + [("list", place) for place in papers.PHOTO_PLACES[1:]],
)
def test_a_photo_inside_loses_its_place_and_stays_a_photo(packed, place):
    raw = papers.pdf_of_packed_photo(packed, place)
    assert papers.PLACE in papers.all_told(raw)
    kept = clean_pdf(raw).content
    told = papers.all_told(kept)
    assert "Exif" not in told
    assert papers.PLACE not in told
    assert same(in_pdfium(raw), in_pdfium(kept))


def test_notes_are_found_wherever_they_stand_in_a_photo():
    photo = papers.photo(60, 40)
    note = b"\xff\xe1\x00\x0eExif\0\0Aimas\0"
    frame = photo.index(b"\xff\xda")
    for raw in (
        b"\r\n" + photo,  # before it
        photo[:frame] + b"\xff\xff" + note + photo[frame:],  # behind filling
        photo + photo,  # another photo behind it
        photo + b"SEFHAimasLatihan",  # what some phones put behind
        photo[:2] + b"\xff\xe0\x00\x0cJFXX\0Aimas" + photo[2:],  # a small picture
    ):
        clean = without_notes(raw)
        assert b"Aimas" not in clean
        assert b"Exif" not in clean
        assert Image.open(BytesIO(clean)).convert("RGB").tobytes() == (
            Image.open(BytesIO(photo)).convert("RGB").tobytes()
        )
    with pytest.raises(ValueError, match="no JPEG"):
        without_notes(b"Aimas")


def test_notes_in_other_scans_go_as_well():
    out = BytesIO()
    papers.scene(80, 60).save(out, "JPEG", progressive=True)
    raw = out.getvalue()
    scan = [found.start() for found in re.finditer(rb"\xff\xda", raw)][1]
    told = raw[:scan] + b"\xff\xfe\x00\x07Aimas" + raw[scan:]
    assert b"Aimas" not in without_notes(told)
    assert without_notes(told) == without_notes(raw)


def test_of_a_jpeg_2000_only_the_picture_stays():
    out = BytesIO()
    papers.scene(40, 30).save(out, "JPEG2000")
    raw = out.getvalue()
    told = raw + len(b"Aimas").__add__(8).to_bytes(4, "big") + b"xml Aimas"
    clean = without_boxes(told)
    assert b"Aimas" not in clean
    assert Image.open(BytesIO(clean)).convert("RGB").size == (40, 30)


@pytest.mark.parametrize("name", papers.ACTIVE_PDFS)
def test_what_could_act_is_refused(name):
    with pytest.raises(FileRefused) as caught:
        clean_pdf(papers.ACTIVE_PDFS[name]())
    assert caught.value.fault is FileFault.PDF_ACTIVE


BAD = {
    "locked": (papers.locked_pdf(), FileFault.PDF_LOCKED),
    "only-its-mark": (b"%PDF-1.7\n", FileFault.BROKEN),
    "cut-off": (papers.pdf()[:200], FileFault.BROKEN),
    "no-page": (b"%PDF-1.4\n%%EOF", FileFault.BROKEN),
    "a-book": (papers.pdf(PDF_PAGES_AT_MOST + 1), FileFault.PDF_TOO_LONG),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_pdf_is_refused(name):
    raw, fault = BAD[name]
    with pytest.raises(FileRefused) as caught:
        clean_pdf(raw)
    assert caught.value.fault is fault


def test_a_pdf_that_everybody_can_open_is_taken():
    """Some programs lock a file against changes only: nobody is asked for a password."""
    kept = clean_pdf(papers.locked_pdf("")).content
    reader = PdfReader(BytesIO(kept))
    assert not reader.is_encrypted
    assert b"re f" in reader.pages[0].get_contents().get_data()


def test_a_pdf_that_eats_memory_is_given_up():
    """A page tree that leads back into itself, a thousand times."""
    raw = papers.pdf().replace(b"/Type /Page\n", b"/Type /Pages\n/Kids [ 4 0 R 4 0 R ]\n")
    with pytest.raises(FileRefused) as caught:
        clean_pdf(raw)
    assert caught.value.fault is FileFault.BROKEN
