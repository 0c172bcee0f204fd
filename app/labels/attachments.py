"""The words for papers, and for what is wrong with a file: each says what to do."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.dossier.attachments import (
    KEPT_AT_MOST_BYTES,
    ORIGINAL_AT_MOST_BYTES,
    PDF_PAGES_AT_MOST,
    RECEIVED_AT_MOST_BYTES,
    ContentKind,
    FileFault,
    WantedKind,
)

_MB = 1_000_000

WORDS: tuple[tuple[Enum, Any], ...] = (
    (ContentKind.JPEG, _l("Photo")),
    (ContentKind.PNG, _l("Picture (PNG)")),
    (ContentKind.PDF, _l("PDF")),
    (WantedKind.NAMED, _l("Paper named by the risk table")),
    (WantedKind.LAND, _l("Land paper or rental paper")),
    (WantedKind.CONSENT, _l("Letter of consent for customary land")),
    (WantedKind.STALL, _l("Paper from the manager of the market or building")),
    (WantedKind.FORMER, _l("Paper that is no longer asked for")),
    (WantedKind.OTHER, _l("Another paper")),
    (FileFault.NOT_CHOSEN, _l("Choose a photo or a PDF first.")),
    (FileFault.EMPTY, _l("This file is empty. Take the photo again, or choose another file.")),
    (FileFault.TOO_LARGE, _l("This file is larger than %(mb)s MB. Take a photo with your phone instead.", mb=RECEIVED_AT_MOST_BYTES // _MB)),
    (FileFault.WRONG_KIND, _l("We can take only photos (JPEG, PNG) and PDF. Take a photo of the paper.")),
    (FileFault.IPHONE_PICTURE, _l("We cannot read this kind of iPhone photo (HEIC). Take a screenshot of it and send that.")),
    (FileFault.BROKEN, _l("This file cannot be opened. It may be cut off. Open it on your phone, or take the photo again.")),
    (FileFault.TOO_MANY_PIXELS, _l("This picture has too many pixels. Take a photo with the usual setting of your phone.")),
    (FileFault.TOO_LONG, _l("This picture is too long to stay readable. Send it as a PDF, or only the part that matters.")),
    (FileFault.TOO_HEAVY, _l("This file is too heavy for us to open. Take a photo of the paper instead, with the usual setting of your phone.")),
    (FileFault.PDF_LOCKED, _l("This PDF is locked with a password. Save it without one, or take photos of its pages.")),
    (FileFault.PDF_ACTIVE, _l("This PDF holds a program or another file. Print it as a new PDF, or take photos of its pages.")),
    (FileFault.PDF_UNDRAWN, _l("Part of this PDF would not show at the office. Print it as a new PDF, or take photos of its pages.")),
    (FileFault.PDF_TOO_LONG, _l("This PDF has more than %(pages)s pages. Send only the pages that matter.", pages=PDF_PAGES_AT_MOST)),
    (FileFault.PDF_TOO_LARGE, _l("This PDF is larger than %(mb)s MB. Take a photo of the page that matters.", mb=KEPT_AT_MOST_BYTES // _MB)),
    (FileFault.SIGNED_TOO_LARGE, _l("This signed PDF is larger than %(mb)s MB. Bring it to the office on a stick, or take photos of its pages.", mb=ORIGINAL_AT_MOST_BYTES // _MB)),
    (FileFault.TOO_MANY_FILES, _l("This file holds as many papers as fit. Remove one first, or bring the paper to the office.")),
    (FileFault.GIVEN_BACK, _l("This is the same file that the office gave back. Take a new photo, or choose another file.")),
)  # fmt: skip
