"""From the Markdown of a topic to HTML: once, at start, and strictly.

A topic is paragraphs, numbered steps, bullets, at most two headings, bold words and links. All
else is a mistake, so that a page stays small, printable and safe whatever somebody writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.help.topics import Point, Term

ROOT: Final = "\x02"
"""Stands in HTML before each address of ours; a page puts its own root (and /en) there."""

HEADINGS_AT_MOST: Final = 2
_BLOCKS: Final = frozenset(
    f"{name}_{end}"
    for name in ("paragraph", "heading", "ordered_list", "bullet_list", "list_item")
    for end in ("open", "close")
) | {"inline"}
_INLINE: Final = frozenset(
    {"text", "softbreak", "hardbreak", "text_special", "link_open", "link_close"}
    | {f"{name}_{end}" for name in ("strong", "em") for end in ("open", "close")}
)

Complain = Callable[[int, str], None]
"""Takes the line inside the body, counted from 0, and a sentence."""


@dataclass(frozen=True)
class Surroundings:
    """What the text of one topic may lean on.

    topics: known slugs. terms: for the meanings of words. page: endpoint and query -> address
    without root, None where there is no such page. words_of: heads the meanings, such as
    "Arti kata".
    """

    topics: frozenset[str]
    terms: Mapping[str, Term]
    page: Callable[[str, Mapping[str, str]], str | None]
    language: str
    words_of: str


@dataclass(frozen=True)
class Made:
    """A text as HTML, as its words alone, and the two parts that papers take over."""

    html: str
    plain: str
    lead: str
    points: tuple[Point, ...]


def make_html(body: str, around: Surroundings, complain: Complain) -> Made:
    """Return the HTML of a body; complains of each thing that may not stand in it."""
    reader = MarkdownIt("commonmark", {"html": False, "breaks": False})
    tokens = reader.parse(body)
    spoken: list[str] = []
    headings = 0
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.type not in _BLOCKS:
            complain(line, f"{token.type} may not stand in a topic")
        if token.type == "heading_open":
            headings += 1
            if token.tag != "h2":
                complain(line, "only headings of the second level (##)")
            if headings > HEADINGS_AT_MOST:
                complain(line, f"more than {HEADINGS_AT_MOST} headings")
        for child in token.children or ():
            _check_inline(child, line, around, complain)
            if child.type in {"text", "text_special"}:
                spoken.append(child.content)
            elif child.type == "softbreak":
                spoken.append(" ")
        if token.type == "inline":
            spoken.append(" ")
    if not any(token.type == "paragraph_open" and token.level == 0 for token in tokens[:1]):
        complain(0, "the first part must be a paragraph with the answer")
    blocks = _top_blocks(tokens)
    html = [reader.renderer.render(block, reader.options, {}).strip() for block in blocks]
    said = dict.fromkeys(key for block in blocks for key in _terms_in(block, around.terms))
    if said:
        html.append(meanings([around.terms[key] for key in said], around.language, around.words_of))
    plain = " ".join("".join(spoken).split())
    lead = _words(blocks[0]) if blocks else ""
    return Made("\n".join(html), plain, lead, _first_list(blocks))


def _words(tokens: Sequence[Token]) -> str:
    """Return the words of some tokens, without marks and links."""
    said = [
        " " if child.type == "softbreak" else child.content
        for token in tokens
        for child in token.children or (token,)
        if child.type in {"text", "text_special", "softbreak"}
    ]
    return " ".join("".join(said).split())


def _first_list(blocks: Sequence[Sequence[Token]]) -> tuple[Point, ...]:
    """Return the points of the first list there is."""
    for block in blocks:
        if block[0].type in {"ordered_list_open", "bullet_list_open"}:
            return tuple(_point(token.children or []) for token in block if token.type == "inline")
    return ()


def _point(children: Sequence[Token]) -> Point:
    starts = [n for n, child in enumerate(children) if child.type != "text" or child.content]
    if not starts or children[starts[0]].type != "strong_open":
        return Point("", _words(children))
    ends = next(n for n, child in enumerate(children) if child.type == "strong_close")
    return Point(_words(children[:ends]), _words(children[ends:]))


def _check_inline(token: Token, line: int, around: Surroundings, complain: Complain) -> None:
    if token.type not in _INLINE:
        complain(line, f"{token.type} may not stand in a topic")
    if token.type == "link_open":
        target = str(token.attrGet("href") or "")
        address = _address(target, around)
        if address is None:
            complain(line, f"the link “{target}” leads nowhere")
            address = ""
        token.attrSet("href", address)


def _address(target: str, around: Surroundings) -> str | None:
    """Return the address behind a link as it is written; None where there is none."""
    parts = urlsplit(target)
    if parts.scheme == "bantuan":
        folder, _, key = parts.path.partition("/")
        known = (
            parts.path in around.topics
            or parts.path == "kamus"
            or (folder == "kamus" and key in around.terms)
        )
        return f"{ROOT}/bantuan/{parts.path}" if known else None
    if parts.scheme == "halaman":
        path = around.page(parts.path, dict(parse_qsl(parts.query)))
        return None if path is None else ROOT + path
    host = parts.hostname or ""
    if parts.scheme == "https" and (host == "go.id" or host.endswith(".go.id")):
        return target  # offices of the state only
    return None


def _top_blocks(tokens: Sequence[Token]) -> list[list[Token]]:
    """Cut the tokens into the parts that stand directly in the page."""
    blocks: list[list[Token]] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            blocks.append([])
        blocks[-1].append(token)
    return blocks


def pattern_of(terms: Mapping[str, Term]) -> tuple[re.Pattern[str], dict[str, str]] | None:
    """Return what finds the terms in a text, and the key for each form; None without terms.

    Names in capitals are found only as they are written (NIB), other words in any case.
    """
    return _pattern(tuple((key, term.term, *term.forms) for key, term in terms.items()))


@lru_cache(maxsize=4)  # asked for each paragraph of help at the start, always for the same words
def _pattern(
    rows: tuple[tuple[str, ...], ...],
) -> tuple[re.Pattern[str], dict[str, str]] | None:
    keys: dict[str, str] = {}
    for key, *forms in rows:
        for form in forms:
            keys.setdefault(form if _is_name(form) else form.lower(), key)
    if not keys:
        return None
    parts = [
        re.escape(form) if _is_name(form) else f"(?i:{re.escape(form)})"
        for form in sorted(keys, key=len, reverse=True)  # “PB UMKU” before “PB”
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)"), keys


def _is_name(form: str) -> bool:
    return any(letter.isupper() for letter in form[1:])


def terms_in(text: str, terms: Mapping[str, Term]) -> list[str]:
    """Return the keys of the terms in a text, in the order in which they first stand there."""
    made = pattern_of(terms)
    if made is None:
        return []
    pattern, keys = made
    found = [match.group() for match in pattern.finditer(text)]
    return list(dict.fromkeys(keys.get(form) or keys[form.lower()] for form in found))


def _terms_in(block: Sequence[Token], terms: Mapping[str, Term]) -> list[str]:
    if block[0].type == "heading_open":
        return []
    text = " ".join(
        child.content
        for token in block
        for child in token.children or ()
        if child.type in {"text", "text_special"}
    )
    return terms_in(text, terms)


def meanings(terms: Sequence[Term], language: str, words_of: str) -> str:
    """Return what opens the meanings of some words in place, without script.

    words_of: heads them, such as "Arti kata".
    On paper they stand open, without their list and examples: a topic has one sheet.
    """
    said = ", ".join(escape(term.term) for term in terms)
    head = f'<summary>{escape(words_of)}<span class="screen">: {said}</span></summary>'
    parts = ['<div class="field"><details>', head]
    parts += ["<ul>", *(f"<li>{meaning(term, language)}</li>" for term in terms), "</ul>"]
    return "\n".join([*parts, "</details></div>"])


def meaning(term: Term, language: str) -> str:
    """Return one term with what it means and an example, as HTML."""
    name = f" ({escape(term.name_en)})" if language == "en" and term.name_en else ""
    return (
        f"<b>{escape(term.term)}</b>{name}: {escape(term.meaning[language])}"
        f' <small class="screen">{escape(term.example[language])}</small>'
    )
