"""Drawing filled boxes, stamps and notes into the pages of a PDF, so that every viewer shows them.

Viewers differ: some show a filled box only by its own drawing, some draw it anew, some leave it
out. pdfium draws as Chrome and Android do; what it cannot draw is refused, never lost in silence.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image, ImageChops
from pypdfium2 import raw as pdfium

from app.domain.dossier.attachments import FileFault, FileRefused

_COMPARED_PX = 400  # longest side of the pictures of a page that are compared
_DIFFERENCE = 64  # of 255: less is how edges are smoothed
_PLACES_AT_MOST = 12  # pixels of the compared pictures
_NO_DRAWING = 2  # pdfium counts the bytes of an empty text with its end
_NEVER_SEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
# A link has no look; a pop-up opens only when somebody asks for it.
_NO_LOOK = frozenset({pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP})


def drawn_into_pages(raw: bytes) -> bytes:
    """Return the same PDF with nothing lying on its pages. Raises FileRefused: PDF_UNDRAWN."""
    document = pypdfium2.PdfDocument(raw)
    document.init_forms()  # draws the boxes that have a value and no drawing
    looks = []
    for page in document:
        looks.append(_look(page))  # to look draws notes that have no drawing of their own
        _prepare(page)
        if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_FAIL:
            raise FileRefused(FileFault.PDF_UNDRAWN)
        page.close()
    out = BytesIO()
    document.save(out, flags=pdfium.FPDF_REMOVE_SECURITY)
    drawn = pypdfium2.PdfDocument(out.getvalue())
    for page, look in zip(drawn, looks, strict=True):
        _compare(look, _look(page))
    return out.getvalue()


def _prepare(page: Any) -> None:
    """Take off what nobody sees, and refuse what some would see and pdfium cannot draw."""
    for number in reversed(range(pdfium.FPDFPage_GetAnnotCount(page))):
        note = pdfium.FPDFPage_GetAnnot(page, number)
        hidden = pdfium.FPDFAnnot_GetFlags(note) & _NEVER_SEEN
        lost = not hidden and _is_lost(note)
        pdfium.FPDFPage_CloseAnnot(note)
        if lost:
            raise FileRefused(FileFault.PDF_UNDRAWN)
        if hidden:  # flattening would show one that is only not for the screen
            pdfium.FPDFPage_RemoveAnnot(page, number)


def _is_lost(note: Any) -> bool:
    """Return whether a note has something to show and no drawing, also none that pdfium made."""
    kind = pdfium.FPDFAnnot_GetSubtype(note)
    drawing = pdfium.FPDFAnnot_GetAP(note, pdfium.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0)
    if kind in _NO_LOOK or drawing > _NO_DRAWING:
        return False
    corners = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(note, corners) or corners.left == corners.right:
        return False
    return kind != pdfium.FPDF_ANNOT_WIDGET or _text(note, b"V") not in {"", "Off"}


def _text(note: Any, key: bytes) -> str:
    size = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
    letters = (pdfium.FPDF_WCHAR * (size // 2))()
    pdfium.FPDFAnnot_GetStringValue(note, key, letters, size)
    return bytes(letters).decode("utf-16-le", "replace").rstrip("\0")


def _look(page: Any) -> Image.Image:
    """Return a small grey picture of a page as it is seen."""
    scale = _COMPARED_PX / max(page.get_size())
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture.convert("L")


def _compare(before: Image.Image, after: Image.Image) -> None:
    """Raise PDF_UNDRAWN where a page does not look as before."""
    if before.size == after.size:
        counts = ImageChops.difference(before, after).histogram()
        if sum(counts[_DIFFERENCE:]) <= _PLACES_AT_MOST:
            return
    raise FileRefused(FileFault.PDF_UNDRAWN)
