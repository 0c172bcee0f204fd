"""The steps of a dossier: which there are, in what order, and which come next.

One declaration that the pages, the counter, "check your answers" and the tests read. A step knows
whether it was answered from `Answers`, a snapshot that holds no personal value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.business_size import Capital


class StepName(StrEnum):
    """Names of the steps. The values are the words in the address of the page."""

    IDENTITY = "diri"
    PHONE = "telepon"
    HOME = "alamat"
    ACTIVITY = "kegiatan"
    BUSINESS = "usaha"
    PLACE = "tempat"
    LAND = "lahan"
    CAPITAL = "modal"
    PRODUCTION = "produksi"
    DECLARATIONS = "pernyataan"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered so far, without any personal value."""

    identity: bool = False
    phone: bool = False
    home: bool = False
    kbli_code: str | None = None
    described: bool = False
    needs_scope: bool = False
    scope_no: int | None = None
    place: bool = False
    land: bool = False
    capital: Capital | None = None
    production: bool = False
    declarations_missing: bool = True
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the journey. answered: whether the answers complete it."""

    name: StepName
    answered: Callable[[Answers], bool]


def _business_answered(answers: Answers) -> bool:
    return answers.described and not (answers.needs_scope and answers.scope_no is None)


STEPS: tuple[Step, ...] = (
    Step(StepName.IDENTITY, lambda a: a.identity),
    Step(StepName.PHONE, lambda a: a.phone),
    Step(StepName.HOME, lambda a: a.home),
    Step(StepName.ACTIVITY, lambda a: a.kbli_code is not None),
    Step(StepName.BUSINESS, _business_answered),
    Step(StepName.PLACE, lambda a: a.place),
    Step(StepName.LAND, lambda a: a.land),
    Step(StepName.CAPITAL, lambda a: a.capital is not None),
    Step(StepName.PRODUCTION, lambda a: a.production),
    Step(StepName.DECLARATIONS, lambda a: not a.declarations_missing),
)
BY_NAME = {step.name: step for step in STEPS}


def position(name: StepName) -> int:
    """Return the place of a step in the journey, from 1."""
    return [step.name for step in STEPS].index(name) + 1


def first_unanswered(answers: Answers) -> StepName | None:
    """Return the first step that still needs an answer; None when all are answered."""
    return next((step.name for step in STEPS if not step.answered(answers)), None)


def may_open(name: StepName, answers: Answers) -> bool:
    """Say whether a step may be shown: all steps before it are answered."""
    first = first_unanswered(answers)
    return first is None or position(name) <= position(first)


def next_after(name: StepName, answers: Answers, *, changing: bool) -> StepName | None:
    """Return the step to go to after `name`; None means "check your answers".

    changing: the person came from "check your answers" to change one thing, so only what that
        change left open is asked again.
    """
    first = first_unanswered(answers)
    if changing:
        return first
    after = position(name)
    following = STEPS[after].name if after < len(STEPS) else None
    if first is not None and (following is None or position(first) < after):
        return first
    return following


def before(name: StepName) -> StepName | None:
    """Return the step before, for the Back link; None at the first."""
    at = position(name) - 1
    return STEPS[at - 1].name if at else None
