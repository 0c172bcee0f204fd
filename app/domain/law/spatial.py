"""How a place of business gets its spatial suitability (KKPR), PP 28/2025 articles 13-36."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.law.because import FactKind, Known
from app.domain.law.business_size import BusinessSize
from app.domain.law.risk import RiskLevel
from app.domain.law.rules import RuleTable, Subject, Way


class DetailedPlan(StrEnum):
    """What is known of the detailed spatial plan (RDTR) at the place of business."""

    IN_OSS = "in_oss"
    OUTSIDE_OSS = "outside_oss"
    NONE = "none"
    UNKNOWN = "unknown"


class Ground(StrEnum):
    """What the place lies on (posisi lokasi)."""

    LAND = "land"
    WATER = "water"
    FOREST = "forest"


class SpatialStep(StrEnum):
    """How the place gets its spatial suitability (KKPR).

    UNKNOWN_PLAN: a confirmation or an assessment; which one depends on a plan that is not known
    here, so the office must be asked.
    """

    NONE_SHARED_PREMISES = "none_shared_premises"
    SELF_STATEMENT = "self_statement"
    AUTOMATIC_BY_RDTR = "automatic_by_rdtr"
    ASSESSMENT = "assessment"
    UNKNOWN_PLAN = "unknown_plan"


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What is known of an area; most of it is not known until an office fills it in.

    small_island: smaller than 100 km². kek: inside a special economic zone (KEK).
    """

    plan: DetailedPlan = DetailedPlan.UNKNOWN
    small_island: Known = Known.UNKNOWN
    kek: Known = Known.UNKNOWN


NOTHING_KNOWN = PlaceFacts()

_BURDENS: Mapping[SpatialStep, int] = {
    SpatialStep.NONE_SHARED_PREMISES: 0,
    SpatialStep.SELF_STATEMENT: 1,
    SpatialStep.AUTOMATIC_BY_RDTR: 2,
    SpatialStep.UNKNOWN_PLAN: 3,
    SpatialStep.ASSESSMENT: 4,
}


def spatial_way(
    table: RuleTable,
    size: BusinessSize,
    risk: RiskLevel,
    *,
    on: date,
    shared_premises: bool = False,
    ground: Ground = Ground.LAND,
    place: PlaceFacts = NOTHING_KNOWN,
) -> Way[SpatialStep]:
    """Return how the place of business gets its spatial suitability (KKPR).

    shared_premises: a stall, shop or office whose manager holds the papers of the building.
    On water or in a forest area other offices come in, so there the answer is "ask".

    Raises NoRuleInForce for a day before PP 28/2025.
    Source: PP 28/2025, articles 13, 17, 19-25, 32-33, 35-36. Since that regulation a small
    business may no longer state its place by itself; only a micro business of low risk may.
    """
    facts = {
        FactKind.SHARED_PREMISES: Known.of(shared_premises),
        FactKind.GROUND: ground,
        FactKind.SIZE: size,
        FactKind.RISK: risk,
        FactKind.PLAN: place.plan,
        FactKind.SMALL_ISLAND: place.small_island,
    }
    return table.decide(Subject.SPATIAL, SpatialStep, facts, on=on)


def spatial_burden(step: SpatialStep) -> int:
    """Return how much a step asks of the owner, 0 for nothing; for comparing steps only."""
    return _BURDENS[step]
