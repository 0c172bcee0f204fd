"""Read what somebody typed: its words in a common form, how much each says, and what is done.

Knows words and their roots, but no activity codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.kbli.language import Context, FinderLanguage, Role
from app.domain.kbli.words import possible_roots, respelled, split_words, squeeze

_TOKEN = re.compile(r"[^\W_]+|[,.;:/&+()\n!?]")
# Longer than any word; what is longer is noise and would cost time.
_LONGEST_WORD = 32
_TOKENS_AT_MOST = 60
# So many unknown words of one text are compared with all others; it is the costliest step.
_MENDED_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Mended:
    """What an unknown word probably is. words: one, or two that were written as one.

    others: what it may be as well. weight: how sure that is, between 0 and 1.
    """

    words: tuple[str, ...]
    others: tuple[str, ...]
    weight: float


# Unknown word -> what it may be; None where there is no telling.
Mend = Callable[[str], Mended | None]


@dataclass(frozen=True, slots=True)
class Said:
    """One word of a text, or several that mean one thing.

    word: in the common form; of several words where it is an expression. root: under which it is
    kept. written, start, end: as it stands in the text. factor: what is left of its weight where
    it stands. sure: how sure it is that this word is meant; others: what else may be. roles: what
    it tells of what the person does. is_verb: tells nothing else. clause: number of the clause it
    stands in; a comma or "dan" begins a new one.
    """

    word: str
    root: str
    written: str
    start: int
    end: int
    factor: float
    roles: tuple[Role, ...]
    is_verb: bool
    is_weak: bool
    clause: int
    sure: float = 1.0
    others: tuple[str, ...] = ()

    @property
    def is_thing(self) -> bool:
        """Return whether it says what the business is about."""
        return not self.is_verb and not self.is_weak


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    written: str
    start: int
    end: int
    clause: int
    part_of: str = ""  # an expression that says what is done, and whose words count as well
    sure: float = 1.0
    others: tuple[str, ...] = ()


class Reader:
    """Reads texts in the languages of the table. Tell it the words of the index with learn."""

    def __init__(self, language: FinderLanguage) -> None:
        self._language = language
        self._stop = frozenset(map(_plain, language.stopwords | language.joiners))
        nouns_of_roles = (noun for role in language.roles for noun in role.nouns)
        self._kept = frozenset(map(squeeze, (*language.kept, *nouns_of_roles)))
        self._short_roots = frozenset(map(squeeze, language.roots))
        self._joiners = frozenset(map(squeeze, language.joiners))
        self._spelling: dict[str, tuple[str, ...]] = {}
        expressions: set[str] = set()
        # Single words first: in a form of several words they are read in their right spelling.
        for form, right in sorted(language.spelling.items(), key=lambda each: " " in each[0]):
            parts = _plain(form).split()
            if len(parts) > 1:
                parts = [known for word in parts for known in self._spelled(word)]
            said = " ".join(parts)
            self._spelling[said] = tuple(map(squeeze, split_words(right)))
            expressions.add(said)
        self._named = frozenset(_plain(word) for role in language.roles for word in role.nouns)
        self._named -= {_plain(word) for word in language.synonyms} | self._spelling.keys()
        self._contexts = {_plain(word): context for word, context in language.contexts.items()}
        self._known: set[str] = set(self._short_roots)
        for role in language.roles:
            for said in (*role.verbs, *role.nouns, *role.signs):
                expressions.add(_plain(said))
        for word in language.synonyms:
            expressions.add(_plain(word))
        expressions.update(self._stop, self._contexts)
        # First word -> the expressions of several words that begin with it, the longest first.
        self._expressions: dict[str, list[tuple[str, ...]]] = {}
        for said in expressions:
            words = tuple(said.split())
            if len(words) == 1:
                self._known.add(said)
            elif words:
                self._known.update(words)
                self._expressions.setdefault(words[0], []).append(words)
        for listed in self._expressions.values():
            listed.sort(key=lambda words: (-len(words), words))
        meanings = (*language.synonyms.values(), *(role.means for role in language.roles))
        for phrases in meanings:
            for phrase in phrases:
                self._known.update(map(squeeze, split_words(phrase)))
        self._prefixes: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for prefix, swallowed in language.prefixes:
            self._prefixes.setdefault(prefix[:1], []).append((prefix, swallowed))
        self._forms: dict[str, tuple[str, ...]] = {}
        self._roots: dict[str, str] = {}
        self._roles: dict[str, tuple[Role, ...]] = {}
        self._verbs: frozenset[str] = frozenset()
        self._signs: frozenset[str] = frozenset()
        self._weak: frozenset[str] = frozenset()

    def learn(self, words: Iterable[str]) -> None:
        """Take the words of the index, as plain_words gives them. To be called once, first."""
        self._known.update(words)
        roles: dict[str, dict[str, Role]] = {}
        verbs: set[str] = set()
        nouns: set[str] = set()
        signs: set[str] = set()
        for role in self._language.roles:
            for listed, into in ((role.verbs, verbs), (role.nouns, nouns), (role.signs, signs)):
                for said in listed:
                    key = self.root(_plain(said))
                    roles.setdefault(key, {})[role.name] = role
                    into.add(key)
        self._roles = {key: tuple(found.values()) for key, found in roles.items()}
        self._verbs = frozenset(verbs - nouns)
        self._signs = frozenset(signs - nouns - verbs)
        self._weak = frozenset(self.root(_plain(word)) for word in self._language.weak)

    @property
    def known(self) -> frozenset[str]:
        """Every word of the index and of the language, in the common form; misspellings too."""
        return frozenset(self._known)

    def plain_words(self, text: str) -> list[str]:
        """Split a text of the index, mend its spelling, drop words that say nothing."""
        plain: list[str] = []
        forms = self._forms
        for raw in split_words(text):
            known = forms.get(raw)
            if known is None:
                known = tuple(
                    word
                    for word in self._spelled(squeeze(raw))
                    if word not in self._stop and (len(word) > 1 or word.isdigit())
                )
                forms[raw] = known
            plain += known
        return plain

    def leads_somewhere(self, word: str) -> bool:
        """Return whether the word is only a misspelling, of a word that is known."""
        return word in self._spelling

    def root(self, word: str) -> str:
        """Return the form under which a word is kept; the same for all forms of one word."""
        found = self._roots.get(word)
        if found is None:
            found = self._find_root(word)
            # Only known words are remembered, so that queries cannot fill the memory.
            if word in self._known:
                self._roots[word] = found
        return found

    def is_role(self, root: str) -> bool:
        """Return whether the root says what a person does."""
        return root in self._roles

    def is_verb(self, root: str) -> bool:
        """Return whether the root says what a person does and nothing else."""
        return root in self._verbs or root in self._signs

    def is_weak(self, root: str) -> bool:
        """Return whether the root says little: a place, a manner."""
        return root in self._weak or root.isdigit()

    def read(self, text: str, most: int, mend: Mend) -> list[Said]:
        """Return the words of a text that say something, at most so many, in their order.

        Accents should be composed with their letters (NFC). mend: asked about unknown words.
        """
        activities: list[Said] = []
        context: Context | None = None
        left = 0
        clause = -1
        thing_before = False
        for token in self._joined(self._tokens(text, mend)):
            if token.clause != clause:
                clause, left, thing_before = token.clause, 0, False
            marker = self._contexts.get(token.word)
            if marker is not None and (thing_before or not marker.after_thing):
                context, left = marker, marker.reach
                continue
            if token.word in self._stop or (len(token.word) < 2 and not token.word.isdigit()):
                continue
            root = token.word if " " in token.word else self.root(token.word)
            is_verb = self.is_verb(root)
            factor, keeps_roles = 1.0, True
            if left and context is not None:
                if is_verb and context.factor > 0 and root not in self._signs:
                    left = 0
                else:
                    left -= 1
                    factor, keeps_roles = context.factor, context.keeps_roles
            if factor == 0:
                continue
            activities.append(
                Said(
                    token.word,
                    root,
                    token.written,
                    token.start,
                    token.end,
                    factor,
                    self._roles.get(token.part_of or root, ()) if keeps_roles else (),
                    is_verb,
                    self.is_weak(root),
                    token.clause,
                    token.sure,
                    token.others,
                )
            )
            thing_before = thing_before or activities[-1].is_thing
            if len(activities) == most:
                break
        return activities

    def spoken(self, said: Iterable[Said]) -> tuple[Role, ...]:
        """Return what the person does, without the roles that others silence."""
        roles: dict[Role, None] = {}
        silent: set[str] = set()
        for each in said:
            for role in each.roles:
                if role.strong or each.root in self._signs:
                    silent |= role.over
                elif each.is_verb and role.name not in silent:
                    silent |= role.over - {before.name for before in roles}
                roles[role] = None
        return tuple(role for role in roles if role.name not in silent)

    def _find_root(self, word: str) -> str:
        for _ in range(3):
            if word in self._kept or word in self._short_roots or word.isdigit():
                return word
            for candidate in possible_roots(word, self._prefixes, self._language.suffixes):
                if candidate in self._short_roots or (
                    len(candidate) >= 4 and candidate in self._known
                ):
                    word = candidate
                    break
            else:
                return word
        return word

    def _spelled(self, word: str) -> Sequence[str]:
        return self._spelling.get(word, (word,))

    def _tokens(self, text: str, mend: Mend) -> list[_Token]:
        tokens: list[_Token] = []
        clause = mended = 0
        for match in _TOKEN.finditer(text):
            written = match.group()
            if not written[0].isalnum():
                clause += 1
                continue
            for raw in split_words(written[:_LONGEST_WORD]):
                word = squeeze(raw)
                if word.endswith("2") and word[:-1].isalpha() and word not in self._spelling:
                    word = word[:-1]  # "ibu2" is "ibu-ibu"
                if word in self._joiners:
                    clause += 1
                words: Sequence[str] = self._spelled(word)
                guess = None
                if len(words) == 1 and not self._understands(word := words[0]):
                    modern = squeeze(respelled(word, self._language.old_letters))
                    if self._understands(modern):
                        words = self._spelled(modern)
                    elif mended < _MENDED_AT_MOST and (guess := mend(word)):
                        mended += 1
                        words = [right for each in guess.words for right in self._spelled(each)]
                place = (written, match.start(), match.end(), clause, "")
                if guess is None:
                    tokens.extend(_Token(each, *place) for each in words)
                else:
                    tokens.extend(
                        _Token(each, *place, guess.weight, guess.others) for each in words
                    )
                if len(tokens) >= _TOKENS_AT_MOST:
                    return tokens
        return tokens

    def _understands(self, word: str) -> bool:
        """Return whether the word needs no mending; short ones and numbers cannot be mended."""
        return word in self._known or len(word) < 3 or word.isdigit() or self.root(word) != word

    def _joined(self, tokens: Sequence[_Token]) -> Iterable[_Token]:
        """Yield the tokens with expressions of several words as one."""
        position = 0
        while position < len(tokens):
            token = tokens[position]
            taken = 1
            for words in self._expressions.get(token.word, ()):
                part = tokens[position : position + len(words)]
                if tuple(each.word for each in part) == words:
                    taken = len(words)
                    yield from self._as_one(part, " ".join(words))
                    break
            else:
                yield token
            position += taken

    def _as_one(self, part: Sequence[_Token], expression: str) -> Iterable[_Token]:
        one = _Token(
            expression,
            " ".join(dict.fromkeys(each.written for each in part)),
            part[0].start,
            part[-1].end,
            part[0].clause,
        )
        if expression in self._named:
            for each in part:
                yield replace(each, part_of=expression)
            return
        right = self._spelling.get(expression)
        if right is None:
            yield one
            return
        for word in right:
            yield _Token(word, one.written, one.start, one.end, one.clause)


def _plain(text: str) -> str:
    return " ".join(map(squeeze, split_words(text)))
