"""Made-up people for the journey driver: who they are, what they answer, what must come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.domain.journey import EACH
from app.domain.legal_form import LegalForm
from app.simulators.dukcapil import PracticePerson, practice_people

TABLE = Path(__file__).parent / "data" / "personas.toml"
_OF_PERSON = frozenset(
    {"about", "person", "expects", "or_else", "goes_on", "asks_again", "pin"}
    | {"legal_form", "also", "office", "mends"}
)
_OF_ACTIVITY = frozenset({"words", "code", "answers"})

Answers = Mapping[str, Mapping[str, str]]  # step -> box -> what is typed or chosen


class Decision(StrEnum):
    """What the practice office does with the licences of a file."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


@dataclass(frozen=True)
class Activity:
    """One activity of a business; same_place: at the place of the main one."""

    words: str
    code: str
    answers: Answers = field(repr=False)
    same_place: bool = False


@dataclass(frozen=True)
class Persona:
    """One person with one business. The columns are explained in personas.toml.

    activities: at least one, the main one first; its answers are those about the person too.
    mends: step, and its boxes to change there; "" where nothing is given back.
    """

    name: str
    about: str
    pin: str
    expects: str
    or_else: str | None
    goes_on: bool
    asks_again: bool
    legal_form: LegalForm | None
    activities: tuple[Activity, ...]
    office: tuple[Decision, ...]
    mends: tuple[str, Mapping[str, str]] = field(repr=False)

    @property
    def words(self) -> str:
        """What is typed into the search for the main activity."""
        return self.activities[0].words

    @property
    def code(self) -> str:
        """The KBLI code of the main activity."""
        return self.activities[0].code

    @property
    def answers(self) -> Answers:
        """What is answered about the person and the main activity."""
        return self.activities[0].answers

    def came_out(self, outcome: str) -> bool:
        """Say whether an outcome is what this person must come to."""
        return outcome in {self.expects, self.or_else}


def personas() -> dict[str, Persona]:
    """Return everybody by name, in the order of the table. Raises ValueError on a mistake in it."""
    return dict(_personas())


@cache
def _personas() -> Mapping[str, Persona]:
    with TABLE.open("rb") as file:
        table = tomllib.load(file)
    defaults = table.pop("defaults")
    people = {person.key: person for person in practice_people()}
    found = {}
    for name, row in table.items():
        try:
            found[name] = _read(name, {**defaults, **row}, row, defaults["answers"], people)
        except (KeyError, ValueError) as error:
            raise ValueError(f"personas.toml [{name}]: {error}") from error
    return found


def _read(
    name: str,
    merged: Mapping[str, Any],
    row: Mapping[str, Any],
    defaults: Answers,
    people: Mapping[str, PracticePerson],
) -> Persona:
    _refuse(set(row) - _OF_PERSON - _OF_ACTIVITY)
    for each in row.get("also", ()):
        _refuse(set(each) - _OF_ACTIVITY - {"same_place"})
        _refuse(set(each.get("answers", ())) - EACH)
    legal_form = LegalForm(row["legal_form"]) if "legal_form" in row else None
    answers = _answers(defaults, row, people[row["person"]])
    if legal_form is not None:
        answers["pelaku"] = {"pelaku": legal_form.value}
    office = tuple(Decision(word) for word in row.get("office", ()))
    if len(row.get("mends", {})) != office.count(Decision.RETURN):
        raise ValueError("one step is mended each time the office gives the file back")
    if any(before is not Decision.RETURN for before, _ in pairwise(office)):
        raise ValueError("an office that decided does nothing more")
    return Persona(
        name=name,
        about=merged["about"],
        pin=merged["pin"],
        expects=merged["expects"],
        or_else=merged.get("or_else"),
        goes_on=merged.get("goes_on", False),
        asks_again=merged.get("asks_again", False),
        legal_form=legal_form,
        activities=(
            Activity(row["words"], row["code"], answers),
            *(_activity(each, defaults) for each in row.get("also", ())),
        ),
        office=office,
        mends=next(iter(row.get("mends", {}).items()), ("", {})),
    )


def _refuse(unknown: set[str]) -> None:
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")


def _activity(row: Mapping[str, Any], defaults: Answers) -> Activity:
    return Activity(
        words=row["words"],
        code=row["code"],
        answers=_merged(defaults, row.get("answers", {})),
        same_place=row.get("same_place", False),
    )


def _merged(defaults: Answers, own: Answers) -> dict[str, dict[str, str]]:
    return {step: {**defaults.get(step, {}), **own.get(step, {})} for step in [*defaults, *own]}


def _answers(
    defaults: Answers, row: Mapping[str, Any], person: PracticePerson
) -> dict[str, dict[str, str]]:
    answers = _merged(defaults, row.get("answers", {}))
    if "provinsi" in answers["alamat"]:
        answers["alamat"].pop("kampung")
    birth = person.typed_birth_date
    answers["diri"] = {
        # Typed as it is read aloud, in groups of four.
        "nik": " ".join(person.nik[i : i + 4] for i in range(0, 16, 4)),
        "nama": person.typed_name,
        "lahir": f"{birth.day}-{birth.month}-{birth.year}",
        "kelamin": str(person.typed_sex),
    }
    return answers
