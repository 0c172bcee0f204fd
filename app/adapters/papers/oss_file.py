"""Draw the answers of a dossier in the order of the OSS screens. It is a note, not a licence.

It must not be taken for a paper of OSS or of the office: no band, no seal, no number but the Nomor
Bantuan, and it says what it is not at its top and on every page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.adapters.papers.render import drawable, qr_svg, typeset


@dataclass(frozen=True, slots=True)
class FileGroup:
    """Rows of one activity: (question, answer). title: "" where there is nothing to tell apart."""

    title: str = field(repr=False)
    rows: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileSheet:
    """One screen of OSS."""

    title: str
    note: str
    groups: tuple[FileGroup, ...]


@dataclass(frozen=True, slots=True)
class OssFile:
    """What the paper shows, every text in its language.

    language: "id" or "en". support_number: as it is shown. track_url: behind the QR code.
    made_at: aware. page_words: with {page} and {pages}.
    """

    language: str
    title: str
    not_a_licence: str
    about: tuple[str, ...]
    sheets: tuple[FileSheet, ...]
    support_words: str
    support_number: str
    track_words: str
    track_url: str
    made_words: str
    page_words: str
    made_at: datetime


def render_oss_file(paper: OssFile) -> bytes:
    """Return the paper as a PDF/UA-1 file in A4."""
    made_at = paper.made_at.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second")
    data = {
        "language": paper.language,
        "title": drawable(paper.title),
        "not_a_licence": drawable(paper.not_a_licence),
        "about": [drawable(line) for line in paper.about],
        "sheets": [
            {
                "title": drawable(sheet.title),
                "note": drawable(sheet.note),
                "groups": [
                    {
                        "title": drawable(group.title),
                        "rows": [[drawable(q), drawable(a)] for q, a in group.rows],
                    }
                    for group in sheet.groups
                ],
            }
            for sheet in paper.sheets
        ],
        "support_words": drawable(paper.support_words),
        "support_number": drawable(paper.support_number),
        "track_words": drawable(paper.track_words),
        "track_url": paper.track_url,
        "made_words": drawable(paper.made_words),
        "page_words": drawable(paper.page_words),
        "made_utc": {part: getattr(made_at, part) for part in parts},
        "qr_svg": qr_svg(paper.track_url),
    }
    return typeset("oss_file.typ", data, made_at)
