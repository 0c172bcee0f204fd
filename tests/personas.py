"""The made-up people of all walks: who they are, what they answer, what must come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.domain.dossier.journey import EACH
from app.domain.law.legal_form import LegalForm
from app.domain.oss.codes import LicenceStatus
from app.domain.oss.service_mode import ServiceMode
from app.simulators.dukcapil import MadeUpPerson, made_up_people

TABLE = Path(__file__).parent / "data" / "personas.toml"
_OF_PERSON = frozenset(
    {"about", "person", "expects", "or_else", "goes_on", "asks_again", "pin"}
    | {"legal_form", "also", "office", "mends", "mode", "like", "nib", "statuses", "at_oss"}
    | {"papers", "loses_line"}
)
_LIKE = ("person", "legal_form", "words", "code", "answers", "also")
_OF_ACTIVITY = frozenset({"words", "code", "answers"})

Answers = Mapping[str, Mapping[str, str]]  # step -> box -> what is typed or chosen


class Decision(StrEnum):
    """What the practice office does with the licences of a file."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"


class Nib(StrEnum):
    """How the NIB comes back outside practice."""

    TYPED = "typed"
    SLIP = "slip"  # typed with a digit too few, then mended
    PHOTO = "photo"  # read from the QR code of the paper
    OSS = "oss"  # filed at the built-in OSS, which calls
    UNKNOWN = "unknown"  # typed, and OSS does not know the number
    NONE = "none"


class Papers(StrEnum):
    """When the papers that the list wants are sent."""

    FIRST = "first"  # before the file is sent
    LATER = "later"  # after the NIB, before the office reads
    NONE = "none"


PAPER_STEP = "lampiran"  # stands for a step in `mends` where a paper is given back
_NIB_OF = {
    ServiceMode.TRAINING: frozenset({Nib.NONE}),
    ServiceMode.ASSIST: frozenset({Nib.TYPED, Nib.SLIP, Nib.PHOTO, Nib.NONE}),
    ServiceMode.CONNECTED: frozenset({Nib.OSS, Nib.UNKNOWN, Nib.NONE}),
}
_USUAL_NIB = {
    ServiceMode.TRAINING: Nib.NONE,
    ServiceMode.ASSIST: Nib.TYPED,
    ServiceMode.CONNECTED: Nib.OSS,
}


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
    at_oss: what is typed differently at OSS, by its path in dataNIB.
    """

    name: str
    about: str
    person: MadeUpPerson
    pin: str
    expects: str
    or_else: str | None
    goes_on: bool
    asks_again: bool
    legal_form: LegalForm | None
    activities: tuple[Activity, ...]
    office: tuple[Decision, ...]
    mends: tuple[str, Mapping[str, str]] = field(repr=False)
    mode: ServiceMode = ServiceMode.TRAINING
    nib: Nib = Nib.NONE
    statuses: tuple[LicenceStatus, ...] = ()
    at_oss: Mapping[str, str] = field(default_factory=dict)
    papers: Papers = Papers.FIRST
    loses_line: bool = False

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

    @property
    def pages(self) -> Mapping[str, Mapping[str, object]]:
        """What is typed or chosen on each page, by the last word of its address."""
        return {
            "mulai": {"pin": self.pin},
            **self.answers,
            "kegiatan": {"cari": self.words, "kbli": self.code},
            "pernyataan": {"pernyataan": True},
        }

    def but(self, **answers: Mapping[str, str]) -> Persona:
        """Return the same person with other answers on some pages."""
        main, *others = self.activities
        main = replace(main, answers=_merged(main.answers, answers))
        return replace(self, activities=(main, *others))

    def came_out(self, outcome: str) -> bool:
        """Return whether an outcome is what this person must come to."""
        return outcome in {self.expects, self.or_else}


def personas() -> dict[str, Persona]:
    """Return everybody by name, in the order of the table. Raises ValueError on a mistake in it."""
    return dict(_personas())


@dataclass(frozen=True)
class ModeRules:
    """What a mode does not have, each with the reason: columns of the table, and outcomes."""

    columns: Mapping[str, str]
    outcomes: Mapping[str, str]


def mode_rules() -> dict[ServiceMode, ModeRules]:
    """Return what each mode does not have, as the head of the table says."""
    with TABLE.open("rb") as file:
        modes = tomllib.load(file)["modes"]
    return {
        mode: ModeRules(modes[mode].get("columns", {}), modes[mode].get("outcomes", {}))
        for mode in ServiceMode
    }


@cache
def _personas() -> Mapping[str, Persona]:
    with TABLE.open("rb") as file:
        table = tomllib.load(file)
    defaults = table.pop("defaults")
    del table["modes"]
    rules = mode_rules()
    people = {person.key: person for person in made_up_people()}
    found = {}
    for name, row in table.items():
        try:
            if "like" in row:
                same = {key: value for key, value in table[row["like"]].items() if key in _LIKE}
                row = {**same, **row}
            without = rules[ServiceMode(row.get("mode", "training"))].columns
            if gone := set(row) & set(without):
                raise ValueError("; ".join(f"{column}: {without[column]}" for column in gone))
            found[name] = _read(name, {**defaults, **row}, row, defaults["answers"], people)
        except (KeyError, ValueError) as error:
            raise ValueError(f"personas.toml [{name}]: {error}") from error
    return found


def _read(
    name: str,
    merged: Mapping[str, Any],
    row: Mapping[str, Any],
    defaults: Answers,
    people: Mapping[str, MadeUpPerson],
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
    mode = ServiceMode(row.get("mode", "training"))
    nib = Nib(row.get("nib", _USUAL_NIB[mode]))
    if nib not in _NIB_OF[mode]:
        raise ValueError(f"in {mode} no NIB comes as {nib}")
    here = mode is ServiceMode.TRAINING  # elsewhere OSS says what is to be mended, and takes it
    if len(row.get("mends", {})) != (office.count(Decision.RETURN) if here else 0):
        raise ValueError("one step is mended each time the office gives the file back")
    if any(before is not Decision.RETURN for before, _ in pairwise(office)):
        raise ValueError("an office that decided does nothing more")
    return Persona(
        name=name,
        about=merged["about"],
        person=people[row["person"]],
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
        mode=mode,
        nib=nib,
        statuses=tuple(LicenceStatus(code) for code in row.get("statuses", ())),
        at_oss=row.get("at_oss", {}),
        papers=Papers(row.get("papers", Papers.FIRST)),
        loses_line=row.get("loses_line", False),
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
    defaults: Answers, row: Mapping[str, Any], person: MadeUpPerson
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
