"""Why an office gives a dossier back or rejects it, and what exactly has to be mended.

A reason without a remedy helps nobody, so each has one in the labels, and a citation here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.dossier.journey import StepName
from app.domain.law.risk import Citation


class CorrectionOutcome(StrEnum):
    """How one time to mend ended. CLOSED: the office went on without an answer."""

    SENT = "sent"
    LATE = "late"
    CLOSED = "closed"


class ReturnReason(StrEnum):
    """Our list of reasons; offices write them in their own words."""

    WRONG_DOCUMENT = "wrong_document"
    UNREADABLE = "unreadable"
    EXPIRED = "expired"
    NAME_DIFFERS = "name_differs"  # from the KTP
    KBLI_DIFFERS = "kbli_differs"  # from what is really done
    PLACE_NOT_IN_PLAN = "place_not_in_plan"
    FIGURES_INCONSISTENT = "figures_inconsistent"  # area, capital
    REQUIREMENT_MISSING = "requirement_missing"
    NOT_OUR_AUTHORITY = "not_our_authority"
    LATE_REPLY = "late_reply"
    STANDARD_NOT_MET = "standard_not_met"
    DUPLICATE = "duplicate"


MENDABLE = tuple(
    reason
    for reason in ReturnReason
    if reason
    not in {ReturnReason.NOT_OUR_AUTHORITY, ReturnReason.LATE_REPLY, ReturnReason.DUPLICATE}
)
"""Reasons to give a dossier back; the others only end it."""


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """Where a reason stands in the law. answer_working_days: None where no article names them."""

    citation: Citation
    answer_working_days: int | None = None


# The stages (complete, correct, standard met) are articles 222-224 and 227-229. They name no list
# of faults in papers, hence confirmed=False where only the stage is known.
_PAPERS = Citation("PP 28/2025", "222, 227", confirmed=False)
_RULES: Mapping[ReturnReason, ReasonRule] = {
    ReturnReason.WRONG_DOCUMENT: ReasonRule(_PAPERS),
    ReturnReason.UNREADABLE: ReasonRule(_PAPERS),
    ReturnReason.EXPIRED: ReasonRule(_PAPERS),
    ReturnReason.NAME_DIFFERS: ReasonRule(Citation("PP 28/2025", "207")),
    ReturnReason.KBLI_DIFFERS: ReasonRule(Citation("PP 28/2025", "207, 211")),
    # Papers about the place are mended within five working days.
    ReturnReason.PLACE_NOT_IN_PLAN: ReasonRule(Citation("PP 28/2025", "20-25"), 5),
    ReturnReason.FIGURES_INCONSISTENT: ReasonRule(Citation("PP 28/2025", "211")),
    ReturnReason.REQUIREMENT_MISSING: ReasonRule(Citation("PP 28/2025", "222, 227")),
    ReturnReason.NOT_OUR_AUTHORITY: ReasonRule(Citation("PP 28/2025", "4")),
    ReturnReason.LATE_REPLY: ReasonRule(Citation("PP 28/2025", "222-224", confirmed=False)),
    ReturnReason.STANDARD_NOT_MET: ReasonRule(Citation("PP 28/2025", "222(7), 224")),
    ReturnReason.DUPLICATE: ReasonRule(Citation("PP 28/2025", "206")),
}


def rule_of(reason: ReturnReason) -> ReasonRule:
    """Return the citation of a reason and the days to answer, where the law names them."""
    return _RULES[reason]


class BadTarget(ValueError):
    """A text that names nothing that could be mended."""


@dataclass(frozen=True, slots=True)
class StepTarget:
    """The answers of one step; position: of the activity they are about, 0 for the first."""

    step: StepName
    position: int = 0

    def __str__(self) -> str:
        return f"step:{self.step}:{self.position}"


@dataclass(frozen=True, slots=True)
class PaperTarget:
    """One uploaded paper, by the key of its requirement."""

    key: str

    def __str__(self) -> str:
        return f"paper:{self.key}"


Target = StepTarget | PaperTarget

_STEP = re.compile(r"step:([a-z]+):([0-9]{1,3})")
_PAPER = re.compile(r"paper:([A-Za-z0-9_.-]{1,70})")


def parse_target(text: str) -> Target:
    """Read "step:tempat:0" or "paper:<key>". Raises BadTarget."""
    if match := _STEP.fullmatch(text):
        name, position = match.groups()
        if name in set(StepName):
            return StepTarget(StepName(name), int(position))
    if match := _PAPER.fullmatch(text):
        return PaperTarget(match[1])
    raise BadTarget


@dataclass(frozen=True, slots=True)
class CorrectionItem:
    """One thing to mend, or why it is rejected; then target may be None.

    note: the office's own words, which may name a person; "" without.
    """

    target: Target | None
    reason: ReturnReason
    note: str = field(default="", repr=False)


class Hindrance(StrEnum):
    """Why a mended dossier cannot be sent yet."""

    ITEMS = "items"
    ANSWERS = "answers"
    NIK = "nik"
    OTHER_LICENCE = "other_licence"
