"""The files of help (app/content), read and checked: all is right, or HelpBroken lists what is not.

Content is written by people who are no programmers, so each mistake names its file and line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar
from xml.etree import ElementTree

from app.domain.help.topics import (
    ORIGINAL,
    TRANSLATION,
    HelpBook,
    Helper,
    HelpGroup,
    Places,
    Term,
    Topic,
    TopicText,
)
from app.domain.law.risk import Citation
from app.domain.licence.corrections import ReturnReason
from app.domain.nik.verdict import NikClass
from app.services.help.content import (
    LANGUAGES,
    SLUG,
    TITLE_AT_MOST,
    WORDS,
    Mistake,
    line_of_row,
    line_of_table,
    read_toml,
)
from app.services.help.example_files import NOBODY, Practice, read_examples
from app.services.help.text import Surroundings, make_html

CONTENT: Final = Path(__file__).resolve().parent.parent.parent / "content"
FENCE: Final = "+++"
RELATED: Final = range(2, 5)
DRAWING_AT_MOST: Final = 1536  # bytes
MEANING_AT_MOST: Final = 25  # words
EXAMPLE_AT_MOST: Final = 15
DRAWING_WIDE: Final = 140  # CSS pixels, where a drawing does not say
DRAWING_AT_MOST_WIDE: Final = 160  # fits the smallest screen, and a topic on its one sheet

# “kamus” and the like stand where a topic would.
RESERVED: Final = frozenset({"kamus", "contoh", "tersimpan", "bahan"})
WORDS_OF: Final = {"id": "Arti kata", "en": "What it means"}

_BOTH: Final[dict[str, type]] = {"title": str, "summary": str, "words": list, "reviewed": date}
_KEYS: Final[dict[str, dict[str, type]]] = {
    ORIGINAL: {
        **_BOTH,
        "order": int,
        "group": str,
        "related": list,
        "who": list,
        "law": list,
        "drawing": str,
    },
    TRANSLATION: {**_BOTH, "of": date},
}
_MAY_MISS: Final = frozenset({"drawing"})
_TERM_KEYS: Final = frozenset(
    {"term", "forms", "name_en", "meaning_id", "meaning_en", "example_id", "example_en"}
)
_SVG: Final = "{http://www.w3.org/2000/svg}"
_SHAPES: Final = frozenset(
    {"svg", "g", "path", "line", "rect", "circle", "ellipse", "polyline", "polygon"}
)
_ATTRIBUTES: Final = frozenset(
    {"viewBox", "width", "height", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx"}
    | {"ry", "points", "transform", "fill", "stroke", "opacity", "aria-hidden", "fill-rule"}
    | {"stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray"}
)

Page = Callable[[str, Mapping[str, str]], str | None]
E = TypeVar("E", bound=StrEnum)


class HelpBroken(Exception):
    """The content cannot be shown; `mistakes` has all that is wrong with it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n" + "\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass
class _File:
    """A file of one topic: its front matter, its body, and where both stand."""

    name: str
    facts: dict[str, Any]
    body: str
    body_from: int  # line on which the body begins
    head: list[str]

    def line_of(self, key: str) -> int:
        """Return the line on which a key of the front matter stands; the first where none does."""
        start = re.compile(rf"\s*{re.escape(key)}\s*=")
        found = (n for n, line in enumerate(self.head, 2) if start.match(line))
        return next(found, 1)


@dataclass
class _Reader:
    folder: Path
    page: Page
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, file: str, line: int, what: str) -> None:
        self.mistakes.append(Mistake(file, line, what))

    # Topics

    def files(self, language: str) -> dict[str, _File]:
        found = {}
        for path in sorted((self.folder / language).glob("*.md")):
            read = self.file(path, f"{language}/{path.name}")
            if not SLUG.fullmatch(path.stem) or path.stem in RESERVED:
                self.wrong(f"{language}/{path.name}", 1, "the name may not stand in an address")
            if read is not None:
                found[path.stem] = read
        return found

    def file(self, path: Path, name: str) -> _File | None:
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if not lines or lines[0].strip() != FENCE or FENCE not in [x.strip() for x in lines[1:]]:
            self.wrong(name, 1, f"the front matter must stand between two lines {FENCE}")
            return None
        end = 1 + [x.strip() for x in lines[1:]].index(FENCE)
        head = lines[1:end]
        facts = self.toml("\n".join(head), name, below=1)
        if facts is None:
            return None
        return _File(name, facts, "\n".join(lines[end + 1 :]), end + 2, head)

    def toml(self, text: str, name: str, below: int = 0) -> dict[str, Any] | None:
        return read_toml(text, name, self.wrong, below)

    def check_keys(self, file: _File, language: str) -> bool:
        """Check which keys there are and of what kind; False when something needed is missing."""
        known = _KEYS[language]
        for key in file.facts.keys() - known.keys():
            self.wrong(file.name, file.line_of(key), f"nobody knows the key “{key}”")
        usable = True
        for key, kind in known.items():
            value = file.facts.get(key)
            if value is None and key in _MAY_MISS:
                continue
            if value is None:
                self.wrong(file.name, 1, f"“{key}” is missing")
                usable = False
            elif type(value) is not kind:
                self.wrong(file.name, file.line_of(key), f"“{key}” must be a {kind.__name__}")
                usable = False
        return usable and self.check_words(file)

    def check_words(self, file: _File) -> bool:
        facts = file.facts
        if not 0 < len(facts["title"]) <= TITLE_AT_MOST:
            self.wrong(
                file.name, file.line_of("title"), f"a title has 1 to {TITLE_AT_MOST} characters"
            )
        if not facts["summary"].strip():
            self.wrong(file.name, file.line_of("summary"), "the summary says nothing")
        strings = all(isinstance(word, str) and word.strip() for word in facts["words"])
        if not strings or len(facts["words"]) not in WORDS:
            self.wrong(
                file.name,
                file.line_of("words"),
                f"words must be {WORDS.start} to {WORDS.stop - 1} phrases",
            )
        return strings

    def names(self, file: _File, key: str, kind: type[E]) -> tuple[E, ...]:
        found = []
        for value in file.facts[key]:
            if value not in set(kind):
                self.wrong(file.name, file.line_of(key), f"“{value}” is none of {', '.join(kind)}")
            else:
                found.append(kind(value))
        return tuple(found)

    def laws(self, file: _File) -> tuple[Citation, ...]:
        found = []
        for row in file.facts["law"]:
            fits = (
                isinstance(row, dict)
                and row.keys() <= {"law", "article", "confirmed"}
                and isinstance(row.get("law"), str)
                and isinstance(row.get("article", ""), str)
                and isinstance(row.get("confirmed"), bool)
            )
            if not fits:
                self.wrong(
                    file.name,
                    file.line_of("law"),
                    "a law is {law = text, article = text, confirmed = true or false}",
                )
                continue
            found.append(Citation(row["law"], row.get("article", ""), row["confirmed"]))
        return tuple(found)

    def text(self, file: _File, language: str, known: frozenset[str], terms: Any) -> TopicText:
        around = Surroundings(known, terms, self.page, language, WORDS_OF[language])
        made = make_html(
            file.body,
            around,
            lambda line, what: self.wrong(file.name, file.body_from + line, what),
        )
        facts = file.facts
        return TopicText(
            title=facts["title"],
            summary=facts["summary"],
            words=tuple(facts["words"]),
            reviewed=facts["reviewed"],
            html=made.html,
            plain=made.plain,
            lead=made.lead,
            points=made.points,
            of=facts.get("of"),
        )

    def topics(self, terms: Mapping[str, Term]) -> dict[str, Topic]:
        files = {language: self.files(language) for language in LANGUAGES}
        originals, translations = files[ORIGINAL], files[TRANSLATION]
        for slug in originals.keys() ^ translations.keys():
            there, absent = LANGUAGES if slug in originals else LANGUAGES[::-1]
            if not (self.folder / absent / f"{slug}.md").exists():
                self.wrong(f"{there}/{slug}.md", 1, f"{absent}/{slug}.md is missing")
        known = frozenset(originals) & frozenset(translations)
        found = {}
        for slug in sorted(known):
            pair = {language: files[language][slug] for language in LANGUAGES}
            usable = [self.check_keys(file, language) for language, file in pair.items()]
            if not all(usable):
                continue
            found[slug] = self.topic(slug, pair, known, terms)
        taken: dict[int, str] = {}
        for slug, topic in found.items():
            other = taken.setdefault(topic.order, slug)
            if other != slug:
                file = originals[slug]
                self.wrong(file.name, file.line_of("order"), f"{other} has this order as well")
        return dict(sorted(found.items(), key=lambda pair: pair[1].order))

    def topic(
        self,
        slug: str,
        pair: Mapping[str, _File],
        known: frozenset[str],
        terms: Mapping[str, Term],
    ) -> Topic:
        file = pair[ORIGINAL]
        facts = file.facts
        related = tuple(facts["related"])
        if len(related) not in RELATED or len(set(related)) != len(related):
            self.wrong(file.name, file.line_of("related"), "related topics are 2 to 4")
        for other in related:
            if other not in known or other == slug:
                self.wrong(file.name, file.line_of("related"), f"there is no other topic “{other}”")
        groups = set(HelpGroup)
        if facts["group"] not in groups:
            self.wrong(
                file.name,
                file.line_of("group"),
                f"“{facts['group']}” is none of {', '.join(HelpGroup)}",
            )
        translation = pair[TRANSLATION]
        if translation.facts["of"] > facts["reviewed"]:
            self.wrong(
                translation.name, translation.line_of("of"), "the original is older than that"
            )
        return Topic(
            slug=slug,
            order=facts["order"],
            group=HelpGroup(facts["group"]) if facts["group"] in groups else HelpGroup.START,
            related=related,
            who=self.names(file, "who", Helper),
            law=self.laws(file),
            drawing=self.drawing(file) if "drawing" in facts else "",
            texts={
                language: self.text(one, language, known, terms) for language, one in pair.items()
            },
        )

    # Drawings

    def drawing(self, file: _File) -> str:
        """Return the drawing of a topic, checked: shapes alone, nothing that runs or loads."""
        name = file.facts["drawing"]
        path = self.folder / "drawings" / name
        if not re.fullmatch(r"[a-z0-9-]+\.svg", name) or not path.is_file():
            self.wrong(file.name, file.line_of("drawing"), f"there is no drawings/{name}")
            return ""
        return self.svg(path.read_bytes(), f"drawings/{name}")

    def svg(self, body: bytes, name: str) -> str:
        if len(body) > DRAWING_AT_MOST:
            self.wrong(name, 1, f"a drawing has at most {DRAWING_AT_MOST} bytes, not {len(body)}")
        if b"<!" in body.replace(b"<!--", b"") or b"<?" in body[5:]:
            self.wrong(name, 1, "only plain SVG: no DOCTYPE, no entities")
            return ""
        try:
            root = ElementTree.fromstring(body)  # noqa: S314 – our own file, and no entities
        except ElementTree.ParseError as error:
            self.wrong(name, error.position[0], "this is no SVG")
            return ""
        box = re.fullmatch(r"0 0 ([1-9]\d*) ([1-9]\d*)", root.get("viewBox", ""))
        fine = root.tag == f"{_SVG}svg" and box is not None
        if not fine:
            self.wrong(name, 1, "a drawing begins with <svg> and has a viewBox, like “0 0 240 120”")
        for element in root.iter():
            tag = str(element.tag).removeprefix(_SVG)
            if tag not in _SHAPES:
                self.wrong(name, 1, f"<{tag}> may not stand in a drawing")
                fine = False
            for key in element.attrib.keys() - _ATTRIBUTES:
                self.wrong(name, 1, f"{key} may not stand in a drawing")
                fine = False
            element.tag = tag
            element.text = element.tail = None
        if not fine or box is None:
            return ""
        root.set("aria-hidden", "true")
        asked = root.get("width", str(DRAWING_WIDE)).removesuffix("px")
        wide = min(int(asked) if asked.isdigit() else DRAWING_WIDE, DRAWING_AT_MOST_WIDE)
        root.set("width", str(wide))
        # An engine without styles would draw it as high as the screen.
        root.set("height", str(round(wide * int(box[2]) / int(box[1]))))
        return ElementTree.tostring(root, encoding="unicode")

    # Words and places

    def terms(self) -> dict[str, Term]:
        path = self.folder / "glossary.toml"
        if not path.exists():
            return {}
        text = path.read_text(encoding="utf-8")
        found = {}
        for key, row in (self.toml(text, path.name) or {}).items():
            line = line_of_table(text, key)
            if not isinstance(row, dict) or row.keys() != _TERM_KEYS or not SLUG.fullmatch(key):
                needed = ", ".join(sorted(_TERM_KEYS))
                self.wrong(path.name, line, f"[{key}] must have exactly {needed}")
                continue
            strings = {name: value for name, value in row.items() if name != "forms"}
            if not all(isinstance(value, str) and value.strip() for value in strings.values()):
                self.wrong(path.name, line, f"[{key}] has something that is no text")
                continue
            for name, at_most in (("meaning", MEANING_AT_MOST), ("example", EXAMPLE_AT_MOST)):
                for language in LANGUAGES:
                    if len(row[f"{name}_{language}"].split()) > at_most:
                        self.wrong(
                            path.name, line, f"{name}_{language} has more than {at_most} words"
                        )
            found[key] = Term(
                key=key,
                term=row["term"],
                forms=tuple(map(str, row["forms"])),
                name_en=row["name_en"],
                meaning={language: row[f"meaning_{language}"] for language in LANGUAGES},
                example={language: row[f"example_{language}"] for language in LANGUAGES},
            )
        return dict(sorted(found.items(), key=lambda pair: pair[1].term.lower()))

    def places(self, topics: Collection[str]) -> Places:
        path = self.folder / "places.toml"
        if not topics or not path.exists():  # nothing to point to yet
            return Places({}, {}, {}, {})
        text = path.read_text(encoding="utf-8")
        table = self.toml(text, path.name) or {}
        for name in table.keys() - {"nik", "reason", "problem", "page"}:
            self.wrong(path.name, line_of_table(text, name), f"nobody knows the table “{name}”")

        def part(name: str, fits: Callable[[str], bool]) -> dict[str, str]:
            rows = {}
            for key, slug in table.get(name, {}).items():
                line = line_of_row(text, name, key)
                if not fits(key):
                    self.wrong(path.name, line, f"there is no {name} “{key}”")
                elif slug not in topics:
                    self.wrong(path.name, line, f"there is no topic “{slug}”")
                else:
                    rows[key] = slug
            return rows

        def members(kind: type[E], name: str) -> dict[E, str]:
            rows = part(name, lambda key: key in set(kind))
            return {kind(key): slug for key, slug in rows.items()}

        return Places(
            nik=members(NikClass, "nik"),
            reason=members(ReturnReason, "reason"),
            problem=part(
                "problem", lambda key: re.fullmatch(r"\w+Problem(\.[A-Z_]+)?", key) is not None
            ),
            page=part("page", lambda key: self.page(key, {}) is not None),
        )


def read_help(page: Page, folder: Path = CONTENT, practice: Practice = NOBODY) -> HelpBook:
    """Read all content. page: endpoint and query -> address, None where there is no such page.

    practice: what the worked examples may lean on.

    Raises HelpBroken.
    """
    reader = _Reader(folder, page)
    terms = reader.terms()
    topics = reader.topics(terms)
    places = reader.places(topics)
    examples = read_examples(folder, practice, topics, reader.wrong)
    if reader.mistakes:
        raise HelpBroken(sorted(reader.mistakes, key=lambda each: (each.file, each.line)))
    return HelpBook(topics, terms, places, examples)
