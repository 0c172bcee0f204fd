"""Which papers a file wants, and which of them are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app import clock
from app.domain.dossier.attachments import (
    WantedKind,
    WantedPaper,
    other_papers_offered,
    papers_for_activity,
)
from app.domain.law.estimate.answer import Estimate
from app.domain.law.spatial import Ground
from app.extensions import db
from app.models.attachment import Attachment
from app.models.dossier import Activity, Dossier
from app.services.dossier import estimates
from app.services.licence import gate, standing

_OTHER = "lain"


class NotThere(LookupError):
    """There is no such paper, attachment or upload in this dossier, or it has expired."""


def wanted_papers(dossier: Dossier) -> list[WantedPaper]:
    """Return the papers that an office wants to see; none where nobody has to look."""
    papers: list[WantedPaper] = []
    for activity, estimate in _estimates(dossier):
        if estimate.risk is not None:
            papers += papers_for_activity(
                estimate.risk,
                estimate.requirements,
                position=activity.position,
                shared_premises=bool(activity.shared_premises),
                customary_land=bool(activity.customary_land),
                on_land=estimates.ground_of(activity) is not Ground.WATER,
            )
    return papers


def _estimates(dossier: Dossier) -> Iterable[tuple[Activity, Estimate]]:
    """Yield the activities whose risk is known, with what is known of them."""
    for activity in dossier.activities:
        found = estimates.estimate_for(dossier, activity.position)
        if found is not None:
            yield activity, found


def list_may_be_longer(dossier: Dossier) -> bool:
    """Return whether the office may ask for papers that the risk rows do not name to us."""
    return any(
        estimate.risk is not None
        and not estimate.automatic
        and (not estimate.details_known or bool(estimate.unread))
        for _, estimate in _estimates(dossier)
    )


@dataclass(frozen=True)
class PaperState:
    """A paper with the file that answers it. removed: the newest, while it can be put back."""

    paper: WantedPaper
    there: Attachment | None
    removed: Attachment | None


def papers_of(dossier: Dossier) -> list[PaperState]:
    """Return every paper to show: wanted, no longer wanted but there, and offered; two queries."""
    versions: dict[tuple[str, int | None], list[Attachment]] = {}
    query = select(Attachment).where(Attachment.dossier_id == dossier.id).order_by(Attachment.id)
    for row in db.session.scalars(query):
        versions.setdefault((row.requirement, row.position), []).append(row)
    papers = wanted_papers(dossier)
    others = [int(key.removeprefix(_OTHER)) for key, _ in versions if key.startswith(_OTHER)]
    offered = other_papers_offered(max(others, default=0))
    asked = {(paper.key, paper.position) for paper in (*papers, *offered)}
    former = [
        WantedPaper(WantedKind.FORMER, key, position, needed=False)
        for (key, position), rows in versions.items()
        if (key, position) not in asked and any(row.in_force for row in rows)
    ]
    return [
        _state(paper, versions.get((paper.key, paper.position), []))
        for paper in (*papers, *former, *offered)
    ]


def _state(paper: WantedPaper, rows: list[Attachment]) -> PaperState:
    there = next((row for row in rows if row.in_force), None)
    removed = [row for row in rows if row.removed_at is not None]
    return PaperState(paper, there, removed[-1] if removed and there is None else None)


def counts(dossier: Dossier) -> tuple[int, int] | None:
    """Return how many of the needed papers are there, and how many are needed; None for none."""
    needed = [state for state in papers_of(dossier) if state.paper.needed]
    return (len([state for state in needed if state.there]), len(needed)) if needed else None


def lacking(dossier: Dossier) -> tuple[int, int] | None:
    """Return `counts` where papers lack and may still be added; None else."""
    found = counts(dossier)
    if found is None:
        return None
    missing = [s.paper.key for s in papers_of(dossier) if s.paper.needed and s.there is None]
    return found if changeable(dossier, missing) else None


def find_paper(dossier: Dossier, address: str) -> PaperState:
    """Return a paper by its name in an address. Raises NotThere."""
    for state in papers_of(dossier):
        if state.paper.address == address:
            return state
    raise NotThere(address)


def may_change(dossier: Dossier, key: str) -> bool:
    """Return whether the file of a paper may be added, replaced or removed now.

    Until the dossier is sent, and after that while an office has given back exactly this paper. A
    paper that is still missing may also be added until the office begins to read.
    """
    return key in changeable(dossier, [key])


def changeable(dossier: Dossier, keys: Iterable[str]) -> frozenset[str]:
    """Return those of the papers that `may_change` allows; as many queries for one as for all."""
    asked = frozenset(keys)
    if dossier.sent_at is None:
        return asked
    returned = asked & gate.papers_to_mend(dossier)
    if not standing.takes_papers(dossier):
        return returned
    in_force = Attachment.replaced_at.is_(None) & Attachment.removed_at.is_(None)
    there = select(Attachment.requirement).where(Attachment.dossier_id == dossier.id, in_force)
    return returned | (asked - frozenset(db.session.scalars(there)))


def check_changeable(dossier: Dossier, key: str) -> None:
    if not may_change(dossier, key):
        raise gate.DossierClosed(dossier.id)
    dossier.updated_at = clock.now()
