"""The papers of the print kit: what stands on each, from its words, the topics and the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.adapters.papers.kit import (
    Design,
    KitHelper,
    KitPage,
    KitPaper,
    KitSection,
    render_kit,
    tag_of,
)
from app.adapters.papers.render import PaperError
from app.config import Settings
from app.domain.help.kit import (
    LeafletWords,
    NoticeWords,
    Part,
    Piece,
    PieceName,
    PosterWords,
    first_sentences,
)
from app.domain.help.topics import Helper
from app.i18n import LANGUAGES, language
from app.labels import label
from app.services.help import kit

__all__ = [
    "PAPERS",
    "Addresses",
    "PaperError",
    "PrintablePaper",
    "paper_of",
    "render_kit",
    "tag_of",
]

SENTENCES_OF_A_POINT: Final = 2
Addresses = Mapping[str, str]
"""Language -> the whole public address in it."""


@dataclass(frozen=True, slots=True)
class PrintablePaper:
    """A paper that can be printed: of which piece, and whether it holds both languages."""

    piece: PieceName
    design: Design
    both: bool = False


PAPERS: Final[Mapping[str, PrintablePaper]] = {
    "selebaran-a5": PrintablePaper(PieceName.LEAFLET, "leaflet", both=True),
    "selebaran-a4": PrintablePaper(PieceName.LEAFLET, "leaflet_two_up", both=True),
    "poster-a3": PrintablePaper(PieceName.POSTER, "poster"),
    "pengumuman-a4": PrintablePaper(PieceName.NOTICE, "notice"),
}
"""By the name in its address and of its file."""


def paper_of(name: str, addresses: Addresses) -> KitPaper:
    """Return all that stands on a paper, in the language of the page or in both."""
    kind = PAPERS[name]
    piece = kit.pieces()[kind.piece]
    languages = LANGUAGES if kind.both else (language(),)
    pages, days = [], []
    for each in languages:
        with force_locale(each):
            pages.append(_page(piece, addresses[each]))
            days.append(kit.checked_on(piece))
    text = piece.texts[languages[0]]
    return KitPaper(kind.design, f"{text.title} – {text.words.headline}", max(days), tuple(pages))


def _page(piece: Piece[Any], url: str) -> KitPage:
    here = language()
    words = piece.texts[here].words
    common: dict[str, Any] = {
        "language": here,
        "headline": words.headline,
        "address": kit.address_as_typed(url),
        "url": url,
        "honest": words.honest,
        "source": kit.source_line(piece),
        "practice": kit.practice_mark(),
    }
    if isinstance(words, LeafletWords):
        return KitPage(
            **common,
            scan=words.start,
            sections=_sections(piece, here),
            lines=words.steps,
            helps=words.helps,
            helpers=_helpers(),
            more=words.more,
        )
    if isinstance(words, PosterWords):
        drawing = kit.topic_of(piece.parts[0]).drawing
        return KitPage(
            **common, scan=words.scan, lines=words.lines, helps=words.here, drawing=drawing
        )
    assert isinstance(words, NoticeWords)
    start = kit.kit().leaflet.texts[here].words.start
    return KitPage(**common, scan=start, sections=_sections(piece, here), lines=words.blanks)


def _sections(piece: Piece[Any], here: str) -> tuple[KitSection, ...]:
    return tuple(_section(part, here) for part in piece.parts)


def _section(part: Part, here: str) -> KitSection:
    text = kit.topic_of(part).texts[here]
    points = tuple(
        (point.head, first_sentences(point.rest, SENTENCES_OF_A_POINT))
        for point in text.points[: part.points]
    )
    return KitSection(text.title, text.lead, points)


def _helpers() -> tuple[KitHelper, ...]:
    """Return who helps. What the settings do not know is a line for a pen, never a guess."""
    settings: Settings = current_app.config["SETTINGS"]
    office = (
        (_("Address"), settings.office_address or ""),
        (_("Open"), settings.office_hours or ""),
        (_("Telephone"), settings.office_phone or ""),
    )
    return (
        KitHelper(label(Helper.DPMPTSP), office),
        KitHelper(label(Helper.FACILITATOR), ((_("Name and number"), ""),)),
    )
