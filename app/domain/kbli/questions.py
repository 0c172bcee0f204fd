"""Which question tells nearly equal activities apart best, and what an answer leaves of them.

No script of questions: each search is looked at anew. The score of an activity shows how likely it
is; the question asked is the one that takes away most of the doubt (information gain, in bits).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.kbli.hits import Hit

# The foremost hits that count, and of the best score what they need at least.
FOREMOST = 12
IN_SIGHT = 0.3
# Of the shares of all in sight: what a question must be about.
COVERED = 0.6
# Bits; less is not worth a tap.
LEAST_GAIN = 0.3
# Bits; of questions this near to the best one the earliest, which is the most special, is asked.
AS_GOOD = 0.2
ANSWERS_AT_LEAST = 2
QUESTIONS_AT_MOST = 3

_KEY = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"\w+")
_PREFIX = re.compile(r"[0-9]{2,5}")


class BadQuestions(ValueError):
    """The table of questions has another shape than expected. key: the part that is wrong."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer. keeps: prefixes of the codes that it leaves. id, en: its words."""

    key: str
    id: str
    en: str
    example_id: str
    example_en: str
    keeps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question between activities. why: the reason to ask, in each language.

    about: prefixes of the codes between which it decides. said: words and phrases of a search,
    in lower case, that answer it already. roles: names of what a person does (see
    app.domain.kbli.language.Role) that answer it when they are spoken.
    """

    key: str
    text_id: str
    text_en: str
    why_id: str
    why_en: str
    about: tuple[str, ...]
    said: tuple[str, ...]
    answers: tuple[Answer, ...]
    roles: frozenset[str] = frozenset()

    def answer(self, key: str) -> Answer | None:
        """Return one answer, None if there is no such key."""
        return next((each for each in self.answers if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with those answers that leave something. gain: doubt it takes away, in bits."""

    question: Question
    answers: tuple[Answer, ...]
    gain: float


def questions_from_table(table: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return the questions of a parsed table (see app/reference/words/questions.toml), in order.

    Raises BadQuestions where a part is missing, has another type or a key stands twice.
    """
    rows = table.get("question")
    if not isinstance(rows, list) or not rows:
        raise BadQuestions("question")
    questions: dict[str, Question] = {}
    for row in rows:
        question = _question(row)
        if question.key in questions:
            raise BadQuestions(question.key)
        questions[question.key] = question
    return tuple(questions.values())


def kept_by(answer: Answer, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return the hits that an answer leaves, in their order."""
    return tuple(hit for hit in hits if hit.entry.code.startswith(answer.keeps))


def next_question(
    hits: Sequence[Hit],
    questions: Iterable[Question],
    query: str,
    asked: Collection[str] = (),
    roles: Collection[str] = (),
) -> Asked | None:
    """Return the question that splits the hits best, None where none is worth a tap.

    hits: best first. asked: keys of the questions that were answered before. roles: names of what
    the query says that a person does. app.domain.kbli.finder.surety tells whether to ask.
    """
    shares = _shares(hits)
    if len(shares) < ANSWERS_AT_LEAST:
        return None
    said = f" {' '.join(_WORD.findall(query.lower()))} "
    worth = [
        found
        for question in questions
        if question.key not in asked
        and question.roles.isdisjoint(roles)
        and not any(f" {word} " in said for word in question.said)
        if (found := _weigh(question, shares)) is not None and found.gain >= LEAST_GAIN
    ]
    most = max((found.gain for found in worth), default=0.0)
    best = next((found for found in worth if found.gain >= most - AS_GOOD), None)
    if best is None:
        return None
    # Weighed is what is in sight; an answer may still lift what stands further down: who types
    # "ikan" may well be a fisher.
    answers = tuple(answer for answer in best.question.answers if kept_by(answer, hits))
    return replace(best, answers=answers)


def _shares(hits: Sequence[Hit]) -> dict[str, float]:
    """Return how likely each code in sight is; together 1. The square parts near from far."""
    weights = {
        hit.entry.code: hit.score**2
        for hit in hits[:FOREMOST]
        if hit.score >= IN_SIGHT * hits[0].score
    }
    whole = sum(weights.values())
    return {code: weight / whole for code, weight in weights.items()} if whole else {}


def _weigh(question: Question, shares: Mapping[str, float]) -> Asked | None:
    kept = {code: share for code, share in shares.items() if code.startswith(question.about)}
    answers = tuple(
        answer for answer in question.answers if any(code.startswith(answer.keeps) for code in kept)
    )
    if len(answers) < ANSWERS_AT_LEAST:
        return None
    ways = {
        code: [answer.key for answer in answers if code.startswith(answer.keeps)] for code in kept
    }
    covered = sum(share for code, share in kept.items() if ways[code])
    if covered < COVERED:
        return None
    # Information between activity and answer: H(answer) - H(answer | activity). Who fits two
    # answers may give either.
    taken = dict.fromkeys((answer.key for answer in answers), 0.0)
    doubt = 0.0
    for code, keys in ways.items():
        for key in keys:
            taken[key] += kept[code] / covered / len(keys)
        if keys:
            doubt += kept[code] / covered * math.log2(len(keys))
    spread = -sum(share * math.log2(share) for share in taken.values() if share > 0)
    return Asked(question, answers, (spread - doubt) * covered)


def _question(row: Any) -> Question:
    key = _key(row, "question")
    answers = row.get("answers")
    if not isinstance(answers, list) or not 2 <= len(answers) <= 4:
        raise BadQuestions(f"{key}.answers")
    read = tuple(_answer(each, key) for each in answers)
    if len({each.key for each in read}) < len(read):
        raise BadQuestions(f"{key}.answers")
    said, roles = row.get("said", []), row.get("roles", [])
    for name, words in (("said", said), ("roles", roles)):
        if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() for w in words):
            raise BadQuestions(f"{key}.{name}")
    return Question(
        key=key,
        text_id=_text(row, "text_id", key),
        text_en=_text(row, "text_en", key),
        why_id=_text(row, "why_id", key),
        why_en=_text(row, "why_en", key),
        about=_prefixes(row, "about", key),
        said=tuple(said),
        answers=read,
        roles=frozenset(roles),
    )


def _answer(row: Any, above: str) -> Answer:
    key = f"{above}.{_key(row, above)}"
    return Answer(
        key=row["key"],
        id=_text(row, "id", key),
        en=_text(row, "en", key),
        example_id=_text(row, "example_id", key),
        example_en=_text(row, "example_en", key),
        keeps=_prefixes(row, "keeps", key),
    )


def _key(row: Any, above: str) -> str:
    key = row.get("key") if isinstance(row, Mapping) else None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadQuestions(f"{above}.key")
    return key


def _text(row: Mapping[str, Any], name: str, above: str) -> str:
    text = row.get(name)
    if not isinstance(text, str) or not text.strip():
        raise BadQuestions(f"{above}.{name}")
    return text


def _prefixes(row: Mapping[str, Any], name: str, above: str) -> tuple[str, ...]:
    found = row.get(name)
    if not isinstance(found, list) or not found:
        raise BadQuestions(f"{above}.{name}")
    if not all(isinstance(each, str) and _PREFIX.fullmatch(each) for each in found):
        raise BadQuestions(f"{above}.{name}")
    return tuple(found)
