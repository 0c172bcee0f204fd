"""Other spellings in which the same name may stand on a card (KTP-el).

Suggestions only: the person compares them with the card and chooses. Nothing is looked up
anywhere, so a suggestion never tells what the registry holds. Titles may lawfully stand on a card
since Permendagri 73/2022 (second-hand), so a name is tried with and without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from app.domain.written.person import PersonNameError, comparable_name, parse_name

VARIANTS_AT_MOST = 6

# In the form of _key(): lower case, without dots, commas and spaces.
_TITLES_BEFORE = frozenset(
    {"h", "hj", "haji", "hajah", "dr", "drs", "dra", "drg", "drh", "ir", "prof", "kh", "ust"}
    | {"ustadz", "pdt", "pnt", "pastor", "pater", "rm", "br", "sr", "ny", "tn", "bapak", "ibu"}
    | {"hi", "apt"}
)
_TITLES_BEHIND = re.compile(
    r"h|hj|bsc|msc|mba|phd|ners|ns|apt|spd(?:i|k|sd)?|s[a-z]{0,3}(?:kom|hut|keb|kep|farm|psi|sos|ag"
    r"|ikom|ip|ap|stat|gz|tp|th|kg|ked)|s[ehtp]|sst|m[a-z]{0,2}(?:pd|si|kom|hum|kes|ag|kn|th|sc|m|t"
    r"|h)|a?m[adk](?:\w{2,5})?"
)
# Written short or long, and in several ways; the first is tried first.
_SAME_NAMES: tuple[tuple[str, ...], ...] = (
    ("muhammad", "muhamad", "mohammad", "mohamad", "mochamad", "moh", "muh", "moch", "m"),
    ("abdul", "abd"),
    ("siti", "st"),
    ("nur", "noor"),
)
_SHORT = frozenset({"moh", "muh", "moch", "m", "abd", "st"})
_SHORT_TRIED = frozenset({"m", "muh", "moh", "abd", "st"})
_DOUBLE = re.compile(r"([b-df-hj-np-tv-z])\1", re.IGNORECASE)
# Spelling of before 1972 and today's; applied in this order, so that “dj” is not read as “j”.
_OLD_TO_NEW = (
    (re.compile(r"tj"), "c"),
    (re.compile(r"dj"), "\x00"),  # holds the place of a new j
    (re.compile(r"nj"), "ny"),
    (re.compile(r"sj"), "sy"),
    (re.compile(r"ch(?=[aiou])"), "kh"),
    (re.compile(r"j"), "y"),
    (re.compile("\x00"), "j"),
    (re.compile(r"oe"), "u"),
)
_NEW_TO_OLD = (
    (re.compile(r"(?<![ks])y(?=[aou])"), "j"),
    (re.compile(r"u(?!a)"), "oe"),
)


def name_variants(name: str, *, at_most: int = VARIANTS_AT_MOST) -> tuple[str, ...]:
    """Return plausible other spellings of a name, the likeliest first; none equals the name.

    name: as the person typed it. at_most: how many to return, at least 0.

    Bigger differences come first: the registry forgives a letter in a long name by itself, a
    title, a short form or a clan name (marga) in another place it does not.
    """
    variants: list[str] = []
    seen = {comparable_name(name)}
    for candidate in (*_with_and_without(name), *_ways(_without_titles(name) or name)):
        if len(variants) >= at_most:
            break
        try:
            written = parse_name(candidate)
        except PersonNameError:
            continue
        key = comparable_name(written)
        if key not in seen:
            seen.add(key)
            variants.append(written)
    return tuple(variants)


def _key(word: str) -> str:
    return re.sub(r"[.,\s]", "", word).lower()


def _without_titles(name: str) -> str:
    """Return the name without titles before and behind it; "" when nothing else stands there."""
    words = name.replace(",", ", ").split()
    while len(words) > 1 and _key(words[0]) in _TITLES_BEFORE:
        words = words[1:]
    comma = next((n for n, word in enumerate(words) if word.endswith(",")), None)
    if comma is not None and comma < len(words) - 1:
        words = words[: comma + 1]
    while len(words) > 1 and _is_title_behind(words[-1]):
        words = words[:-1]
    return " ".join(words).rstrip(", ")


def _is_title_behind(word: str) -> bool:
    """A degree is written with dots or in capitals among small letters; “Simon” is a name."""
    looks = "." in word.rstrip(",.") or (word.endswith(".") and len(_key(word)) <= 2)
    return looks and _TITLES_BEHIND.fullmatch(_key(word)) is not None


def _with_and_without(name: str) -> Iterator[str]:
    """Without titles; without those before or behind; with the other way of the comma."""
    bare = _without_titles(name)
    if not bare or bare == name:
        return
    yield bare
    before, _, behind = name.partition(bare)
    if before.strip() and behind.strip(" ,"):
        yield before + bare
        yield bare + behind
    if behind.strip(" ,"):
        comma = " " if behind.lstrip().startswith(",") else ", "
        yield before + bare + comma + behind.strip(" ,")


def _ways(name: str) -> Iterator[str]:
    """Yield the spellings of a name without titles, the likeliest first."""
    yield from _same_names(name)
    modern = _respelled(name, _OLD_TO_NEW)
    yield modern
    yield _DOUBLE.sub(r"\1", name)
    yield _DOUBLE.sub(r"\1", modern)
    words = name.split()
    if len(words) > 1:
        yield " ".join([words[-1], *words[:-1]])
        if len(words) > 2:
            yield " ".join([*words[1:], words[0]])
    yield from _other_marks(name)
    yield _by_word(name, lambda word: re.sub(r"(?<=[^aeiou\W])y(?![aeiou])", "i", word))
    yield _by_word(name, lambda word: re.sub(r"i$", "y", word))
    yield _respelled(name, _NEW_TO_OLD[:1])
    yield _respelled(name, _NEW_TO_OLD[1:])


def _same_names(name: str) -> Iterator[str]:
    words = name.split()
    for at, word in enumerate(words):
        for group in _SAME_NAMES:
            key = _key(word)
            # A lone M behind is somebody's own initial.
            if key not in group or (key == "m" and at > 0):
                continue
            others = [other for other in group if other != key]
            if key in _SHORT:
                others = [other for other in others if other not in _SHORT]
            else:
                others = [o for o in others if o in _SHORT_TRIED] + [
                    o for o in others if o not in _SHORT
                ]
            for other in others[:3]:
                dotted = other + "." if other in _SHORT else other
                yield " ".join([*words[:at], _cased(dotted, like=word), *words[at + 1 :]])


def _other_marks(name: str) -> Iterator[str]:
    """Apostrophes, hyphens and dots come and go between papers."""
    if re.search("['’]", name):
        yield re.sub("['’]", "", name)
        yield re.sub("['’]", " ", name)
    if "-" in name:
        yield name.replace("-", " ")
        yield name.replace("-", "")
    if "." in name:
        yield name.replace(".", " ")


def _respelled(name: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    def one(word: str) -> str:
        for pattern, new in rules:
            word = pattern.sub(new, word)
        return word

    return _by_word(name, one)


def _by_word(name: str, change: Callable[[str], str]) -> str:
    """Change the words in small letters, and give changed ones the capitals that they had."""
    words = []
    for word in name.split():
        small = word.lower()
        changed = change(small)
        words.append(word if changed == small else _cased(changed, like=word))
    return " ".join(words)


def _cased(word: str, *, like: str) -> str:
    letters = [sign for sign in like if sign.isalpha()]
    if len(letters) > 1 and like.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if letters and letters[0].isupper() else word
