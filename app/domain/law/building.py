"""Which papers a building needs: approval (PBG) and fitness certificate (SLF).

Of this part of PP 28/2025 only articles 13 and 123 were read; the rest says so.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from app.domain.law.because import FactKind, Known
from app.domain.law.rules import RuleTable, Subject, Way


class Building(StrEnum):
    """What stands at the place of business. approval: IMB (before 2021) or PBG."""

    NONE = "none"
    NEW = "new"
    EXISTING_WITH_APPROVAL = "existing_with_approval"
    EXISTING_WITHOUT_APPROVAL = "existing_without_approval"
    UNKNOWN = "unknown"


class BuildingStep(StrEnum):
    """What the building needs. ASK: not known here, ask the office."""

    NONE_SHARED_PREMISES = "no_building_paper_shared"
    NONE_NO_BUILDING = "no_building"
    PBG_THEN_SLF = "pbg_then_slf"
    SLF_ONLY = "slf_only"
    ASK = "ask_building_paper"


def building_way(
    table: RuleTable, building: Building, *, on: date, shared_premises: bool = False
) -> Way[BuildingStep]:
    """Return which paper the building needs.

    Raises NoRuleInForce for a day before PP 28/2025.
    Source: PP 28/2025, article 13 (shared premises), 123 (standing without IMB or PBG: SLF).
    """
    facts = {
        FactKind.SHARED_PREMISES: Known.of(shared_premises),
        FactKind.BUILDING: building,
    }
    return table.decide(Subject.BUILDING, BuildingStep, facts, on=on)
