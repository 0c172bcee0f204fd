"""The letters of words: spelling, affixes, sound. What is true of one language is handed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

_WORD = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = frozenset("aeiou")

# Pairs of letters, old or loose -> how they are compared.
Letters = Sequence[tuple[str, str]]


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents, in their order."""
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return _WORD.findall(plain)


def squeeze(word: str) -> str:
    """Return the word with doubled letters written once: "kiosss", "massak", "jualll"."""
    before = ""
    for letter in word:
        if letter == before:
            return word if word.isdigit() else _REPEATED.sub(r"\1", word)
        before = letter
    return word


def respelled(word: str, letters: Letters) -> str:
    """Return the word with the letters of an old spelling written as today."""
    for old, new in letters:
        if old in word:
            word = word.replace(old, new)
    return word


def sound(word: str, letters: Letters, endings: Letters) -> str:
    """Return what words that sound alike have in common: "telor" and "telur"."""
    word = respelled(word, letters)
    for old, new in endings:
        if word.endswith(old) and len(word) > len(old) + 2:
            word = word[: len(word) - len(old)] + new
            break
    return squeeze(word)


def skeleton(word: str) -> str:
    """Return the word without vowels, but for the first letter: "krdng" of "kerudung"."""
    return word[:1] + "".join(letter for letter in word[1:] if letter not in _VOWELS)


def is_shortened(word: str) -> bool:
    """Return whether vowels seem to be left out, as in chats: "jhtan", "mkn", "gntng"."""
    return len(word) >= 3 and sum(letter in _VOWELS for letter in word[1:]) * 3 <= len(word) - 1


# First letter -> prefixes that begin with it, and the first letters of the root that each may have
# swallowed ("" = none).
Prefixes = Mapping[str, Sequence[tuple[str, Sequence[str]]]]


def possible_roots(word: str, prefixes: Prefixes, suffixes: tuple[str, ...]) -> Iterable[str]:
    """Yield what may be the root of a word with affixes, the likeliest first, itself excluded.

    Only a vocabulary can tell which of them is a real word.
    """
    endings = [suffix for suffix in suffixes if word.endswith(suffix)]
    for prefix, swallowed in prefixes.get(word[:1], ()):
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            for letter in swallowed:
                yield letter + rest
                for suffix in endings:
                    yield letter + rest[: -len(suffix)]
    for suffix in endings:
        stem = word[: -len(suffix)]
        yield stem
        if suffix == "an" and stem.startswith("ke"):
            yield stem[2:]
