#!/usr/bin/env bash
# pypdfium2 5.15.2 (its own pdfium): flattening a page for display paints an annotation that the same
# library does not draw.
#
# Guess before: FPDFPage_Flatten(page, FLAT_NORMALDISPLAY) puts into the page what a viewer shows.
# Seen: a square with the flag NoView (ISO 32000-1, table 165: "do not display the annotation on the
# screen") is left out when the page is drawn, as it should be. After flattening for display the
# same page shows it: 0 dark pixels before, thousands after. So who flattens a form in order to keep
# what people see has to take such annotations out first, or compare before and after.
#
# Ends with 0 while this is so, with 1 when it changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check pypdfium2==5.15.2 pillow==13.0.0
"$folder/venv/bin/python" - <<'PY'
import ctypes
import sys

import pypdfium2
import pypdfium2.raw as pdfium

NO_VIEW = 32  # bit 6 of the flags


def a_page(flags: int) -> bytes:
    """A blank page with one black square as an annotation that brings its drawing."""
    drawing = b"0 g 0 0 100 100 re f"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Annots [4 0 R] >>",
        b"<< /Type /Annot /Subtype /Square /Rect [50 50 150 150] /F %d /AP << /N 5 0 R >> >>" % flags,
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 100 100] /Length %d >>\nstream\n%s\nendstream"
        % (len(drawing), drawing),
    ]
    body, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, rows)
    return body + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(parts) + 1, len(body),
    )


def dark(document: pypdfium2.PdfDocument) -> int:
    picture = document[0].render(may_draw_forms=True).to_pil().convert("L")
    return sum(picture.histogram()[:128])


def before_and_after(flags: int) -> tuple[int, int]:
    document = pypdfium2.PdfDocument(a_page(flags))
    before = dark(document)
    page = document[0]
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return before, dark(document)


shown, hidden = before_and_after(4), before_and_after(4 | NO_VIEW)
print(f"dark pixels before and after: shown {shown}, NoView {hidden}")
is_so = shown[0] > 0 and shown[1] > 0 and hidden[0] == 0 and hidden[1] > 0
print("as found" if is_so else "it changed")
sys.exit(0 if is_so else 1)
PY
