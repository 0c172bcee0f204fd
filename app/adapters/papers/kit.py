"""Draw the papers of the print kit: leaflet, poster and notice. Each word comes ready.

They are the same for everybody, so a drawn paper is kept: the next who asks for it waits for
nothing. What is kept is found by all that stands on the paper, so it can never be an old one.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from typing import Any, Final, Literal

import typst

from app.adapters.papers.render import (
    HERE,
    LONGEST_URL,
    BadPaper,
    PaperError,
    drawable,
    qr_svg,
    typeset,
)
from app.domain.help.kit import MARK

Design = Literal["leaflet", "leaflet_two_up", "poster", "notice"]

KEPT: Final = 12  # two sets of six papers, each below 60 kB
_TEMPLATES: Final[dict[str, str]] = {
    "leaflet": "kit_leaflet.typ",
    "leaflet_two_up": "kit_leaflet.typ",
    "poster": "kit_poster.typ",
    "notice": "kit_notice.typ",
}
_AS_IT_IS: Final = frozenset({"url", "drawing"})  # made or checked elsewhere; no words


@dataclass(frozen=True, slots=True)
class KitSection:
    """A heading, its answer, and points of (bold beginning, rest)."""

    title: str
    lead: str
    points: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KitHelper:
    """Somebody who helps, and (label, what is known): "" where there is a line for a pen."""

    name: str
    known: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KitPage:
    """One page in one language. What a paper has no use for stays empty.

    lines: the steps of the leaflet, the few words of the poster, the blanks of the notice.
    scan: what to do with the QR code of `url`. address: the same as people type it. source: law and
    day of review. practice: what a practice paper says of itself, "" outside practice. drawing: a
    checked <svg>.
    """

    language: str
    headline: str
    scan: str
    address: str
    url: str
    honest: str
    source: str
    practice: str = ""
    sections: tuple[KitSection, ...] = ()
    lines: tuple[str, ...] = ()
    helps: str = ""
    helpers: tuple[KitHelper, ...] = ()
    more: str = ""
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class KitPaper:
    """A paper to print. day: of its last review, and so the date of the file."""

    design: Design
    title: str
    day: date
    pages: tuple[KitPage, ...]


@lru_cache(maxsize=KEPT)
def render_kit(paper: KitPaper) -> bytes:
    """Return the paper as a PDF/UA-1 file; the same paper always gives the same bytes.

    Raises PaperError where it cannot be drawn; that is not kept, so it is tried again.
    """
    for page in paper.pages:
        if not (page.url.isascii() and page.url.isprintable() and len(page.url) <= LONGEST_URL):
            raise BadPaper("url")
    made_at = datetime.combine(paper.day, time(), UTC)
    try:
        return typeset(_TEMPLATES[paper.design], _for_template(paper), made_at)
    except (typst.TypstError, OSError) as error:
        raise PaperError(paper.design) from error


def tag_of(paper: KitPaper) -> str:
    """Return a short name for all that stands on a paper and how it is drawn."""
    said = json.dumps(asdict(paper), ensure_ascii=False, default=str)
    return hashlib.sha256(f"{_looks()}{said}".encode()).hexdigest()[:16]


@cache
def _looks() -> str:
    """Return the name of all templates together: a new look is a new paper."""
    sources = sorted({"look.typ", "kit.typ", *_TEMPLATES.values()})
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in sources)).hexdigest()


def _for_template(paper: KitPaper) -> dict[str, Any]:
    return {
        "design": paper.design,
        "title": drawable(paper.title),
        "day": {part: getattr(paper.day, part) for part in ("year", "month", "day")},
        "mark": MARK if any(page.practice for page in paper.pages) else "",
        "pages": [_page(page) for page in paper.pages],
    }


def _page(page: KitPage) -> dict[str, Any]:
    words = {
        name: value if name in _AS_IT_IS else _drawable(value)
        for name, value in asdict(page).items()
    }
    # Without the size for screens a drawing fills what the paper gives it.
    sized = re.compile(r' (?:width|height)="\d+"')
    drawing = re.sub(r"^<svg[^>]*", lambda tag: sized.sub("", tag[0]), page.drawing)
    return {**words, "drawing": drawing, "qr_svg": qr_svg(page.url)}


def _drawable(value: Any) -> Any:
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {name: _drawable(each) for name, each in value.items()}
    return [_drawable(each) for each in value]
