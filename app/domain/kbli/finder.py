"""Find the activity code (KBLI) that somebody means, from the words they use every day.

An index in memory and nothing else: words are brought to a common form (spelling, chat short
forms, Indonesian affixes), looked up, and ranked by BM25 over several fields, with a bonus for a
phrase that somebody wrote down for the code and a tilt by what the person does with the thing
(sells it, makes it, grows it, mends it). Typing slips are mended only for words that are unknown.
Why so: docs/decisions/0007-finder-in-memory.md and those after it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.domain.kbli.hits import Hit, Part, Surety, surety
from app.domain.kbli.language import FinderLanguage, Role
from app.domain.kbli.parts import parted, words_of
from app.domain.kbli.reader import Mended, Reader, Said
from app.domain.kbli.words import is_shortened, skeleton, sound, split_words, squeeze
from app.domain.law.rows import KbliEntry
from app.domain.written.text import has_digits

# More than this nobody types to name a business; the rest is not read.
MAX_QUERY_CHARACTERS = 200
MAX_QUERY_WORDS = 24


# How the fields count: words that people use, our plain sentences, and the titles.
_WEIGHTS = {"words": 3.0, "plain": 1.6, "name_en": 1.4, "title": 1.2, "borrowed": 1.0}
_LENGTH = {"words": 0.25, "plain": 0.5, "name_en": 0.5, "title": 0.5, "borrowed": 0.25}
_K1 = 1.2
_VERB_WEIGHT = 0.45
_WEAK_WORD_WEIGHT = 0.5
_SYNONYM_WEIGHT = 0.6
_SYNONYM_IN_PHRASE = 0.3
_SOUND_WEIGHT = 0.85  # of an unknown word
_SOUNDS_TOO = 0.5  # of a known word that sounds like another
_SHORT_WEIGHT = 0.9
_SLIP_WEIGHT = 0.95
_SLIP_COST = 1.0  # times the share of letters that are wrong
_PREFIX_WEIGHT = 0.6
_MEANING_WEIGHT = 0.5
_PREFERRED = 1.5
_AVOIDED = 0.6
_HEAD = 1.0
_CLAUSE = 0.5
_CLAUSES_AT_MOST = 6
# Who answers to all of one clause has understood so much of the text.
_CLAUSE_COVERED = 0.75
_BORROWED_PHRASE = 0.5
# A code for which somebody collected words is one that people here ask for.
_COLLECTED = 1.1


@dataclass(frozen=True, slots=True)
class _Phrase:
    roots: tuple[str, ...]
    position: int
    factor: float


@dataclass(frozen=True, slots=True)
class _Term:
    """One root to look up for a word of the query, and how sure it is."""

    root: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Texts:
    """The words of one entry, by field; phrases are kept apart as well."""

    fields: Mapping[str, Sequence[str]]
    phrases: Sequence[Sequence[str]]
    borrowed: Sequence[Sequence[str]]


class Finder:
    """A search over the codes of one edition. Build once, then search from any thread."""

    def __init__(
        self,
        entries: Iterable[KbliEntry],
        language: FinderLanguage,
        *,
        more: Mapping[str, Sequence[str]] | None = None,
        borrowed: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """entries: of one edition. Those without own words are found by their title.

        more: code -> further phrases that people use for it, as good as those of the entry.
        borrowed: code -> phrases that were collected for something near to it, and count less.
        """
        self._entries = tuple(entries)
        self._language = language
        self._more = {code: tuple(phrases) for code, phrases in (more or {}).items()}
        self._borrowed = borrowed or {}
        self._reader = Reader(language)
        texts = [self._texts_of(entry) for entry in self._entries]
        known = {word for each in texts for words in each.fields.values() for word in words}
        self._reader.learn(known)
        root = self._reader.root
        self._synonyms = {
            self._key(word): tuple(
                tuple(root(squeeze(each)) for each in split_words(other)) for other in others
            )
            for word, others in language.synonyms.items()
        }
        self._meanings = {
            role.name: tuple(
                tuple(root(squeeze(each)) for each in split_words(phrase)) for phrase in role.means
            )
            for role in language.roles
        }
        self._baskets = [
            (
                tuple(root(squeeze(each)) for each in split_words(basket.stands_for)),
                frozenset(root(squeeze(good)) for good in basket.goods),
                basket.least,
            )
            for basket in language.baskets
        ]
        self._build_postings(texts)
        self._build_phrases(texts)
        self._build_vocabulary()
        self._codes = {entry.code: position for position, entry in enumerate(self._entries)}
        self._demoted = self._factors(language.demoted)
        self._unspoken = self._factors(language.unspoken)
        self._collected = [
            _COLLECTED if entry.words or entry.code in self._more else 1.0
            for entry in self._entries
        ]

    def with_words(self, more: Mapping[str, Sequence[str]]) -> Finder:
        """Return a finder that also knows these phrases (code -> phrases) beside its own.

        They replace those of an earlier call. Unknown codes are passed over.
        """
        return Finder(self._entries, self._language, more=more, borrowed=self._borrowed)

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """Return the codes that the words may mean, the likeliest first; never raises on a text.

        Two to five digits alone are taken as the beginning of a code.
        """
        if limit < 1:
            return []
        text = _cut(query)
        return (
            self._by_code(text, limit)
            or self._ranked(self.read(text), limit)
            or self._ranked(self._reader.read(text, MAX_QUERY_WORDS, self._mend_loosely), limit)
        )

    def search_parts(self, query: str, limit: int = 10) -> tuple[Part, ...]:
        """Return the activities that the text names, each with its own answers.

        There is always one part at least; where it is the only one, it is what search answers. At
        most four. How sure each is tells surety(part.hits).
        """
        said = self.read(query)
        if limit >= 1 and len({each.clause for each in said}) > 1:
            groups = parted(said, self._reader.spoken, self._clear)
            if len(groups) > 1:
                text = _cut(query)
                return tuple(
                    Part(words_of(text, group), tuple(self._ranked(group, limit)))
                    for group in groups
                )
        return (Part(query, tuple(self.search(query, limit))),)

    def _clear(self, said: Sequence[Said]) -> tuple[Sequence[str], bool]:
        hits = self._ranked(said, 5)
        return [hit.entry.code for hit in hits], surety(hits) is Surety.CLEAR

    def read(self, query: str) -> list[Said]:
        """Return the words of a text that say something."""
        return self._reader.read(_cut(query), MAX_QUERY_WORDS, self._mend)

    def done(self, query: str) -> frozenset[str]:
        """Return the names of the roles that the text speaks of: what the person does."""
        return frozenset(role.name for role in self._reader.spoken(self.read(query)))

    # Index

    def _key(self, text: str) -> str:
        words = [squeeze(word) for word in split_words(text)]
        return self._reader.root(words[0]) if len(words) == 1 else " ".join(words)

    def _texts_of(self, entry: KbliEntry) -> _Texts:
        words = self._reader.plain_words
        own = (*entry.words, *self._more.get(entry.code, ()))
        phrases = [words(phrase) for phrase in own]
        borrowed = [words(phrase) for phrase in self._borrowed.get(entry.code, ())]
        return _Texts(
            {
                "words": [word for phrase in phrases for word in phrase],
                "plain": words(f"{entry.plain_id or ''} {entry.plain_en or ''}"),
                "name_en": words(entry.name_en or ""),
                "title": words(self._claimed(entry.title_id)),
                "borrowed": [word for phrase in borrowed for word in phrase],
            },
            phrases,
            borrowed,
        )

    def _claimed(self, title: str) -> str:
        """Return the title as far as it says what the activity is."""
        kept: list[str] = []
        for word in title.split():
            if word.lower() in self._language.exclusions:
                break
            kept.append(word)
        return " ".join(kept)

    def _build_postings(self, texts: Sequence[_Texts]) -> None:
        root = self._reader.root
        size = max(len(texts), 1)
        averages = {
            name: max(sum(len(each.fields[name]) for each in texts) / size, 1.0)
            for name in _WEIGHTS
        }
        weights: dict[str, dict[int, float]] = {}
        for position, each in enumerate(texts):
            for name, words in each.fields.items():
                if not words:
                    continue
                share = _LENGTH[name]
                part = _WEIGHTS[name] / (1 - share + share * len(words) / averages[name])
                for found, count in Counter(map(root, words)).items():
                    postings = weights.setdefault(found, {})
                    # A word that ten phrases repeat says hardly more than one that two repeat.
                    postings[position] = postings.get(position, 0.0) + part * min(count, 4)
        self._idf = {
            found: math.log(1 + (size - len(postings) + 0.5) / (len(postings) + 0.5))
            for found, postings in weights.items()
        }
        self._postings = {
            found: [
                (position, self._idf[found] * weight * (_K1 + 1) / (weight + _K1))
                for position, weight in postings.items()
            ]
            for found, postings in weights.items()
        }

    def _build_phrases(self, texts: Sequence[_Texts]) -> None:
        root = self._reader.root
        rarity = self._idf
        self._phrases: dict[str, list[_Phrase]] = {}
        for position, each in enumerate(texts):
            for phrases, factor in ((each.phrases, 1.0), (each.borrowed, _BORROWED_PHRASE)):
                for words in phrases:
                    roots = tuple(dict.fromkeys(map(root, words)))
                    if roots:
                        rarest = max(roots, key=lambda found: (rarity[found], found))
                        phrase = _Phrase(roots, position, factor)
                        self._phrases.setdefault(rarest, []).append(phrase)

    def _build_vocabulary(self) -> None:
        """Keep the words as written, not roots: a slip inside an affix is one slip away too."""
        language = self._language
        root = self._reader.root
        self._vocabulary = sorted(
            word
            for word in self._reader.known
            if len(word) > 2 and (self._is_known(root(word)) or self._reader.leads_somewhere(word))
        )
        self._by_first_letter: dict[str, list[str]] = {}
        self._by_sound: dict[str, list[str]] = {}
        self._by_skeleton: dict[str, list[str]] = {}
        for word in self._vocabulary:
            self._by_first_letter.setdefault(word[0], []).append(word)
            if len(word) >= 4 and not word.isdigit():
                heard = sound(word, language.sounds, language.endings)
                self._by_sound.setdefault(heard, []).append(word)
                self._by_skeleton.setdefault(skeleton(word), []).append(word)

    def _factors(self, by_prefix: Mapping[str, float]) -> list[tuple[float, int]]:
        """Return a factor for each entry and the length of its prefix; the longest counts."""
        found = []
        for entry in self._entries:
            lengths = range(len(entry.code), 0, -1)
            length = next((each for each in lengths if entry.code[:each] in by_prefix), 0)
            found.append((by_prefix[entry.code[:length]] if length else 1.0, length))
        return found

    # Search

    def _by_code(self, text: str, limit: int) -> list[Hit]:
        digits = re.sub(r"[\s.]", "", text)
        if not has_digits(digits, 2, 3, 4, 5):
            return []
        found = [position for code, position in self._codes.items() if code.startswith(digits)]
        return [Hit(self._entries[position], 1.0, (digits,)) for position in sorted(found)[:limit]]

    def _ranked(self, said: Sequence[Said], limit: int) -> list[Hit]:
        if not said:
            return []
        groups = self._weighted(said)
        scores, matched, covered = self._score(groups)
        if not scores:
            return []
        self._reward_phrases(said, scores)
        self._add_clauses(said, groups, scores, covered)
        roles = self._reader.spoken(said)
        self._tilt(roles, scores)
        best = sorted(scores, key=lambda position: (-scores[position], position))[:limit]
        return [
            Hit(
                self._entries[position],
                round(scores[position], 4),
                self._matched(said, matched.get(position, ()), self._entries[position].code),
                round(covered.get(position, 0.0), 3),
            )
            for position in best
        ]

    def _matched(self, said: Sequence[Said], numbers: Iterable[int], code: str) -> tuple[str, ...]:
        """Return the words that the code answers to: by its own words, or by what is done."""
        found = set(numbers)
        return tuple(
            dict.fromkeys(
                each.written
                for number, each in enumerate(said)
                if number in found
                or (each.is_verb and any(code.startswith(role.prefers) for role in each.roles))
            )
        )

    def _weighted(self, said: Sequence[Said]) -> list[list[_Term]]:
        """Return the terms of each word, weighed by where the word stands."""
        things = [each.factor for each in said if each.is_thing]
        # Where all is said in passing ("di bengkel"), the passing is all there is.
        most = max(things, default=1.0)
        head = next((n for n, each in enumerate(said) if each.is_thing and each.factor == most), -1)
        groups = []
        for number, each in enumerate(said):
            factor = min(each.factor / most, 1.0) * (_HEAD if number == head else 1.0) * each.sure
            groups.append([_Term(term.root, term.weight * factor) for term in self._terms(each)])
            if not each.is_verb or " " in each.word:
                groups[-1].extend(
                    _Term(root, _MEANING_WEIGHT * factor / math.sqrt(len(phrase)))
                    for role in each.roles
                    for phrase in self._meanings[role.name]
                    for root in phrase
                )
        roots = {terms[0].root for terms in groups if terms}
        for stands_for, goods, least in self._baskets:
            if len(roots & goods) >= least:
                for terms in groups:
                    if terms and terms[0].root in goods:
                        terms.extend(_Term(root, terms[0].weight) for root in stands_for)
        return groups

    def _terms(self, said: Said) -> list[_Term]:
        """Return the roots to look up for one word: itself, and what means the same."""
        if " " in said.word:
            phrases = self._synonyms.get(said.word, ())
            return [
                _Term(root, 1 / math.sqrt(len(phrase))) for phrase in phrases for root in phrase
            ]
        terms = self._expand(said.root, said.word) if self._is_known(said.root) else []
        for other in said.others:
            terms.extend(self._expand(self._reader.root(other), ""))
        return terms

    def _expand(self, root: str, word: str) -> list[_Term]:
        weight = self._share(root)
        terms = [_Term(root, weight)]
        for phrase in self._synonyms.get(root, ()):
            share = _SYNONYM_WEIGHT * weight / math.sqrt(len(phrase))
            terms.extend(_Term(each, share) for each in phrase if each != root)
        if len(word) >= 4:
            heard = sound(word, self._language.sounds, self._language.endings)
            for other in self._by_sound.get(heard, ()):
                also = self._reader.root(other)
                if also != root:
                    terms.append(_Term(also, weight * _SOUNDS_TOO))
        return terms

    def _is_known(self, root: str) -> bool:
        return root in self._postings or root in self._synonyms or self._reader.is_role(root)

    def _mend_loosely(self, word: str) -> Mended | None:
        """Return the nearest words, however far; for a text of which nothing is understood."""
        return self._nearest(word, self._vocabulary, len(word) // 2)

    def _nearest(self, word: str, pool: Sequence[str], slips: int) -> Mended | None:
        near = process.extract(word, pool, scorer=OSA.distance, score_cutoff=slips, limit=3)
        alike = [term for term, distance, _ in near if distance == near[0][1]]
        if not alike:
            return None
        return _one_of(alike, max(_SLIP_WEIGHT - _SLIP_COST * near[0][1] / len(word), 0.2))

    def _mend(self, word: str) -> Mended | None:
        """Return what an unknown word may be: a sound-alike, a short form, two in one, a slip."""
        length = len(word)
        # Nearly all slips keep the first letter; the whole list is only a second try.
        likely = self._by_first_letter.get(word[0], [])
        alike = self._by_sound.get(sound(word, self._language.sounds, self._language.endings))
        if alike:
            # "moto" sounds like "mutu" and lacks a letter of "motor": what else is said decides.
            slip = self._nearest(word, likely, 1)
            near = (*slip.words, *slip.others) if slip else ()
            return _one_of(tuple(dict.fromkeys((*alike[:2], *near))), _SOUND_WEIGHT)
        # "banguan" is a slip of "bangunan" rather than "ban" and "guan".
        if length >= 6 and (
            cut := self._cut_in_two(word, 4 if self._nearest(word, likely, 1) else 3)
        ):
            return Mended(cut, (), 1.0)
        alike = self._by_skeleton.get(skeleton(word)) if is_shortened(word) else None
        if alike:
            nearest = self._nearest(word, alike, length)
            return nearest and replace(nearest, weight=_SHORT_WEIGHT)
        slips = 0 if length < 4 else 1 if length < 7 else 2
        if slips:
            for pool in (likely, self._vocabulary):
                nearest = self._nearest(word, pool, slips)
                if nearest:
                    return nearest
        start = bisect_left(self._vocabulary, word)
        alike = [term for term in self._vocabulary[start : start + 4] if term.startswith(word)]
        return _one_of(alike, _PREFIX_WEIGHT) if alike else None

    def _cut_in_two(self, word: str, least: int) -> tuple[str, str] | None:
        """Return the two words that were written as one, each of so many letters at least."""
        root = self._reader.root
        for cut in range(least, len(word) - least + 1):
            if self._is_known(root(word[:cut])) and self._is_known(root(word[cut:])):
                return word[:cut], word[cut:]
        return None

    def _score(
        self, groups: Sequence[Sequence[_Term]]
    ) -> tuple[dict[int, float], dict[int, list[int]], dict[int, float]]:
        """Add up, per code, the best term of each word; a code that answers more words gains."""
        scores: dict[int, float] = {}
        covered: dict[int, float] = {}
        matched: dict[int, list[int]] = {}
        mass = 0.0
        for number, terms in enumerate(groups):
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
                matched.setdefault(position, []).append(number)
        if mass > 0:
            for position in scores:
                covered[position] /= mass
                scores[position] *= 0.4 + 0.6 * covered[position]
        return scores, matched, covered

    def _reward_phrases(self, said: Sequence[Said], scores: dict[int, float]) -> None:
        """A phrase that somebody wrote down for a code, found whole, outweighs single words."""
        factors: dict[str, float] = {}
        whole: list[Sequence[tuple[str, ...]]] = []
        content: list[Sequence[tuple[str, ...]]] = []
        for each in said:
            ways = self._ways(each)
            near = () if " " in each.word else self._synonyms.get(each.root, ())
            for share, phrases in ((1.0, ways), (_SYNONYM_IN_PHRASE, near)):
                for root in chain.from_iterable(phrases):
                    factor = each.factor * each.sure * share
                    factors[root] = max(factors.get(root, 0.0), factor)
            whole.append(ways)
            if self._share(each.root) == 1.0 and each.factor == 1.0:
                content.append(ways)
        rewards: dict[int, float] = {}
        for root in factors:
            for phrase in self._phrases.get(root, ()):
                if not all(each in factors for each in phrase.roots):
                    continue
                reward = phrase.factor * sum(
                    self._idf.get(each, 0.0) * self._share(each) * factors[each]
                    for each in phrase.roots
                )
                if len(phrase.roots) > 1:
                    reward *= 1.3
                if content and _says_all(content, phrase.roots):
                    reward *= 1.6
                if _says_all(whole, phrase.roots):
                    reward *= 1.4
                if reward > rewards.get(phrase.position, 0.0):
                    rewards[phrase.position] = reward
        for position, reward in rewards.items():
            scores[position] = scores.get(position, 0.0) + reward

    def _ways(self, said: Said) -> Sequence[tuple[str, ...]]:
        """Return how a phrase may say one word, each way as roots.

        An expression is also its words and what it stands for, a slip what else may be meant.
        """
        root = self._reader.root
        if " " in said.word:
            own = tuple(root(word) for word in said.word.split())
            return (own, *self._synonyms.get(said.word, ()))
        return ((said.root,), *((root(other),) for other in said.others))

    def _add_clauses(
        self,
        said: Sequence[Said],
        groups: Sequence[Sequence[_Term]],
        scores: dict[int, float],
        covered: dict[int, float],
    ) -> None:
        """Of goods in a row ("sayur, buah, ikan") a code need not answer to all: one is enough."""
        clauses: dict[int, list[int]] = {}
        for number, each in enumerate(said):
            if each.is_thing:
                clauses.setdefault(each.clause, []).append(number)
        if not 2 <= len(clauses) <= _CLAUSES_AT_MOST:
            return
        verbs = [number for number, each in enumerate(said) if each.is_verb]
        for things in clauses.values():
            chosen = sorted({*verbs, *things})
            of_clause = [groups[number] for number in chosen]
            alone, _, covered_alone = self._score(of_clause)
            for position, share in covered_alone.items():
                covered[position] = max(covered[position], _CLAUSE_COVERED * share)
            self._reward_phrases([said[number] for number in chosen], alone)
            for position, score in alone.items():
                scores[position] = scores.get(position, 0.0) + _CLAUSE * score

    def _share(self, root: str) -> float:
        if self._reader.is_verb(root):
            return _VERB_WEIGHT
        return _WEAK_WORD_WEIGHT if self._reader.is_weak(root) else 1.0

    def _tilt(self, roles: Sequence[Role], scores: dict[int, float]) -> None:
        """Lean towards the codes that fit what the person does with the thing."""
        avoids = tuple({prefix for role in roles for prefix in role.avoids})
        for position in scores:
            code = self._entries[position].code
            pulled, exactly = 0.0, 0
            for role in roles:
                for prefix in role.prefers:
                    if code.startswith(prefix):
                        pulled = max(pulled, _PREFERRED * role.push)
                        exactly = max(exactly, len(prefix))
            factor = pulled or 1.0
            demotion, length = self._demoted[position]
            if exactly < length:  # who rents out is not yet who mediates rent
                factor *= demotion
            if avoids and code.startswith(avoids):
                # "bakso" is served anywhere, "di ruko" not from a tent: the more exact counts.
                longest = max(len(prefix) for prefix in avoids if code.startswith(prefix))
                if longest > exactly:
                    factor *= _AVOIDED
            elif not roles:
                factor *= self._unspoken[position][0]
            scores[position] *= factor * self._collected[position]


def _says_all(words: Iterable[Sequence[Collection[str]]], phrase: Collection[str]) -> bool:
    """Return whether each of the words is in the phrase, in one of its ways."""
    return all(any(all(root in phrase for root in way) for way in ways) for ways in words)


def _one_of(words: Sequence[str], weight: float) -> Mended:
    return Mended((words[0],), tuple(words[1:4]), weight)


def _cut(query: str) -> str:
    text = query[:MAX_QUERY_CHARACTERS]
    return text if text.isascii() else unicodedata.normalize("NFC", text)
