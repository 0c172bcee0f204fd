"""The steps of a dossier: which there are, for whom, in what order, and which come next.

One declaration that the pages, the counter, "check your answers" and the tests read. A step knows
whether it is asked and whether it was answered from `Answers`, a snapshot without personal values.
A step is asked once for the dossier, or once for each of its activities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.law.business_size import Capital
from app.domain.law.legal_form import RULES, LegalForm

MAX_ACTIVITIES = 20


class StepName(StrEnum):
    """Names of the steps. The values are the words in the address of the page."""

    KIND = "pelaku"
    IDENTITY = "diri"
    PHONE = "telepon"
    ENTITY = "badan"
    DEED = "akta"
    HOME = "alamat"
    ACTIVITY = "kegiatan"
    BUSINESS = "usaha"
    PLACE = "tempat"
    LAND = "lahan"
    CAPITAL = "modal"
    PRODUCTION = "produksi"
    DECLARATIONS = "pernyataan"


class AnswerGroup(StrEnum):
    """What belongs together where all answers are read at once, in the order of reading."""

    PERSON = "person"
    BUSINESS = "business"
    PLACE = "place"
    MONEY = "money"


GROUP_OF = {
    StepName.ACTIVITY: AnswerGroup.BUSINESS,
    StepName.BUSINESS: AnswerGroup.BUSINESS,
    StepName.PLACE: AnswerGroup.PLACE,
    StepName.LAND: AnswerGroup.PLACE,
    StepName.CAPITAL: AnswerGroup.MONEY,
    StepName.PRODUCTION: AnswerGroup.MONEY,
}
"""The group of each step that is not about the person."""


@dataclass(frozen=True, slots=True)
class ActivityAnswers:
    """What was answered about one activity. position: its lasting number inside the dossier."""

    position: int = 0
    kbli_code: str | None = None
    described: bool = False
    needs_scope: bool = False
    scope_no: int | None = None
    place: bool = False
    land: bool = False
    capital: Capital | None = None
    production: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered so far, without any personal value. activities: at least one."""

    form: LegalForm = LegalForm.INDIVIDUAL
    identity: bool = False
    phone: bool = False
    entity: bool = False
    deed: bool = False
    home: bool = False
    activities: tuple[ActivityAnswers, ...] = field(default_factory=lambda: (ActivityAnswers(),))
    declarations_missing: bool = True
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the journey, asked once.

    answered: whether the answers complete it. asked: for whom it is there.
    """

    name: StepName
    answered: Callable[[Answers], bool]
    asked: Callable[[Answers], bool] = lambda answers: True


@dataclass(frozen=True, slots=True)
class ActivityStep:
    """One page that is asked for each activity."""

    name: StepName
    answered: Callable[[ActivityAnswers], bool]


@dataclass(frozen=True, slots=True)
class Stop:
    """A step on somebody's way; position: of the activity it is about, 0 for all other steps.

    Written as "kegiatan" for the first activity and "kegiatan/2" for the second.
    """

    name: StepName
    position: int = 0

    def __str__(self) -> str:
        return f"{self.name}/{self.position + 1}" if self.position else self.name.value

    @classmethod
    def parse(cls, text: str) -> Stop:
        """Read what str() wrote. Raises ValueError for anything else."""
        name, _, number = text.partition("/")
        stop = cls(StepName(name), int(number or 1) - 1)
        outside = stop.position < 0 or (stop.position and stop.name not in EACH)
        if outside or str(stop) != text:
            raise ValueError(text)
        return stop


def _is_entity(answers: Answers) -> bool:
    return RULES[answers.form].is_entity


def _has_deed(answers: Answers) -> bool:
    return RULES[answers.form].deed


def _described(activity: ActivityAnswers) -> bool:
    return activity.described and not (activity.needs_scope and activity.scope_no is None)


# An individual never sees KIND on the way: most people here run a business of their own, and the
# first page says how to get there.
BEFORE: tuple[Step, ...] = (
    Step(StepName.KIND, lambda a: True, asked=_is_entity),
    Step(StepName.IDENTITY, lambda a: a.identity),
    Step(StepName.PHONE, lambda a: a.phone),
    Step(StepName.ENTITY, lambda a: a.entity, asked=_is_entity),
    Step(StepName.DEED, lambda a: a.deed, asked=_has_deed),
    Step(StepName.HOME, lambda a: a.home),
)
FOR_EACH: tuple[ActivityStep, ...] = (
    ActivityStep(StepName.ACTIVITY, lambda a: a.kbli_code is not None),
    ActivityStep(StepName.BUSINESS, _described),
    ActivityStep(StepName.PLACE, lambda a: a.place),
    ActivityStep(StepName.LAND, lambda a: a.land),
    ActivityStep(StepName.CAPITAL, lambda a: a.capital is not None),
    ActivityStep(StepName.PRODUCTION, lambda a: a.production),
)
AFTER: tuple[Step, ...] = (Step(StepName.DECLARATIONS, lambda a: not a.declarations_missing),)

EACH = frozenset(step.name for step in FOR_EACH)
ALWAYS_OPEN = frozenset({StepName.KIND})


def _way(answers: Answers) -> list[tuple[Stop, bool]]:
    """Return every stop of this person's way, in order, and whether it is answered."""

    def once(steps: tuple[Step, ...]) -> list[tuple[Stop, bool]]:
        return [(Stop(s.name), s.answered(answers)) for s in steps if s.asked(answers)]

    each = [
        (Stop(step.name, activity.position), step.answered(activity))
        for activity in answers.activities
        for step in FOR_EACH
    ]
    return [*once(BEFORE), *each, *once(AFTER)]


def way(answers: Answers) -> tuple[Stop, ...]:
    """Return every stop of this person's way, in order."""
    return tuple(stop for stop, _ in _way(answers))


def counted(stop: Stop, answers: Answers) -> tuple[int, int]:
    """Return the place of a stop on the way, from 1, and how many stops the way has.

    A page that is open to everybody but not on this person's way stands at the beginning.
    """
    stops = way(answers)
    return (stops.index(stop) + 1 if stop in stops else 1), len(stops)


def first_unanswered(answers: Answers) -> Stop | None:
    """Return the first stop that still needs an answer; None when all are answered."""
    return next((stop for stop, answered in _way(answers) if not answered), None)


def answered(answers: Answers) -> tuple[Stop, ...]:
    """Return the stops that are answered, in order, also those after one that is not."""
    return tuple(stop for stop, is_answered in _way(answers) if is_answered)


def may_open(stop: Stop, answers: Answers) -> bool:
    """Return whether a stop may be shown: it is on the way, and all before it is answered."""
    if stop.name in ALWAYS_OPEN:
        return True
    stops = way(answers)
    if stop not in stops:
        return False
    first = first_unanswered(answers)
    return first is None or stops.index(stop) <= stops.index(first)


def next_after(stop: Stop, answers: Answers, *, changing: bool) -> Stop | None:
    """Return the stop to go to after `stop`; None means "check your answers".

    changing: the person came from "check your answers" to change one thing, so only what that
        change left open is asked again.
    """
    first = first_unanswered(answers)
    if changing:
        return first
    stops = way(answers)
    after = stops.index(stop) + 1 if stop in stops else 0
    following = stops[after] if after < len(stops) else None
    if first is not None and (following is None or stops.index(first) < after):
        return first
    return following


def before(stop: Stop, answers: Answers) -> Stop | None:
    """Return the stop before, for the Back link; None at the first."""
    stops = way(answers)
    at = stops.index(stop) if stop in stops else 0
    return stops[at - 1] if at else None
