"""The decision tables (app/reference/rules.toml) and what is known of places, read and checked.

An office may fill in place_facts.csv: one line an area, by its Kemendagri number (4 digits a
regency, 6 a district, 10 a kampung or kelurahan). An empty cell is taken from the area above;
"unknown" says that nobody knows, also where the area above is known. Either everything is right,
or RulesBroken lists all that is wrong.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeVar

from app.domain.law.authority import AuthorityBasis, Silence
from app.domain.law.because import FactKind, Known
from app.domain.law.building import Building, BuildingStep
from app.domain.law.business_size import BusinessSize
from app.domain.law.environment import EnvironmentPaper, EnvironmentStep
from app.domain.law.risk import Citation, RiskLevel
from app.domain.law.rules import (
    Actor,
    Condition,
    DayUnit,
    NoRuleInForce,
    Rule,
    RuleTable,
    Step,
    StepKind,
    Subject,
    Validity,
)
from app.domain.law.spatial import DetailedPlan, Ground, PlaceFacts, SpatialStep
from app.domain.written.text import has_digits
from app.reference import FOLDER

RULES_FILE: Final = FOLDER / "rules.toml"
PLACES_FILE: Final = FOLDER / "place_facts.csv"
T = TypeVar("T")

PLACES_HEADER: Final = ("area_code", "rdtr", "small_island", "kek", "source", "as_of")
AREA_LENGTHS: Final = (10, 6, 4)  # from the smallest area up

OUTCOMES: Final[Mapping[Subject, type[StrEnum]]] = {
    Subject.SPATIAL: SpatialStep,
    Subject.ENVIRONMENT: EnvironmentStep,
    Subject.BUILDING: BuildingStep,
    Subject.AUTHORITY: AuthorityBasis,
    Subject.SILENCE: Silence,
    Subject.CLOCK: Silence,  # only steps: how the days run depends on what silence means
}
# What an outcome may turn out to be, where that is another set than the outcomes.
MAY_BE: Final[Mapping[Subject, type[StrEnum]]] = {
    **OUTCOMES,
    Subject.ENVIRONMENT: EnvironmentPaper,
}
FACT_VALUES: Final[Mapping[FactKind, type[StrEnum]]] = {
    FactKind.SHARED_PREMISES: Known,
    FactKind.GROUND: Ground,
    FactKind.SIZE: BusinessSize,
    FactKind.RISK: RiskLevel,
    FactKind.PLAN: DetailedPlan,
    FactKind.SMALL_ISLAND: Known,
    FactKind.KEK: Known,
    FactKind.FOREIGN: Known,
    FactKind.BUILDING: Building,
}


class RulesBroken(Exception):
    """The tables cannot be used. problems: everything that is wrong, each with its place."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@cache
def get_rules() -> RuleTable:
    """Return the decision tables; read once a process."""
    return read_rules(RULES_FILE)


@cache
def _places() -> Mapping[str, Mapping[str, str]]:
    return read_places(PLACES_FILE)


def check_tables() -> None:
    """Read both files now, so that a mistake in them is seen at the start. Raises RulesBroken."""
    get_rules()
    _places()


def place_facts(area_code: str | None) -> PlaceFacts:
    """Return what is known of an area; nothing where no line is about it or an area above it.

    area_code: 10 digits, dots allowed; also shorter, and None.
    """
    code = "".join(character for character in area_code or "" if character.isdigit())
    facts: dict[str, str] = {}
    for length in AREA_LENGTHS:
        line = _places().get(code[:length], {}) if len(code) >= length else {}
        for column, value in line.items():
            if value:
                facts.setdefault(column, value)
    return PlaceFacts(
        plan=DetailedPlan(facts.get("rdtr", DetailedPlan.UNKNOWN)),
        small_island=Known(facts.get("small_island", Known.UNKNOWN)),
        kek=Known(facts.get("kek", Known.UNKNOWN)),
    )


def read_rules(path: Path) -> RuleTable:
    """Return the tables of a file, checked: every value known, and no gap after the first day.

    Raises RulesBroken.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulesBroken((f"{path.name}: {error}",)) from None
    problems: list[str] = []
    rules = tuple(_rows(content.get("rule", []), "rule", _rule, problems))
    steps = tuple(_rows(content.get("step", []), "step", _step, problems))
    table = RuleTable(rules, steps)
    if not problems:
        problems += _gaps(table)
    if problems:
        raise RulesBroken(tuple(f"{path.name}: {problem}" for problem in problems))
    return table


def _rows(
    entries: list[dict[str, Any]],
    name: str,
    read: Callable[[dict[str, Any]], T],
    problems: list[str],
) -> Iterator[T]:
    for number, entry in enumerate(entries, 1):
        left = dict(entry)
        try:
            row = read(left)
        except KeyError as error:
            problems.append(f"{name} {number}: {error.args[0]} is missing")
        except (TypeError, ValueError) as error:
            problems.append(f"{name} {number}: {error}")
        else:
            if left:
                problems.append(f"{name} {number}: unknown key {', '.join(sorted(left))}")
            yield row


def _rule(entry: dict[str, Any]) -> Rule:
    subject = Subject(entry.pop("subject"))
    return Rule(
        subject=subject,
        outcome=OUTCOMES[subject](entry.pop("outcome")),
        when=_condition(entry),
        citation=_citation(entry),
        validity=_validity(entry),
        may_be=tuple(MAY_BE[subject](value) for value in entry.pop("may_be", ())),
    )


def _step(entry: dict[str, Any]) -> Step:
    subject = Subject(entry.pop("subject"))
    days = _number(entry, "days")
    at_least = _number(entry, "days_at_least") if "days_at_least" in entry else days
    automatic = _truth(entry, "automatic", default=False)
    if automatic and days is not None:
        raise ValueError("an automatic step has no days")
    if at_least is not None and (days is None or at_least > days):
        raise ValueError("days_at_least is more than days")
    times = _number(entry, "times")
    return Step(
        subject=subject,
        outcomes=tuple(OUTCOMES[subject](value) for value in entry.pop("outcomes")),
        kind=StepKind(entry.pop("kind")),
        actor=Actor(entry.pop("actor")),
        when=_condition(entry),
        citation=_citation(entry),
        validity=_validity(entry),
        days=days,
        days_at_least=at_least,
        unit=DayUnit(entry.pop("unit", DayUnit.WORKING)),
        times=1 if times is None else times,
        automatic=automatic,
        late_goes_on=_truth(entry, "late_goes_on", default=False),
        code=str(entry.pop("code", "")),
    )


def _condition(entry: dict[str, Any]) -> Condition:
    return tuple(
        (FactKind(key), tuple(FACT_VALUES[FactKind(key)](value) for value in values))
        for key, values in entry.pop("when", {}).items()
    )


def _citation(entry: dict[str, Any]) -> Citation:
    law = entry.pop("law")
    if not law:
        raise ValueError("law is empty")
    confirmed = _truth(entry, "confirmed", default=True)
    return Citation(law, entry.pop("article", ""), confirmed=confirmed)


def _validity(entry: dict[str, Any]) -> Validity:
    first, last = entry.pop("valid_from"), entry.pop("valid_until", None)
    if type(first) is not date or type(last) not in (date, NoneType):
        raise ValueError("valid_from and valid_until must be dates")
    if last is not None and last < first:
        raise ValueError("valid_until lies before valid_from")
    return Validity(first, last)


def _number(entry: dict[str, Any], key: str) -> int | None:
    value = entry.pop(key, None)
    if value is not None and (type(value) is not int or value < 1):
        raise ValueError(f"{key} must be a whole number from 1")
    return value


def _truth(entry: dict[str, Any], key: str, *, default: bool) -> bool:
    value = entry.pop(key, default)
    if not isinstance(value, bool):
        raise ValueError(f"{key} must be true or false")
    return value


def _gaps(table: RuleTable) -> Iterator[str]:
    """Every combination of facts must find a rule on every day since the first of its subject."""
    for subject in Subject:
        if subject is Subject.CLOCK:
            continue
        rows = [rule for rule in table.rules if rule.subject is subject]
        if not rows:
            yield f"no rule about {subject}"
            continue
        first = min(rule.validity.valid_from for rule in rows)
        days = {rule.validity.valid_from for rule in rows} | {
            rule.validity.valid_until + timedelta(days=1)
            for rule in rows
            if rule.validity.valid_until is not None
        }
        kinds = sorted({kind for rule in rows for kind, _ in rule.when})
        for day in sorted(day for day in days if day >= first):
            for values in product(*(FACT_VALUES[kind] for kind in kinds)):
                facts = dict(zip(kinds, values, strict=True))
                try:
                    table.decide(subject, OUTCOMES[subject], facts, on=day)
                except NoRuleInForce:
                    told = ", ".join(f"{kind} {value}" for kind, value in facts.items())
                    yield f"no rule about {subject} on {day} for {told}"
                    break


def read_places(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the lines of place_facts.csv by area, only the columns with facts.

    Raises RulesBroken.
    """
    problems: list[str] = []
    facts_by_code: dict[str, Mapping[str, str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != PLACES_HEADER:
            raise RulesBroken((f"{path.name}:1: wrong header",))
        for line in reader:
            try:
                code, facts = _place(line)
            except ValueError as error:
                problems.append(f"{path.name}:{reader.line_num}: {error}")
                continue
            if code in facts_by_code:
                problems.append(f"{path.name}:{reader.line_num}: {code} is there twice")
            facts_by_code[code] = facts
    if problems:
        raise RulesBroken(tuple(problems))
    return facts_by_code


def _place(line: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Check one line. Raises ValueError."""
    if None in line or None in line.values():
        raise ValueError("wrong number of columns")
    code = line["area_code"]
    if not has_digits(code, *AREA_LENGTHS):
        raise ValueError(f"area_code {code!r} has not 4, 6 or 10 digits")
    if line["rdtr"]:
        DetailedPlan(line["rdtr"])
    for column in ("small_island", "kek"):
        if line[column]:
            Known(line[column])
    if not line["source"]:
        raise ValueError("source is empty")
    date.fromisoformat(line["as_of"])
    return code, {column: line[column] for column in ("rdtr", "small_island", "kek")}
