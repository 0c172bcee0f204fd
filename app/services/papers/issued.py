"""Papers: find one by its code, say what is true of it, draw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import modes
from app.adapters.papers.render import render_licence
from app.domain.oss.codes import NibStatus
from app.extensions import db
from app.models.dossier import Dossier, Paper
from app.services.papers.paper_words import licence_paper


@dataclass(frozen=True)
class PublicFacts:
    """What anybody with the paper in hand may know. Nothing about the person."""

    kind: str
    number: str
    specimen: bool
    issued_at: datetime
    kbli_codes: tuple[str, ...]
    nib_status: NibStatus | None


def of(dossier: Dossier) -> Paper | None:
    """Return the newest paper of a dossier."""
    shown = [paper for paper in dossier.papers if _may_show(paper)]
    return shown[-1] if shown else None


def _may_show(paper: Paper) -> bool:
    """Return whether a paper may be shown: a specimen in practice only."""
    return modes.in_training() or not paper.specimen


def find(code: str) -> Paper | None:
    """Return the paper with this code."""
    paper = db.session.scalar(select(Paper).where(Paper.code == code))
    return paper if paper is not None and _may_show(paper) else None


def public_facts(paper: Paper) -> PublicFacts:
    """Return what the verification page says."""
    handover = paper.dossier.handover
    return PublicFacts(
        kind=paper.kind,
        number=paper.number,
        specimen=paper.specimen,
        issued_at=paper.issued_at,
        kbli_codes=tuple(a.kbli_code for a in paper.dossier.activities if a.kbli_code),
        nib_status=NibStatus.of(handover.nib_status) if handover and handover.nib_status else None,
    )


def draw(paper: Paper, verify_url: str) -> bytes:
    """Return the paper as PDF."""
    return render_licence(licence_paper(paper, verify_url))
