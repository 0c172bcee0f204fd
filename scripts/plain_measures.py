"""Measures of plain language: sentences, words, common words, reading ease. Pure functions.

Indonesian is measured by the length of its sentences and by how many of its words are common.
English is measured by the reading ease of Rudolf Flesch (1948).
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_PLACE = re.compile(r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}")
_BLOCK_TAG = re.compile(r"</?(?:br|p|li|ul|ol|div|h\d|dt|dd|tr|td)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]+>")
_ADDRESS = re.compile(r"\b(?:https?://)?[\w-]+(?:\.[\w-]+)*\.(?:go\.id|id|com|org)\b[\w/.-]*")
_TOKEN = re.compile(r"[^\W_]+(?:[-'’./][^\W_]+)*")
_LETTERS = re.compile(r"[^\W\d_]")
# A point after these ends no sentence.
_SHORT = r"(?<!\bNo\.)(?<!\bJl\.)(?<!\bdll\.)(?<!\bdsb\.)(?<!\bDr\.)(?<!\be\.g\.)"
_END = re.compile(_SHORT + r"(?<=[.!?…])[”’\"')]*\s+|\n+")
_ENDED = re.compile(r"[.!?…][”’\"')]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or label. words: all of them, a value for a place counts as one."""

    text: str
    words: tuple[str, ...]

    @property
    def is_ended(self) -> bool:
        """Return whether a sentence ends with its stop, which a label or a title does not."""
        return bool(_ENDED.search(self.text))


def plain_text(text: str) -> str:
    """Return a text of the interface without tags; each place for a value becomes “0”."""
    text = _TAG.sub("", _BLOCK_TAG.sub("\n", _PLACE.sub("0", text)))
    return html.unescape(text).replace("%%", "%")


def markdown_text(body: str) -> str:
    """Return the words of a Markdown body, each heading, item and paragraph on its own line.

    A paragraph may be broken over lines; it comes back in one.
    """
    blocks: list[str] = []
    opens = True
    for line in body.splitlines():
        mark = re.match(r"\s*(?:#{1,6}|[-*+]|\d+[.)]|>)\s+", line)
        bare = line[mark.end() :].strip() if mark else line.strip()
        if mark or opens or not bare:
            blocks.append(bare)
        else:
            blocks[-1] += " " + bare
        opens = not bare or line.lstrip().startswith("#")
    text = "\n".join(block for block in blocks if block)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[*_`]+", "", text)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text without tags; a line end also ends a sentence."""
    made = []
    for part in _END.split(text):
        if words := tuple(_TOKEN.findall(_ADDRESS.sub("0", part))):
            made.append(Sentence(part.strip(), words))
    return made


def mean_length(of: Collection[Sentence]) -> float:
    """Return words per sentence, 0 for none."""
    return sum(len(each.words) for each in of) / len(of) if of else 0.0


def spoken(words: Iterable[str]) -> list[str]:
    """Return the words that are made of letters; numbers, values and single letters are left out.

    Words with a stroke or a point between them (RT/RW) count as two.
    """
    return [
        part
        for word in words
        if not re.search(r"\d", word)
        for part in re.split(r"[/.]", word)
        if len(part) > 1 and _LETTERS.search(part)
    ]


# --- Indonesian: common words and their affixes -------------------------------------------------

_CLITICS = ("nya", "lah", "kah", "pun", "ku", "mu")
_SUFFIXES = ("kan", "an", "i")
# Verbs and adverbs are built anew every day, so the root tells whether they are common. Nouns in
# pe-…-an and ke-…-an are the words of offices: they must stand in the list themselves.
_PREFIXES = ("memper", "diper", "ber", "ter", "di", "se", "ku", "be")
# The nasal of me- swallows the first letter of some roots: tulis -> menulis, pakai -> memakai.
_NASALS = (
    ("meny", ("s",)),
    ("menge", ("",)),
    ("meng", ("", "k")),
    ("mem", ("", "p")),
    ("men", ("", "t")),
    ("me", ("",)),
)
_LEAST = 3  # letters of a root


def is_common(word: str, common: Collection[str]) -> bool:
    """Return whether an Indonesian word, or the root it is built on, is among the common ones."""
    word = word.lower().replace("’", "'")
    if word in common:
        return True
    if "-" in word:  # anak-anak, baik-baik, KTP-nya
        return all(
            part in _CLITICS or part in _SUFFIXES or is_common(part, common)
            for part in word.split("-")
        )
    return any(root in common for root in roots(word))


def roots(word: str) -> set[str]:
    """Return what may be the root of an Indonesian word, without its everyday affixes."""
    stems = {word}
    stems |= {word.removesuffix(clitic) for clitic in _CLITICS if word.endswith(clitic)}
    for stem in tuple(stems):
        stems |= {stem.removesuffix(suffix) for suffix in _SUFFIXES[:1] if stem.endswith("kan")}
    bare: set[str] = set(stems)
    for stem in stems:
        for prefix in _PREFIXES:
            if stem.startswith(prefix):
                bare.add(stem.removeprefix(prefix))
        for nasal, firsts in _NASALS:
            if stem.startswith(nasal):
                bare |= {first + stem.removeprefix(nasal) for first in firsts}
    # -an and -i only where a prefix or a clitic was taken off as well: they make nouns and places.
    for stem in tuple(bare - {word}):
        bare |= {stem.removesuffix(suffix) for suffix in _SUFFIXES[1:] if stem.endswith(suffix)}
    return {root for root in bare if len(root) >= _LEAST}


_CHAIN = re.compile(r"\bdi(?!\s)[^\W\d_]{3,}\b(?:\s+[^\s.,;:!?]+){0,4}?\s+oleh\b", re.IGNORECASE)


def passive_chain(sentence: str) -> str:
    """Return the “di… oleh” chain of an Indonesian sentence, "" where there is none."""
    found = _CHAIN.search(sentence)
    return found.group() if found else ""


# --- English: syllables and reading ease --------------------------------------------------------

_VOWELS = re.compile(r"[aeiouy]+")
# An e that is written but not spoken: inside (statement, something), then at the end.
_SILENT_INSIDE = re.compile(
    r"(?<=[^aeiouy])e(?=(?:ments?|ly|ty|ful|fully|less|times?|things?|body|one|where|how|selves)$)"
)
_SILENT_PAST = re.compile(r"(?<=[^aeioutdl])ed$|(?<=[aeiouyl]l)ed$|(?<=rl)ed$|(?<=ll)ed$")
_SILENT_MANY = re.compile(r"(?<=[^aeiouyscxzghl])es$|(?<=[aeiouy]l)es$|(?<=th)es$|(?<=ugh)es$")
# Vowels that stand together and are spoken apart.
_APART = re.compile(
    r"(?<![ctg])i(?:a(?!g|ns?$)|ou|u)|eo(?!p)|(?<!p)eum$|^idea|^area|^creat(?!u)|(?<=[lr])ie(?=n)|^scie|"
    r"iet|(?<!g)ua(?=l)|uou|[aeiouy]ing|^coop|uyer|(?<=d)io$"
)
_OTHERWISE = {"business": 2, "businesses": 3, "every": 2, "everyone": 3, "everything": 3}
_OTHERWISE |= {"everybody": 4, "someone": 2, "one": 1, "people": 2, "lies": 1, "tried": 1}


def syllables(word: str) -> int:
    """Return how many syllables an English word has, by its letters; at least one.

    A word in capitals (NIB) counts as one, as readers take it in as a sign.
    """
    letters = re.sub(r"[^a-z]", "", word.lower())
    if not letters or (word.isupper() and len(word) > 1):
        return 1
    if letters in _OTHERWISE:
        return _OTHERWISE[letters]
    letters = _SILENT_INSIDE.sub("", letters)
    for silent in (_SILENT_PAST, _SILENT_MANY):
        letters = silent.sub("", letters)
    if re.search(r"[aeiouy][a-z]*e$", letters) and not re.search(
        r"[^aeiouy]le$|[aeiouy]e$", letters
    ):
        letters = letters[:-1]
    return max(len(_VOWELS.findall(letters)) + len(_APART.findall(letters)), 1)


def reading_ease(of: Collection[Sentence], signs: Collection[str] = ()) -> float:
    """Return the Flesch reading ease: 65 is plain English, 100 very easy, 30 a contract.

    signs: words in small letters that count as one syllable each, such as names.
    """
    words = [word for each in of for word in each.words]
    if not words:
        return 100.0
    total = sum(
        sum(
            1 if word.lower() in signs or part.lower() in signs else syllables(part)
            for part in re.split(r"[-./]", word)
        )
        for word in words
    )
    return 206.835 - 1.015 * len(words) / len(of) - 84.6 * total / len(words)
