"""Draw specimen papers as small, tagged PDF files. Nothing here talks to a person or a network.

Only specimens are drawn. A NIB is issued by Lembaga OSS alone (PP 28/2025, article 206) and every
result of licensing is delivered in OSS alone (article 4(5)), so this system has no use for a paper
without the mark of practice, and asking for one is an error.
"""

from __future__ import annotations

import io
import json
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst
from babel.dates import format_datetime

from app.domain.licence.specimen import SpecimenKind

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
# Eastern Indonesia Time (WIT): nine hours ahead all year, so no time zone data is needed.
WIT = timezone(timedelta(hours=9), "WIT")
DARK = "#003a44"
LONGEST_URL = 200

# Every character in our fonts; tests prove that each of them can be drawn.
DRAWABLE = frozenset(
    chr(point)
    for first, last in (
        (0x20, 0x7E),
        (0xA0, 0xAC),
        (0xAE, 0x17F),
        (0x218, 0x21B),
        (0x2BB, 0x2BC),
        (0x2010, 0x2015),
        (0x2018, 0x201A),
        (0x201C, 0x201E),
        (0x2022, 0x2022),
        (0x2026, 0x2026),
        (0x2030, 0x2030),
        (0x2039, 0x203A),
        (0x20AC, 0x20AC),
        (0x2116, 0x2116),
        (0x2122, 0x2122),
        (0x2212, 0x2212),
        (0xFFFD, 0xFFFD),
    )
    for point in range(first, last + 1)
)


class PaperError(ValueError):
    """A paper that must not or cannot be drawn."""


class RealLicenceRefused(PaperError):
    """Asked for a paper without the mark of practice: only Lembaga OSS makes those."""


class BadPaper(PaperError):
    """A field of the paper has the wrong shape; its name is the only argument."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Indonesian and English; "" where nobody wrote the English."""

    id: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class PaperActivity:
    """One business activity (kegiatan usaha) as printed: code and edition of KBLI, and its risk.

    plain: what people call it; empty where nobody said.
    """

    kbli_code: str
    kbli_year: int
    title: Words
    risk: Words
    products: tuple[str, ...] = ()
    plain: Words = Words(id="")


@dataclass(frozen=True, slots=True)
class LicencePaper:
    """What one paper shows. It has no field for a NIK: papers are passed around.

    number: 13 digits for kind "nib", else the number of the certificate or permit.
    address: lines of the address of the business.
    issued_at: aware moment, shown in WIT; it is also the date of the file.
    verify_url: address behind the QR code; verify_code is printed under it.
    specimen: must be true, see RealLicenceRefused.
    """

    kind: SpecimenKind
    number: str
    holder: str
    trade_name: str
    address: tuple[str, ...]
    activities: tuple[PaperActivity, ...]
    size: Words
    status: Words
    issued_at: datetime
    declarations: tuple[Words, ...]
    legal_basis: str
    support_number: str
    verify_url: str
    verify_code: str
    specimen: bool


def render_licence(paper: LicencePaper) -> bytes:
    """Return the paper as a PDF/UA-1 file in A4; the same paper always gives the same bytes.

    Characters that our fonts lack lose their marks, or become U+FFFD where nothing is left.

    Raises RealLicenceRefused without the mark of practice, BadPaper for a wrong field; both are
    ValueError.
    """
    if paper.specimen is not True:
        raise RealLicenceRefused(paper.kind)
    _check(paper)
    made_at = paper.issued_at.astimezone(UTC)
    return typeset("nib.typ", _for_template(paper, made_at), made_at)


def typeset(template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """Return a template of this folder, filled with data, as a PDF/UA-1 file.

    data: made of JSON values; every text as drawable() returns it. made_at: date of the file.
    """
    # The compiler refuses to be used by two threads at once, and a paper takes milliseconds.
    with compiling:
        pdf = _compiler(template).compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(made_at.timestamp()),
        )
    assert isinstance(pdf, bytes)
    return pdf


compiling = threading.Lock()


@lru_cache(maxsize=8)
def _compiler(template: str) -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    return typst.Compiler(
        str(HERE / template), root=str(HERE), font_paths=fonts, ignore_system_fonts=True
    )


def _check(paper: LicencePaper) -> None:
    if paper.kind not in list(SpecimenKind):
        raise BadPaper("kind")
    digits = paper.number.isascii() and paper.number.isdecimal()
    if not paper.number or (
        paper.kind == SpecimenKind.NIB and not (digits and len(paper.number) == 13)
    ):
        raise BadPaper("number")
    if paper.issued_at.utcoffset() is None:
        raise BadPaper("issued_at")
    # The address becomes a link that people touch and a code that a cheap camera must read.
    url = paper.verify_url
    plain = url.isascii() and url.isprintable() and " " not in url
    if not (plain and url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL):
        raise BadPaper("verify_url")


def _for_template(paper: LicencePaper, made_at: datetime) -> dict[str, Any]:
    return {
        "kind": paper.kind,
        "specimen": paper.specimen,
        "number": drawable(paper.number),
        "holder": drawable(paper.holder),
        "trade_name": drawable(paper.trade_name),
        "address": _all_drawable(paper.address),
        "size": _both(paper.size),
        "status": _both(paper.status),
        "issued": _both(moment_in_words(paper.issued_at)),
        "made_utc": {
            part: getattr(made_at, part)
            for part in ("year", "month", "day", "hour", "minute", "second")
        },
        "activities": [
            {
                "kbli_code": drawable(activity.kbli_code),
                "kbli_year": activity.kbli_year,
                "title": _both(activity.title),
                "plain": _both(activity.plain),
                "risk": _both(activity.risk),
                "products": _all_drawable(activity.products),
            }
            for activity in paper.activities
        ],
        "declarations": [_both(said) for said in paper.declarations],
        "legal_basis": drawable(paper.legal_basis),
        "support_number": drawable(paper.support_number),
        "verify_url": paper.verify_url,
        "verify_code": drawable(paper.verify_code),
        "qr_svg": qr_svg(paper.verify_url),
    }


def moment_in_words(moment: datetime) -> Words:
    """Return an aware moment in WIT, in words."""
    local = moment.astimezone(WIT)
    return Words(
        id=format_datetime(local, "EEEE, d MMMM y, 'pukul' HH.mm 'WIT'", locale="id"),
        en=format_datetime(local, "EEEE, d MMMM y, HH:mm 'WIT'", locale="en"),
    )


def drawable(words: str) -> str:
    """Return one line of words that our fonts can draw.

    Spaces are collapsed; characters that control the text (right-to-left marks and their like)
    are left out, since they could make a paper read other than it is stored.
    """
    return " ".join("".join(map(_drawable_character, unicodedata.normalize("NFC", words))).split())


def _drawable_character(character: str) -> str:
    if character.isspace():
        return " "
    # Cf holds the soft hyphen, joiners and direction marks; M are marks without their letter.
    if unicodedata.category(character) in ("Cc", "Cf", "Mn", "Me"):
        return ""
    if character in DRAWABLE:
        return character
    letters = unicodedata.normalize("NFKD", character)
    return (
        "".join(letter for letter in letters if letter in DRAWABLE) or "\N{REPLACEMENT CHARACTER}"
    )


def _all_drawable(lines: Iterable[str]) -> list[str]:
    return [line for line in map(drawable, lines) if line]


def _both(words: Words) -> dict[str, str]:
    return {"id": drawable(words.id), "en": drawable(words.en)}


def qr_svg(url: str) -> str:
    """Return the QR code of an address as a drawing."""
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture,
        kind="svg",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        border=2,
        dark=DARK,
    )
    return picture.getvalue().decode()
