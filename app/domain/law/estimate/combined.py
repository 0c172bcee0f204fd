"""Several activities of one business together (beberapa kegiatan usaha).

Every activity keeps its own risk and products. Some things are counted or decided over the whole
business: its size, the environmental document, and which trades may stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.law.because import Conclusion, Fact, FactKind
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.environment import EnvironmentStep, strictest_document
from app.domain.law.estimate.answer import Estimate, EstimateCase
from app.domain.law.estimate.obstacles import (
    JourneyReason,
    TradeConflict,
    journey_reasons,
    trade_conflict,
)
from app.domain.law.requirements import Declaration, DeclarationKind
from app.domain.law.risk import Citation, LicenceProduct, RiskLevel, risk_citation, strictest
from app.domain.law.spatial import SpatialStep, spatial_burden

# One environmental document for several activities: the strictest.
_STRICTEST_DOCUMENT = Citation("PP 28/2025", "78(6)")
_SIZES = Citation("PP 7/2021", "35-36", confirmed=False)
# Per five-digit code and place: what OSS asks for and gives.
_PER_ACTIVITY = Citation("PP 28/2025", "210-211")


@dataclass(frozen=True, slots=True)
class Part:
    """What one activity brings. products: empty where its risk is not known (yet).

    reasons: why the short journey does not carry this activity, as if it were the only one.
    """

    position: int
    found: Estimate
    products: Conclusion[tuple[LicenceProduct, ...]]
    reasons: frozenset[JourneyReason]


@dataclass(frozen=True, slots=True)
class Whole:
    """What follows for the business as a whole. None where nothing is known to conclude from.

    parts: one per activity, in the order given. products: every product, each once.
    risk: the highest; it decides from when the whole business may run, not what each activity
        receives.
    environment: the one document for all, as far as the risks are known.
    spatial: the heaviest step of any place; each place has its own.
    declarations: each kind once. trade: wholesale beside retail.
    obstacles: why the short journey does not carry the file, with the activities concerned.
    """

    parts: tuple[Part, ...]
    products: tuple[LicenceProduct, ...]
    size: Conclusion[BusinessSize] | None
    risk: Conclusion[RiskLevel] | None
    environment: Conclusion[EnvironmentStep] | None
    spatial: Conclusion[SpatialStep] | None
    declarations: tuple[Declaration, ...]
    trade: Conclusion[TradeConflict] | None
    obstacles: tuple[Conclusion[JourneyReason], ...]

    @property
    def reasons(self) -> frozenset[JourneyReason]:
        """The obstacles without their facts."""
        return frozenset(obstacle.value for obstacle in self.obstacles)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every law behind the whole and its parts, each once."""
        concluded: tuple[Conclusion[object] | None, ...] = (
            self.size,
            self.risk,
            self.environment,
            self.spatial,
            self.trade,
        )
        own = [law for each in concluded if each for law in each.citations]
        of_parts = [law for part in self.parts for law in part.found.citations]
        return tuple(dict.fromkeys([*own, *of_parts]))


def whole_capital(capitals: Iterable[Capital]) -> Capital:
    """Return the capital of all activities together, part by part.

    The size of a business follows from its whole capital, not from that of one activity: ask each
    estimate with the size of this sum. Source: PP 7/2021, article 35(1)-(3).
    """
    land = building = machines = other = working = 0
    for capital in capitals:
        land += capital.land_idr
        building += capital.building_idr
        machines += capital.machines_idr
        other += capital.other_idr
        working += capital.working_idr
    return Capital(land, building, machines, other, working)


def combine(estimates: Sequence[Estimate]) -> Whole:
    """Return what several activities mean together. Total: also for none, and for unknown risks.

    The order of the estimates decides only the order of `parts`. Each must have been asked with
    the size of the whole business.

    Source: PP 28/2025, articles 78(6), 130-133, 210-211; PP 7/2021, article 35; PP 29/2021.
    """
    parts = tuple(_part(number, each) for number, each in enumerate(estimates))
    risk = _highest_risk(estimates)
    trade = _trade(estimates)
    given = {product for part in parts for product in part.products.value}
    sizes = {each.size for each in estimates}
    return Whole(
        parts=parts,
        products=tuple(product for product in LicenceProduct if product in given),
        size=_size(sizes),
        risk=risk,
        environment=_environment(estimates),
        spatial=_spatial(estimates),
        declarations=_declarations(estimates),
        trade=trade,
        obstacles=_obstacles(parts, trade),
    )


def _risk_fact(found: Estimate) -> tuple[Fact, ...]:
    if found.risk is None:
        return ()
    return (Fact(FactKind.RISK, found.risk.value, found.code),)


def _part(position: int, found: Estimate) -> Part:
    law = risk_citation(found.risk) if found.risk else _PER_ACTIVITY
    products = Conclusion(found.products, _risk_fact(found), (law,))
    return Part(position, found, products, journey_reasons(found))


def _size(sizes: set[BusinessSize]) -> Conclusion[BusinessSize] | None:
    if not sizes:
        return None
    order = list(BusinessSize)
    biggest = max(sizes, key=order.index)
    return Conclusion(biggest, (Fact(FactKind.SIZE, biggest.value),), (_SIZES,))


def _highest_risk(estimates: Sequence[Estimate]) -> Conclusion[RiskLevel] | None:
    levels = [found.risk for found in estimates if found.risk is not None]
    if not levels:
        return None
    highest = strictest(levels)
    return Conclusion(
        highest,
        _sorted(fact for found in estimates for fact in _risk_fact(found)),
        (risk_citation(highest),),
    )


def _environment(estimates: Sequence[Estimate]) -> Conclusion[EnvironmentStep] | None:
    steps = [found.environment for found in estimates if found.environment is not None]
    if not steps:
        return None
    strict = strictest_document(steps)
    several = (_STRICTEST_DOCUMENT,) if len(estimates) > 1 else ()
    ways = [found.found.environment.conclusion for found in estimates if found.found]
    return Conclusion(
        strict,
        _sorted(fact for found in estimates for fact in _risk_fact(found)),
        (*several, *_laws(way for way in ways if way.value is strict)),
    )


def _spatial(estimates: Sequence[Estimate]) -> Conclusion[SpatialStep] | None:
    steps = [found.spatial for found in estimates if found.spatial is not None]
    if not steps:
        return None
    heaviest = max(steps, key=spatial_burden)
    return Conclusion(
        heaviest,
        _sorted(
            Fact(FactKind.CODE, found.code) for found in estimates if found.spatial is heaviest
        ),
        _laws(
            found.found.spatial.conclusion
            for found in estimates
            if found.found and found.spatial is heaviest
        ),
    )


def _declarations(estimates: Sequence[Estimate]) -> tuple[Declaration, ...]:
    """Each kind once, in the order of OSS; of several laws for one kind the strictest risk's."""
    by_strictness = sorted(
        estimates, key=lambda found: -found.risk.rank if found.risk is not None else 1
    )
    chosen: dict[DeclarationKind, Declaration] = {}
    for found in by_strictness:
        for declaration in found.declarations:
            chosen.setdefault(declaration.kind, declaration)
    return tuple(chosen[kind] for kind in DeclarationKind if kind in chosen)


def _trade(estimates: Sequence[Estimate]) -> Conclusion[TradeConflict] | None:
    conflict = trade_conflict(found.code for found in estimates)
    if conflict is None:
        return None
    codes = (*conflict.wholesale, *conflict.retail)
    return Conclusion(
        conflict, tuple(Fact(FactKind.CODE, code) for code in codes), (conflict.citation,)
    )


def _obstacles(
    parts: Sequence[Part], trade: Conclusion[TradeConflict] | None
) -> tuple[Conclusion[JourneyReason], ...]:
    found: list[Conclusion[JourneyReason]] = []
    for reason in JourneyReason:
        if reason is JourneyReason.TRADE_CONFLICT and trade is not None:
            found.append(Conclusion(reason, trade.facts, trade.citations))
        concerned = [part for part in parts if reason in part.reasons]
        if concerned:
            facts = _sorted(Fact(FactKind.CODE, part.found.code) for part in concerned)
            laws = _laws(each for part in concerned for each in _behind(part.found))
            found.append(Conclusion(reason, facts, laws))
    return tuple(found)


def _behind(found: Estimate) -> tuple[Conclusion[object], ...]:
    """The conclusions of an estimate that its obstacles rest on."""
    if found.case is EstimateCase.KNOWN and found.found is not None:
        return found.size_reason, found.found.products
    return (found.case_reason,)


def _laws(conclusions: Iterable[Conclusion[object]]) -> tuple[Citation, ...]:
    """Laws each once, in an order that does not depend on the order of the activities."""
    laws = {law for each in conclusions for law in each.citations}
    return tuple(sorted(laws, key=lambda law: (law.law, law.article, law.confirmed)))


def _sorted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts each once, in an order that does not depend on the order of the activities."""
    return tuple(sorted(set(facts), key=lambda fact: (fact.kind, fact.subject, fact.value)))
