"""Searching as a talk: a search, the questions answered so far, and the one to ask next.

An answer is written "question.answer", as it stands in an address. What such an address says about
a question that is no longer asked is passed over, so that an old link still shows something.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from app.domain.kbli.hits import Hit, Part, Surety, surety
from app.domain.kbli.questions import (
    QUESTIONS_AT_MOST,
    Answer,
    Asked,
    Question,
    kept_by,
    next_question,
    questions_from_table,
)
from app.domain.law.editions import KBLI_NOW
from app.reference import FOLDER
from app.services.kbli.finder import FAR_BEHIND, get_finder

QUESTIONS_FILE = FOLDER / "words" / "questions.toml"
# An answer may bring forward what a search alone leaves far behind.
DEPTH = 40
# Beside a question the list is short: who does not know the answer still has something to choose.
BESIDE_A_QUESTION = 3
OF_SEVERAL = 3
# "I do not know": the last answer, after which nothing is asked.
UNKNOWN = "lain"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given. answer: None for "I do not know"; before: the answers above it."""

    question: Question
    answer: Answer | None
    before: tuple[str, ...]

    @property
    def said(self) -> str:
        """The answer as it stands in an address."""
        return f"{self.question.key}.{self.answer.key if self.answer else UNKNOWN}"


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a talk stands. parts: the activities of the text, each with the hits to show.

    asked: the next question, if there is one. sure: how far the first hit may be trusted after the
    answers. kept: all that the answers leave, also what is not worth showing.
    """

    query: str
    parts: tuple[Part, ...]
    sure: Surety
    given: tuple[Given, ...] = ()
    asked: Asked | None = None
    kept: tuple[Hit, ...] = ()

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The hits to show of the first activity."""
        return self.parts[0].hits

    @property
    def said(self) -> tuple[str, ...]:
        """The answers so far, as they stand in an address."""
        return tuple(each.said for each in self.given)


@cache
def all_questions() -> tuple[Question, ...]:
    """Return all questions. Raises BadQuestions where the table is malformed."""
    with QUESTIONS_FILE.open("rb") as file:
        return questions_from_table(tomllib.load(file))


def talk(query: str, said: Iterable[str] = (), *, limit: int, year: int = KBLI_NOW) -> Talk:
    """Search, take the answers given so far, and choose the next question.

    said: answers, see above; at most three count. limit: of hits to show. Questions are there for
    KBLI 2025 only, and for a text that names one activity.
    """
    parts = get_finder(year).search_parts(query, max(limit, DEPTH))
    if len(parts) > 1:
        shown = tuple(Part(each.text, near(each.hits, OF_SEVERAL)) for each in parts)
        return Talk(query, shown, surety(parts[0].hits))
    hits = parts[0].hits
    if year != KBLI_NOW:
        return Talk(query, (Part(query, near(hits, limit)),), surety(hits))
    hits, given = _after(hits, said)
    sure, asked = surety(hits), None
    open_still = all(each.answer for each in given) and len(given) < QUESTIONS_AT_MOST
    if sure is Surety.CLOSE and open_still:
        keys = {each.question.key for each in given}
        asked = next_question(hits, all_questions(), query, keys, get_finder(year).done(query))
    shown_at_most = min(limit, BESIDE_A_QUESTION) if asked else limit
    return Talk(query, (Part(query, near(hits, shown_at_most)),), sure, given, asked, hits)


def near(hits: Sequence[Hit], limit: int) -> tuple[Hit, ...]:
    """Return the foremost hits without the far-fetched.

    Of 985 wordings that drops no right answer, and 351 second and third ones that
    only confuse: a laboratory beside the bank agent.
    """
    return tuple(hit for hit in hits[:limit] if hit.score >= FAR_BEHIND * hits[0].score)


def _after(hits: tuple[Hit, ...], said: Iterable[str]) -> tuple[tuple[Hit, ...], tuple[Given, ...]]:
    """Return what the answers leave, and those answers that mean something here."""
    known = {question.key: question for question in all_questions()}
    given: list[Given] = []
    for each in said:
        if len(given) == QUESTIONS_AT_MOST or (given and given[-1].answer is None):
            break
        key, _, choice = each.partition(".")
        question = known.get(key)
        if question is None:
            continue
        answer = question.answer(choice)
        kept = kept_by(answer, hits) if answer else ()
        if kept:
            hits = kept
        if kept or (choice == UNKNOWN and hits):
            del known[key]  # each is answered once
            given.append(Given(question, answer, tuple(one.said for one in given)))
    return hits, tuple(given)
