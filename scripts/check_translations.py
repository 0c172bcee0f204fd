"""Check that every text of the program has its Indonesian and that both hold the same places.

A translation that lacks a place or a tag breaks the page, or leaves out the number it is about.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from scripts.catalogs import INDONESIAN, PLURAL_FORMS, ROOT, TEMPLATE, extract, forms, read_catalog

# %(name)s and {name}, and the percent sign alone or doubled: one too few breaks formatting.
PLACE = re.compile(r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%%|%|\{[^{}]*\}")
SPOKEN_ATTRIBUTES = {"title", "alt", "aria-label", "placeholder", "lang"}  # these are translated


def mistakes_in(root: Path) -> list[str]:
    """Return a sentence for each mistake in the translations of the program in `root`."""
    if not (root / TEMPLATE).exists() or not (root / INDONESIAN).exists():
        return [f"{TEMPLATE} or {INDONESIAN} is missing. Run: make translations"]
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "messages.pot"
        extract(root, fresh)
        is_current = fresh.read_text("utf-8") == (root / TEMPLATE).read_text("utf-8")
        wanted = read_catalog(fresh)
    mistakes = []
    if not is_current:
        mistakes.append(f"{TEMPLATE} differs from the program. Run: make translations")
    return mistakes + _catalog_mistakes(root / INDONESIAN, wanted)


def _catalog_mistakes(path: Path, wanted: Catalog) -> list[str]:
    try:
        catalog = read_catalog(path, "id")
    except PoFileError as error:
        return [f"{INDONESIAN} cannot be read: {error}"]
    mistakes = []
    if f'"Plural-Forms: {PLURAL_FORMS}\\n"' not in path.read_text("utf-8"):
        mistakes.append(f"{INDONESIAN}: the header must say “Plural-Forms: {PLURAL_FORMS}”.")
    for message in wanted:
        if message.id and catalog.get(_key(message), message.context) is None:
            mistakes.append(f"{_key(message)!r} is not in {INDONESIAN}. Run: make translations")
    for message in catalog:
        if message.id:
            known = wanted.get(_key(message), message.context) is not None
            mistakes += [
                f"{INDONESIAN}:{message.lineno}: {_key(message)!r}: {mistake}"
                for mistake in _message_mistakes(message, known)
            ]
    mistakes += [
        f"{INDONESIAN}: {_key(message)!r} is obsolete. Remove it."
        for message in catalog.obsolete.values()
    ]
    return mistakes


def _key(message: Message) -> str:
    return forms(message.id)[0]


def _message_mistakes(message: Message, known: bool) -> list[str]:
    """Return what is wrong with one translated text, without its place in the file."""
    sources, texts = forms(message.id), forms(message.string)
    mistakes = []
    if not known:
        mistakes.append("the program no longer has this text")
    if message.fuzzy:
        mistakes.append("the translation is marked fuzzy: read it and take the mark off")
    if len(texts) != 1:
        mistakes.append("Indonesian has one plural form, this has more")
    if not all(text.strip() for text in texts):
        return [*mistakes, "the translation is empty"]
    # The one Indonesian form also serves the many, so it is held to the last (plural) source text.
    for text in texts:
        for name, parts in (("places", _places), ("tags", _tags)):
            needed, allowed = parts(sources[-1]), parts(sources[0]) | parts(sources[-1])
            found = parts(text)
            if missing := needed - found:
                mistakes.append(f"{name} missing from the translation: {_listed(missing)}")
            if unknown := found - allowed:
                mistakes.append(f"{name} only in the translation: {_listed(unknown)}")
    return mistakes


def _listed(parts: Counter[str]) -> str:
    return " ".join(sorted(parts))


def _places(text: str) -> Counter[str]:
    """Return the places for values, each once: a translation may name a value twice."""
    return Counter(set(PLACE.findall(text)))


class _TagReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = [
            name if value is None or name in SPOKEN_ATTRIBUTES else f'{name}="{value}"'
            for name, value in sorted(attrs, key=lambda pair: pair[0])
        ]
        self.tags["<" + " ".join([tag, *shown]) + ">"] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tags[f"</{tag}>"] += 1


def _tags(text: str) -> Counter[str]:
    """Return the HTML tags with their attributes, and how often each stands there."""
    reader = _TagReader()
    reader.feed(text)
    reader.close()
    return reader.tags


def main() -> int:
    mistakes = mistakes_in(ROOT)
    for mistake in mistakes:
        print(mistake)
    if not mistakes:
        print("Translations: complete, and they match the program.")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
