"""Made-up people for the journey driver: who they are, what they answer, what must come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.simulators.dukcapil import PracticePerson, practice_people

TABLE = Path(__file__).parent / "data" / "personas.toml"
_KNOWN = frozenset(
    {"about", "person", "expects", "or_else", "words", "code", "goes_on", "asks_again"}
    | {"answers", "pin"}
)


@dataclass(frozen=True)
class Persona:
    """One person with one business. The columns are explained in personas.toml.

    answers: step -> box -> what is typed or chosen.
    """

    name: str
    about: str
    pin: str
    expects: str
    or_else: str | None
    words: str
    code: str
    goes_on: bool
    asks_again: bool
    answers: Mapping[str, Mapping[str, str]] = field(repr=False)

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
        unknown = set(row) - _KNOWN
        if unknown or row["person"] not in people:
            raise ValueError(f"personas.toml [{name}]: {', '.join(unknown) or row['person']}")
        merged = {**defaults, **row}
        found[name] = Persona(
            name=name,
            about=merged["about"],
            pin=merged["pin"],
            expects=merged["expects"],
            or_else=merged.get("or_else"),
            words=merged["words"],
            code=merged["code"],
            goes_on=merged.get("goes_on", False),
            asks_again=merged.get("asks_again", False),
            answers=_answers(defaults["answers"], row, people[row["person"]]),
        )
    return found


def _answers(
    defaults: Mapping[str, Mapping[str, str]], row: Mapping[str, object], person: PracticePerson
) -> dict[str, dict[str, str]]:
    own = row.get("answers", {})
    assert isinstance(own, dict)
    steps = {*defaults, *own}
    answers = {step: {**defaults.get(step, {}), **own.get(step, {})} for step in steps}
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
