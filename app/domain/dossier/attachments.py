"""Attachments (lampiran): which papers a dossier needs, and what a file of one may be.

What a person sends is judged by its content, never by its name. The limits are ours, chosen so
that a photo of a letter stays readable and a village line can carry it; no law names them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain.law.risk import RiskLevel, issued_automatically

RECEIVED_AT_MOST_BYTES = 15_000_000  # a raw photo of a phone
KEPT_AT_MOST_BYTES = 2_000_000
ORIGINAL_AT_MOST_BYTES = 2 * KEPT_AT_MOST_BYTES  # of a signed paper, as it came
PICTURE_WISHED_BYTES = 400_000
LONGEST_SIDE_PX = 1600  # a page of A4 stays readable: about 190 dots an inch
READABLE_WIDTH_PX = 720  # a long screenshot keeps this width, so that its letters stay readable
PICTURE_LENGTH_AT_MOST_PX = 12_000  # then it is some fifteen screens of a phone
# Tried from the first to the last until a picture is as small as wished.
JPEG_QUALITIES = (80, 70, 60, 50, 40)

# A JPEG of one pass is read reduced, so it may be large; the others are unpacked whole, at up to
# six bytes for each pixel.
PIXELS_AT_MOST_REDUCED = 80_000_000
PIXELS_AT_MOST_WHOLE = 25_000_000
PDF_PAGES_AT_MOST = 40

ATTACHMENTS_AT_MOST = 40  # in force at the same time
VERSIONS_AT_MOST = 120  # with those that were replaced or removed
OTHER_PAPERS_AT_MOST = 5

PART_BYTES = 32_768  # what the page sends at once: some ten seconds on a line of 20 kbit/s
PART_AT_MOST_BYTES = 65_536
UPLOAD_LASTS = timedelta(hours=48)
OPEN_UPLOADS_AT_MOST = 5


class ContentKind(StrEnum):
    """What a file holds, by its first bytes."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"


class FileFault(StrEnum):
    """Why a file cannot be taken."""

    NOT_CHOSEN = "not_chosen"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"
    IPHONE_PICTURE = "iphone_picture"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LONG = "too_long"
    TOO_HEAVY = "too_heavy"
    PDF_LOCKED = "pdf_locked"
    PDF_ACTIVE = "pdf_active"
    PDF_UNDRAWN = "pdf_undrawn"
    PDF_TOO_LONG = "pdf_too_long"
    PDF_TOO_LARGE = "pdf_too_large"
    SIGNED_TOO_LARGE = "signed_too_large"
    TOO_MANY_FILES = "too_many_files"
    GIVEN_BACK = "given_back"  # the very file that the office could not take


class FileRefused(ValueError):
    """A file that cannot be taken; fault says why."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class WrongOffset(ValueError):
    """A part does not begin where the last one ended; expected: where it must begin, in bytes."""

    def __init__(self, expected: int) -> None:
        super().__init__(expected)
        self.expected = expected


class BadPart(ValueError):
    """A part that no honest page sends: empty, too long, or past the end of the file."""


_MAGIC = (
    (b"\xff\xd8\xff", ContentKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", ContentKind.PNG),
    (b"%PDF-", ContentKind.PDF),
)
_IPHONE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def kind_of(content: bytes) -> ContentKind:
    """Return what a file holds, from its very first bytes on.

    Readers of PDF forgive bytes before the mark; we do not, since such a file can be two at once.

    Raises FileRefused: EMPTY, IPHONE_PICTURE, WRONG_KIND.
    """
    if not content:
        raise FileRefused(FileFault.EMPTY)
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[4:8] == b"ftyp" and content[8:12] in _IPHONE_BRANDS:
        raise FileRefused(FileFault.IPHONE_PICTURE)
    raise FileRefused(FileFault.WRONG_KIND)


def check_received(size_bytes: int) -> None:
    """Judge the size of what a person sends. Raises FileRefused: EMPTY, TOO_LARGE."""
    if size_bytes <= 0:
        raise FileRefused(FileFault.EMPTY)
    if size_bytes > RECEIVED_AT_MOST_BYTES:
        raise FileRefused(FileFault.TOO_LARGE)


def check_announced(size_bytes: int, *, says_pdf: bool) -> None:
    """Judge a file before it is sent: cleaning a PDF rarely takes away half of it.

    Raises FileRefused: PDF_TOO_LARGE.
    """
    if says_pdf and size_bytes > ORIGINAL_AT_MOST_BYTES:
        raise FileRefused(FileFault.PDF_TOO_LARGE)


def check_pixels(width: int, height: int, *, read_reduced: bool) -> None:
    """Judge the size of a picture before it is unpacked.

    read_reduced: the decoder can leave out pixels while it reads.

    Raises FileRefused: BROKEN for a picture without area; TOO_MANY_PIXELS.
    """
    if width <= 0 or height <= 0:
        raise FileRefused(FileFault.BROKEN)
    if width * height > (PIXELS_AT_MOST_REDUCED if read_reduced else PIXELS_AT_MOST_WHOLE):
        raise FileRefused(FileFault.TOO_MANY_PIXELS)


def fitted(width: int, height: int) -> tuple[int, int]:
    """Return width and height in the same proportion, small and still readable.

    The longest side becomes at most LONGEST_SIDE_PX, unless that makes the other one narrower than
    READABLE_WIDTH_PX: a screenshot of a whole page may be long.

    Raises FileRefused: TOO_LONG.
    """
    longest, shortest = max(width, height), min(width, height)
    to, of = LONGEST_SIDE_PX, longest
    if to * shortest < READABLE_WIDTH_PX * of:
        to, of = READABLE_WIDTH_PX, shortest
    if to > of:
        to = of = 1
    if longest * to > PICTURE_LENGTH_AT_MOST_PX * of:
        raise FileRefused(FileFault.TOO_LONG)
    return max(1, (width * to + of // 2) // of), max(1, (height * to + of // 2) // of)


def wished_bytes(width: int, height: int) -> int:
    """Return the size that a kept picture should not exceed: a long one gets more than a page."""
    pages = width * height / (LONGEST_SIDE_PX * LONGEST_SIDE_PX * 3 / 4)
    return int(PICTURE_WISHED_BYTES * max(1.0, pages))


def check_pdf(pages: int, size_bytes: int) -> None:
    """Judge a cleaned PDF. Raises FileRefused: BROKEN (no page), PDF_TOO_LONG, PDF_TOO_LARGE."""
    if pages < 1:
        raise FileRefused(FileFault.BROKEN)
    if pages > PDF_PAGES_AT_MOST:
        raise FileRefused(FileFault.PDF_TOO_LONG)
    if size_bytes > KEPT_AT_MOST_BYTES:
        raise FileRefused(FileFault.PDF_TOO_LARGE)


def check_original(size_bytes: int) -> None:
    """Judge the original of a signed paper, which is kept beside its copy.

    Raises FileRefused: SIGNED_TOO_LARGE.
    """
    if size_bytes > ORIGINAL_AT_MOST_BYTES:
        raise FileRefused(FileFault.SIGNED_TOO_LARGE)


def check_count(in_force: int, ever: int) -> None:
    """Judge whether a dossier takes one more file.

    in_force: files that would stand beside the new one; ever: all that were ever kept.

    Raises FileRefused: TOO_MANY_FILES.
    """
    if in_force >= ATTACHMENTS_AT_MOST or ever >= VERSIONS_AT_MOST:
        raise FileRefused(FileFault.TOO_MANY_FILES)


def check_part(received: int, total: int, *, offset: int, size: int) -> None:
    """Judge the next part of a file that comes in parts; all numbers in bytes.

    A part of no bytes at the very end is taken: it asks to finish a file that has arrived in full.

    Raises WrongOffset with the right one; BadPart.
    """
    if offset != received:
        raise WrongOffset(received)
    if size > PART_AT_MOST_BYTES or offset + size > total or (size == 0 and received < total):
        raise BadPart


class WantedKind(StrEnum):
    """Where the wish for a paper comes from.

    NAMED: the risk row of the activity names it, in its own words. FORMER: an answer was changed,
    so nobody asks for it any more. OTHER: whatever a person wants to add.
    """

    NAMED = "named"
    LAND = "land"
    CONSENT = "consent"
    STALL = "stall"
    FORMER = "former"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WantedPaper:
    """One paper to attach.

    key: stays the same while the words stay the same, at most 60 characters. position: of the
    activity it belongs to, None for the dossier. words: as the risk row names it, in Indonesian;
    "" where the kind says it all. needed: the office asks for it; False where it is offered only.
    """

    kind: WantedKind
    key: str
    position: int | None
    words: str = ""
    needed: bool = True

    @property
    def address(self) -> str:
        """The name of the paper in an address: letters, digits and hyphens only."""
        return self.key if self.position is None else f"{self.key}-{self.position}"


def key_of(words: str) -> str:
    """Return the key of a paper that a risk row names. Case and spaces do not count."""
    plain = " ".join(words.casefold().split())
    return "r" + hashlib.sha256(plain.encode()).hexdigest()[:12]


def papers_for_activity(
    risk: RiskLevel,
    requirements: Sequence[str],
    *,
    position: int,
    shared_premises: bool,
    customary_land: bool,
    on_land: bool = True,
) -> tuple[WantedPaper, ...]:
    """Return the papers that an office will want to see for one activity.

    requirements: as the risk rows name them. Where a number is issued without anybody looking, no
    paper is asked for (PP 28/2025, articles 130-131, 220-221). The paper for the place is asked
    for once, also where the rows name one in other words (Lampiran II).

    Source: PP 28/2025, articles 13, 132-133, 222, 227.
    """
    if issued_automatically(risk):
        return ()
    lines = [" ".join(words.split()) for words in requirements if words.strip()]
    papers = {
        key_of(words): WantedPaper(WantedKind.NAMED, key_of(words), position, words)
        for words in lines
    }
    named = [words.casefold() for words in lines]
    if shared_premises:
        papers["kios"] = WantedPaper(WantedKind.STALL, "kios", position)
    elif customary_land:
        if not any("hukum adat" in words for words in named):
            papers["adat"] = WantedPaper(WantedKind.CONSENT, "adat", position)
    elif on_land and not any("penguasaan lahan" in words for words in named):
        papers["lahan"] = WantedPaper(WantedKind.LAND, "lahan", position)
    return tuple(papers.values())


def other_papers_offered(taken: int) -> tuple[WantedPaper, ...]:
    """Return the places for papers that nobody asked for: those taken, and one that is free.

    taken: number of the highest place ever used, 0 for none.
    """
    places = range(1, min(taken + 1, OTHER_PAPERS_AT_MOST) + 1)
    return tuple(
        WantedPaper(WantedKind.OTHER, f"lain{number}", None, needed=False) for number in places
    )
