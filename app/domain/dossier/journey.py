"""The way through the form: which steps come next, for whom, in what order.

A step (steps.py) is asked once for the dossier, or once for each of its activities. The pages, the
counter, "check your answers" and the tests read the way from `Answers`, which holds no personal
value.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.dossier.steps import AFTER, BEFORE, FOR_EACH, Step
from app.domain.dossier.steps import EACH as EACH
from app.domain.dossier.steps import AnswerGroup as AnswerGroup
from app.domain.dossier.steps import StepName as StepName
from app.domain.law.legal_form import RULES, LegalForm

MAX_ACTIVITIES = 20


@dataclass(frozen=True, slots=True)
class ActivityAnswers:
    """Which steps were answered of one activity. position: its lasting number in the dossier."""

    position: int = 0
    given: frozenset[StepName] = frozenset()


@dataclass(frozen=True, slots=True)
class Answers:
    """Which steps were answered so far. activities: at least one."""

    form: LegalForm = LegalForm.INDIVIDUAL
    given: frozenset[StepName] = frozenset()
    activities: tuple[ActivityAnswers, ...] = field(default_factory=lambda: (ActivityAnswers(),))
    sent: bool = False


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


ALWAYS_OPEN = frozenset({StepName.KIND})


def _way(answers: Answers) -> list[tuple[Stop, bool]]:
    """Return every stop of this person's way, in order, and whether it is answered."""

    def once(steps: tuple[Step, ...]) -> list[tuple[Stop, bool]]:
        form = RULES[answers.form]
        return [(Stop(s.name), s.name in answers.given) for s in steps if s.asked(form)]

    each = [
        (Stop(step.name, activity.position), step.name in activity.given)
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
    """Say whether a stop may be shown: it is on the way, and all before it is answered."""
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
