"""Shapes of the help: topics, words explained, and which topic belongs to which place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

from app.domain.help.examples import Example
from app.domain.law.risk import Citation
from app.domain.licence.corrections import ReturnReason
from app.domain.nik.verdict import NikClass

ORIGINAL, TRANSLATION = "id", "en"


class HelpGroup(StrEnum):
    """A group of topics on the first page of help, in the order in which it is shown."""

    START = "mulai"
    ACCOUNT = "akun"
    NIK = "nik"
    KBLI = "kbli"
    SIZE = "ukuran"
    PLACE = "tempat"
    EXAMPLES = "contoh"
    AFTER = "sesudah"
    RIGHTS = "hak"


class Helper(StrEnum):
    """Somebody who helps with a topic."""

    DPMPTSP = "dpmptsp"
    REGISTRY = "disdukcapil"
    KAMPUNG = "kampung"
    FACILITATOR = "facilitator"
    DEPARTMENT = "dinas_teknis"
    HEALTH = "dinkes"
    HALAL = "bpjph"
    TAX = "pajak"
    OSS = "oss"
    LAPOR = "lapor"


@dataclass(frozen=True, slots=True)
class Point:
    """One line of a list. head: the bold words that it begins with; "" where it has none."""

    head: str
    rest: str


@dataclass(frozen=True, slots=True)
class TopicText:
    """One topic in one language.

    html: the body, ready to stand in a page, with ROOT before each address of ours. plain: its
    words, for the search. lead: the answer, its first paragraph. points: its first list, for papers
    that take it over. reviewed: when somebody last read it against the law. of: the day of
    the original that a translation was made from; None for the original itself.
    """

    title: str
    summary: str
    words: tuple[str, ...]
    reviewed: date
    html: str
    plain: str
    lead: str
    points: tuple[Point, ...]
    of: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to know (topik bantuan), in both languages.

    slug: its name in addresses. drawing: a checked <svg>, "" where there is none.
    """

    slug: str
    order: int
    group: HelpGroup
    related: tuple[str, ...]
    who: tuple[Helper, ...]
    law: tuple[Citation, ...]
    drawing: str
    texts: Mapping[str, TopicText]

    @property
    def is_stale(self) -> bool:
        """True when the original was reviewed after the translation was made from it."""
        made_from = self.texts[TRANSLATION].of
        return made_from is None or made_from < self.texts[ORIGINAL].reviewed


@dataclass(frozen=True, slots=True)
class Term:
    """A word of law or office (istilah), explained.

    term: as it is shown, in both languages. forms: other ways in which texts write it.
    meaning, example: language -> one sentence.
    """

    key: str
    term: str
    forms: tuple[str, ...]
    name_en: str
    meaning: Mapping[str, str]
    example: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """Which topic (slug) belongs to which place. That of a step stands with the step.

    problem: "NikProblem" for all problems of a kind, "NikProblem.EMPTY" for one of them, which
    goes first. page: endpoint -> slug.
    """

    nik: Mapping[NikClass, str]
    reason: Mapping[ReturnReason, str]
    problem: Mapping[str, str]
    page: Mapping[str, str]

    def of_problem(self, problem: Enum) -> str | None:
        """Return the topic that explains a mistake in a box; None where nobody chose one."""
        kind = type(problem).__name__
        return self.problem.get(f"{kind}.{problem.name}") or self.problem.get(kind)


@dataclass(frozen=True)
class HelpBook:
    """All help there is. topics: slug -> topic, in order; terms: key -> term, by the alphabet.

    examples: slug -> worked example, in order.
    """

    topics: Mapping[str, Topic]
    terms: Mapping[str, Term]
    places: Places
    examples: Mapping[str, Example] = field(default_factory=dict)

    def in_groups(self) -> list[tuple[HelpGroup, list[Topic]]]:
        """Return the groups that have topics, each with its own, in order."""
        groups = [
            (group, [topic for topic in self.topics.values() if topic.group is group])
            for group in HelpGroup
        ]
        return [(group, topics) for group, topics in groups if topics]
