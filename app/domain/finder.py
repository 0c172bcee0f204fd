"""Find the activity code (KBLI) that somebody means, from the words they use every day.

An index in memory and nothing else: words are brought to a common form (spelling, chat short
forms, Indonesian affixes), looked up, and ranked by BM25 over several fields, with a bonus for a
phrase that somebody wrote down for the code and a tilt by what the person does with the thing
(sells it, makes it, grows it, mends it). Typing slips are mended only for words that are unknown.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.domain.reference_types import KbliEntry

# More than this nobody types to name a business; the rest is not read.
MAX_QUERY_CHARACTERS = 200
MAX_QUERY_WORDS = 16

_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"(.)\1+")


class BadFinderLanguage(ValueError):
    """The language table has another shape than expected. key: the part that is wrong."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Role:
    """What a person does with a thing, and where in KBLI that leads.

    verbs: how people say it; alone they tell little about the thing. nouns: things and trades
    that say it too, and tell much. prefers: code prefixes that fit. avoids: those that do not.
    """

    name: str
    verbs: tuple[str, ...]
    nouns: tuple[str, ...]
    prefers: tuple[str, ...]
    avoids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FinderLanguage:
    """The words the finder lives on; loaded from a table, see language_from_table.

    spelling: short or other forms of one word -> the word. synonyms: word -> phrases that mean
    about the same. stopwords say nothing, weak words say little (a market, a house, a village).
    roots: roots of three letters, which are otherwise too short to cut affixes from.
    kept: words that only look as if they had an affix. demoted: code prefix -> factor below 1.
    """

    spelling: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stopwords: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    roles: tuple[Role, ...] = ()
    demoted: Mapping[str, float] = field(default_factory=dict)


def language_from_table(table: Mapping[str, Any]) -> FinderLanguage:
    """Return the language from a parsed table (see app/reference/words/language.toml).

    Raises BadFinderLanguage where a part is missing or has another type.
    """

    def strings(value: Any, key: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadFinderLanguage(key)
        return tuple(value)

    def part(key: str) -> Mapping[str, Any]:
        value = table.get(key)
        if not isinstance(value, Mapping):
            raise BadFinderLanguage(key)
        return value

    spelling: dict[str, str] = {}
    for right, forms in part("spelling").items():
        for form in strings(forms, f"spelling.{right}"):
            spelling[form] = right
    demoted: dict[str, float] = {}
    for prefix, factor in part("demoted").items():
        if isinstance(factor, bool) or not isinstance(factor, int | float):
            raise BadFinderLanguage(f"demoted.{prefix}")
        demoted[prefix] = float(factor)
    roles = []
    for name, role in part("roles").items():
        if not isinstance(role, Mapping):
            raise BadFinderLanguage(f"roles.{name}")
        roles.append(
            Role(
                name,
                strings(role.get("verbs"), f"roles.{name}.verbs"),
                strings(role.get("nouns", []), f"roles.{name}.nouns"),
                strings(role.get("prefers"), f"roles.{name}.prefers"),
                strings(role.get("avoids", []), f"roles.{name}.avoids"),
            )
        )
    lists = part("lists")
    return FinderLanguage(
        spelling=spelling,
        synonyms={
            word: strings(phrases, f"synonyms.{word}") for word, phrases in part("synonyms").items()
        },
        stopwords=frozenset(strings(lists.get("stopwords"), "lists.stopwords")),
        weak=frozenset(strings(lists.get("weak"), "lists.weak")),
        roots=frozenset(strings(lists.get("roots"), "lists.roots")),
        kept=frozenset(strings(lists.get("kept"), "lists.kept")),
        roles=tuple(roles),
        demoted=demoted,
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """One code found. score: higher is better, comparable inside one search only.

    matched: the words of the query that this code answers to, as the person wrote them.
    """

    entry: KbliEntry
    score: float
    matched: tuple[str, ...]


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents, in their order."""
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return _WORD.findall(plain)


def squeeze(word: str) -> str:
    """Return the word with doubled letters written once: "kiosss", "massak", "jualll"."""
    return word if word.isdigit() else _REPEATED.sub(r"\1", word)


def modern_spelling(word: str) -> str:
    """Return the word in the spelling in use since 1972: "soesoe", "djahit", "tjutji"."""
    for old, new in (("oe", "u"), ("dj", "j"), ("tj", "c"), ("nj", "ny")):
        word = word.replace(old, new)
    return word


_SUFFIXES = ("kannya", "annya", "innya", "nya", "kan", "lah", "kah", "an", "i")
# Prefix, and the first letters that the prefix may have swallowed ("" = none).
_PREFIXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("memper", ("",)),
    ("penge", ("",)),
    ("menge", ("",)),
    ("meny", ("s",)),
    ("peny", ("s",)),
    ("meng", ("", "k")),
    ("peng", ("", "k")),
    ("mem", ("", "p")),
    ("pem", ("", "p")),
    ("men", ("", "t")),
    ("pen", ("", "t")),
    ("per", ("",)),
    ("pel", ("",)),
    ("ber", ("",)),
    ("bel", ("",)),
    ("ter", ("",)),
    ("me", ("",)),
    ("pe", ("",)),
    ("be", ("",)),
    ("di", ("",)),
    # Spoken forms: "nyuci", "ngecat", "ngolah".
    ("nge", ("",)),
    ("ny", ("s", "c")),
    ("ng", ("", "k")),
)


def possible_roots(word: str) -> Iterable[str]:
    """Yield what may be the root of an Indonesian word, the likeliest first, itself excluded.

    Which of them is a real word only a vocabulary can tell.
    """
    without_suffix = [
        (word[: -len(suffix)], suffix) for suffix in _SUFFIXES if word.endswith(suffix)
    ]
    for prefix, swallowed in _PREFIXES:
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            for letter in swallowed:
                yield letter + rest
                for suffix in _SUFFIXES:
                    if rest.endswith(suffix):
                        yield letter + rest[: -len(suffix)]
    for stem, suffix in without_suffix:
        yield stem
        if suffix == "an" and stem.startswith("ke"):
            yield stem[2:]


_WEIGHTS = {"words": 3.0, "plain": 1.6, "name_en": 1.4, "title": 1.2}
_B = {"words": 0.25, "plain": 0.5, "name_en": 0.5, "title": 0.5}
_K1 = 1.2
_VERB_WEIGHT = 0.3
_WEAK_WORD_WEIGHT = 0.35
_SYNONYM_WEIGHT = 0.75
_FUZZY_WEIGHT = 0.7
_PREFIX_WEIGHT = 0.6
_PREFERRED = 1.5
_AVOIDED = 0.5
# A code for which somebody collected words is one that people here ask for.
_COLLECTED = 1.1


@dataclass(frozen=True, slots=True)
class _Phrase:
    roots: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class _Term:
    """One looked-up root of the query, with the word it came from and how sure it is."""

    root: str
    written: str
    weight: float


class Finder:
    """A search over the codes of one edition. Build once, then search from any thread."""

    def __init__(self, entries: Iterable[KbliEntry], language: FinderLanguage) -> None:
        """entries: of one edition. Those without own words are found by their title."""
        self._entries = tuple(entries)
        self._language = language
        self._settled = False
        self._stop = frozenset(squeeze(word) for word in language.stopwords)
        self._kept = frozenset(squeeze(word) for word in language.kept)
        self._short_roots = frozenset(squeeze(word) for word in language.roots)
        self._spelling = {
            squeeze(form): tuple(squeeze(word) for word in split_words(right))
            for form, right in language.spelling.items()
        }
        self._forms: dict[str, tuple[str, ...]] = {}
        phrases = [[self._words_of(phrase) for phrase in entry.words] for entry in self._entries]
        fields = [
            self._fields_of(entry, of_entry)
            for entry, of_entry in zip(self._entries, phrases, strict=True)
        ]
        self._settled = True

        written: set[str] = set(self._short_roots)
        for texts in fields:
            for words in texts.values():
                written.update(words)
        for role in language.roles:
            written.update(squeeze(word) for word in role.verbs + role.nouns)
        for word, others in language.synonyms.items():
            written.add(squeeze(word))
            for other in others:
                written.update(squeeze(each) for each in split_words(other))
        self._known = written
        self._roots: dict[str, str] = {}

        self._role_of: dict[str, list[Role]] = {}
        for role in language.roles:
            for word in role.verbs + role.nouns:
                roles_of_word = self._role_of.setdefault(self._root(squeeze(word)), [])
                if role not in roles_of_word:
                    roles_of_word.append(role)
        self._verbs = frozenset(
            self._root(squeeze(word)) for role in language.roles for word in role.verbs
        )
        self._weak = frozenset(self._root(squeeze(word)) for word in language.weak)
        self._synonyms = {
            self._root(squeeze(word)): tuple(
                tuple(self._root(squeeze(each)) for each in split_words(other)) for other in others
            )
            for word, others in language.synonyms.items()
        }
        self._build_postings(fields)
        self._build_phrases(phrases)
        # As written, not roots: a slip inside an affix ("penggergjian") is still one slip away.
        self._vocabulary = sorted(
            word for word in self._known if self._is_known(self._root(word)) and len(word) > 2
        )
        self._by_first_letter: dict[str, list[str]] = {}
        for term in self._vocabulary:
            self._by_first_letter.setdefault(term[:1], []).append(term)
        self._codes = {entry.code: position for position, entry in enumerate(self._entries)}
        self._priors = [self._prior(entry) for entry in self._entries]

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """Return the codes that the words may mean, the likeliest first; never raises on a text.

        Two to five digits alone are taken as the beginning of a code.
        """
        if limit < 1:
            return []
        text = query[:MAX_QUERY_CHARACTERS]
        by_code = self._by_code(text, limit)
        if by_code:
            return by_code
        words = self._words_of(text)[:MAX_QUERY_WORDS]
        if not words:
            return []
        groups = [self._expand(word) for word in words]
        scores, matched = self._score(groups)
        if not scores:
            return []
        self._reward_phrases(words, scores)
        self._tilt(words, scores)
        best = sorted(scores, key=lambda position: (-scores[position], position))[:limit]
        return [
            Hit(
                self._entries[position],
                round(scores[position], 4),
                tuple(dict.fromkeys(matched.get(position, ()))),
            )
            for position in best
        ]

    # Words

    def _words_of(self, text: str) -> list[str]:
        """Split, mend spelling, drop words that say nothing."""
        return [word for raw in split_words(text) for word in self._forms_of(raw)]

    def _forms_of(self, raw: str) -> tuple[str, ...]:
        found = self._forms.get(raw)
        if found is None:
            word = squeeze(raw)
            found = tuple(
                each
                for each in self._spelling.get(word, (word,))
                if each not in self._stop and (len(each) > 1 or each.isdigit())
            )
            # Only words of the entries are remembered, so that queries cannot fill the memory.
            if not self._settled:
                self._forms[raw] = found
        return found

    def _fields_of(
        self, entry: KbliEntry, phrases: Sequence[Sequence[str]]
    ) -> dict[str, list[str]]:
        return {
            "words": [word for phrase in phrases for word in phrase],
            "plain": self._words_of(f"{entry.plain_id or ''} {entry.plain_en or ''}"),
            "name_en": self._words_of(entry.name_en or ""),
            "title": self._words_of(entry.title_id),
        }

    def _root(self, word: str) -> str:
        """Return the form under which a word is kept; the same for all forms of one word."""
        found = self._roots.get(word)
        if found is None:
            found = self._find_root(word)
            if word in self._known:
                self._roots[word] = found
        return found

    def _find_root(self, word: str) -> str:
        for _ in range(3):
            if word in self._kept or word in self._short_roots or word.isdigit():
                return word
            for candidate in possible_roots(word):
                if candidate in self._short_roots or (
                    len(candidate) >= 4 and candidate in self._known
                ):
                    word = candidate
                    break
            else:
                return word
        return word

    # Index

    def _build_postings(self, fields: Sequence[Mapping[str, Sequence[str]]]) -> None:
        counts: list[dict[str, Counter[str]]] = []
        totals: Counter[str] = Counter()
        for texts in fields:
            per_field = {name: Counter(map(self._root, words)) for name, words in texts.items()}
            counts.append(per_field)
            for name, words in texts.items():
                totals[name] += len(words)
        size = max(len(fields), 1)
        averages = {name: max(totals[name] / size, 1.0) for name in _WEIGHTS}
        weights: dict[str, dict[int, float]] = {}
        for position, per_field in enumerate(counts):
            for name, counter in per_field.items():
                length = sum(counter.values())
                norm = 1 - _B[name] + _B[name] * length / averages[name]
                for root, count in counter.items():
                    postings = weights.setdefault(root, {})
                    # A word that ten phrases repeat says hardly more than one that two repeat.
                    part = _WEIGHTS[name] * min(count, 4) / norm
                    postings[position] = postings.get(position, 0.0) + part
        self._idf = {
            root: math.log(1 + (size - len(postings) + 0.5) / (len(postings) + 0.5))
            for root, postings in weights.items()
        }
        self._postings = {
            root: [
                (position, self._idf[root] * weight * (_K1 + 1) / (weight + _K1))
                for position, weight in postings.items()
            ]
            for root, postings in weights.items()
        }

    def _build_phrases(self, phrases: Sequence[Sequence[Sequence[str]]]) -> None:
        self._phrases: dict[str, list[_Phrase]] = {}
        for position, of_entry in enumerate(phrases):
            for words in of_entry:
                roots = tuple(dict.fromkeys(self._root(word) for word in words))
                if not roots:
                    continue
                rarest = max(roots, key=lambda root: (self._idf.get(root, 0.0), root))
                self._phrases.setdefault(rarest, []).append(_Phrase(roots, position))

    def _prior(self, entry: KbliEntry) -> float:
        prior = _COLLECTED if entry.words else 1.0
        for prefix, factor in self._language.demoted.items():
            if entry.code.startswith(prefix):
                prior *= factor
        return prior

    # Search

    def _by_code(self, text: str, limit: int) -> list[Hit]:
        digits = re.sub(r"[\s.]", "", text)
        if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 5):
            return []
        found = [position for code, position in self._codes.items() if code.startswith(digits)]
        return [Hit(self._entries[position], 1.0, (digits,)) for position in sorted(found)[:limit]]

    def _expand(self, word: str) -> list[_Term]:
        """Return the roots to look up for one word: itself, and what means the same."""
        root = self._root(word)
        if not self._is_known(root):
            modern = self._root(squeeze(modern_spelling(word)))
            if self._is_known(modern):
                root = modern
        if not self._is_known(root):
            return self._guess(word)
        weight = self._share(root)
        terms = [_Term(root, word, weight)]
        for phrase in self._synonyms.get(root, ()):
            share = _SYNONYM_WEIGHT * weight / math.sqrt(len(phrase))
            terms.extend(_Term(each, word, share) for each in phrase if each != root)
        return terms

    def _is_known(self, root: str) -> bool:
        return root in self._postings or root in self._synonyms or root in self._role_of

    def _guess(self, word: str) -> list[_Term]:
        """Return what an unknown word may be: a beginning, two words in one, or a slip."""
        if word.isdigit() or len(word) < 3:
            return []
        length = len(word)
        if length >= 6:
            for cut in range(3, length - 2):
                left, right = self._root(word[:cut]), self._root(word[cut:])
                if self._is_known(left) and self._is_known(right):
                    return [*self._expand(left), *self._expand(right)]
        slips = 0 if length < 4 else 1 if length < 7 else 2
        found: list[_Term] = []
        if slips:
            # Nearly all slips keep the first letter; the whole list is only a second try.
            for pool in (self._by_first_letter.get(word[:1], []), self._vocabulary):
                near = process.extract(word, pool, scorer=OSA.distance, score_cutoff=slips, limit=3)
                if near:
                    least = near[0][1]
                    for term, distance, _ in near:
                        if distance == least:
                            found.extend(
                                _Term(each.root, word, each.weight * _FUZZY_WEIGHT)
                                for each in self._expand(term)
                            )
                    break
        if not found:
            start = bisect_left(self._vocabulary, word)
            for term in self._vocabulary[start : start + 4]:
                if term.startswith(word):
                    found.append(_Term(self._root(term), word, _PREFIX_WEIGHT))
        return found

    def _score(
        self, groups: Sequence[Sequence[_Term]]
    ) -> tuple[dict[int, float], dict[int, list[str]]]:
        """Add up, per code, the best term of each word; a code that answers more words gains."""
        scores: dict[int, float] = {}
        covered: dict[int, float] = {}
        matched: dict[int, list[str]] = {}
        mass = 0.0
        for terms in groups:
            best: dict[int, float] = {}
            importance = 0.0
            for term in terms:
                importance = max(importance, term.weight * self._idf.get(term.root, 0.0))
                for position, value in self._postings.get(term.root, ()):
                    score = value * term.weight
                    if score > best.get(position, 0.0):
                        best[position] = score
            mass += importance
            for position, score in best.items():
                scores[position] = scores.get(position, 0.0) + score
                covered[position] = covered.get(position, 0.0) + importance
                matched.setdefault(position, []).append(terms[0].written)
        if mass > 0:
            for position in scores:
                scores[position] *= 0.4 + 0.6 * covered[position] / mass
        return scores, matched

    def _reward_phrases(self, words: Sequence[str], scores: dict[int, float]) -> None:
        """A phrase that somebody wrote down for a code, found whole, outweighs single words."""
        roots = {self._mended_root(word) for word in words}
        content = {root for root in roots if self._share(root) == 1.0}
        rewards: dict[int, float] = {}
        for root in roots:
            for phrase in self._phrases.get(root, ()):
                if not roots.issuperset(phrase.roots):
                    continue
                reward = sum(self._idf.get(each, 0.0) * self._share(each) for each in phrase.roots)
                if len(phrase.roots) > 1:
                    reward *= 1.3
                if content and content.issubset(phrase.roots):
                    reward *= 1.6
                if roots == set(phrase.roots):
                    reward *= 1.4
                if reward > rewards.get(phrase.position, 0.0):
                    rewards[phrase.position] = reward
        for position, reward in rewards.items():
            scores[position] = scores.get(position, 0.0) + reward

    def _mended_root(self, word: str) -> str:
        root = self._root(word)
        if self._is_known(root):
            return root
        terms = self._expand(word)
        return terms[0].root if terms else root

    def _share(self, root: str) -> float:
        if root in self._verbs:
            return _VERB_WEIGHT
        return _WEAK_WORD_WEIGHT if root in self._weak else 1.0

    def _tilt(self, words: Sequence[str], scores: dict[int, float]) -> None:
        """Lean towards the codes that fit what the person does with the thing."""
        roles = list(
            dict.fromkeys(
                role for word in words for role in self._role_of.get(self._mended_root(word), ())
            )
        )
        prefers = tuple(prefix for role in roles for prefix in role.prefers)
        avoids = tuple(prefix for role in roles for prefix in role.avoids)
        for position in scores:
            factor = self._priors[position]
            code = self._entries[position].code
            if prefers and code.startswith(prefers):
                factor *= _PREFERRED
            elif avoids and code.startswith(avoids):
                factor *= _AVOIDED
            scores[position] *= factor
