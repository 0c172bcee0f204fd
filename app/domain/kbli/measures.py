"""How good a search for activity codes is, measured on wordings with known answers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.kbli.words import split_words
from app.domain.law.rows import KbliEntry
from app.domain.written.text import has_digits

DEPTHS = (1, 3, 5, 10)

# query, how many -> codes, the best first.
Search = Callable[[str, int], Sequence[str]]


class BadWordings(ValueError):
    """A file of wordings has another shape than expected. line: counted from 1; key: what."""

    def __init__(self, line: int, key: str) -> None:
        super().__init__(f"{line}: {key}")
        self.line = line
        self.key = key


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody typed, and the codes that answer it.

    best: the codes of the best answer, mostly one. acceptable: all right answers, those included.
    kind: a heading for reports, "" where the file has none.
    """

    query: str
    lang: str
    best: frozenset[str]
    acceptable: frozenset[str]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares between 0 and 1 of `count` wordings.

    hit: depth -> a right code among the first so many. best_first: the best code stands first.
    mrr: mean of 1 / rank of the first right code among ten. nothing: no answer at all.
    """

    count: int
    hit: Mapping[int, float]
    best_first: float
    mrr: float
    nothing: float


def wordings_from_table(lines: Iterable[Mapping[str, str | None]]) -> list[Wording]:
    """Return the wordings of a table with query, lang, best, acceptable and, if it has one, kind.

    Several codes stand with "|" between. Raises BadWordings where a line lacks one of them.
    """
    wordings = []
    for number, line in enumerate(lines, 2):
        for key in ("query", "lang", "best"):
            if not (line.get(key) or "").strip():
                raise BadWordings(number, key)
        best = _codes(line["best"])
        acceptable = _codes(line.get("acceptable"))
        for code in best | acceptable:
            if not has_digits(code, 5):
                raise BadWordings(number, code)
        wordings.append(
            Wording(
                line["query"] or "",
                (line["lang"] or "").strip(),
                best,
                best | acceptable,
                (line.get("kind") or "").strip(),
            )
        )
    return wordings


def _codes(text: str | None) -> frozenset[str]:
    return frozenset(code.strip() for code in (text or "").split("|") if code.strip())


def answers(wordings: Sequence[Wording], search: Search) -> list[Sequence[str]]:
    """Return what the search answers to each of the wordings, ten codes at most."""
    return [search(wording.query, DEPTHS[-1]) for wording in wordings]


def quality(wordings: Sequence[Wording], found: Sequence[Sequence[str]]) -> Quality:
    """Measure answers (see answers) against what they should be; no wordings, all zero."""
    count = len(wordings)
    ranks = [
        next((rank for rank, code in enumerate(codes, 1) if code in wording.acceptable), 0)
        for wording, codes in zip(wordings, found, strict=True)
    ]

    def share(number: float) -> float:
        return number / count if count else 0.0

    return Quality(
        count,
        {depth: share(sum(1 for rank in ranks if 0 < rank <= depth)) for depth in DEPTHS},
        share(
            sum(
                1
                for wording, codes in zip(wordings, found, strict=True)
                if codes and codes[0] in wording.best
            )
        ),
        share(sum(1 / rank for rank in ranks if rank)),
        share(sum(1 for codes in found if not codes)),
    )


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed; 0.0 of none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


_K1 = 1.2

_B = 0.75


class TitleSubstring:
    """Codes whose title holds the text as it was typed, in the order of the codes."""

    def __init__(self, entries: Iterable[KbliEntry]) -> None:
        self._titles = sorted((entry.code, entry.title_id.lower()) for entry in entries)

    def search(self, query: str, limit: int = 10) -> list[str]:
        """Return at most `limit` codes; none for an empty text."""
        wanted = " ".join(query.lower().split())
        if not wanted:
            return []
        return [code for code, title in self._titles if wanted in title][: max(limit, 0)]


class TitleBm25:
    """Codes by BM25 over the words of their titles, taken as they stand."""

    def __init__(self, entries: Iterable[KbliEntry]) -> None:
        found = [(entry.code, Counter(split_words(entry.title_id))) for entry in entries]
        lengths = [counts.total() for _, counts in found]
        average = sum(lengths) / max(len(lengths), 1) or 1.0
        holders = Counter(word for _, counts in found for word in counts)
        self._weights: dict[str, list[tuple[str, float]]] = {}
        for (code, counts), length in zip(found, lengths, strict=True):
            for word, count in counts.items():
                rarity = math.log(1 + (len(found) - holders[word] + 0.5) / (holders[word] + 0.5))
                weight = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length / average))
                self._weights.setdefault(word, []).append((code, rarity * weight))

    def search(self, query: str, limit: int = 10) -> list[str]:
        """Return at most `limit` codes, the best first."""
        scores: dict[str, float] = {}
        for word in split_words(query):
            for code, weight in self._weights.get(word, ()):
                scores[code] = scores.get(code, 0.0) + weight
        return sorted(scores, key=lambda code: (-scores[code], code))[: max(limit, 0)]
