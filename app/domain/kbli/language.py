"""What the finder of activity codes knows of the languages people write in; comes from a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class BadFinderLanguage(ValueError):
    """The language table has another shape than expected. key: the part that is wrong."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Role:
    """What a person does with a thing, and where in KBLI that leads.

    verbs: how people say it; alone they tell little about the thing. nouns: things and trades
    that say it too, and tell much. signs: say it and nothing else ("keliling", "ke toko"). All may
    be of several words. prefers: code prefixes that fit. avoids: those that do not. over: names of
    roles that fall silent beside this one: who makes and sells is a maker. A verb silences what
    comes after it, a sign or a role that is strong all, a noun nothing unless the role is strong.
    push: by how much it pulls, 1.0 = as usual. means: phrases that its nouns and signs stand for
    as well, as a dish does for a place to eat.
    """

    name: str
    verbs: tuple[str, ...]
    nouns: tuple[str, ...]
    signs: tuple[str, ...]
    prefers: tuple[str, ...]
    avoids: tuple[str, ...]
    over: frozenset[str] = frozenset()
    push: float = 1.0
    strong: bool = False
    means: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """A word that makes the next ones less important: "di" a place, "pakai" a tool.

    reach: how many words that say something. factor: what is left of their weight.
    keeps_roles: whether they still tell what the person does. after_thing: only where a word that
    says something stands before; "buat" is to make, "jangkrik buat burung" is not.
    """

    reach: int
    factor: float
    keeps_roles: bool
    after_thing: bool


@dataclass(frozen=True, slots=True)
class Basket:
    """Goods that together name a shop: who sells rice, sugar and soap has a grocery. least: how
    many of them."""

    stands_for: str
    goods: tuple[str, ...]
    least: int


@dataclass(frozen=True, slots=True)
class FinderLanguage:
    """The words the finder lives on; see language_from_table.

    spelling: short or other forms -> the word. synonyms: word -> phrases that mean about the same.
    stopwords say nothing, weak words say little (a market, a house, a village). roots: roots of
    three letters, which are otherwise too short to cut affixes from. kept: words that only look as
    if they had an affix. joiners: words that may stand between two activities. exclusions: words
    of a title after which comes what the activity is not. demoted, unspoken:
    code prefix -> factor; always (unless a role that was spoken wants the code), or only where no
    role was spoken. old_letters, sounds, endings: letters -> letters.
    """

    spelling: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stopwords: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()
    exclusions: frozenset[str] = frozenset()
    roles: tuple[Role, ...] = ()
    contexts: Mapping[str, Context] = field(default_factory=dict)
    baskets: tuple[Basket, ...] = ()
    demoted: Mapping[str, float] = field(default_factory=dict)
    unspoken: Mapping[str, float] = field(default_factory=dict)
    prefixes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    suffixes: tuple[str, ...] = ()
    old_letters: tuple[tuple[str, str], ...] = ()
    sounds: tuple[tuple[str, str], ...] = ()
    endings: tuple[tuple[str, str], ...] = ()


def language_from_table(table: Mapping[str, Any]) -> FinderLanguage:
    """Return the language from a parsed table (see app/reference/words/language.toml).

    Raises BadFinderLanguage where a part is missing or has another type.
    """
    lists = _part(table, "lists")
    affixes = _part(table, "affixes")
    letters = _part(table, "letters")
    spelling: dict[str, str] = {}
    for right, forms in _part(table, "spelling").items():
        for form in _strings(forms, f"spelling.{right}"):
            spelling[form] = right
    contexts: dict[str, Context] = {}
    for name, value in _part(table, "contexts").items():
        context, words = _context(value, f"contexts.{name}")
        contexts.update(dict.fromkeys(words, context))
    return FinderLanguage(
        spelling=spelling,
        synonyms={
            word: _strings(phrases, f"synonyms.{word}")
            for word, phrases in _part(table, "synonyms").items()
        },
        stopwords=frozenset(_strings(lists.get("stopwords"), "lists.stopwords")),
        weak=frozenset(_strings(lists.get("weak"), "lists.weak")),
        roots=frozenset(_strings(lists.get("roots"), "lists.roots")),
        kept=frozenset(_strings(lists.get("kept"), "lists.kept")),
        joiners=frozenset(_strings(lists.get("joiners"), "lists.joiners")),
        exclusions=frozenset(_strings(lists.get("exclusions"), "lists.exclusions")),
        roles=tuple(
            _role(name, role, f"roles.{name}") for name, role in _part(table, "roles").items()
        ),
        contexts=contexts,
        baskets=tuple(
            _basket(name, basket, f"baskets.{name}")
            for name, basket in _part(table, "baskets").items()
        ),
        demoted=_factors(table, "demoted"),
        unspoken=_factors(table, "unspoken"),
        prefixes=tuple(
            (prefix, _strings(swallowed, f"affixes.prefixes.{prefix}"))
            for prefix, swallowed in _part(affixes, "prefixes", "affixes.").items()
        ),
        suffixes=_strings(affixes.get("suffixes"), "affixes.suffixes"),
        old_letters=_pairs(letters, "old"),
        sounds=_pairs(letters, "sounds"),
        endings=_pairs(letters, "endings"),
    )


def _part(table: Mapping[str, Any], key: str, above: str = "") -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, Mapping):
        raise BadFinderLanguage(above + key)
    return value


def _strings(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadFinderLanguage(key)
    return tuple(value)


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadFinderLanguage(key)
    return float(value)


def _whole(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadFinderLanguage(key)
    return value


def _yes_or_no(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        raise BadFinderLanguage(key)
    return value


def _factors(table: Mapping[str, Any], key: str) -> dict[str, float]:
    return {
        prefix: _number(factor, f"{key}.{prefix}") for prefix, factor in _part(table, key).items()
    }


def _pairs(table: Mapping[str, Any], key: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for old, new in _part(table, key, "letters.").items():
        if not isinstance(new, str):
            raise BadFinderLanguage(f"letters.{key}.{old}")
        pairs.append((old, new))
    return tuple(pairs)


def _role(name: str, role: Any, key: str) -> Role:
    if not isinstance(role, Mapping):
        raise BadFinderLanguage(key)
    return Role(
        name,
        _strings(role.get("verbs", []), f"{key}.verbs"),
        _strings(role.get("nouns", []), f"{key}.nouns"),
        _strings(role.get("signs", []), f"{key}.signs"),
        _strings(role.get("prefers"), f"{key}.prefers"),
        _strings(role.get("avoids", []), f"{key}.avoids"),
        frozenset(_strings(role.get("over", []), f"{key}.over")),
        _number(role.get("push", 1.0), f"{key}.push"),
        _yes_or_no(role.get("strong", False), f"{key}.strong"),
        _strings(role.get("means", []), f"{key}.means"),
    )


def _context(value: Any, key: str) -> tuple[Context, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise BadFinderLanguage(key)
    return (
        Context(
            _whole(value.get("reach"), f"{key}.reach"),
            _number(value.get("factor"), f"{key}.factor"),
            _yes_or_no(value.get("keeps_roles"), f"{key}.keeps_roles"),
            _yes_or_no(value.get("after_thing", False), f"{key}.after_thing"),
        ),
        _strings(value.get("words"), f"{key}.words"),
    )


def _basket(name: str, basket: Any, key: str) -> Basket:
    if not isinstance(basket, Mapping):
        raise BadFinderLanguage(key)
    return Basket(
        name,
        _strings(basket.get("goods"), f"{key}.goods"),
        _whole(basket.get("least"), f"{key}.least"),
    )
