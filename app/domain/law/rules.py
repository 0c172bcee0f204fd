"""Dated decision tables (tabel keputusan): which rule holds on a day, and which steps follow.

The tables are data (app/reference/rules.toml); the rules here only read them. Inside a subject the
first row in force that fits the facts decides, so the order of the rows is part of the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from app.domain.law.because import Conclusion, Fact, FactKind
from app.domain.law.risk import Citation

T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)

Facts = Mapping[FactKind, str]
Condition = tuple[tuple[FactKind, tuple[str, ...]], ...]


class Subject(StrEnum):
    """What a table decides."""

    SPATIAL = "spatial"  # KKPR
    ENVIRONMENT = "environment"  # SPPL, UKL-UPL, Amdal
    BUILDING = "building"  # PBG, SLF
    AUTHORITY = "authority"  # kewenangan
    SILENCE = "silence"  # what follows when no office answers (fiktif positif)
    CLOCK = "clock"  # when the days of an office run


class Actor(StrEnum):
    """Who acts in a step.

    OFFICE: the office that is competent for the licence. OSS: nobody, the system does it.
    """

    OWNER = "owner"
    OSS = "oss"
    OFFICE = "office"
    REGENCY = "regency"
    LAND_OFFICE = "land_office"
    ISLAND_OFFICE = "island_office"
    ENVIRONMENT_OFFICE = "environment_office"
    BUILDING_OFFICE = "building_office"


class StepKind(StrEnum):
    """What happens in a step. FIX and the checks after it happen only when something is wrong."""

    STATE_PLACE = "state_place"
    CHECK_PLACE = "check_place"
    LETTER_AND_COACHING = "letter_and_coaching"
    CONFIRM_OR_REJECT = "confirm_or_reject"
    ASK_PLAN = "ask_plan"
    ISLAND_RECOMMENDATION = "island_recommendation"
    CHECK_DOCUMENTS = "check_documents"
    FIX = "fix"
    RECHECK = "recheck"
    PAY_FEE = "pay_fee"
    LAND_ADVICE = "land_advice"
    ASSESS = "assess"
    SPPL = "sppl"
    ASK_ENVIRONMENT = "ask_environment"
    FILL_UKL_UPL = "fill_ukl_upl"
    UKL_UPL_AUTOMATIC = "ukl_upl_automatic"
    CHECK_SUBSTANCE = "check_substance"
    DECIDE_UKL_UPL = "decide_ukl_upl"
    AMDAL = "amdal"
    ASK_BUILDING = "ask_building"
    PBG = "pbg"
    SLF = "slf"
    CLOCK_STARTS = "clock_starts"
    CLOCK_PAUSES = "clock_pauses"
    CLOCK_RESUMES = "clock_resumes"
    CLOCK_RESETS = "clock_resets"
    CLOCK_RESTARTS = "clock_restarts"


class DayUnit(StrEnum):
    """Working days (Hari) or calendar days (hari kalender)."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Validity:
    """From when a row holds, and the last day on which it does; None = still."""

    valid_from: date
    valid_until: date | None = None

    def on(self, day: date) -> bool:
        """Return whether the row holds on a day; both ends belong to it."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a decision table. when: every fact must have one of its values; () = always.

    may_be: where the outcome is "ask", what the office can answer.
    """

    subject: Subject
    outcome: str
    when: Condition
    citation: Citation
    validity: Validity
    may_be: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step that follows from an outcome.

    days: how long it takes at most; None = no number was read, or it takes no time because
    `automatic`. days_at_least: less where the law gives a span, else equal to days. times: how
    often it can come, 1 unless the law repeats it. late_goes_on: when nobody answers in time, the
    way goes on without the answer. code: status code of OSS for it, "" = none.
    """

    subject: Subject
    outcomes: tuple[str, ...]
    kind: StepKind
    actor: Actor
    when: Condition
    citation: Citation
    validity: Validity
    days: int | None = None
    days_at_least: int | None = None
    unit: DayUnit = DayUnit.WORKING
    times: int = 1
    automatic: bool = False
    late_goes_on: bool = False
    code: str = ""


class NoRuleInForce(LookupError):
    """No row decides: the day lies before the law, or the table has a gap."""

    def __init__(self, subject: Subject, on: date) -> None:
        super().__init__(subject, on)
        self.subject = subject
        self.on = on


@dataclass(frozen=True, slots=True)
class Way(Generic[T_co]):
    """An outcome with its reasons, what it may turn out to be, and the steps that follow."""

    conclusion: Conclusion[T_co]
    may_be: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def outcome(self) -> T_co:
        """What was concluded."""
        return self.conclusion.value


@dataclass(frozen=True, slots=True)
class RuleTable:
    """All rows, in the order of the file."""

    rules: tuple[Rule, ...]
    steps: tuple[Step, ...]

    def in_force(self, on: date) -> bool:
        """Return whether every subject has rows on this day."""
        return all(
            any(rule.subject is subject and rule.validity.on(on) for rule in self.rules)
            or any(step.subject is subject and step.validity.on(on) for step in self.steps)
            for subject in Subject
        )

    def decide(self, subject: Subject, outcomes: type[E], facts: Facts, *, on: date) -> Way[E]:
        """Return the outcome of the first row that fits, with its reasons and steps.

        The facts of the conclusion are all that were looked at until a row fitted: those of the
        rows passed over belong to the reason as well.

        Raises NoRuleInForce; a checked table raises it only for days before its first law.
        """
        looked_at: dict[FactKind, None] = {}
        for rule in self.rules:
            if rule.subject is not subject or not rule.validity.on(on):
                continue
            looked_at.update(dict.fromkeys(kind for kind, _ in rule.when))
            if _fits(rule.when, facts):
                reasons = tuple(Fact(kind, facts[kind]) for kind in looked_at)
                return Way(
                    Conclusion(outcomes(rule.outcome), reasons, (rule.citation,)),
                    rule.may_be,
                    self.steps_of(subject, rule.outcome, facts, on=on),
                )
        raise NoRuleInForce(subject, on)

    def steps_of(
        self, subject: Subject, outcome: str, facts: Facts, *, on: date
    ) -> tuple[Step, ...]:
        """Return the steps that follow from an outcome, in the order of the file."""
        return tuple(
            step
            for step in self.steps
            if step.subject is subject
            and outcome in step.outcomes
            and step.validity.on(on)
            and _fits(step.when, facts)
        )


def _fits(when: Condition, facts: Facts) -> bool:
    return all(facts.get(kind) in values for kind, values in when)
