"""The estimate (perkiraan) behind "Cek usaha": what one activity will need.

Total and deterministic: every question gets an answer, and what is not known is said to be not
known. An estimate is never a decision; the national OSS decides (PP 28/2025 art. 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app.domain.law.authority import deciding, service_time
from app.domain.law.because import Conclusion, Fact, FactKind, Known
from app.domain.law.building import building_way
from app.domain.law.business_size import BusinessSize
from app.domain.law.environment import environment_way
from app.domain.law.estimate.answer import (
    Bring,
    Estimate,
    EstimateCase,
    Notice,
    Question,
    Requirements,
    ScopeChoice,
)
from app.domain.law.estimate.bands import size_of_band
from app.domain.law.requirements import (
    UMK,
    declarations_for,
    other_papers,
)
from app.domain.law.risk import (
    Citation,
    may_operate,
    products_for,
    risk_citation,
    strictest,
)
from app.domain.law.rows import RiskNote, RiskRow, Unread
from app.domain.law.rules import NoRuleInForce, RuleTable
from app.domain.law.sorong import KABUPATEN_SORONG, KABUPATEN_SORONG_BEFORE_2022
from app.domain.law.spatial import NOTHING_KNOWN, PlaceFacts, spatial_way

_HOME = (KABUPATEN_SORONG, KABUPATEN_SORONG_BEFORE_2022)


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
