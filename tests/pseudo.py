"""A language for tests: each text that somebody marked for translation stands in ⟦ ⟧.

What still shows outside of the brackets was written into a page and cannot be translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from app.services.reference.book import ReferenceBook
from tests.client import Page, title_of

OPEN, CLOSE = "⟦", "⟧"
_MARKED = re.compile("⟦[^⟦⟧]*⟧")
_WORD = re.compile(r"[^\W\d_]{2,}")

# Words that stand on pages in both languages as they are, and why. Only whole words count.
SAME_IN_BOTH = {
    "OSS Sorong": "our name",
    "NIK": "a term of law",
    "NIB": "a term of law",
    "KBLI": "a term of law",
    "RT/RW": "a term of law",
    "Pasal": "a citation of law stays in its language",
    "PP": "the kind of a law in a citation",
    "Permen Investasi/BKPM": "the kind of a law in a citation",
    "UU": "the kind of a law in a citation",
    "SRG": "the first letters of a Nomor Bantuan",
    "Rp": "the sign of the currency",
    "WIT": "the time zone",
    "WhatsApp": "a name",
    "PDF": "a name",
    "Kabupaten Sorong": "an area",
    "Kota Sorong": "an area",
    "DPMPTSP": "the name of the office",
    "KTP": "a term of law",
    "kB": "a unit",
    "ha": "a unit",
}
# Boxes whose options are names of areas from the official list.
AREA_BOXES = frozenset({"distrik", "kampung", "provinsi", "kabupaten"})
_SPOKEN = ("aria-label", "alt", "title", "placeholder", "label", "data-l", "content")


class PseudoTranslations:
    """Stands in for a catalogue: knows every text, and says it in brackets."""

    def ugettext(self, text: str) -> str:
        return f"{OPEN}{text}{CLOSE}" if text else ""

    def ungettext(self, one: str, many: str, count: int) -> str:
        return self.ugettext(one if count == 1 else many)

    def upgettext(self, _context: str, text: str) -> str:
        return self.ugettext(text)

    def unpgettext(self, _context: str, one: str, many: str, count: int) -> str:
        return self.ungettext(one, many, count)

    gettext, ngettext = ugettext, ungettext
    pgettext, npgettext = upgettext, unpgettext


def unmark(text: str) -> str:
    """Take out what stands in brackets. Marks nest where one text stands inside another."""
    found = True
    while found:
        text, found = _MARKED.subn(" ", text)
    return text


def bare_words(
    page: Page, language: str, book: ReferenceBook, typed: Iterable[object]
) -> list[str]:
    """Return the pieces of text with a word that nobody marked, in page order.

    typed: what the person wrote or chose; it comes back in nobody's language.
    Names of activities are in the reference data in both languages. The official title exists in
    Indonesian only, so an English page has to say so with lang="id".
    """
    texts = _texts(page)
    for marked in page.all():
        if marked.get("lang") and marked.tag != "html":
            # A title cannot hold marks of language, so it may repeat what the page marks.
            words = " ".join("".join(marked.itertext()).split())
            texts[0] = texts[0].replace(words, " ") if len(words) > 1 else texts[0]
    text = unmark(" | ".join(texts))
    known = {str(answer) for answer in typed if len(str(answer)) > 1}
    known |= set(_activity_names(text, language, book))
    known |= {area.name for area in [*book.districts(), *book.provinces()]}
    for district in book.districts():
        known |= {area.name for area in book.villages(district.code)}
    known |= {area.name for area in book.regencies("73")}
    for words in sorted([*known, *SAME_IN_BOTH], key=len, reverse=True):
        text = re.sub(rf"(?<![^\W\d_]){re.escape(words)}(?![^\W\d_])", " ", text)
    return [part for part in re.split(r"\s*\|\s*", text) if _WORD.search(part)]


def _activity_names(text: str, language: str, book: ReferenceBook) -> Iterable[str]:
    for code in set(re.findall(r"\b\d{5}\b", text)):
        entry = book.kbli(2025, code)
        if entry is None:
            continue
        if language == "id":
            names = [entry.title_id, entry.plain_id]
        else:
            names = [entry.name_en, entry.plain_en]
        yield from (" ".join(name.split()) for name in names if name)


def _texts(page: Page) -> list[str]:
    parts: list[str] = [title_of(page)]

    def collect(element: Element) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in {"", "script", "style", "title"}:
            return
        if element.get("lang") and tag != "html":
            return  # says itself that it is in one certain language
        if tag == "select" and element.get("name") in AREA_BOXES:
            parts.extend("".join(o.itertext()) for o in element if not o.get("value"))
            parts.extend(o.get("label") or "" for o in element if o.tag == "optgroup")
            return
        parts.extend(" ".join((element.get(name) or "").split()) for name in _SPOKEN)
        if tag != "meta":
            parts.append(" ".join((element.text or "").split()))
        for child in element:
            collect(child)
            parts.append(" ".join((child.tail or "").split()))

    collect(page.root)
    # meta: its content is for machines (the width of the screen), except for a description
    return [p for p in parts if p and not p.startswith("width=")]
