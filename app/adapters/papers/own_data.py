"""Draw the copy of somebody's own data as a tagged PDF. The words come ready, in one language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import typst

from app.adapters.papers.render import FONTS, HERE, compiling, drawable


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A heading and its (question, answer) lines."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnDataPaper:
    """What the copy shows. language: "id" or "en"; made_at: aware moment."""

    title: str
    language: str
    number: str
    note: str
    made_at: datetime
    sections: tuple[PaperSection, ...]


def render_own_data(paper: OwnDataPaper) -> bytes:
    """Return the copy as a PDF/UA-1 file in A4; the same paper always gives the same bytes."""
    made_at = paper.made_at.astimezone(UTC)
    data = {
        "title": drawable(paper.title),
        "language": paper.language,
        "number": drawable(paper.number),
        "note": drawable(paper.note),
        "made_utc": {
            part: getattr(made_at, part)
            for part in ("year", "month", "day", "hour", "minute", "second")
        },
        "sections": [
            {
                "title": drawable(section.title),
                "rows": [[drawable(question), drawable(said)] for question, said in section.rows],
            }
            for section in paper.sections
        ],
    }
    with compiling:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(made_at.timestamp()),
        )
    assert isinstance(pdf, bytes)
    return pdf


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    return typst.Compiler(
        str(HERE / "own_data.typ"), root=str(HERE), font_paths=fonts, ignore_system_fonts=True
    )
