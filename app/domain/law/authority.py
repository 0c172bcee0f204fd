"""Who decides about a licence (kewenangan), and which days and clock hold for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.law.because import Conclusion, FactKind, Known
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import AuthorityRule
from app.domain.law.rules import DayUnit, RuleTable, Step, Subject


class AuthorityBasis(StrEnum):
    """What tells us who decides. BY_ROW: from the row of the risk table."""

    KEK_ADMINISTRATOR = "kek_administrator"
    CENTRE = "centre"
    BY_ROW = "by_row"


class AuthorityLevel(StrEnum):
    """Level of government that decides. OTHER: an office named in words we do not know."""

    REGENCY = "regency"
    PROVINCE = "province"
    CENTRE = "centre"
    KEK = "kek"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides, as far as it is known.

    offices: as the row names them, each with its condition; empty when the basis is not the row,
    or when the row names none. levels: of the offices, each once. ask: two offices are named for
    one case, the list was not read to its end, or nothing is known. That the place may lie in a
    zone (KEK) is said by the facts of the basis.
    """

    basis: Conclusion[AuthorityBasis]
    offices: tuple[AuthorityRule, ...]
    levels: tuple[AuthorityLevel, ...]
    ask: bool


# How the official words of the rows begin.
_LEVELS: Mapping[str, AuthorityLevel] = {
    "bupati": AuthorityLevel.REGENCY,
    "wali": AuthorityLevel.REGENCY,
    "gubernur": AuthorityLevel.PROVINCE,
    "menteri": AuthorityLevel.CENTRE,
    "kepala badan": AuthorityLevel.CENTRE,
    "administrator": AuthorityLevel.KEK,
}
# Conditions of rows that hold in the capital only.
_ELSEWHERE = "jakarta"
# Conditions that hold for every case, and the one for foreign investment.
_EVERY_CASE = frozenset({"", "seluruh"})
_FOREIGN = "pma"


def authority_level(office: str) -> AuthorityLevel:
    """Return the level of an office by its official name."""
    words = office.strip().lower()
    return next(
        (level for start, level in _LEVELS.items() if words.startswith(start)), AuthorityLevel.OTHER
    )


def holds_here(rule: AuthorityRule) -> bool:
    """Return whether a rule can hold outside the capital region."""
    return _ELSEWHERE not in rule.condition.lower()


def overlapping(rules: Iterable[AuthorityRule]) -> bool:
    """Return whether two different offices are named for the same case.

    They are when they share their condition, or when one of them is named for every case.
    """
    here = [rule for rule in rules if holds_here(rule)]
    for position, one in enumerate(here):
        for other in here[position + 1 :]:
            if one.authority == other.authority:
                continue
            conditions = {rule.condition.strip().lower() for rule in (one, other)}
            if len(conditions) == 1 or conditions & _EVERY_CASE:
                return True
    return False


def deciding(
    table: RuleTable,
    rules: Iterable[AuthorityRule],
    *,
    on: date,
    complete: bool,
    kek: Known = Known.NO,
    foreign: Known = Known.UNKNOWN,
) -> Deciding:
    """Return who decides about a licence.

    rules: of the risk row, in any order. complete: their list was read to its end.

    Raises NoRuleInForce for a day before PP 28/2025.
    Source: PP 28/2025, articles 12(4), 138(4), 138(6), and the row (Lampiran I).
    """
    facts = {FactKind.KEK: kek, FactKind.FOREIGN: foreign}
    basis = table.decide(Subject.AUTHORITY, AuthorityBasis, facts, on=on).conclusion
    if basis.value is AuthorityBasis.KEK_ADMINISTRATOR:
        return Deciding(basis, (), (AuthorityLevel.KEK,), ask=False)
    if basis.value is AuthorityBasis.CENTRE:
        return Deciding(basis, (), (AuthorityLevel.CENTRE,), ask=False)
    offices = tuple(
        dict.fromkeys(
            rule
            for rule in rules
            if holds_here(rule)
            and not (foreign is Known.NO and rule.condition.strip().lower() == _FOREIGN)
        )
    )
    levels = {authority_level(rule.authority) for rule in offices}
    return Deciding(
        basis,
        offices,
        tuple(level for level in AuthorityLevel if level in levels),
        ask=not offices or not complete or overlapping(offices),
    )


class DaysKnown(StrEnum):
    """What is known of the time an office needs.

    AUTOMATIC: issued at once, nobody decides. UNKNOWN is not zero: the office must be asked.
    """

    AUTOMATIC = "automatic"
    KNOWN = "known"
    UNKNOWN = "unknown"


class Silence(StrEnum):
    """What follows when no office answers in time (fiktif positif)."""

    NOBODY_DECIDES = "nobody_decides"
    OSS_VERIFIES = "oss_verifies"
    OSS_ISSUES_PERMIT = "oss_issues_permit"


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """The days that a row gives, and how they are counted.

    days: None unless known is KNOWN. clock: when the days start, stop and go on, as steps with the
    status codes of OSS; empty when nobody decides. silence: what follows after the last day.
    """

    known: DaysKnown
    days: int | None
    unit: DayUnit | None
    silence: Conclusion[Silence]
    clock: tuple[Step, ...]


# How the rows write their unit.
_UNITS: Mapping[str, DayUnit] = {
    "": DayUnit.WORKING,
    "hari": DayUnit.WORKING,
    "hari kerja": DayUnit.WORKING,
    "hari kalender": DayUnit.CALENDAR,
}


def service_time(
    table: RuleTable,
    risk: RiskLevel,
    spans: Iterable[tuple[int | None, str]],
    *,
    on: date,
) -> ServiceTime:
    """Return the days of a licence and how they count.

    spans: (days, unit) of each row in question; a number counts only when all of them agree and
    its unit is known: there is no default.

    Raises NoRuleInForce for a day before PP 28/2025.
    Source: PP 28/2025, elucidation of article 5(4) (start), 220-221, 225, 230; codes: OSS guide.
    """
    facts = {FactKind.RISK: risk}
    silence = table.decide(Subject.SILENCE, Silence, facts, on=on).conclusion
    nobody = silence.value is Silence.NOBODY_DECIDES
    clock = () if nobody else table.steps_of(Subject.CLOCK, silence.value, facts, on=on)
    written_spans = set(spans)
    if len(written_spans) == 1:
        days, written = next(iter(written_spans))
        unit = _UNITS.get(written.strip().lower())
        if days is not None and unit is not None:
            return ServiceTime(DaysKnown.KNOWN, days, unit, silence, clock)
    if nobody and all(days is None for days, _ in written_spans):
        return ServiceTime(DaysKnown.AUTOMATIC, None, None, silence, clock)
    return ServiceTime(DaysKnown.UNKNOWN, None, None, silence, clock)
