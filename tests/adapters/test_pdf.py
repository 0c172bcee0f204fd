"""PDFs keep what their pages show and lose all else; what could act is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.adapters import pdf
from app.adapters.pdf import clean_pdf
from app.domain.attachments import PDF_PAGES_AT_MOST, FileFault, FileRefused
from tests import papers


def test_pages_stay_and_who_made_it_does_not():
    raw = papers.pdf(3)
    assert papers.PLACE.encode() in raw
    pages, clean = clean_pdf(raw)
    assert pages == papers.reads_as_pdf(clean) == 3
    assert papers.PLACE.encode() not in clean
    reader = PdfReader(BytesIO(clean))
    assert not reader.metadata
    assert set(reader.trailer["/Root"]) == {"/Type", "/Pages"}
    assert b"re f" in reader.pages[0].get_contents().get_data()


def test_the_same_file_is_cleaned_to_the_same_bytes():
    """A file that is sent again is known by its content, in whatever process it is cleaned."""
    raw = papers.pdf()
    assert len({clean_pdf(raw)[1] for _ in range(5)}) == 1


def test_of_links_and_notes_only_the_drawing_stays():
    (note,) = PdfReader(BytesIO(clean_pdf(papers.pdf())[1])).pages[0]["/Annots"]
    assert set(note.get_object()) == {"/Type", "/Subtype", "/Rect", "/AP"}


def test_a_photo_inside_loses_its_place_and_stays_a_photo():
    raw = papers.pdf_of_photo()
    assert b"Exif" in raw
    _, clean = clean_pdf(raw)
    assert b"Exif" not in clean
    assert papers.PLACE.encode() not in clean
    (image,) = PdfReader(BytesIO(clean)).pages[0].images
    assert image.image.size == (60, 40)


@pytest.mark.parametrize("name", papers.ACTIVE_PDFS)
def test_what_could_act_is_refused(name):
    with pytest.raises(FileRefused) as caught:
        clean_pdf(papers.ACTIVE_PDFS[name]())
    assert caught.value.fault is FileFault.PDF_ACTIVE


BAD = {
    "locked": (papers.locked_pdf(), FileFault.PDF_LOCKED),
    "protected": (papers.locked_pdf(""), FileFault.PDF_LOCKED),
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


def test_a_pdf_that_hangs_its_reader_is_given_up(monkeypatch, tmp_path):
    """The child is another process: whatever it does, this one goes on."""
    child = tmp_path / "child.py"
    child.write_text("while True: pass")
    monkeypatch.setattr(pdf, "_CHILD", child)
    monkeypatch.setattr(pdf, "PATIENCE_S", 0.3)
    with pytest.raises(FileRefused) as caught:
        clean_pdf(papers.pdf())
    assert caught.value.fault is FileFault.BROKEN


def test_a_pdf_that_eats_memory_is_given_up():
    """A page tree that leads back into itself, a thousand times."""
    raw = papers.pdf().replace(b"/Type /Page\n", b"/Type /Pages\n/Kids [ 4 0 R 4 0 R ]\n")
    with pytest.raises(FileRefused) as caught:
        clean_pdf(raw)
    assert caught.value.fault is FileFault.BROKEN
