"""Shapes of the worked examples (contoh): one made-up business each, told on five small pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from app.domain.dossier.journey import StepName
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import RULES, LegalForm

Typed = Mapping[str, str]
"""What somebody types or chooses on one page of the form: name of the box -> text."""


class ExamplePage(IntEnum):
    """The pages of an example, by their number."""

    NEEDS = 1
    COUNT = 2
    FORM = 3
    STATEMENTS = 4
    RESULT = 5

    @property
    def step(self) -> StepName | None:
        """The step of the form that the page is about; None where that is no single step."""
        return _STEPS.get(self)


_STEPS: Mapping[ExamplePage, StepName] = {
    ExamplePage.COUNT: StepName.CAPITAL,
    ExamplePage.FORM: StepName.IDENTITY,
    ExamplePage.STATEMENTS: StepName.DECLARATIONS,
}


@dataclass(frozen=True, slots=True)
class PageText:
    """The example's own words on one page. mistake: what often goes wrong, "" for none."""

    story: str
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class ExampleText:
    """An example in one language. words, reviewed and of: as those of a topic of help."""

    title: str
    summary: str
    words: tuple[str, ...]
    reviewed: date
    pages: Mapping[ExamplePage, PageText]
    of: date | None = None

    @property
    def plain(self) -> str:
        """All its words, for the search."""
        return " ".join(f"{page.story} {page.mistake}" for page in self.pages.values())


@dataclass(frozen=True, slots=True)
class Example:
    """One made-up business and what its owner answers. What follows from it is reckoned, not kept.

    person: key of a made-up person. words: what is typed into the search for the activity;
    code: the KBLI 2025 code chosen. scope_no: None where the code has one risk. answers: by step,
    without what follows from person, words and code. topics: of help, that tell more.
    """

    slug: str
    person: str
    legal_form: LegalForm
    words: str
    code: str
    scope_no: int | None
    capital: Capital
    answers: Mapping[StepName, Typed]
    topics: tuple[str, ...]
    texts: Mapping[str, ExampleText]

    @property
    def is_entity(self) -> bool:
        """Return whether somebody acts for the business rather than being it."""
        return RULES[self.legal_form].is_entity

    @property
    def is_stale(self) -> bool:
        """Return whether the original was reviewed after the translation was made from it."""
        made_from = self.texts["en"].of
        return made_from is None or made_from < self.texts["id"].reviewed
