"""Check that help, examples, print kit, glossary and interface are plain, in both languages.

`python -m scripts.check_plain --words` also lists the words that are not common, `--numbers` each
text with its measures, and a folder after them checks the content (app/content) of that program.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from scripts.catalogs import INDONESIAN, ROOT, forms, read_catalog
from scripts.plain_measures import (
    Sentence,
    is_common,
    markdown_text,
    mean_length,
    passive_chain,
    plain_text,
    reading_ease,
    sentences,
    spoken,
)

CONTENT = Path("app/content")
EXAMPLES = "contoh"  # the folder of the worked examples, in each language
LISTS = Path("scripts/plain")
EXCEPTIONS = Path("scripts/plain_exceptions.toml")

MEAN_WORDS = 12  # words a sentence, over one text
MOST_WORDS = 20  # words in any sentence
COMMON_SHARE = 0.95  # of the words of one text
LEAST_EASE = 65  # Flesch reading ease of one text
# A mean hides a hard sentence among easy ones, so each sentence has a floor of its own.
MOST_RARE = 1  # words in one sentence that are not common
LEAST_EASE_OF_ONE = 30  # of a sentence with its stop and at least LEAST_WORDS_OF_ONE words
LEAST_WORDS_OF_ONE = 6

TODO = {
    "length": "Make two sentences of it.",
    "mean": "Shorten its longest sentences.",
    "common": "Use everyday words, or explain the word in app/content/glossary.toml.",
    "chain": "Say who does it: “Petugas memeriksa …”, not “diperiksa oleh petugas”.",
    "english": "Say it in Indonesian; a word people use here goes to scripts/plain/house.toml.",
    "office": "Use the word named here.",
    "term": "Explain it in app/content/glossary.toml.",
    "ease": "Use shorter sentences and shorter words.",
    "hard": "Keep one of them at most, or say it in another way.",
    "meaning": "Shorten it.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One break of a rule. text: the sentence, word or number; rule: a key of TODO."""

    where: str
    rule: str
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}\n    “{self.text}”\n    {TODO[self.rule]}"


@dataclass(frozen=True)
class Text:
    """One text that is measured as a whole: a topic, the glossary or the interface.

    where: its file, as it is shown. whole: every line counts as a sentence for the mean; of the
    interface only what ends with a stop, because labels would make it look easier than it is.
    """

    where: str
    language: str
    plain: str
    whole: bool = True

    @cached_property
    def sentences(self) -> list[Sentence]:
        return sentences(self.plain)

    @cached_property
    def measured(self) -> list[Sentence]:
        """Return the sentences that count for the mean and the reading ease."""
        return [each for each in self.sentences if self.whole or each.is_ended]

    @cached_property
    def words(self) -> Counter[str]:
        return Counter(word for each in self.sentences for word in spoken(each.words))


@dataclass(frozen=True)
class Words:
    """The words that texts are held against, all in small letters."""

    common: frozenset[str]
    english: frozenset[str]
    names: frozenset[str]
    everyday: frozenset[str]
    house: frozenset[str]
    signs: frozenset[str]
    instead: Mapping[str, str]
    terms: frozenset[str]  # each word of each term of the glossary

    @cached_property
    def known(self) -> frozenset[str]:
        return self.common.union(self.names, self.everyday, self.house, self.signs, self.terms)

    def is_known(self, word: str) -> bool:
        """Return whether a reader here knows an Indonesian word, or finds it in the glossary."""
        return is_common(word, self.known)

    def is_english(self, word: str) -> bool:
        return word.lower() in self.english and not self.is_known(word)


def read_list(path: Path) -> frozenset[str]:
    """Return the words of a list, one a line; lines with # are remarks."""
    lines = path.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def words_of(lists: Path, terms: Iterable[Mapping[str, Any]]) -> Words:
    """Return the words of the lists in a folder, and of the terms of a glossary."""
    house = tomllib.loads((lists / "house.toml").read_text("utf-8"))
    whole = [form for term in terms for form in (term["term"], *term["forms"])]
    parts = {word.lower() for form in whole for word in [form, *re.split(r"[\s/]+|(?<=!)", form)]}
    return Words(
        common=read_list(lists / "words_id.txt"),
        english=read_list(lists / "words_en.txt"),
        names=frozenset(house["names"]),
        everyday=frozenset(house["everyday"]),
        house=frozenset(house["house"]),
        signs=frozenset(house["signs"]),
        instead=house["instead"],
        terms=frozenset(part.strip("!").lower() for part in parts if part),
    )


# --- Texts --------------------------------------------------------------------------------------


def interface_texts(catalog_path: Path) -> list[Text]:
    """Return all texts of the interface: its Indonesian and its English, as one text each."""
    by_language: dict[str, list[str]] = {"id": [], "en": []}
    for message in read_catalog(catalog_path, "id"):
        if message.id:
            by_language["id"] += forms(message.string)
            by_language["en"] += forms(message.id)
    return [
        Text(f"interface/{language}", language, "\n".join(map(plain_text, said)), whole=False)
        for language, said in by_language.items()
    ]


def glossary_texts(terms: Mapping[str, Mapping[str, Any]]) -> list[Text]:
    return [
        Text(
            f"glossary/{language}",
            language,
            "\n".join(
                term[f"{part}_{language}"]
                for term in terms.values()
                for part in ("meaning", "example")
            ),
        )
        for language in ("id", "en")
    ]


def split_front(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter (TOML between lines of +++) and the body of a topic."""
    _, front, body = text.split("+++\n", 2)
    return tomllib.loads(front), body


def topic_texts(content: Path) -> tuple[list[Text], list[str]]:
    """Return the topics of help in both languages, and a warning for each outdated translation."""
    made, reviewed, warnings = [], dict[str, date](), []
    for language in ("id", "en"):
        for path in sorted((content / language).glob("*.md")):
            front, body = split_front(path.read_text("utf-8"))
            said = f"{front['title']}\n{front['summary']}\n{markdown_text(body)}"
            made.append(Text(f"{language}/{path.name}", language, said))
            if language == "id":
                reviewed[path.stem] = front["reviewed"]
            elif front.get("of", date.min) < reviewed.get(path.stem, date.min):
                warnings.append(
                    f"en/{path.name} is older than its original of {reviewed[path.stem]}:"
                    " translate it again and set `of`."
                )
    return made, warnings


def kit_texts(content: Path) -> list[Text]:
    """Return the pieces of the print kit in both languages."""
    made = []
    for language in ("id", "en"):
        for path in sorted((content / "kit" / language).glob("*.toml")):
            said: list[str] = []
            for value in tomllib.loads(path.read_text("utf-8")).values():
                lines = value if isinstance(value, list) else [value]
                said += [line for line in lines if isinstance(line, str)]
            # The address is a word; a blank for a pen is none. Stars make a message bold.
            plain = plain_text("\n".join(said)).replace("____", "").replace("*", "")
            made.append(Text(f"kit/{language}/{path.name}", language, plain))
    return made


def example_texts(content: Path) -> tuple[list[Text], list[str]]:
    """Return the worked examples in both languages, and a warning for each outdated translation."""
    made, reviewed, warnings = [], dict[str, date](), []
    for language in ("id", "en"):
        for path in sorted((content / language / EXAMPLES).glob("*.toml")):
            told = tomllib.loads(path.read_text("utf-8"))
            said = [told["title"], told["summary"]]
            for page in told["page"]:
                said += [page["story"], page.get("mistake", "")]
            name = f"{EXAMPLES}/{path.name}"
            made.append(Text(f"{language}/{name}", language, "\n".join(filter(None, said))))
            if language == "id":
                reviewed[path.stem] = told["reviewed"]
            elif told.get("of", date.min) < reviewed.get(path.stem, date.min):
                warnings.append(
                    f"en/{name} is older than its original of {reviewed[path.stem]}:"
                    " translate it again and set `of`."
                )
    return made, warnings


# --- Rules --------------------------------------------------------------------------------------

# A sign in capitals (NIB, KTP-el, UKL-UPL); a reader needs to be told what it stands for.
_SIGN = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])\w{2,}(?:-[A-Z]\w*|-el)*\b")


def findings_in(text: Text, words: Words) -> list[Finding]:
    """Return every break of a rule in one text."""
    rules: list[Callable[[Text, Words], list[Finding]]] = [_lengths, _signs, _hard_sentences]
    if text.language == "id":
        rules += [_common_share, _chains, _single_words]
    else:
        rules += [_ease]
    return [finding for rule in rules for finding in rule(text, words)]


def _lengths(text: Text, words: Words) -> list[Finding]:
    found = [
        Finding(text.where, "length", each.text, f"{len(each.words)} words, most {MOST_WORDS}")
        for each in text.sentences
        if len(each.words) > MOST_WORDS
    ]
    mean = mean_length(text.measured)
    if text.language == "id" and mean > MEAN_WORDS:
        found.append(
            Finding(text.where, "mean", f"{mean:.1f}", f"mean sentence, most {MEAN_WORDS} words")
        )
    return found


def rare_words(text: Text, words: Words) -> Counter[str]:
    """Return the Indonesian words of a text that are not common, with how often they stand."""
    return Counter({word: n for word, n in text.words.items() if not words.is_known(word)})


def common_share(text: Text, words: Words) -> float:
    """Return the share of the words of a text that are common, from 0 to 1."""
    total = text.words.total()
    return 1 - rare_words(text, words).total() / total if total else 1.0


def _common_share(text: Text, words: Words) -> list[Finding]:
    share = common_share(text, words)
    if share >= COMMON_SHARE:
        return []
    rare = " ".join(word for word, _ in rare_words(text, words).most_common(30))
    why = f"{share:.1%} of its words are common, least {COMMON_SHARE:.0%}"
    return [Finding(text.where, "common", rare, why)]


def _chains(text: Text, words: Words) -> list[Finding]:
    return [
        Finding(text.where, "chain", each.text, f"“{chain}” hides who does it")
        for each in text.sentences
        if (chain := passive_chain(each.text))
    ]


def _single_words(text: Text, words: Words) -> list[Finding]:
    found = []
    for each in text.sentences:
        for word in spoken(each.words):
            if words.is_english(word):
                found.append(Finding(text.where, "english", each.text, f"“{word}” is English"))
        for said, better in words.instead.items():
            if re.search(rf"\b{re.escape(said)}\b", each.text, re.IGNORECASE):
                why = f"for “{said}” we write “{better}”"
                found.append(Finding(text.where, "office", each.text, why))
    return found


def _signs(text: Text, words: Words) -> list[Finding]:
    known = words.terms | words.everyday | words.names | words.signs
    unknown: dict[str, str] = {}
    for each in text.sentences:
        for word in spoken(each.words):
            for sign in _SIGN.findall(word):
                if not {sign.lower(), sign.removesuffix("s").lower()} & known:
                    unknown.setdefault(sign, each.text)
    return [
        Finding(text.where, "term", sentence, f"“{sign}” is not in the glossary")
        for sign, sentence in unknown.items()
    ]


def _ease(text: Text, words: Words) -> list[Finding]:
    ease = reading_ease(text.measured)
    if ease >= LEAST_EASE:
        return []
    why = f"Flesch reading ease, least {LEAST_EASE}"
    return [Finding(text.where, "ease", f"{ease:.0f}", why)]


def _hard_sentences(text: Text, words: Words) -> list[Finding]:
    found = []
    for each in text.sentences:
        if text.language == "id":
            rare = [word for word in spoken(each.words) if not words.is_known(word)]
            if len(rare) > MOST_RARE:
                why = f"words that are not common: {', '.join(rare)}"
                found.append(Finding(text.where, "hard", each.text, why))
        elif each.is_ended and len(each.words) >= LEAST_WORDS_OF_ONE:
            ease = reading_ease([each], words.terms | words.names)
            if ease < LEAST_EASE_OF_ONE:
                why = f"reading ease {ease:.0f}, least {LEAST_EASE_OF_ONE} for one sentence"
                found.append(Finding(text.where, "ease", each.text, why))
    return found


MOST_IN_TERM = {"meaning": 25, "example": 15}


def glossary_findings(terms: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Return the meanings and examples that are too long to read beside a text."""
    found = []
    for key, term in terms.items():
        for part, most in MOST_IN_TERM.items():
            for language in ("id", "en"):
                said = term[f"{part}_{language}"]
                if (length := len(said.split())) > most:
                    why = f"{part}_{language} has {length} words, most {most}"
                    found.append(Finding(f"glossary/{key}", "meaning", said, why))
    return found


# --- Exceptions ---------------------------------------------------------------------------------


def apply_exceptions(
    found: Iterable[Finding], exceptions: Iterable[Mapping[str, str]]
) -> tuple[list[Finding], list[str]]:
    """Return the findings that no exception covers, and a sentence for each useless exception.

    An exception names `where`, `rule`, `text` (a part of the sentence or of the reason found is
    enough) and its own `reason`.
    """
    left, mistakes = list(found), []
    for one in exceptions:
        named = f"{EXCEPTIONS}: “{one.get('text', '')}”"
        if not all(one.get(part, "").strip() for part in ("where", "rule", "text", "reason")):
            mistakes.append(f"{named} needs where, rule, text and reason.")
            continue
        covered = [
            each
            for each in left
            if each.where == one["where"]
            and each.rule == one["rule"]
            and (one["text"] in each.text or one["text"] in each.why)
        ]
        if not covered:
            mistakes.append(f"{named} ({one['where']}, {one['rule']}) is not needed. Remove it.")
        left = [each for each in left if each not in covered]
    return left, mistakes


# --- The whole ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What a check found. rare: Indonesian words that are not common; excepted: how many."""

    findings: list[Finding]
    mistakes: list[str]
    warnings: list[str]
    texts: list[Text]
    words: Words
    rare: Counter[str]
    excepted: int


def read_terms(path: Path) -> dict[str, dict[str, Any]]:
    """Return the glossary, key -> term; empty where there is none."""
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def check(root: Path, content: Path, *, only_topics: bool = False) -> Report:
    """Measure the texts of the program in `root`, with the help in the folder `content`."""
    terms = read_terms(root / CONTENT / "glossary.toml") | read_terms(content / "glossary.toml")
    words = words_of(root / LISTS, terms.values())
    topics, warnings = topic_texts(content)
    topics += kit_texts(content)
    examples, older = example_texts(content)
    topics, warnings = [*topics, *examples], [*warnings, *older]
    rest = [] if only_topics else [*interface_texts(root / INDONESIAN), *glossary_texts(terms)]
    found = [] if only_topics else glossary_findings(terms)
    rare = Counter[str]()
    for text in [*rest, *topics]:
        found += findings_in(text, words)
        if text.language == "id":
            rare += rare_words(text, words)
    exceptions: list[dict[str, str]] = []
    if not only_topics and (root / EXCEPTIONS).exists():
        exceptions = tomllib.loads((root / EXCEPTIONS).read_text("utf-8")).get("exception", [])
    left, mistakes = apply_exceptions(found, exceptions)
    texts = [*rest, *topics]
    return Report(left, mistakes, warnings, texts, words, rare, len(exceptions))


def numbers(report: Report, every: bool) -> list[str]:
    """Return the measures, a line each: of every text, or with the topics of a language in one."""
    lines, topics = [], dict[str, list[Text]]()
    for text in report.texts:
        if every or not text.where.endswith((".md", ".toml")):
            lines.append(f"{text.where}: {_measures([text], report.words)}")
        else:
            topics.setdefault(text.language, []).append(text)
    for language, some in topics.items():
        worst = _measures(some, report.words)
        lines.append(f"{len(some)} topics, examples and papers/{language}, worst: {worst}")
    return lines


def _measures(some: list[Text], words: Words) -> str:
    """Return the worst of each measure, as words."""
    mean = f"{max(mean_length(text.measured) for text in some):.1f} words a sentence"
    if some[0].language == "id":
        return f"{mean}, {min(common_share(text, words) for text in some):.1%} common words"
    return f"{mean}, reading ease {min(reading_ease(text.measured) for text in some):.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", action="store_true", help="list the words that are not common")
    parser.add_argument("--numbers", action="store_true", help="list the measures of each text")
    parser.add_argument("content", nargs="?", type=Path, help="check only the topics in here")
    asked = parser.parse_args()
    content = asked.content or ROOT / CONTENT
    report = check(ROOT, content, only_topics=asked.content is not None)
    for finding in report.findings:
        print(finding)
    for line in report.mistakes + [f"Note: {warning}" for warning in report.warnings]:
        print(line)
    if asked.words:
        print("Not common:", ", ".join(f"{word} {n}" for word, n in report.rare.most_common()))
    if asked.numbers:
        print("\n".join(numbers(report, every=True)))
    failed = len(report.findings) + len(report.mistakes)
    if failed:
        print(f"Plain language: {failed} to mend.")
    else:
        print(f"Plain language: in order ({report.excepted} exceptions).")
        print("\n".join(f"  {line}" for line in numbers(report, every=False)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
