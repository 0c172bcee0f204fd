"""Which environmental document belongs to an activity, PP 28/2025 articles 78-101."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from app.domain.law.because import FactKind
from app.domain.law.risk import RiskLevel
from app.domain.law.rules import RuleTable, Subject, Way


class EnvironmentStep(StrEnum):
    """Which environmental paper belongs to the activity.

    ASK_SPPL_OR_UKL_UPL: one of the two. ASK_ANY: a full study (Amdal) is possible as well.
    """

    SPPL_WITH_NIB = "sppl_with_nib"
    ASK_SPPL_OR_UKL_UPL = "ask_sppl_or_ukl_upl"
    ASK_ANY = "ask_any"


class EnvironmentPaper(StrEnum):
    """The environmental documents (dokumen lingkungan), the lightest first."""

    SPPL = "sppl"
    UKL_UPL = "ukl_upl"
    AMDAL = "amdal"


_BURDENS: Mapping[EnvironmentStep, int] = {
    step: rank
    for rank, step in enumerate(
        (
            EnvironmentStep.SPPL_WITH_NIB,
            EnvironmentStep.ASK_SPPL_OR_UKL_UPL,
            EnvironmentStep.ASK_ANY,
        )
    )
}


def environment_way(table: RuleTable, risk: RiskLevel, *, on: date) -> Way[EnvironmentStep]:
    """Return which environmental paper belongs to the risk, or that the office must be asked.

    Which document an activity needs is set by a list of the environment ministry that was not
    read; so above low risk the answer is "ask", with what it can be in may_be.

    Raises NoRuleInForce for a day before PP 28/2025.
    Source: PP 28/2025, articles 96-101, 220, 222, 227.
    """
    return table.decide(Subject.ENVIRONMENT, EnvironmentStep, {FactKind.RISK: risk}, on=on)


def environment_burden(step: EnvironmentStep) -> int:
    """Return how much a step may ask of the owner, 0 for the least; for comparing only."""
    return _BURDENS[step]


def strictest_document(steps: Iterable[EnvironmentStep]) -> EnvironmentStep:
    """Return the one that holds for all activities together. Raises ValueError when none is given.

    Source: PP 28/2025, article 78(6).
    """
    return max(steps, key=environment_burden)
