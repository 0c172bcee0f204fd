"""The estimate (perkiraan) behind "Cek usaha": what one activity will need.

Total and deterministic: every question gets an answer, and what is not known is said to be not
known. An estimate is never a decision; the national OSS decides (PP 28/2025 art. 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from app.domain.law.authority import DaysKnown, Deciding, ServiceTime, deciding, service_time
from app.domain.law.because import Conclusion, Fact, FactKind, Known
from app.domain.law.building import Building, BuildingStep, building_way
from app.domain.law.business_size import BusinessSize, size_from_capital, size_from_yearly_sales
from app.domain.law.editions import KBLI_NOW
from app.domain.law.environment import EnvironmentStep, environment_way
from app.domain.law.requirements import (
    UMK,
    Declaration,
    SupportingPaper,
    declarations_for,
    other_papers,
)
from app.domain.law.risk import (
    Citation,
    LicenceProduct,
    MayOperate,
    RiskLevel,
    issued_automatically,
    may_operate,
    products_for,
    risk_citation,
    strictest,
)
from app.domain.law.rows import AuthorityRule, RiskNote, RiskRow, Unread
from app.domain.law.rules import DayUnit, NoRuleInForce, RuleTable, Way
from app.domain.law.sorong import KABUPATEN_SORONG, KABUPATEN_SORONG_BEFORE_2022
from app.domain.law.spatial import NOTHING_KNOWN, Ground, PlaceFacts, SpatialStep, spatial_way

# Working days (PP 28/2025, article 1(26)), as the risk rows write it.
HARI = "Hari"
_HOME = (KABUPATEN_SORONG, KABUPATEN_SORONG_BEFORE_2022)


class CapitalBand(StrEnum):
    """Steps of business capital (modal usaha) without land and building."""

    UP_TO_50M = "up_to_50m"
    UP_TO_1BN = "up_to_1bn"
    UP_TO_5BN = "up_to_5bn"
    UP_TO_10BN = "up_to_10bn"
    ABOVE_10BN = "above_10bn"


class SalesBand(StrEnum):
    """Steps of yearly sales (hasil penjualan tahunan) of a running business."""

    UP_TO_2BN = "up_to_2bn"
    UP_TO_15BN = "up_to_15bn"
    UP_TO_50BN = "up_to_50bn"
    ABOVE_50BN = "above_50bn"


Band = CapitalBand | SalesBand

# Highest amount inside each step, in whole rupiah; None = no ceiling. The first capital step is
# only there to make the choice easy: it lies well inside the micro size.
BANDS: Mapping[Band, int | None] = MappingProxyType(
    {
        CapitalBand.UP_TO_50M: 50_000_000,
        CapitalBand.UP_TO_1BN: 1_000_000_000,
        CapitalBand.UP_TO_5BN: 5_000_000_000,
        CapitalBand.UP_TO_10BN: 10_000_000_000,
        CapitalBand.ABOVE_10BN: None,
        SalesBand.UP_TO_2BN: 2_000_000_000,
        SalesBand.UP_TO_15BN: 15_000_000_000,
        SalesBand.UP_TO_50BN: 50_000_000_000,
        SalesBand.ABOVE_50BN: None,
    }
)


def size_of_band(band: Band) -> BusinessSize:
    """Return the business size of everyone inside a step.

    Source: PP 7/2021, articles 35-36, through the size rules.
    """
    ceiling_idr = BANDS[band]
    if isinstance(band, CapitalBand):
        if ceiling_idr is None:
            return size_from_capital(10_000_000_001)
        return size_from_capital(ceiling_idr)
    if ceiling_idr is None:
        return size_from_yearly_sales(50_000_000_001)
    return size_from_yearly_sales(ceiling_idr)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody answered about one activity at one place.

    code, year: KBLI. village_code: ten digits, dots allowed; None = not said.
    shared_premises: a market stall, shop or office whose manager holds the papers (art. 13).
    scope_no: the chosen scope (ruang lingkup); None = not chosen. foreign: foreign investment
    (PMA). building: what stands at the place.
    """

    code: str
    in_kabupaten: bool
    band: Band
    shared_premises: bool = False
    scope_no: int | None = None
    village_code: str | None = None
    year: int = KBLI_NOW
    ground: Ground = Ground.LAND
    foreign: Known = Known.UNKNOWN
    building: Building = Building.UNKNOWN


class EstimateCase(StrEnum):
    """Which kind of answer there is.

    KNOWN: everything that the loaded rows can say. OUTSIDE_AREA: the same, but another regency
    is competent. NEEDS_SCOPE: the risk differs by scope, so choose one. UNKNOWN: no row was
    loaded for the code. SIZE_NOT_OFFERED: the code, or the chosen scope, is closed to this size.
    """

    KNOWN = "known"
    NEEDS_SCOPE = "needs_scope"
    UNKNOWN = "unknown"
    SIZE_NOT_OFFERED = "size_not_offered"
    OUTSIDE_AREA = "outside_area"


class Bring(StrEnum):
    """What to have at hand before starting."""

    KTP = "ktp"
    OWN_PHONE_WITH_WHATSAPP = "own_phone_with_whatsapp"
    PLACE_ADDRESS_AND_AREA = "place_address_and_area"
    CAPITAL_FIGURES = "capital_figures"
    PRODUCT_AND_CAPACITY = "product_and_capacity"
    WORKER_NUMBERS = "worker_numbers"
    NPWP_IF_ANY = "npwp_if_any"
    STALL_PAPER_FROM_MANAGER = "stall_paper_from_manager"
    LAND_PAPER_OR_CONSENT_LETTER = "land_paper_or_consent_letter"
    PAPERS_NAMED_BY_STANDARD = "papers_named_by_standard"


class Notice(StrEnum):
    """Something to say beside the answer.

    KEK_ADMINISTRATOR_MAYBE: the district holds a special economic zone, where its Administrator
    decides. DETAILS_DIFFER_BY_SCOPE: the risk is the same, the details shown are only those that
    all scopes share. OTHER_SCOPES_CLOSED: the code has scopes that this size may not do.
    RISK_FOR_NAMED_SCOPE: only one scope is listed and it covers a part of the code, so the
    answer holds for that part.
    """

    KEK_ADMINISTRATOR_MAYBE = "kek_administrator_maybe"
    DETAILS_DIFFER_BY_SCOPE = "details_differ_by_scope"
    OTHER_SCOPES_CLOSED = "other_scopes_closed"
    RISK_FOR_NAMED_SCOPE = "risk_for_named_scope"


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """One scope to choose from. risk: None where the scope is closed to this size."""

    scope_no: int
    scope: str
    risk: RiskLevel | None


class Topic(StrEnum):
    """What a conclusion of an estimate is about."""

    CASE = "case"
    SIZE = "size"
    RISK = "risk"
    PRODUCTS = "products"
    MAY_OPERATE = "may_operate"
    SPATIAL = "spatial"
    ENVIRONMENT = "environment"
    BUILDING = "building"
    AUTHORITY = "authority"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Requirements:
    """What follows from one known risk level; part of an estimate."""

    risk: Conclusion[RiskLevel]
    products: Conclusion[tuple[LicenceProduct, ...]]
    may_operate: Conclusion[MayOperate]
    spatial: Way[SpatialStep]
    environment: Way[EnvironmentStep]
    building: Way[BuildingStep]
    deciding: Deciding
    service: ServiceTime


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate; what does not belong to its case is empty or None.

    found: what follows from the risk, with reasons and steps; None where there is no one risk.
    authority: as the rows name it, empty = not known, ask; authority_complete: False when others
    may be named too.
    details_known: False when some page was not read, so that empty lists mean "not known".
    unread: lists that were not read to their end. row_notes: doubts that the rows carry.
    licences: names of the licence as the rows give them. sizes_offered: those the code, or the
    chosen scope, has.
    as_of: oldest date among the rows used; None where no row was used. sources: their names.
    """

    case: EstimateCase
    code: str
    year: int
    size: BusinessSize
    outside_area: bool
    citations: tuple[Citation, ...]
    case_reason: Conclusion[EstimateCase]
    size_reason: Conclusion[BusinessSize]
    found: Requirements | None = None
    notices: tuple[Notice, ...] = ()
    scopes: tuple[ScopeChoice, ...] = ()
    sizes_offered: tuple[BusinessSize, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    other_papers: tuple[SupportingPaper, ...] = ()
    authority: tuple[AuthorityRule, ...] = ()
    authority_complete: bool = False
    details_known: bool = False
    unread: tuple[Unread, ...] = ()
    row_notes: tuple[RiskNote, ...] = ()
    licences: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    bring: tuple[Bring, ...] = ()
    sources: tuple[str, ...] = ()
    as_of: date | None = None

    @property
    def risk(self) -> RiskLevel | None:
        """The risk, where there is one."""
        return self.found.risk.value if self.found else None

    @property
    def products(self) -> tuple[LicenceProduct, ...]:
        """What OSS gives."""
        return self.found.products.value if self.found else ()

    @property
    def automatic(self) -> bool:
        """Return whether OSS gives everything at once, without an office deciding."""
        return self.found is not None and issued_automatically(self.found.risk.value)

    @property
    def may_operate(self) -> MayOperate | None:
        """From when the business may run."""
        return self.found.may_operate.value if self.found else None

    @property
    def spatial(self) -> SpatialStep | None:
        """How the place gets its KKPR."""
        return self.found.spatial.outcome if self.found else None

    @property
    def environment(self) -> EnvironmentStep | None:
        """Which environmental paper there is."""
        return self.found.environment.outcome if self.found else None

    @property
    def building(self) -> BuildingStep | None:
        """Which paper the building needs."""
        return self.found.building.outcome if self.found else None

    @property
    def days_known(self) -> DaysKnown:
        """What is known of the days."""
        return self.found.service.known if self.found else DaysKnown.UNKNOWN

    @property
    def days(self) -> int | None:
        """The days of the office, None unless days_known is KNOWN."""
        return self.found.service.days if self.found else None

    @property
    def days_unit(self) -> str:
        """HARI when the days are working days; "" for any other unit, and where there are none."""
        unit = self.found.service.unit if self.found else None
        return HARI if unit is DayUnit.WORKING else ""

    @property
    def reasons(self) -> Mapping[Topic, Conclusion[object]]:
        """Every conclusion by its subject."""
        reasons: dict[Topic, Conclusion[object]] = {
            Topic.CASE: self.case_reason,
            Topic.SIZE: self.size_reason,
        }
        if self.found is not None:
            reasons |= {
                Topic.RISK: self.found.risk,
                Topic.PRODUCTS: self.found.products,
                Topic.MAY_OPERATE: self.found.may_operate,
                Topic.SPATIAL: self.found.spatial.conclusion,
                Topic.ENVIRONMENT: self.found.environment.conclusion,
                Topic.BUILDING: self.found.building.conclusion,
                Topic.AUTHORITY: self.found.deciding.basis,
                Topic.SILENCE: self.found.service.silence,
            }
        return MappingProxyType(reasons)


# Risk per code, scope and size is fixed by an annex of the regulation (art. 5(3)-(4)).
RISK_TABLE = Citation("PP 28/2025", "5(3)-(4), Lampiran I")
_SIZES = Citation("PP 7/2021", "35-36", confirmed=False)
_NIB_DATA = Citation("PP 28/2025", "207, 211")
_UMK_CITATION = Citation("PP 28/2025", "233-234")
_AREA = Citation("PP 28/2025", "4")
_KEK = Citation("PP 28/2025", "12(4), 138(6)")

_SIZE_ORDER = tuple(BusinessSize)


def _digits(village_code: str | None) -> str:
    return "".join(character for character in village_code or "" if character.isdigit())


def is_outside_area(question: Question) -> bool:
    """Return whether another regency is competent, by the answer or by the village code."""
    village = _digits(question.village_code)
    return not question.in_kabupaten or (bool(village) and not village.startswith(_HOME))


def estimate(
    rows: Sequence[RiskRow],
    question: Question,
    *,
    rules: RuleTable,
    on: date,
    place: PlaceFacts = NOTHING_KNOWN,
) -> Estimate:
    """Return what the loaded rows and the law of a day say about one activity.

    rows: any rows; those of other codes or editions are passed over, and their order does not
        matter. Where two rows of one scope and size disagree, the stricter one counts.
    rules: the decision tables. on: the day whose law counts; for a day before it nothing is known.
    place: what is known of the village.

    Never raises. Source: PP 28/2025, articles 5, 13-36, 96-101, 130-133, 207-234.
    """
    size = size_of_band(question.band)
    of_code = [row for row in rows if row.code == question.code and row.year == question.year]
    if not of_code or not rules.in_force(on):
        return _without_risk(question, EstimateCase.UNKNOWN)
    by_scope: dict[int, dict[BusinessSize, RiskRow]] = {}
    for row in sorted(of_code, key=_strict_first):
        by_scope.setdefault(row.scope_no, {}).setdefault(row.size, row)

    chosen = question.scope_no if question.scope_no in by_scope else None
    if chosen is not None:
        by_scope = {chosen: by_scope[chosen]}
    offered = {number: sizes[size] for number, sizes in by_scope.items() if size in sizes}
    sizes_offered = tuple(
        each for each in _SIZE_ORDER if any(each in sizes for sizes in by_scope.values())
    )
    scopes = tuple(_choice(number, sizes, size) for number, sizes in sorted(by_scope.items()))
    used = [row for _, row in sorted(offered.items())]
    if not used:
        everything = [row for sizes in by_scope.values() for row in sizes.values()]
        case = EstimateCase.SIZE_NOT_OFFERED
        return _without_risk(question, case, everything, scopes, sizes_offered)
    if len({row.risk for row in used}) > 1:
        case = EstimateCase.NEEDS_SCOPE
        return _without_risk(question, case, used, scopes, sizes_offered)
    try:
        return _known(question, used, scopes, sizes_offered, rules, on, place)
    except NoRuleInForce:
        return _without_risk(question, EstimateCase.UNKNOWN)


def _size_reason(question: Question) -> Conclusion[BusinessSize]:
    band = Fact(FactKind.BAND, question.band.value)
    return Conclusion(size_of_band(question.band), (band,), (_SIZES,))


def _code_facts(question: Question, used: Sequence[RiskRow]) -> tuple[Fact, ...]:
    """The facts behind a row: what was asked, and where the answer stands."""
    facts = [Fact(FactKind.CODE, question.code)]
    if question.scope_no is not None and {row.scope_no for row in used} == {question.scope_no}:
        label = used[0].scope or str(question.scope_no)
        # The only scope of a code has no words, and its number says nothing.
        if label != "1":
            facts.append(Fact(FactKind.SCOPE, label))
    facts.append(Fact(FactKind.SIZE, size_of_band(question.band).value))
    if used:
        facts.extend(Fact(FactKind.SOURCE, source) for source in _sources(used))
        facts.append(Fact(FactKind.AS_OF, min(row.as_of for row in used).isoformat()))
    return tuple(facts)


def _without_risk(
    question: Question,
    case: EstimateCase,
    used: Sequence[RiskRow] = (),
    scopes: tuple[ScopeChoice, ...] = (),
    sizes_offered: tuple[BusinessSize, ...] = (),
) -> Estimate:
    return Estimate(
        case,
        question.code,
        question.year,
        size_of_band(question.band),
        is_outside_area(question),
        citations=(RISK_TABLE, _SIZES),
        case_reason=Conclusion(case, _code_facts(question, used), (RISK_TABLE,)),
        size_reason=_size_reason(question),
        scopes=scopes,
        sizes_offered=sizes_offered,
        sources=_sources(used),
        as_of=min((row.as_of for row in used), default=None),
    )


def _strict_first(row: RiskRow) -> tuple[object, ...]:
    """Sort key that does not depend on the order in which rows came; the strictest row first."""
    return (
        row.scope_no,
        _SIZE_ORDER.index(row.size),
        -row.risk.rank,
        # Of rows that agree, the one that knows more is the more useful.
        -len(row.authority),
        row.days is None,
        -(row.days or 0),
        row.scope,
        row.days_unit,
        row.source,
        row.as_of,
        tuple((rule.condition, rule.authority) for rule in row.authority),
        row.requirements,
        row.duties,
        row.supporting_licences,
        row.details_known,
        row.authority_complete,
        row.licence,
        row.unread,
        row.notes,
        row.scope_count,
    )


def _choice(number: int, sizes: Mapping[BusinessSize, RiskRow], size: BusinessSize) -> ScopeChoice:
    label = next((row.scope for row in sizes.values() if row.scope), "")
    row = sizes.get(size)
    return ScopeChoice(number, label, row.risk if row else None)


def _sources(rows: Iterable[RiskRow]) -> tuple[str, ...]:
    return tuple(sorted({row.source for row in rows}))


def _shared(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what stands in every list, in the order of the first."""
    return tuple(item for item in lists[0] if all(item in other for other in lists[1:]))


def _known(
    question: Question,
    used: Sequence[RiskRow],
    scopes: tuple[ScopeChoice, ...],
    sizes_offered: tuple[BusinessSize, ...],
    rules: RuleTable,
    on: date,
    place: PlaceFacts,
) -> Estimate:
    """The estimate where all rows in question have one risk. Raises NoRuleInForce."""
    size = size_of_band(question.band)
    risk = strictest(row.risk for row in used)
    outside = is_outside_area(question)
    authority = used[0].authority if len({row.authority for row in used}) == 1 else ()
    complete = bool(authority) and all(row.authority_complete for row in used)
    of_risk = (Fact(FactKind.RISK, risk.value),)
    law = (risk_citation(risk),)
    # Zones here are those of this regency; elsewhere another office knows.
    kek = Known.UNKNOWN if outside else place.kek
    found = Requirements(
        risk=Conclusion(risk, _code_facts(question, used), (RISK_TABLE,)),
        products=Conclusion(products_for(risk), of_risk, law),
        may_operate=Conclusion(may_operate(risk), of_risk, law),
        spatial=spatial_way(
            rules,
            size,
            risk,
            on=on,
            shared_premises=question.shared_premises,
            ground=question.ground,
            place=place,
        ),
        environment=environment_way(rules, risk, on=on),
        building=building_way(
            rules, question.building, on=on, shared_premises=question.shared_premises
        ),
        deciding=deciding(
            rules, authority, on=on, complete=complete, kek=kek, foreign=question.foreign
        ),
        service=service_time(rules, risk, [(row.days, row.days_unit) for row in used], on=on),
    )
    declarations = declarations_for(
        size, risk, found.spatial.conclusion, found.environment.conclusion
    )
    papers = other_papers(
        question.code, size, [label for row in used for label in row.supporting_licences]
    )
    details = {
        (
            row.authority,
            row.days,
            row.days_unit,
            row.requirements,
            row.duties,
            row.supporting_licences,
            row.details_known,
        )
        for row in used
    }
    notices = []
    if _digits(question.village_code) and not outside and kek is not Known.NO:
        notices.append(Notice.KEK_ADMINISTRATOR_MAYBE)
    if len(details) > 1:
        notices.append(Notice.DETAILS_DIFFER_BY_SCOPE)
    if any(choice.risk is None for choice in scopes):
        notices.append(Notice.OTHER_SCOPES_CLOSED)
    if question.scope_no is None and len(scopes) == 1 and scopes[0].scope:
        notices.append(Notice.RISK_FOR_NAMED_SCOPE)
    case = EstimateCase.OUTSIDE_AREA if outside else EstimateCase.KNOWN
    citations = [RISK_TABLE, _SIZES, risk_citation(risk)]
    for way in (found.spatial, found.environment, found.building):
        citations.extend(way.conclusion.citations)
    citations.extend(found.deciding.basis.citations)
    citations.extend(found.service.silence.citations)
    citations.append(_NIB_DATA)
    if size in UMK:
        citations.append(_UMK_CITATION)
    if outside:
        citations.append(_AREA)
    if Notice.KEK_ADMINISTRATOR_MAYBE in notices:
        citations.append(_KEK)
    citations.extend(declaration.citation for declaration in declarations)
    citations.extend(paper.citation for paper in papers)
    return Estimate(
        case,
        question.code,
        question.year,
        size,
        outside,
        citations=tuple(dict.fromkeys(citations)),
        case_reason=Conclusion(
            case, _code_facts(question, used), (_AREA if outside else RISK_TABLE,)
        ),
        size_reason=_size_reason(question),
        found=found,
        notices=tuple(notices),
        scopes=scopes,
        sizes_offered=sizes_offered,
        declarations=declarations,
        other_papers=papers,
        authority=authority,
        authority_complete=complete,
        details_known=all(row.details_known for row in used),
        unread=tuple(each for each in Unread if any(each in row.unread for row in used)),
        row_notes=tuple(each for each in RiskNote if any(each in row.notes for row in used)),
        licences=tuple(dict.fromkeys(row.licence for row in used if row.licence)),
        requirements=_shared([row.requirements for row in used]),
        duties=_shared([row.duties for row in used]),
        bring=_bring(question, has_requirements=any(row.requirements for row in used)),
        sources=_sources(used),
        as_of=min(row.as_of for row in used),
    )


def _bring(question: Question, *, has_requirements: bool) -> tuple[Bring, ...]:
    things = [
        Bring.KTP,
        Bring.OWN_PHONE_WITH_WHATSAPP,
        Bring.PLACE_ADDRESS_AND_AREA,
        Bring.CAPITAL_FIGURES,
        Bring.PRODUCT_AND_CAPACITY,
        Bring.WORKER_NUMBERS,
        Bring.NPWP_IF_ANY,
        Bring.STALL_PAPER_FROM_MANAGER
        if question.shared_premises
        else Bring.LAND_PAPER_OR_CONSENT_LETTER,
    ]
    if has_requirements:
        things.append(Bring.PAPERS_NAMED_BY_STANDARD)
    return tuple(things)


class JourneyReason(StrEnum):
    """Why a file cannot be sent from here, so that an officer must go on with the person.

    NOT_IN_DEED: the founding paper of the company does not name an activity (art. 204, 207(4)).
    FORM_FOR_UMK_ONLY: a one-person company (PT Perorangan) may be micro or small only.
    COMPANY_ONLY: the page of OSS wants a construction company (BUJKN), "not an individual".
    """

    RISK_NOT_KNOWN = "risk_not_known"
    SCOPE_NOT_CHOSEN = "scope_not_chosen"
    SIZE_NOT_OFFERED = "size_not_offered"
    OUTSIDE_AREA = "outside_area"
    TRADE_CONFLICT = "trade_conflict"
    NOT_IN_DEED = "not_in_deed"
    FORM_FOR_UMK_ONLY = "form_for_umk_only"
    COMPANY_ONLY = "company_only"


def journey_reasons(found: Estimate) -> frozenset[JourneyReason]:
    """Return why an activity cannot be sent from here; empty when it can.

    Every size and every risk goes its way; what stops is what nobody here can know or decide.
    """
    reasons = set()
    if found.outside_area:
        reasons.add(JourneyReason.OUTSIDE_AREA)
    if found.case is EstimateCase.UNKNOWN:
        reasons.add(JourneyReason.RISK_NOT_KNOWN)
    if found.case is EstimateCase.NEEDS_SCOPE:
        reasons.add(JourneyReason.SCOPE_NOT_CHOSEN)
    if found.case is EstimateCase.SIZE_NOT_OFFERED:
        reasons.add(JourneyReason.SIZE_NOT_OFFERED)
    return frozenset(reasons)


@dataclass(frozen=True, slots=True)
class TradeConflict:
    """Wholesale (46) and retail (47) codes that one business may not hold together."""

    wholesale: tuple[str, ...]
    retail: tuple[str, ...]
    citation: Citation


def trade_conflict(codes: Iterable[str]) -> TradeConflict | None:
    """Return the codes that may not stand together, or None.

    Source: PP 29/2021, as cited by a note in OSS; its article was not read.
    """
    unique = sorted(set(codes))
    wholesale = tuple(code for code in unique if code.startswith("46"))
    retail = tuple(code for code in unique if code.startswith("47"))
    if wholesale and retail:
        return TradeConflict(wholesale, retail, Citation("PP 29/2021", confirmed=False))
    return None
