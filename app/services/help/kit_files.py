"""The files of the print kit (app/content/kit), read and checked like those of help.

One file a piece and language. Its words are the fields of the piece in app/domain/help/kit.py;
`parts` in the original names the topics that it takes over, so that nothing is said in two places.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.domain.help.kit import (
    ADDRESS,
    ADDRESS_ROOM,
    MARK_ROOM,
    MESSAGE_AT_MOST,
    NOTICE_WORDS_AT_MOST,
    SECONDS,
    Kit,
    LeafletWords,
    MessageWords,
    NoticeWords,
    Part,
    Piece,
    PieceName,
    PieceText,
    PosterWords,
    RadioWords,
    W,
    fits_its_time,
    reading_seconds,
    words_in,
)
from app.domain.help.topics import ORIGINAL, TRANSLATION, HelpBook
from app.services.help.content import LANGUAGES, Mistake, read_toml
from app.services.help.files import CONTENT, HelpBroken

FOLDER: Final = "kit"
# Where the public address has to stand, each time once.
WITH_ADDRESS: Final = frozenset({"long", "short", "spoken", "text"})
LINE_AT_MOST: Final = {"headline": 36, "lines": 26, "scan": 34, "here": 20, "blanks": 20}
"""Characters that have room on a paper, by field."""

_HEAD: Final[dict[str, type[Any]]] = {"title": str, "use": str, "reviewed": date}
_MORE: Final[dict[str, dict[str, type[Any]]]] = {
    ORIGINAL: {"parts": list},
    TRANSLATION: {"of": date},
}


@dataclass
class _Reader:
    folder: Path
    book: HelpBook
    mistakes: list[Mistake] = field(default_factory=list)

    def piece(self, name: PieceName, kind: type[W]) -> Piece[W] | None:
        texts: dict[str, PieceText[W]] = {}
        parts: tuple[Part, ...] = ()
        for language in LANGUAGES:
            file = _File(f"{FOLDER}/{language}/{name}.toml", self.folder, self.mistakes)
            if not file.is_read(_HEAD | _MORE[language] | _schema(kind)):
                continue
            words = kind(**{each.name: file.said(each.name) for each in fields(kind)})
            _check(file, words, language)
            if language == ORIGINAL:
                parts = file.parts(self.book)
            facts = file.facts
            texts[language] = PieceText(
                facts["title"], facts["use"], facts["reviewed"], words, facts.get("of")
            )
        if len(texts) < len(LANGUAGES):
            return None
        original, translation = (texts[language] for language in LANGUAGES)
        if translation.of is None or translation.of < original.reviewed:
            file.wrong("of", f"the original is of {original.reviewed}: translate it again")
        return Piece(name, parts, texts)


class _File:
    """The file of a piece in one language."""

    def __init__(self, name: str, folder: Path, mistakes: list[Mistake]) -> None:
        self.name, self._mistakes = name, mistakes
        path = folder / name
        self._lines: list[str] = []
        self.facts: dict[str, Any] = {}
        if not path.exists():
            self.wrong("", "the file is missing")
            return
        text = path.read_text(encoding="utf-8")
        self._lines = text.splitlines()
        self.facts = read_toml(text, name, self._say) or {}

    def wrong(self, key: str, what: str) -> None:
        """Note a mistake on the line of a key, on the first where there is no such line."""
        start = re.compile(rf"{re.escape(key)}\s*=") if key else None
        lines = (n for n, line in enumerate(self._lines, 1) if start and start.match(line))
        self._say(self.name, next(lines, 1), what)

    def _say(self, name: str, line: int, what: str) -> None:
        self._mistakes.append(Mistake(name, line, what))

    def is_read(self, schema: Mapping[str, type[Any]]) -> bool:
        """Check which keys there are and of what kind; False when something needed is missing."""
        if not self.facts:
            return False
        for key in self.facts.keys() - schema.keys():
            self.wrong(key, f"nobody knows the key “{key}”")
        usable = True
        for key, kind in schema.items():
            value: Any = self.facts.get(key)
            if value is None:
                self.wrong("", f"“{key}” is missing")
            elif type(value) is not kind:
                self.wrong(key, f"“{key}” must be a {kind.__name__}")
            elif kind is list and key != "parts" and not _are_lines(value):
                self.wrong(key, f"“{key}” must be lines that say something")
            elif kind is str and not value.strip():
                self.wrong(key, f"“{key}” says nothing")
            else:
                continue
            usable = False
        return usable

    def said(self, key: str) -> Any:
        value = self.facts[key]
        return tuple(value) if isinstance(value, list) else value.strip()

    def parts(self, book: HelpBook) -> tuple[Part, ...]:
        parts = []
        for row in self.facts["parts"]:
            named = row if isinstance(row, dict) else {}
            slug, points = str(named.get("topic", "")), named.get("points", 0)
            topic = book.topics.get(slug)
            if topic is None or type(points) is not int or named.keys() - {"topic", "points"}:
                self.wrong("parts", f"there is no topic “{slug}”")
                continue
            least = min(len(text.points) for text in topic.texts.values())
            if not 0 <= points <= least:
                self.wrong("parts", f"the topic “{slug}” has {least} points, not {points}")
                continue
            parts.append(Part(slug, points))
        if not self.facts["parts"]:
            self.wrong("parts", "a piece rests on one topic at least")
        return tuple(parts)


def _are_lines(value: Collection[Any]) -> bool:
    return bool(value) and all(isinstance(line, str) and line.strip() for line in value)


def _schema(kind: type[Any]) -> dict[str, type[Any]]:
    return {each.name: str if each.type == "str" else list for each in fields(kind)}


def _check(file: _File, words: Any, language: str) -> None:
    """Note what has no room on its paper, in its time or in its message."""
    for each in fields(words):
        said = getattr(words, each.name)
        lines = said if isinstance(said, tuple) else (said,)
        for line in lines:
            room = LINE_AT_MOST.get(each.name)
            if room is not None and len(line) > room:
                file.wrong(each.name, f"“{line}” has {len(line)} characters, most {room}")
            needed = int(each.name in WITH_ADDRESS)
            if line.count(ADDRESS) != needed or re.search(r"[{}]", line.replace(ADDRESS, "")):
                why = f"{ADDRESS} must stand in it {needed} times, and no other {{}}"
                file.wrong(each.name, why)
    if isinstance(words, RadioWords):
        for name, seconds in SECONDS.items():
            script = getattr(words, name)
            if not fits_its_time(script, language, seconds):
                takes = reading_seconds(script, language)
                file.wrong(name, f"it takes {takes} seconds to read, not {seconds}")
    if isinstance(words, NoticeWords):
        for name in ("church", "mosque"):
            count = words_in(getattr(words, name)) + words_in(words.spoken)
            if count > NOTICE_WORDS_AT_MOST:
                why = f"with “{name}” it has {count} words, most {NOTICE_WORDS_AT_MOST}"
                file.wrong("spoken", why)
    if isinstance(words, MessageWords):
        room = MESSAGE_AT_MOST - ADDRESS_ROOM - MARK_ROOM
        length = len(words.text) - len(ADDRESS)
        if length > room:
            file.wrong("text", f"it has {length} characters beside the address, most {room}")


def read_kit(book: HelpBook, folder: Path = CONTENT) -> Kit:
    """Read all pieces. book: the topics that they take over.

    Raises HelpBroken.
    """
    reader = _Reader(folder, book)
    leaflet = reader.piece(PieceName.LEAFLET, LeafletWords)
    poster = reader.piece(PieceName.POSTER, PosterWords)
    notice = reader.piece(PieceName.NOTICE, NoticeWords)
    radio = reader.piece(PieceName.RADIO, RadioWords)
    message = reader.piece(PieceName.MESSAGE, MessageWords)
    if reader.mistakes or not (leaflet and poster and notice and radio and message):
        raise HelpBroken(sorted(reader.mistakes, key=lambda each: (each.file, each.line)))
    return Kit(leaflet, poster, notice, radio, message)
