"""Two plain searches over the official titles, to hold the finder against.

They are what an official list offers: type a part of the title, or some of its words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from app.domain.finder_words import split_words
from app.domain.reference_types import KbliEntry

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
