"""What an owner does after the NIB: only what fits the business, each with its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.after.lkpm import LKPM_LAW, Rhythm, rhythm_of
from app.domain.law.business_size import BusinessSize
from app.domain.law.requirements import (
    HALAL_MANDATORY_FROM,
    Certainty,
    SupportingPaperKind,
    other_papers,
)
from app.domain.law.risk import Citation


class NextStep(StrEnum):
    """One thing to do after the NIB."""

    HALAL = "halal"
    NON_HALAL_NOTICE = "non_halal_notice"
    SPP_IRT = "spp_irt"
    SUPPORTING = "supporting"
    LKPM = "lkpm"
    NO_LKPM = "no_lkpm"
    KEEP_CURRENT = "keep_current"
    BEWARE = "beware"


@dataclass(frozen=True, slots=True)
class ToDo:
    """One step with its sources. papers: names from the risk table (SUPPORTING only).

    since: the day from which it is mandatory; in_force: whether that day has come.
    """

    step: NextStep
    certainty: Certainty
    citations: tuple[Citation, ...]
    papers: tuple[str, ...] = ()
    since: date | None = None
    in_force: bool = True


_BY_PAPER = {
    SupportingPaperKind.HALAL: NextStep.HALAL,
    SupportingPaperKind.NON_HALAL_NOTICE: NextStep.NON_HALAL_NOTICE,
    SupportingPaperKind.SPP_IRT: NextStep.SPP_IRT,
}


def to_do_after_nib(
    activities: Iterable[tuple[str, tuple[str, ...]]], size: BusinessSize, *, on: date
) -> tuple[ToDo, ...]:
    """Return what is to be done, the most urgent first.

    activities: KBLI 2025 code, and the supporting licences that its risk rows name. Each step
        stands once; it is "needed" as soon as one activity needs it.

    Source: as other_papers() and rhythm_of(); PP 28/2025, articles 205, 219 (data kept current)
    and 4, 206 (only OSS issues).
    """
    steps: dict[NextStep, ToDo] = {}
    named: dict[str, Citation] = {}
    for code, named_by_rows in activities:
        for paper in other_papers(code, size, named_by_rows):
            if paper.kind is SupportingPaperKind.FROM_RISK_TABLE:
                named.setdefault(paper.label, paper.citation)
                continue
            step = _BY_PAPER[paper.kind]
            held = steps.get(step)
            if held is None or paper.certainty is Certainty.NEEDED:
                since = HALAL_MANDATORY_FROM if step is NextStep.HALAL else None
                steps[step] = ToDo(
                    step,
                    paper.certainty,
                    (paper.citation,),
                    since=since,
                    in_force=since is None or on >= since,
                )
    if named:
        laws = tuple(dict.fromkeys(named.values()))
        steps[NextStep.SUPPORTING] = ToDo(
            NextStep.SUPPORTING, Certainty.MAY_NEED, laws, papers=tuple(named)
        )
    exempt = rhythm_of(size) is Rhythm.EXEMPT
    lkpm = NextStep.NO_LKPM if exempt else NextStep.LKPM
    steps[lkpm] = ToDo(lkpm, Certainty.NEEDED, LKPM_LAW)
    steps[NextStep.KEEP_CURRENT] = ToDo(
        NextStep.KEEP_CURRENT, Certainty.NEEDED, (Citation("PP 28/2025", "205, 219"),)
    )
    steps[NextStep.BEWARE] = ToDo(
        NextStep.BEWARE, Certainty.NEEDED, (Citation("PP 28/2025", "4(4)-(5), 206"),)
    )
    return tuple(steps[step] for step in NextStep if step in steps)
