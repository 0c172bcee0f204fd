"""Why something is concluded: the facts that it rests on, and the law that makes it follow.

A conclusion without a law is not one, so a Conclusion cannot be made without a citation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.domain.law.risk import Citation

T_co = TypeVar("T_co", covariant=True)


class FactKind(StrEnum):
    """Kinds of facts that conclusions rest on. The values are the keys of the rule table.

    CODE: KBLI. SCOPE: words or number of the scope (ruang lingkup). BAND: step of capital or sales.
    SHARED_PREMISES, SMALL_ISLAND, KEK and
    FOREIGN: yes, no or unknown. PLAN: detailed spatial plan (RDTR). SOURCE, AS_OF: of the risk row.
    """

    CODE = "code"
    SCOPE = "scope"
    SIZE = "size"
    BAND = "band"
    RISK = "risk"
    SHARED_PREMISES = "shared_premises"
    GROUND = "ground"
    PLAN = "plan"
    SMALL_ISLAND = "small_island"
    KEK = "kek"
    FOREIGN = "foreign"
    BUILDING = "building"
    SOURCE = "source"
    AS_OF = "as_of"


class Known(StrEnum):
    """An answer to a question of yes or no that may have none."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, answer: bool) -> Known:
        """Return YES or NO."""
        return cls.YES if answer else cls.NO


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. value: the text of an enum, code, number or ISO date.

    subject: the KBLI code that the fact is about; "" when it is about the whole business.
    """

    kind: FactKind
    value: str
    subject: str = ""


class ConclusionWithoutLaw(ValueError):
    """A conclusion that names no law."""


@dataclass(frozen=True, slots=True)
class Conclusion(Generic[T_co]):
    """What follows, and why. Raises ConclusionWithoutLaw when citations is empty."""

    value: T_co
    facts: tuple[Fact, ...]
    citations: tuple[Citation, ...]

    def __post_init__(self) -> None:
        if not self.citations:
            raise ConclusionWithoutLaw("conclusion_without_law")

    @property
    def confirmed(self) -> bool:
        """Return whether each of the laws was read first-hand."""
        return all(citation.confirmed for citation in self.citations)
